package io.sentinel.verify;

import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.FileTree;
import io.sentinel.verify.evidence.FileTree.Entry;
import io.sentinel.verify.evidence.FileTree.Kind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * The file systems of containers that were created and never started, read from {@code docker export}. One that was read is
 * kept by its image's ID: an image of one ID never changes.
 */
final class FileTrees {

    private static final Duration LIMIT = Duration.ofMinutes(5);
    /** Far more than the largest images have; a bound on what a hostile one makes us keep. */
    private static final int MOST_ENTRIES = 2_000_000;
    /** Of a file that rules read. */
    private static final int MOST_BYTES = 1024 * 1024;

    private final Docker docker;
    private final Path cache;

    /** @param cache a folder of this build's own, made where it is missing */
    FileTrees(Docker docker, Path cache) {
        this.docker = docker;
        this.cache = cache;
    }

    /**
     * The file system of a container.
     *
     * @param imageId the digest of its image's configuration
     */
    FileTree of(String container, String imageId) throws EngineException, IOException, InterruptedException {
        Path kept = cache.resolve(imageId.replace("sha256:", "") + ".tree");
        if (Files.isRegularFile(kept)) {
            try {
                return TreeFile.read(kept);
            } catch (IOException e) {
                Files.delete(kept); // written by another version, or cut off: it is read anew
            }
        }
        FileTree tree = export(container);
        Files.createDirectories(cache);
        Path part = Files.createTempFile(cache, "tree", ".part");
        try {
            TreeFile.write(part, tree);
            Files.move(part, kept, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
        return tree;
    }

    private FileTree export(String container) throws EngineException, IOException, InterruptedException {
        // A pipe of the system's: Java's own takes the end of the writing thread for the end of the stream.
        Pipe pipe = Pipe.open();
        try (InputStream in = Channels.newInputStream(pipe.source())) {
            FutureTask<FileTree> reading = new FutureTask<>(() -> read(in));
            try (OutputStream out = Channels.newOutputStream(pipe.sink())) {
                Thread reader = new Thread(reading, "sentinel-tree");
                reader.setDaemon(true);
                reader.start();
                docker.export(container, out, LIMIT);
            }
            return reading.get();
        } catch (ExecutionException e) {
            throw new CannotTell("the file system could not be read: " + e.getCause());
        }
    }

    /** Reads a tar stream to its end. */
    static FileTree read(InputStream in) throws IOException {
        SortedMap<String, Entry> entries = new TreeMap<>();
        SortedMap<String, String> contents = new TreeMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new BufferedInputStream(in))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String path = path(entry.getName());
                entries.put(
                        path,
                        new Entry(
                                kind(entry),
                                entry.getMode() & 07777,
                                entry.getLongUserId(),
                                entry.getLongGroupId(),
                                entry.isSymbolicLink() ? entry.getLinkName() : ""));
                if (entries.size() > MOST_ENTRIES) {
                    throw new IOException("more than " + MOST_ENTRIES + " files");
                }
                if (FileTree.READ.contains(path) && entry.isFile()) {
                    byte[] bytes = tar.readNBytes(MOST_BYTES + 1);
                    if (bytes.length > MOST_BYTES) {
                        throw new IOException(path + " is longer than " + MOST_BYTES + " bytes");
                    }
                    contents.put(path, new String(bytes, StandardCharsets.UTF_8));
                }
            }
        }
        if (entries.isEmpty()) {
            throw new IOException("no file at all");
        }
        return new FileTree(entries, contents);
    }

    /** A hard link is the file that it leads to, but for its mode, which stands with each of them. */
    private static Kind kind(TarArchiveEntry entry) {
        if (entry.isSymbolicLink()) {
            return Kind.LINK;
        }
        if (entry.isCharacterDevice() || entry.isBlockDevice()) {
            return Kind.DEVICE;
        }
        return entry.isDirectory() ? Kind.FOLDER : Kind.FILE;
    }

    private static String path(String name) {
        String path = name.startsWith("./") ? name.substring(1) : name.startsWith("/") ? name : "/" + name;
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
