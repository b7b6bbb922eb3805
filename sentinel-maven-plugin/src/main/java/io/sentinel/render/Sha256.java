package io.sentinel.render;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 in the form that OCI uses for digests: {@code sha256:} and 64 lower-case hex digits. */
public final class Sha256 {

    private Sha256() {}

    public static String of(byte[] bytes) {
        return format(digest().digest(bytes));
    }

    /** The 64 hex digits alone, of the first bytes of an array. */
    public static String hex(byte[] bytes, int length) {
        MessageDigest digest = digest();
        digest.update(bytes, 0, length);
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Reads the file once, in bounded memory. */
    public static String of(Path file) throws IOException {
        return copy(file, OutputStream.nullOutputStream());
    }

    /** Copies the file's bytes and tells the digest of just what was copied. */
    public static String copy(Path file, OutputStream target) throws IOException {
        MessageDigest digest = digest();
        try (InputStream in = Files.newInputStream(file)) {
            in.transferTo(new DigestOutputStream(target, digest));
        }
        return format(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String format(byte[] digest) {
        return "sha256:" + HexFormat.of().formatHex(digest);
    }
}
