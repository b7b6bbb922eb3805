package io.sentinel.spec;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code secrets}. Whether the files are there, and fit to be given, is seen at each run. */
final class SecretsReader {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int MAX_NAME = 64;

    private SecretsReader() {}

    /** @param copied what the image takes from the project */
    static List<Secret> read(Value value, List<Image.Copy> copied) {
        return Value.distinct(value.items().orElse(List.of()), item -> secret(item, copied), Secret::name);
    }

    private static Optional<Secret> secret(Value item, List<Image.Copy> copied) {
        Optional<Fields> fields = item.fields(Section.SECRET);
        String remedy = "write {name: token, file: ~/.token}";
        Optional<String> name = fields.flatMap(f -> f.required("name", remedy))
                .flatMap(v -> v.text(
                        NAME,
                        MAX_NAME,
                        "a file name of at most " + MAX_NAME
                                + " letters, digits and . _ -, starting with a letter or a digit",
                        "correct the name"));
        Optional<String> file = fields.flatMap(f -> f.required("file", remedy)).flatMap(v -> file(v, copied));
        return name.flatMap(n -> file.map(f -> new Secret(n, f)));
    }

    private static Optional<String> file(Value value, List<Image.Copy> copied) {
        Optional<String> path = Paths.hostPath(value);
        Optional<String> copy = path.flatMap(file -> copied.stream()
                .map(Image.Copy::from)
                .filter(from -> from.equals(".") && !file.matches("[/~].*") || Paths.isWithin(file, from))
                .findFirst());
        return copy.isPresent()
                ? value.say("image.copy takes " + Texts.quoted(copy.get()) + " into the image, this file with it, and a"
                        + " layer keeps it for good; move the file, or copy less")
                : path;
    }
}
