package io.sentinel.render;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;

/** A bundle's folder as it is on disk. */
public final class BundleFolder {

    private BundleFolder() {}

    /** Every file below the folder; an empty bundle where there is none. Contents are read for their digests only. */
    public static Bundle read(Path folder) throws IOException {
        List<BundleFile> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            Path root = folder.toRealPath();
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    files.add(BundleFolder.file(root, file, attributes));
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        return Bundle.of(files);
    }

    /** The digest of the whole bundle by the lock in its folder; empty where that says none. */
    public static String lockedDigest(Path folder) throws IOException {
        return BundleLock.read(folder.resolve(Bundle.LOCK)).bundle();
    }

    private static BundleFile file(Path folder, Path file, BasicFileAttributes attributes) throws IOException {
        String path = folder.relativize(file).toString().replace('\\', '/');
        if (attributes.isSymbolicLink()) {
            String target = Files.readSymbolicLink(file).toString();
            return new BundleFile(path, new BundleFile.Content.Link(target), false);
        }
        if (!attributes.isRegularFile()) {
            return new BundleFile(path, new BundleFile.Content.Special(), false);
        }
        boolean executable = Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_EXECUTE);
        return new BundleFile(path, new BundleFile.Content.Copied(file, Sha256.of(file)), executable);
    }
}
