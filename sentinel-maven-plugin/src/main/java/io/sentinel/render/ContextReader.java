package io.sentinel.render;

import io.sentinel.spec.Image;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads what {@code image.copy} names. Each entry gets a numbered folder of the bundle, so that no name of the project
 * has a meaning to the Dockerfile.
 */
final class ContextReader {

    /** Left out of every copy: history is not needed in a sandbox, and may hold what was deleted for good reason. */
    private static final Set<String> LEFT_OUT = Set.of(".git");

    /** Names of files and folders that hold keys or credentials, whatever their case; an image layer is no place for them. */
    private static final Pattern SECRETS = Pattern.compile(
            "\\.env(\\..*)?|\\.netrc|\\.npmrc|\\.pypirc|\\.git-credentials|\\.dockercfg|\\.pgpass|\\.htpasswd"
                    + "|\\.ssh|\\.aws|\\.azure|\\.gnupg|\\.kube|\\.docker|\\.m2|credentials\\.json|settings-security\\.xml"
                    + "|id_(rsa|dsa|ecdsa|ed25519)[^.]*|.*\\.(key|jks|keystore|p12|pfx|kdbx)|.*\\bkey\\.pem",
            Pattern.CASE_INSENSITIVE);

    /** Of those, the ones that are there to be read. */
    private static final Pattern TEMPLATES =
            Pattern.compile("\\.env\\.(example|sample|template|dist)", Pattern.CASE_INSENSITIVE);

    private final Layout layout;

    ContextReader(Layout layout) {
        this.layout = layout;
    }

    /**
     * One {@code COPY} of the Dockerfile.
     *
     * @param source below the bundle's folder
     * @param target in the image
     * @param files what is copied
     */
    record CopiedTree(String source, String target, List<BundleFile> files) {}

    List<CopiedTree> read(List<Image.Copy> copies) throws SandboxException, IOException {
        List<CopiedTree> trees = new ArrayList<>();
        for (int i = 0; i < copies.size(); i++) {
            trees.add(read(copies.get(i), "context/" + i));
        }
        return trees;
    }

    private CopiedTree read(Image.Copy copy, String folder) throws SandboxException, IOException {
        Path source = layout.project().resolve(copy.from()).normalize();
        if (Files.notExists(source, LinkOption.NOFOLLOW_LINKS)) {
            throw new SandboxException("image.copy names " + copy.from() + ", and there is no " + source
                    + "; paths start from " + layout.project());
        }
        if (!source.toRealPath().startsWith(layout.project().toRealPath())) {
            throw new SandboxException(
                    "image.copy names " + copy.from() + ", which leads out of the project, to " + source.toRealPath());
        }
        if (layout.bundle().startsWith(source) || layout.work().startsWith(source)) {
            throw new SandboxException("image.copy names " + copy.from() + ", which holds the bundle itself ("
                    + layout.shown(layout.bundle()) + "); name the folders below it that the image needs");
        }
        if (Files.isDirectory(source)) {
            List<BundleFile> files = new Tree(source.toRealPath(), folder).files();
            if (files.isEmpty()) {
                throw new SandboxException("image.copy names " + copy.from() + ", which is an empty folder");
            }
            return new CopiedTree(folder + "/", withSlash(copy.to()), files);
        }
        refuseSecret(source);
        String target = copy.to().endsWith("/") ? copy.to() + source.getFileName() : copy.to();
        return new CopiedTree(folder + "/file", target, List.of(file(source.toRealPath(), folder + "/file")));
    }

    private static String withSlash(String path) {
        return path.endsWith("/") ? path : path + "/";
    }

    private static BundleFile file(Path source, String path) throws IOException {
        return new BundleFile(
                path, new BundleFile.Content.Copied(source, Sha256.of(source)), Files.isExecutable(source));
    }

    private void refuseSecret(Path file) throws SandboxException {
        String name = file.getFileName().toString();
        if (SECRETS.matcher(name).matches() && !TEMPLATES.matcher(name).matches()) {
            throw new SandboxException("image.copy would put " + layout.shown(file)
                    + " into an image layer, where everybody who has the image can read it; move it out of what is"
                    + " copied");
        }
    }

    /** The files below one folder. */
    private final class Tree extends SimpleFileVisitor<Path> {
        private final Path root;
        private final String folder;
        private final List<BundleFile> files = new ArrayList<>();
        private SandboxException refused;

        Tree(Path root, String folder) {
            this.root = root;
            this.folder = folder;
        }

        List<BundleFile> files() throws IOException, SandboxException {
            Files.walkFileTree(root, this);
            if (refused != null) {
                throw refused;
            }
            return files;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            if (!dir.equals(root) && LEFT_OUT.contains(dir.getFileName().toString())) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            return dir.equals(root) ? FileVisitResult.CONTINUE : unlessSecret(dir);
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (unlessSecret(file) == FileVisitResult.TERMINATE) {
                return FileVisitResult.TERMINATE;
            }
            String path = folder + "/" + root.relativize(file).toString().replace('\\', '/');
            if (attributes.isSymbolicLink()) {
                Path target = Files.readSymbolicLink(file);
                if (target.isAbsolute()
                        || !file.resolveSibling(target).normalize().startsWith(root)) {
                    return refuse(new SandboxException("image.copy meets the symbolic link " + layout.shown(file)
                            + ", which leads out of what is copied, to " + target + "; copy the file itself"));
                }
                files.add(new BundleFile(path, new BundleFile.Content.Link(target.toString()), false));
            } else if (attributes.isRegularFile()) {
                files.add(file(file, path));
            } else {
                return refuse(new SandboxException("image.copy meets " + layout.shown(file)
                        + ", which is neither a file, a folder nor a symbolic link"));
            }
            return FileVisitResult.CONTINUE;
        }

        private FileVisitResult unlessSecret(Path path) {
            try {
                refuseSecret(path);
                return FileVisitResult.CONTINUE;
            } catch (SandboxException e) {
                return refuse(e);
            }
        }

        private FileVisitResult refuse(SandboxException why) {
            refused = why;
            return FileVisitResult.TERMINATE;
        }
    }
}
