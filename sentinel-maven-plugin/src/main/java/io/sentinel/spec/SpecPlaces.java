package io.sentinel.spec;

import io.sentinel.spec.Node.Position;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the values of a spec stand in its file, for what is only seen once they are looked up in the project. */
public final class SpecPlaces {

    /** A key, and the number of an item where its value is a list. */
    private static final Pattern STEP = Pattern.compile("([A-Za-z]+)(?:\\[(\\d+)])?");

    private final Problems problems;
    private final Optional<Node.Mapping> root;

    /**
     * @param file as the person knows it
     * @param content its bytes; where it cannot be read as a spec, nothing has a place
     */
    public SpecPlaces(String file, byte[] content) {
        this.problems = new Problems(file);
        this.root = parsed(content);
    }

    private static Optional<Node.Mapping> parsed(byte[] content) {
        try {
            return Optional.of(YamlParser.parse(content, new Problems("")));
        } catch (InvalidFileException e) {
            return Optional.empty();
        }
    }

    /**
     * Reports what is wrong with a value.
     *
     * @param path such as {@code image.copy[0].from}; where the file has none, the value came from elsewhere
     * @param sentence what is wrong, and what to do
     */
    public void report(String path, String sentence) {
        Optional<Node> node = root.map(mapping -> mapping);
        for (String step : path.split("\\.")) {
            node = node.flatMap(above -> below(above, step));
        }
        problems.add(node.map(Node::at).orElse(Position.ELSEWHERE), path + ": " + sentence);
    }

    public void throwIfAny() throws InvalidFileException {
        problems.throwIfAny();
    }

    private static Optional<Node> below(Node above, String step) {
        Matcher parts = STEP.matcher(step);
        if (!parts.matches() || !(above instanceof Node.Mapping mapping)) {
            return Optional.empty();
        }
        Optional<Node> value = mapping.entries().stream()
                .filter(entry -> entry.key().text().equals(parts.group(1)))
                .map(Node.Entry::value)
                .findFirst();
        return parts.group(2) == null ? value : value.flatMap(list -> item(list, Integer.parseInt(parts.group(2))));
    }

    private static Optional<Node> item(Node list, int index) {
        return list instanceof Node.Sequence sequence
                        && index < sequence.items().size()
                ? Optional.of(sequence.items().get(index))
                : Optional.empty();
    }
}
