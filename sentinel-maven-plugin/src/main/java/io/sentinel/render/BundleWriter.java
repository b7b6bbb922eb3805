package io.sentinel.render;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Writes a bundle as one: whoever looks finds the old bundle or the new one, whole, also after the writer was killed.
 *
 * <p>Java cannot replace a full folder in one step, so the new bundle is staged beside the old one and takes its place by
 * renames. A writer that is killed between them leaves both, whole, beside their place; the next writer ends what that one
 * began. Files that did not change are the same files afterwards (hard links), and {@code proxy} is the same folder: a
 * sidecar that runs has it mounted, and sees the new rules there.
 */
public final class BundleWriter {

    private static final Duration LOCK_WAIT = Duration.ofSeconds(60);
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-r--r--");

    private final Path folder;
    private final Path staged;
    private final Path retired;
    private final Path lockFile;
    private final Path stagedRules;
    private final Path mountedRules;
    private final Path takenOver;

    public BundleWriter(Layout layout) {
        folder = layout.bundle();
        staged = folder.resolveSibling("." + folder.getFileName() + ".sentinel-new");
        retired = folder.resolveSibling("." + folder.getFileName() + ".sentinel-old");
        stagedRules = staged.resolve(Bundle.PROXY);
        mountedRules = retired.resolve(Bundle.PROXY);
        takenOver = retired.resolve(Bundle.PROXY + ".taken-over");
        // Beside the folder, so that whoever writes it, for whatever project, meets the same lock.
        lockFile = folder.resolveSibling("." + folder.getFileName() + ".sentinel-lock");
    }

