package io.sentinel.render;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** A single file that takes its place as a whole. */
public final class FreshFile {

    private FreshFile() {}

    /**
     * Replaces a file in one step: a reader finds the one before or this one. Folders that lack are made. Its mode is what
     * the umask leaves, so that whoever collects results may read it.
     *
     * @throws IOException when it cannot be written; the one before is there then, and nothing half-written beside it
     */
    public static void write(Path file, byte[] bytes) throws IOException {
        Files.createDirectories(file.getParent());
        Path fresh = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".new");
        try {
            Files.write(fresh, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /** Removes it, where it is there. */
    public static void remove(Path file) throws IOException {
        Files.deleteIfExists(file);
    }
}
