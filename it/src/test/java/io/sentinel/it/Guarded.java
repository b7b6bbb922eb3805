package io.sentinel.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A guarded bundle whose compose file a test changes before it runs: what a person may have done to it. */
final class Guarded {

    /** Where a bundle has the launcher for the machine that this runs on, which is the engine's too. */
    static final String OWN_LAUNCHER =
            "guard/sentinel-guard-" + System.getProperty("os.arch").replace("amd64", "x86_64");

    final Box box;
    final String image;

    private final Path folder;
    private final List<String> built = new ArrayList<>();

    private Guarded(Box box, Path folder, String image) {
        this.box = box;
        this.folder = folder;
        this.image = image;
    }

    /**
     * Builds the image, with Python.
     *
     * @param folder an empty one
     * @param spec without its image
     */
    static Guarded build(Path folder, String spec) throws Exception {
        Box box = Box.withPython(folder.resolve("project"), spec);
        box.build();
        return new Guarded(box, folder, imageOf(box));
    }

    /**
     * The same with another launcher than the plugin's. Its image goes when this does: it is called like that of the
     * plugin's own.
     */
    static Guarded build(Path folder, String spec, Path launcher) throws Exception {
        Box box = Box.withPython(folder.resolve("project"), spec);
        box.generate();
        Files.copy(launcher, box.layout.bundle().resolve(OWN_LAUNCHER), StandardCopyOption.REPLACE_EXISTING);
        Command.start(
                        box.layout.bundle(),
                        Map.of(),
                        List.of("docker", "compose", "--profile=strict", "build", "sentinel-strict"))
                .output(0);
        Guarded guarded = new Guarded(box, folder, imageOf(box));
        guarded.built.add(guarded.image);
        return guarded;
    }

    private static String imageOf(Box box) throws Exception {
        return Command.start(
                        box.layout.bundle(),
                        Map.of(),
                        List.of("docker", "compose", "--profile=strict", "config", "--images", "sentinel-strict"))
                .output(0)
                .strip();
    }

    Path workspace() {
        return box.folder.resolve("sandbox-workspace");
    }

    /** A file beside the project, for a mount. */
    Path file(String name, byte[] bytes) throws IOException {
        Path file = folder.resolve(name);
        Files.write(file, bytes);
        // Whoever the agent's user is.
        file.toFile().setReadable(true, false);
        file.toFile().setExecutable(true, false);
        return file;
    }

    /** The image after more steps of its build. Returns what it is called. */
    String imageAfter(String... steps) throws Exception {
        Path context = Files.createDirectories(folder.resolve("image-" + built.size()));
        Files.writeString(
                context.resolve("Dockerfile"),
                "FROM " + image + "\nUSER 0:0\nRUN " + String.join(" && ", steps) + "\n");
        String name = "sentinel-closed-" + ProcessHandle.current().pid() + ":" + built.size();
        Command.docker(context, "build", "--quiet", "--tag", name, ".").output(0);
        built.add(name);
        return name;
    }

    static String mount(Path source, String target) {
        return "volumes: [{type: bind, source: \"" + source + "\", target: " + target + ", read_only: true}]";
    }

    /**
     * Starts the profile's service as a person would.
     *
     * @param changes of the service, as lines of its YAML
     * @param more lines of the compose file's own
     */
    Command start(String profile, Map<String, String> environment, List<String> changes, String... more)
            throws IOException {
        StringBuilder text = new StringBuilder("services:\n  sentinel-" + profile + ":\n    labels: {changed: \"\"}\n");
        changes.forEach(line -> text.append("    ").append(line).append('\n'));
        for (String line : more) {
            text.append(line).append('\n');
        }
        Path override = Files.createTempFile(folder, "changes", ".yml");
        Files.writeString(override, text);
        Map<String, String> all = new TreeMap<>(environment);
        all.put("COMPOSE_IGNORE_ORPHANS", "true");
        return Command.start(
                box.layout.bundle(),
                all,
                List.of(
                        "docker",
                        "compose",
                        "--progress=quiet",
                        "--file=docker-compose.yml",
                        "--file=" + override,
                        "--profile=" + profile,
                        "run",
                        "--rm",
                        "--no-TTY",
                        "sentinel-" + profile));
    }

    Command strict(String... changes) throws IOException {
        return start("strict", Map.of(), List.of(changes));
    }

    /** Another policy for the same image. */
    Guarded with(String name, String spec) throws Exception {
        Box other = Box.withPython(folder.resolve(name), spec);
        other.generate();
        return new Guarded(other, folder, image);
    }

    /** As {@link #file}, of what the bundle has under that name. */
    Path copyOf(String path, String name) throws IOException {
        return Files.copy(box.layout.bundle().resolve(path), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Removes what it made in the engine. */
    void remove() throws Exception {
        Command.start(
                        box.layout.bundle(),
                        Map.of(),
                        List.of("docker", "compose", "--profile=*", "down", "--remove-orphans", "--volumes"))
                .output(0);
        for (String name : built) {
            Command.docker(folder, "image", "rm", name).output(0);
        }
    }
}
