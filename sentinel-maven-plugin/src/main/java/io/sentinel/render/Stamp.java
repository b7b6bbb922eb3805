package io.sentinel.render;

import io.sentinel.spec.User;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells an unchanged build apart before anything is parsed or rendered: what a bundle was rendered from, and what came
 * of it, as digests in a text file of lines. Both sides are read again and compared each time, so a stamp that lies in
 * either direction only costs a rendering.
 */
final class Stamp {

    private static final String HEAD = "sentinel-stamp 1";

    private final Layout layout;
    private final Path file;

    Stamp(Layout layout) {
        this.layout = layout;
        this.file = layout.work().resolve("bundle.stamp");
    }

    /**
     * What came of the last rendering, where neither its inputs nor the bundle's folder changed since.
     *
     * @param key the digest of what is not a file below the project: the plugin and the layout
     */
    Optional<Rendered> matching(String key) throws IOException {
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        if (lines.size() < 7 || !lines.get(0).equals(HEAD) || !lines.get(1).equals(key)) {
            return Optional.empty();
        }
        Rendered rendered =
                new Rendered(lines.get(2), lines.get(3), lines.get(4), Path.of(lines.get(5)), user(lines.get(6)));
        for (String line : lines.subList(7, lines.size())) {
            int space = line.indexOf(' ');
            if (space < 0 || !fingerprint(Path.of(line.substring(space + 1))).equals(line.substring(0, space))) {
                return Optional.empty();
            }
        }
        boolean intact = Files.exists(layout.composeFile())
                && BundleFolder.read(layout.bundle()).digest().equals(rendered.digest());
        return intact ? Optional.of(rendered) : Optional.empty();
    }

    /** Remembers a rendering. {@code inputs} are the files and folders that it was made from; they may be missing. */
    void write(String key, Rendered rendered, List<Path> inputs) throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                HEAD,
                key,
                rendered.digest(),
                rendered.image(),
                rendered.proxyImage(),
                rendered.workspace().toString(),
                rendered.user().map(u -> u.uid() + ":" + u.gid()).orElse("")));
        for (Path input : inputs) {
            if (input.toString().indexOf('\n') >= 0) {
                return;
            }
            lines.add(fingerprint(input) + " " + input);
        }
        Path fresh = file.resolveSibling("bundle.stamp.new");
        Files.write(fresh, lines, StandardCharsets.UTF_8);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String fingerprint(Path input) throws IOException {
        if (Files.isDirectory(input)) {
            return BundleFolder.read(input).digest(path -> true);
        }
        return Files.exists(input) ? Sha256.of(input) + (Files.isExecutable(input) ? "x" : "") : "none";
    }

    private static Optional<User> user(String text) {
        int colon = text.indexOf(':');
        return colon < 0
                ? Optional.empty()
                : Optional.of(new User(
                        Integer.parseInt(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1))));
    }
}
