package io.sentinel.verify;

import io.sentinel.engine.Json;
import io.sentinel.render.Bundle;
import io.sentinel.render.BundleFolder;
import io.sentinel.spec.SourceText;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.FileState;
import io.sentinel.verify.evidence.ProjectFiles;
import io.sentinel.verify.evidence.TextFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A compose project on disk. Each file is read at most once; what Compose says of it is asked by whoever makes this. */
final class ComposeFiles implements ProjectFiles {

    /** As many as a workspace of a large project has; more are not looked through, and the verdict is "unknown". */
    private static final int MOST_FILES = 200_000;

    private static final int SET_ID = 06000;

    /** As many as the kernel follows (path_resolution(7)). */
    private static final int MOST_LINKS = 40;

    private final Path folder;
    private final Path composeFile;
    private final Models models;
    private final Map<Path, Optional<TextFile>> read = new HashMap<>();

    /** What Compose makes of the files, or why it does not. */
    record Models(Model resolved, Model written, Model bare) {}

    /** One answer of Compose. */
    interface Model {

        /** @throws CannotTell where Compose refused */
        Json json();

        /** The same as Compose wrote it. */
        String text();
    }

    /**
     * @param folder that the project's relative paths start from
     * @param composeFile the project's own file
     */
    ComposeFiles(Path folder, Path composeFile, Models models) {
        this.folder = real(folder);
        this.composeFile = composeFile;
        this.models = models;
    }

    @Override
    public Json model() {
        return models.resolved().json();
    }

    /** The resolved model as Compose wrote it. */
    String resolvedText() {
        return models.resolved().text();
    }

    @Override
    public Json written() {
        return models.written().json();
    }

    @Override
    public Json bare() {
        return models.bare().json();
    }

    @Override
    public String folder() {
        return folder.toString();
    }

    @Override
    public String composeFile() {
        Path real = real(composeFile);
        return real.startsWith(folder) ? folder.relativize(real).toString() : real.toString();
    }

    @Override
    public Optional<TextFile> file(String name) {
        Path path = path(name);
        Optional<TextFile> known = read.get(path);
        if (known == null) {
            known = load(path);
            read.put(path, known);
        }
        return known;
    }

    private Optional<TextFile> load(Path path) {
        if (Files.notExists(path)) {
            return Optional.empty();
        }
        String shown = path.startsWith(folder) ? folder.relativize(path).toString() : path.toString();
        if (!Files.isRegularFile(path)) {
            throw new CannotTell(shown + " is no file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(SourceText.MAX_BYTES + 1);
            if (bytes.length > SourceText.MAX_BYTES) {
                throw new CannotTell(shown + " is longer than " + SourceText.MAX_BYTES + " bytes");
            }
            return Optional.of(new TextFile(shown, new String(bytes, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new CannotTell(shown + " cannot be read: " + e);
        }
    }

    @Override
    public String real(String name) {
        return real(path(name)).toString();
    }

    @Override
    public SortedMap<String, FileState> states() {
        try {
            return states(BundleFolder.read(folder));
        } catch (IOException e) {
            throw new CannotTell(folder + " cannot be read: " + e.getMessage());
        }
    }

    /** The states of a bundle's files. */
    static SortedMap<String, FileState> states(Bundle bundle) {
        SortedMap<String, FileState> states = new TreeMap<>();
        bundle.files().forEach((path, file) -> states.put(path, new FileState(file.mode(), file.digest())));
        return states;
    }

    @Override
    public List<String> oddities(String below) {
        Path top = path(below);
        List<String> found = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(top)) {
            long count = 0;
            for (Path path : (Iterable<Path>) paths::iterator) {
                if (++count > MOST_FILES) {
                    throw new CannotTell(below + " has more than " + MOST_FILES + " files");
                }
                oddity(top, path).ifPresent(what -> found.add(what + " " + top.relativize(path)));
            }
            return found;
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new CannotTell(below + " cannot be looked through: " + e);
        }
    }

    private static Optional<String> oddity(Path top, Path path) throws IOException {
        Map<String, Object> facts =
                Files.readAttributes(path, "unix:mode,isSymbolicLink,isOther", LinkOption.NOFOLLOW_LINKS);
        int mode = (Integer) facts.get("mode");
        if (facts.get("isSymbolicLink").equals(true)) {
            Path target = path.resolveSibling(Files.readSymbolicLink(path)).normalize();
            // By its words, since it may lead to something that is made later; and through the links on its way.
            boolean inside = target.startsWith(top)
                    && (Files.notExists(path) || path.toRealPath().startsWith(top.toRealPath()));
            return inside ? Optional.empty() : Optional.of("link that leaves it:");
        }
        // Sockets and pipes are of this kind too, and lead nowhere: devices are told by their mode (inode(7)).
        int type = mode & 0170000;
        if (type == 0020000 || type == 0060000) {
            return Optional.of("device");
        }
        return type == 0100000 && (mode & SET_ID) != 0 ? Optional.of("set-id file") : Optional.empty();
    }

    private Path path(String name) {
        try {
            return folder.resolve(name).normalize();
        } catch (InvalidPathException e) {
            throw new CannotTell("'" + name + "' is no path: " + e.getReason());
        }
    }

    /** Where a path leads, symbolic links followed, as far as it exists. */
    private static Path real(Path path) {
        // Of a link through a folder that is not there yet, its steps back are left in words.
        return real(path, MOST_LINKS).normalize();
    }

    private static Path real(Path path, int links) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            // A link whose target is not there yet leads there all the same.
            if (links > 0 && Files.isSymbolicLink(path)) {
                try {
                    return real(path.resolveSibling(Files.readSymbolicLink(path)), links - 1);
                } catch (IOException unreadable) {
                    throw new CannotTell(path + " is a link that cannot be read: " + unreadable);
                }
            }
            Path parent = path.toAbsolutePath().getParent();
            return parent == null ? path : real(parent, links).resolve(path.getFileName());
        }
    }
}