    /**
     * @return the paths of the files that were added, changed or removed; empty when nothing was written
     * @throws SandboxException when the folder holds files that are not a bundle's, or another build holds it
     */
    public List<String> write(Bundle bundle) throws SandboxException, IOException {
        Files.createDirectories(folder.getParent());
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            // Given back when the channel is closed, or the process is killed.
            acquire(channel);
            recover();
            refuseOther();
            Bundle old = BundleFolder.read(folder);
            List<String> changed = Drift.paths(bundle, old);
            if (changed.isEmpty() && Files.isDirectory(folder)) {
                return changed;
            }
            refuseForeign(bundle, old);
            try {
                stage(bundle, old);
            } catch (IOException | SandboxException e) {
                abandon(e);
                throw e;
            }
            swap();
            return changed;
        }
    }

    /** Of a full disk, what was staged would be a part. */
    private void abandon(Exception why) {
        try {
            Folders.delete(staged);
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    private void acquire(FileChannel channel) throws SandboxException, IOException {
        long deadline = System.nanoTime() + LOCK_WAIT.toNanos();
        while (true) {
            if (tryLock(channel)) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new SandboxException("another build has been writing " + folder + " for " + LOCK_WAIT.toSeconds()
                        + " seconds; wait for it or end it, then run this again");
            }
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SandboxException("interrupted while another build writes " + folder, e);
            }
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // Held by another thread of this process: the same as held by another process.
            return false;
        }
    }

    /** Ends what a killed writer began: an old bundle is retired once the new one is whole, and half-made ones go away. */
    private void recover() throws IOException {
        boolean retiredAlready = Files.isDirectory(retired) && Files.notExists(folder, LinkOption.NOFOLLOW_LINKS);
        if (retiredAlready && Files.isDirectory(staged)) {
            replace();
        }
        Folders.delete(retired);
        Folders.delete(staged);
    }

    private void refuseOther() throws SandboxException {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new SandboxException("the bundle's folder " + folder
                    + " is a file or a symbolic link; name a plain folder" + " (sentinel.bundle) or remove it");
        }
    }

    /** Nothing of the user's is lost: a folder with other files in it is left as it is. */
    private void refuseForeign(Bundle bundle, Bundle old) throws SandboxException, IOException {
        Set<String> foreign = new TreeSet<>(old.files().keySet());
        foreign.removeAll(bundle.files().keySet());
        foreign.remove(Bundle.LOCK);
        if (old.files().containsKey(Bundle.LOCK)) {
            foreign.removeAll(written());
        } else if (!old.files().isEmpty()) {
            throw new SandboxException("the bundle's folder " + folder + " holds files and no " + Bundle.LOCK
                    + ": it is not a bundle; name another folder (sentinel.bundle) or empty it");
        }
        if (!foreign.isEmpty()) {
            throw new SandboxException("the bundle's folder " + folder + " holds files that Sentinel did not write ("
                    + String.join(", ", foreign) + "); move them away, since the folder is replaced as a whole");
        }
    }

    /** What the lock in the folder says that it holds; a damaged one, as a merge conflict leaves it, says nothing. */
    private Set<String> written() throws IOException {
        try {
            return BundleLock.read(folder.resolve(Bundle.LOCK)).files().keySet();
        } catch (JsonProcessingException | CharConversionException e) {
            return Set.of();
        }
    }

    private void stage(Bundle bundle, Bundle old) throws SandboxException, IOException {
        makeFolder(staged);
        for (BundleFile file : bundle.files().values()) {
            Path target = staged.resolve(file.path());
            makeFolders(target.getParent());
            BundleFile before = old.files().get(file.path());
            if (before != null && before.fingerprint().equals(file.fingerprint())) {
                keep(folder.resolve(file.path()), target);
            } else {
                create(file, target);
            }
        }
    }

    private void keep(Path before, Path target) throws IOException {
        if (Files.isSymbolicLink(before)) {
            Files.copy(before, target, LinkOption.NOFOLLOW_LINKS);
            return;
        }
        try {
            Files.createLink(target, before);
        } catch (UnsupportedOperationException | java.nio.file.FileSystemException e) {
            // A file system without hard links.
            Files.copy(before, target, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    private static void create(BundleFile file, Path target) throws SandboxException, IOException {
        if (file.content() instanceof BundleFile.Content.Link link) {
            Files.createSymbolicLink(target, Path.of(link.target()));
            return;
        }
        if (file.content() instanceof BundleFile.Content.Rendered rendered) {
            Files.write(target, rendered.bytes(), StandardOpenOption.CREATE_NEW);
        } else if (file.content() instanceof BundleFile.Content.Copied copied) {
            try (OutputStream out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
                if (!Sha256.copy(copied.source(), out).equals(copied.digest())) {
                    throw new SandboxException(copied.source() + " changed while it was copied; run this again");
                }
            }
        }
        Files.setPosixFilePermissions(target, file.executable() ? FOLDER : FILE);
    }

    private void makeFolders(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            makeFolders(path.getParent());
            makeFolder(path);
        }
    }

    private static void makeFolder(Path path) throws IOException {
        Files.createDirectory(path);
        // Set apart from the creation, which the umask narrows.
        Files.setPosixFilePermissions(path, FOLDER);
    }

    private void swap() throws IOException {
        if (Files.exists(folder)) {
            Files.move(folder, retired, StandardCopyOption.ATOMIC_MOVE);
        }
        replace();
    }

    /** From here on, whatever happens, the new bundle takes its place; each step can be done again. */
    private void replace() throws IOException {
        if (Files.isDirectory(mountedRules, LinkOption.NOFOLLOW_LINKS) && Files.isDirectory(stagedRules)) {
            refill();
            Files.move(stagedRules, takenOver, StandardCopyOption.ATOMIC_MOVE);
        }
        if (Files.isDirectory(takenOver) && Files.notExists(stagedRules)) {
            Files.move(mountedRules, stagedRules, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(staged, folder, StandardCopyOption.ATOMIC_MOVE);
        Folders.delete(retired);
    }

    /** Gives the old folder of the rules the content of the new one, file by file; it holds no folders. */
    private void refill() throws IOException {
        for (Path old : list(mountedRules)) {
            if (Files.notExists(stagedRules.resolve(old.getFileName()), LinkOption.NOFOLLOW_LINKS)) {
                Files.delete(old);
            }
        }
        for (Path rendered : list(stagedRules)) {
            Path place = mountedRules.resolve(rendered.getFileName());
            // A rename between two names of one file would do nothing, and leave both.
            if (Files.notExists(place, LinkOption.NOFOLLOW_LINKS) || !Files.isSameFile(rendered, place)) {
                Path fresh = retired.resolve(rendered.getFileName() + ".new");
                Files.deleteIfExists(fresh);
                keep(rendered, fresh);
                Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
