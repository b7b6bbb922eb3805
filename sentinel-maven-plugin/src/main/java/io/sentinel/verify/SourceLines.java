package io.sentinel.verify;

import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.TextFile;
import io.sentinel.verify.rule.Location;
import java.io.StringReader;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Finds the line of a compose file that a finding is about: through anchors and merges, to where the value is written. */
final class SourceLines {

    private static final String MERGE = "<<";
    /** Deeper than any path of a rule, and a bound on merges that take in each other. */
    private static final int DEPTH = 32;

    private final String file;
    private final Optional<Node> root;

    private SourceLines(String file, Optional<Node> root) {
        this.file = file;
        this.root = root;
    }

    /** A file that is no YAML has one line: its first. */
    static SourceLines of(TextFile file) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(file.text().length() + 1);
        try {
            return new SourceLines(
                    file.name(), Optional.ofNullable(new Yaml(options).compose(new StringReader(file.text()))));
        } catch (YAMLException e) {
            return new SourceLines(file.name(), Optional.empty());
        }
    }

    /** Where something is; empty for what stands nowhere. */
    Optional<Location> locate(Place place) {
        if (place instanceof Place.Line line) {
            return Optional.of(new Location(line.file(), line.line()));
        }
        return place instanceof Place.Key key ? Optional.of(new Location(file, line(key.path()))) : Optional.empty();
    }

    /** The line of the last key of a path that is there. */
    private int line(List<String> path) {
        int line = 1;
        Node node = root.orElse(null);
        for (String key : path) {
            if (node instanceof SequenceNode sequence && key.matches("[0-9]{1,6}")) {
                int index = Integer.parseInt(key);
                if (index >= sequence.getValue().size()) {
                    return line;
                }
                node = sequence.getValue().get(index);
                line = node.getStartMark().getLine() + 1;
                continue;
            }
            Optional<NodeTuple> found = find(node, key, 0);
            if (found.isEmpty()) {
                return line;
            }
            line = found.get().getKeyNode().getStartMark().getLine() + 1;
            node = found.get().getValueNode();
        }
        return line;
    }

    /** A mapping's own key wins over what it merges, and of several merged mappings the first (YAML 1.1, merge type). */
    private static Optional<NodeTuple> find(Node node, String key, int depth) {
        if (!(node instanceof MappingNode mapping) || depth > DEPTH) {
            return Optional.empty();
        }
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode name && name.getValue().equals(key)) {
                return Optional.of(tuple);
            }
        }
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode name && name.getValue().equals(MERGE)) {
                List<Node> merged = tuple.getValueNode() instanceof SequenceNode sequence
                        ? sequence.getValue()
                        : List.of(tuple.getValueNode());
                for (Node one : merged) {
                    Optional<NodeTuple> found = find(one, key, depth + 1);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
        }
        return Optional.empty();
    }
}
