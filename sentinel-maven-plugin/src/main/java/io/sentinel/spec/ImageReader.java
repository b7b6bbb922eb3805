package io.sentinel.spec;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads {@code image}. */
final class ImageReader {

    private static final int MAX_PACKAGE = 256;

    /** Names and versions of apt, apk and dnf; nothing that their command lines or a shell could read otherwise. */
    private static final Pattern PACKAGE =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9.+_:~-]*+(?:=[A-Za-z0-9][A-Za-z0-9.+_:~-]*+)?");

    private ImageReader() {}

    static Image read(Fields fields) {
        return new Image(
                fields.get("from").flatMap(ImageReference::read).orElse(Image.DEFAULT_FROM),
                items(fields, "packages", ImageReader::packages),
                items(fields, "run", items -> Value.each(items, SpecReader::step)),
                items(fields, "copy", items -> Value.each(items, ImageReader::copy)));
    }

    private static <T> List<T> items(Fields fields, String key, Function<List<Value>, List<T>> read) {
        return fields.get(key).flatMap(Value::items).map(read).orElse(List.of());
    }

    /** A package may stand once only, in whatever version: two versions cannot both be installed. */
    private static List<String> packages(List<Value> items) {
        return Value.distinct(
                items,
                item -> item.text(
                        PACKAGE,
                        MAX_PACKAGE,
                        "a package as name or name=version (letters, digits and . + _ : ~ -, starting with a letter or"
                                + " digit)",
                        "correct the name; options and several names in one item are not accepted"),
                name -> name.split("=")[0]);
    }

    private static Optional<Image.Copy> copy(Value item) {
        return item.fields(Section.COPY).flatMap(fields -> {
            String remedy = "name both from and to";
            Optional<String> from = fields.required("from", remedy).flatMap(Paths::projectPath);
            Optional<String> to = fields.required("to", remedy).flatMap(Paths::imagePath);
            return from.flatMap(f -> to.map(t -> new Image.Copy(f, t)));
        });
    }
}
