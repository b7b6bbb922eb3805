package io.sentinel.run;

import io.sentinel.render.SandboxException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A folder in this machine's memory that nobody but its owner can enter. Its name tells which process made it, and is not
 * to be guessed; what a killed process left, the next call of the same user removes.
 */
final class MemoryFolder implements AutoCloseable {

    private static final String PREFIX = "sentinel-secrets-";
    private static final Path SHARED = Path.of("/dev/shm");

    private static final int PERMISSIONS = 07777;
    private static final int STICKY = 01000;

    private final Path folder;

    private MemoryFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * A fresh one.
     *
     * @throws SandboxException where this machine has no place for it
     */
    static MemoryFolder make(Invoker invoker, Owner owner) throws SandboxException, IOException {
        return make(invoker, owner, SHARED);
    }

    /** @param shared a place in memory that all users have */
    static MemoryFolder make(Invoker invoker, Owner owner, Path shared) throws SandboxException, IOException {
        List<Path> places = places(invoker, shared);
        if (places.isEmpty()) {
            throw new SandboxException("secrets are kept in memory, and this machine has no place for that: neither is"
                    + " XDG_RUNTIME_DIR a tmpfs of yours alone, nor " + shared + " one that is shared as /tmp is;"
                    + " mount one there");
        }
        // One system call makes it with these permissions, and fails where the name is taken.
        return new MemoryFolder(Files.createTempDirectory(
                places.get(0).toRealPath(),
                PREFIX + owner.label() + "-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
    }

    /** Removes what killed processes of this user left. */
    static void reap(Invoker invoker) throws IOException {
        reap(invoker, SHARED);
    }

    /** @param shared a place in memory that all users have */
    static void reap(Invoker invoker, Path shared) throws IOException {
        for (Path place : places(invoker, shared)) {
            List<Path> dead = new ArrayList<>();
            try (DirectoryStream<Path> found = Files.newDirectoryStream(place, PREFIX + "*")) {
                for (Path path : found) {
                    if (owner(path).filter(Owner::isDead).isPresent() && isFolderOf(path, invoker)) {
                        dead.add(path);
                    }
                }
            }
            for (Path path : dead) {
                new MemoryFolder(path).close();
            }
        }
    }

    /** Its absolute path, without links. */
    Path path() {
        return folder;
    }

    /** Removes it with the files in it; one that somebody else removes at the same time is fine. */
    @Override
    public void close() throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
            found.forEach(files::add);
        } catch (NoSuchFileException e) {
            return;
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
        Files.deleteIfExists(folder);
    }

    private static List<Path> places(Invoker invoker, Path shared) throws IOException {
        List<Path> places = new ArrayList<>();
        String own = invoker.environment().getOrDefault("XDG_RUNTIME_DIR", "");
        if (own.startsWith("/") && isOwn(Path.of(own), invoker)) {
            places.add(Path.of(own));
        }
        if (isShared(shared, invoker)) {
            places.add(shared);
        }
        return places;
    }

    private static boolean isOwn(Path folder, Invoker invoker) throws IOException {
        return isFolderOf(folder, invoker) && mode(folder) == 0700 && isInMemory(folder);
    }

    /** In a folder that others write to, the sticky bit keeps them from renaming what is not theirs. */
    private static boolean isShared(Path folder, Invoker invoker) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        boolean root = Files.getAttribute(folder, "unix:uid").equals(0);
        return (root && (mode(folder) & STICKY) != 0 || isOwn(folder, invoker))
                && isInMemory(folder)
                && Files.isWritable(folder);
    }

    private static boolean isFolderOf(Path path, Invoker invoker) throws IOException {
        try {
            Map<String, Object> facts = Files.readAttributes(path, "unix:uid,isDirectory", LinkOption.NOFOLLOW_LINKS);
            return (boolean) facts.get("isDirectory")
                    && Integer.toUnsignedLong((Integer) facts.get("uid")) == invoker.uid();
        } catch (NoSuchFileException e) {
            // Another call has removed it meanwhile.
            return false;
        }
    }

    private static int mode(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:mode") & PERMISSIONS;
    }

    private static boolean isInMemory(Path folder) throws IOException {
        return Files.getFileStore(folder).type().equals("tmpfs");
    }

    private static Optional<Owner> owner(Path path) {
        String label = path.getFileName().toString().substring(PREFIX.length());
        int end = label.lastIndexOf('-');
        return end < 0 ? Optional.empty() : Owner.parse(label.substring(0, end));
    }
}
