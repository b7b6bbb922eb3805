package io.sentinel.audit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;

/** The host's own file of a trail. What goes wrong with it is a value: the trail is read to its end all the same. */
final class Copy implements AutoCloseable {

    private final Optional<Path> file;
    private final Optional<FileChannel> out;
    private final Optional<IOException> problem;

    private Copy(Optional<Path> file, Optional<FileChannel> out, Optional<IOException> problem) {
        this.file = file;
        this.out = out;
        this.problem = problem;
    }

    static Copy open(Path folder, Instant start, String owner) {
        try {
            Path file = AuditFolder.create(folder, start, owner);
            FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE);
            return new Copy(Optional.of(file), Optional.of(out), Optional.empty());
        } catch (IOException e) {
            return new Copy(Optional.empty(), Optional.empty(), Optional.of(e));
        }
    }

    boolean isOpen() {
        return out.isPresent();
    }

    Optional<Path> file() {
        return file;
    }

    /** Why there is none. */
    Optional<IOException> problem() {
        return problem;
    }

    Optional<IOException> write(ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                out.orElseThrow().write(bytes);
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    /** Sees to it that a machine that stops now still has it. */
    Optional<IOException> sync() {
        try {
            if (out.isPresent()) {
                out.get().force(false);
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    @Override
    public void close() throws IOException {
        if (out.isPresent()) {
            out.get().close();
        }
    }

    /** The line, from 1, of a file's byte, from 0. */
    static long lineAt(Path file, long offset) throws IOException {
        long line = 1;
        long left = offset;
        byte[] chunk = new byte[64 * 1024];
        try (InputStream in = Files.newInputStream(file)) {
            int count = in.read(chunk);
            while (count > 0 && left > 0) {
                for (int i = 0; i < Math.min(count, left); i++) {
                    line += chunk[i] == '\n' ? 1 : 0;
                }
                left -= count;
                count = in.read(chunk);
            }
        }
        return line;
    }
}
