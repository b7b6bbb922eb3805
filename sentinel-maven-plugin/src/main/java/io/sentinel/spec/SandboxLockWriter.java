package io.sentinel.spec;

import io.sentinel.spec.SandboxLock.LockedImage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes {@code sandbox.lock}: the same lock gives the same bytes, and {@link SandboxLockReader} gives it back. */
public final class SandboxLockWriter {

    private static final String HEAD =
            """
            # What was resolved for the sandbox.yaml beside this file: the exact base image that it is built from, the SHA-256
            # of its policy as it is rendered, and what the names in its allow list came to.
            # Commit this file, so that every machine builds the same sandbox. Do not edit it by hand:
            # `mvn sentinel:pin` refreshes it.
            """;

    private SandboxLockWriter() {}

    /**
     * The lock as UTF-8 with line feeds.
     *
     * @throws IllegalArgumentException for a text with NUL or half of a surrogate pair, which no image can hold
     */
    public static byte[] write(SandboxLock lock) {
        String text = HEAD + "schemaVersion: " + SandboxLockReader.SCHEMA_VERSION + "\n"
                + lock.image().map(found -> image("image", found)).orElse("")
                + lock.sidecarImage().map(found -> image("sidecarImage", found)).orElse("")
                + lock.policy()
                        .map(digest -> "policy: " + quoted(digest) + "\n")
                        .orElse("")
                + origins(lock);
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String image(String key, LockedImage image) {
        return key + ":\n"
                + "  reference: " + quoted(image.reference()) + "\n"
                + image.digest().map(d -> "  digest: " + quoted(d) + "\n").orElse("")
                + "  id: " + quoted(image.id()) + "\n"
                + "  entrypoint: " + list(image.entrypoint()) + "\n"
                + "  command: " + list(image.command()) + "\n";
    }

    private static String origins(SandboxLock lock) {
        StringBuilder lines = new StringBuilder(lock.origins().isEmpty() ? "" : "origins:\n");
        lock.origins().forEach((list, origins) -> lines.append("  ")
                .append(list.key())
                .append(": ")
                .append(list(origins.stream().map(Origin::toString).toList()))
                .append("\n"));
        return lines.toString();
    }

    private static String list(List<String> words) {
        return words.stream().map(SandboxLockWriter::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                throw new IllegalArgumentException("a lock cannot hold " + Texts.codePoint(c));
            }
            if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if (c >= ' ' && c <= '~') {
                quoted.appendCodePoint(c);
            } else {
                quoted.append(String.format(Locale.ROOT, c > 0xFFFF ? "\\U%08x" : "\\u%04x", c));
            }
        });
        return quoted.append('"').toString();
    }
}
