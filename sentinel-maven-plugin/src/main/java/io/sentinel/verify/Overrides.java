package io.sentinel.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** Compose files that are laid over a project's own for an attempt. */
final class Overrides {

    private Overrides() {}

    /**
     * Writes one.
     *
     * @param yaml with {@code %s} for each value, which becomes a YAML string whatever it has in it
     */
    static Path write(Path file, String yaml, String... values) throws IOException {
        Object[] quoted = Arrays.stream(values).map(Overrides::quoted).toArray();
        return Files.writeString(file, String.format(Locale.ROOT, yaml, quoted));
    }

    /** In double quotes, and with Compose's own sign for a variable doubled. */
    private static String quoted(String value) {
        StringBuilder quoted = new StringBuilder("\"");
        value.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if (c == '$') {
                quoted.append("$$");
            } else if (c < ' ' || c == 0x7f) {
                quoted.append(String.format(Locale.ROOT, "\\x%02x", c));
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append('"').toString();
    }
}
