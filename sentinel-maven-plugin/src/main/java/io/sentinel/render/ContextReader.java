package io.sentinel.render;

import io.sentinel.spec.Image;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads what {@code image.copy} names. Each entry gets a numbered folder of the bundle, so that no name of the project
 * has a meaning to the Dockerfile.
 */
final class ContextReader {

    /** Left out of every copy: history is not needed in a sandbox, and may hold what was deleted for good reason. */
    private static final String LEFT_OUT = ".git";

    /** Names of files and folders that hold keys or credentials, whatever their case; an image layer is no place for them. */
    private static final Pattern SECRETS = Pattern.compile(
            "\\.env(\\..*|rc)?|\\.netrc|\\.npmrc|\\.pypirc|\\.git-credentials|\\.dockercfg|\\.pgpass|\\.htpasswd"
                    + "|\\.s3cfg|\\.boto|\\.my\\.cnf|\\.ssh|\\.aws|\\.azure|\\.gnupg|\\.kube|\\.docker|\\.m2|credentials\\.json"
                    + "|settings-security\\.xml|terraform\\.tfstate|id_(rsa|dsa|ecdsa|ed25519)[^.]*(\\.(bak|old|orig))?"
                    + "|.*\\.(key|jks|keystore|p12|p8|pfx|ppk|kdbx)",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** Of those, the folders that a spec may name itself, since projects keep other things there too. */
    private static final Pattern SHARED = Pattern.compile("\\.docker|\\.m2", Pattern.CASE_INSENSITIVE);

    /** What is refused of these, whoever names them. */
    private static final Pattern SECRETS_IN =
            Pattern.compile("\\.docker/config\\.json|\\.m2/settings\\.xml", Pattern.CASE_INSENSITIVE);

    /** Of those, the ones that are there to be read. */
    private static final Pattern TEMPLATES =
            Pattern.compile("\\.env(\\..*)?\\.(example|sample|template|dist)", Pattern.CASE_INSENSITIVE);

    /** Files that may hold a private key beside a certificate. */
    private static final Pattern PEM = Pattern.compile(".*\\.(pem|crt|cer)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final Pattern KEY = Pattern.compile(".*\\bkey\\.pem", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** How much of a file in PEM is looked at: the header of a private key stands in its first lines, after a certificate. */
    private static final int PEM_BYTES = 64 * 1024;

    private final Layout layout;
    private final Path workspace;

    /** @param workspace the folder that the agent writes to */
    ContextReader(Layout layout, Path workspace) {
        this.layout = layout;
        this.workspace = workspace;
    }

    /**
     * One {@code COPY} of the Dockerfile.
     *
     * @param source below the bundle's folder
     * @param target in the image
     * @param files what is copied
     */
    record CopiedTree(String source, String target, List<BundleFile> files) {}

    /** @param refusals gets what cannot be copied, of each entry the first; nothing stands for such an entry */
    List<CopiedTree> read(List<Image.Copy> copies, Refusals refusals) throws IOException {
        List<CopiedTree> trees = new ArrayList<>();
        for (int i = 0; i < copies.size(); i++) {
            try {
                trees.add(read(copies.get(i), "context/" + i));
            } catch (SandboxException e) {
                refusals.add("image.copy[" + i + "].from", e.getMessage());
            }
        }
        return trees;
    }

    private CopiedTree read(Image.Copy copy, String folder) throws SandboxException, IOException {
        Path source = layout.project().resolve(copy.from()).normalize();
        if (Files.notExists(source, LinkOption.NOFOLLOW_LINKS)) {
            throw new SandboxException("there is no " + source + "; paths start from " + layout.project());
        }
        if (!Files.exists(source)) {
            throw new SandboxException(layout.shown(source) + " is a link to nothing; correct or remove it");
        }
        Path project = layout.project().toRealPath();
        Path real = source.toRealPath();
        if (!real.startsWith(project)) {
            throw new SandboxException(
                    layout.shown(source) + " leads out of the project, to " + real + "; copy the file itself");
        }
        if (holds(real, layout.bundle()) || holds(real, layout.work())) {
            throw new SandboxException(layout.shown(source) + " holds the bundle itself ("
                    + layout.shown(layout.bundle()) + "); name the folders below it that the image needs");
        }
        if (real.startsWith(Layout.real(workspace)) || holds(real, workspace)) {
            throw new SandboxException(
                    layout.shown(source) + " is of the workspace, or holds it, and the agent writes there:"
                            + " it could change the image of its next run; copy from elsewhere");
        }
        for (Path path : List.of(layout.project().relativize(source), project.relativize(real))) {
            for (int parts = 1; parts <= path.getNameCount() && !path.toString().isEmpty(); parts++) {
                refuseSecret(
                        layout.project().resolve(path.subpath(0, parts)),
                        SHARED.matcher(path.getName(parts - 1).toString()).matches());
            }
        }
        if (Files.isDirectory(source)) {
            List<BundleFile> files = new Tree(real, folder).files();
            if (files.isEmpty()) {
                throw new SandboxException(
                        layout.shown(source) + " is an empty folder, or holds .git alone; remove the entry");
            }
            return new CopiedTree(folder + "/", withSlash(copy.to()), files);
        }
        if (!Files.isRegularFile(source)) {
            throw new SandboxException(
                    layout.shown(source) + " is neither a file nor a folder, nor a link to one; copy something else");
        }
        String target = copy.to().endsWith("/") ? copy.to() + source.getFileName() : copy.to();
        return new CopiedTree(folder + "/file", target, List.of(file(real, folder + "/file")));
    }

    private static boolean holds(Path real, Path own) throws IOException {
        return Layout.real(own).startsWith(real);
    }

    private static String withSlash(String path) {
        return path.endsWith("/") ? path : path + "/";
    }

    private static BundleFile file(Path source, String path) throws IOException {
        return new BundleFile(
                path, new BundleFile.Content.Copied(source, Sha256.of(source)), Files.isExecutable(source));
    }

    /**
     * @param path whose last part is looked at, and its content where it may be a key in PEM
     * @param shared whether its name alone says nothing
     */
    private void refuseSecret(Path path, boolean shared) throws SandboxException, IOException {
        String name = path.getFileName().toString();
        String inFolder = path.getParent().getFileName() + "/" + name;
        boolean named = !shared
                && SECRETS.matcher(name).matches()
                && !TEMPLATES.matcher(name).matches();
        if (named || SECRETS_IN.matcher(inFolder).matches() || isLeftOut(path) || isKey(path, name)) {
            throw new SandboxException(layout.shown(path)
                    + " would be in a layer of the image, where everybody who has the image can read it; move it out of"
                    + " what is copied");
        }
    }

    private static boolean isLeftOut(Path path) {
        return path.getFileName().toString().equalsIgnoreCase(LEFT_OUT);
    }

    /** By what it holds, and where that is neither, by its name. */
    private static boolean isKey(Path path, String name) throws IOException {
        if (!PEM.matcher(name).matches() || !Files.isRegularFile(path)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(path)) {
            String text = new String(in.readNBytes(PEM_BYTES), StandardCharsets.ISO_8859_1);
            return text.contains("PRIVATE KEY-----")
                    || KEY.matcher(name).matches() && !text.contains("-----BEGIN PUBLIC KEY-----");
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
        public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
            if (dir.equals(root)) {
                return FileVisitResult.CONTINUE;
            }
            return isLeftOut(dir) ? FileVisitResult.SKIP_SUBTREE : unlessSecret(dir);
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            // In a worktree or a submodule it is a file, which names the folder.
            if (isLeftOut(file)) {
                return FileVisitResult.CONTINUE;
            }
            if (unlessSecret(file) == FileVisitResult.TERMINATE) {
                return FileVisitResult.TERMINATE;
            }
            String path = folder + "/" + root.relativize(file).toString().replace('\\', '/');
            if (attributes.isSymbolicLink()) {
                Path target = Files.readSymbolicLink(file);
                if (target.isAbsolute()
                        || !file.resolveSibling(target).normalize().startsWith(root)
                        || Files.exists(file) && !file.toRealPath().startsWith(root)) {
                    return refuse(new SandboxException("the symbolic link " + layout.shown(file)
                            + " leads out of what is copied, to " + target + "; copy the file itself"));
                }
                files.add(new BundleFile(path, new BundleFile.Content.Link(target.toString()), false));
            } else if (attributes.isRegularFile()) {
                files.add(file(file, path));
            } else {
                return refuse(new SandboxException(layout.shown(file)
                        + " is neither a file, a folder nor a symbolic link; move it out of what is copied"));
            }
            return FileVisitResult.CONTINUE;
        }

        private FileVisitResult unlessSecret(Path path) throws IOException {
            try {
                refuseSecret(path, false);
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
