package io.sentinel.render;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * One file of a bundle.
 *
 * @param path relative to the bundle, with forward slashes
 * @param content what it holds
 * @param executable whether it may be executed: mode 0755, and 0644 otherwise, whatever the umask
 */
public record BundleFile(String path, Content content, boolean executable) {

    public BundleFile {
        if (path.isEmpty() || path.startsWith("/") || ("/" + path + "/").contains("/../")) {
            throw new IllegalArgumentException("not a path inside a bundle: " + path);
        }
    }

    static BundleFile rendered(String path, byte[] bytes) {
        return new BundleFile(path, new Content.Rendered(bytes, Sha256.of(bytes)), false);
    }

    static BundleFile rendered(String path, String text) {
        return rendered(path, text.getBytes(StandardCharsets.UTF_8));
    }

    BundleFile withExecutable() {
        return new BundleFile(path, content, true);
    }

    /** The digest of the content; two files are the same when this, the path and the mode are. */
    public String digest() {
        return content.digest();
    }

    /** A line of a digest over several files: kind, mode, digest and path. */
    String fingerprint() {
        return mode() + " " + digest() + " " + path + "\n";
    }

    /** {@code 0644} or {@code 0755}; {@code link} for a symbolic link. */
    public String mode() {
        return content instanceof Content.Link ? "link" : executable ? "0755" : "0644";
    }

    /** What a file of a bundle holds. */
    public sealed interface Content {

        String digest();

        /** Bytes that were rendered, or read from a bundle's folder. */
        record Rendered(byte[] bytes, String digest) implements Content {}

        /** A file of the project, copied when the bundle is written; it must still have that digest then. */
        record Copied(Path source, String digest) implements Content {}

        /** Neither a file nor a link: no bundle has one, so it equals nothing that is rendered. */
        record Special() implements Content {
            @Override
            public String digest() {
                return "special";
            }
        }

        /** A symbolic link that stays inside the folder that was copied. */
        record Link(String target) implements Content {
            @Override
            public String digest() {
                return Sha256.of(target.getBytes(StandardCharsets.UTF_8));
            }
        }
    }
}
