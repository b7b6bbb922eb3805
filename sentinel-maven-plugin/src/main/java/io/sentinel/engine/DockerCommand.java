package io.sentinel.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One command of the docker client as a value: its words, its time and how its answer is read stand together.
 *
 * @param <T> what it answers
 */
sealed interface DockerCommand<T> {

    /** For what an engine that is not overloaded answers in well under a second. */
    Duration USUAL = Duration.ofSeconds(30);

    /** The arguments of {@code docker}. */
    List<String> words();

    default Duration limit() {
        return USUAL;
    }

    /**
     * Reads what a successful command said.
     *
     * @throws IOException if it is not what such a command says
     */
    T answer(String stdout) throws IOException;

    /** Versions of client and engine; the {@code Server} member is absent or null when no engine answers. */
    record ClientAndServer() implements DockerCommand<Json> {
        @Override
        public List<String> words() {
            return List.of("version", "--format", "{{json .}}");
        }

        @Override
        public Duration limit() {
            return Duration.ofSeconds(10);
        }

        @Override
        public Json answer(String stdout) throws IOException {
            return object(stdout);
        }
    }

    /** The compose plugin's version as it writes it. */
    record ComposeVersion() implements DockerCommand<String> {
        @Override
        public List<String> words() {
            return List.of("compose", "version", "--format", "json");
        }

        @Override
        public Duration limit() {
            return Duration.ofSeconds(10);
        }

        @Override
        public String answer(String stdout) throws IOException {
            return object(stdout).at("version").text().orElseThrow(() -> new IOException("no member 'version'"));
        }
    }

    /** The engine's description of itself, as it is. */
    record Info() implements DockerCommand<String> {
        @Override
        public List<String> words() {
            return List.of("info", "--format", "{{json .}}");
        }

        @Override
        public String answer(String stdout) {
            return stdout;
        }
    }

    /** All that the engine knows of some objects: an array with one element for each that exists. */
    record Inspect(ObjectKind kind, List<String> refs) implements DockerCommand<Json> {
        public Inspect {
            refs = checked(refs);
        }

        @Override
        public List<String> words() {
            return joined(List.of(kind.word(), "inspect"), refs);
        }

        @Override
        public Json answer(String stdout) throws IOException {
            Json json = Json.parse(stdout);
            if (!json.isArray()) {
                throw new IOException("no JSON array");
            }
            return json;
        }
    }

    /** IDs of the containers, in any state, or networks that all filters pick; of volumes their names. */
    record ListIds(ObjectKind kind, List<LabelFilter> filters) implements DockerCommand<List<String>> {
        public ListIds {
            // Without a filter these would be all of the machine's, and what is listed is mostly removed next.
            if (filters.isEmpty() || kind == ObjectKind.IMAGE) {
                throw new IllegalArgumentException(
                        "Containers, networks and volumes are listed, by one filter at least.");
            }
            filters = List.copyOf(filters);
        }

        @Override
        public List<String> words() {
            List<String> words = new ArrayList<>(List.of(kind.word(), "ls", "--quiet"));
            if (kind != ObjectKind.VOLUME) {
                words.add("--no-trunc");
            }
            if (kind == ObjectKind.CONTAINER) {
                words.add("--all");
            }
            for (LabelFilter filter : filters) {
                words.add("--filter");
                words.add(filter.word());
            }
            return words;
        }

        @Override
        public List<String> answer(String stdout) {
            return stdout.lines().filter(line -> !line.isBlank()).sorted().toList();
        }
    }

    /** Removes objects; of containers also those that run, with their anonymous volumes. */
    record Remove(ObjectKind kind, List<String> refs) implements DockerCommand<String> {
        public Remove {
            if (kind == ObjectKind.IMAGE) {
                throw new IllegalArgumentException("Images are the user's: they are not removed.");
            }
            refs = checked(refs);
        }

        @Override
        public List<String> words() {
            return kind == ObjectKind.CONTAINER
                    ? joined(List.of("container", "rm", "--force", "--volumes"), refs)
                    : joined(List.of(kind.word(), "rm"), refs);
        }

        @Override
        public String answer(String stdout) {
            return stdout;
        }
    }

    /** The commands that made an image's layers, the last one first, as its builder wrote them down. */
    record History(String image) implements DockerCommand<List<String>> {
        public History {
            checked(List.of(image));
        }

        @Override
        public List<String> words() {
            return List.of("image", "history", "--no-trunc", "--format", "{{json .CreatedBy}}", image);
        }

        @Override
        public List<String> answer(String stdout) throws IOException {
            List<String> steps = new ArrayList<>();
            for (String line : stdout.lines().toList()) {
                steps.add(Json.parse(line).text().orElseThrow(() -> new IOException("no string")));
            }
            return steps;
        }
    }

    /** The file system of a container, which need not run, as a tar stream; run attached. */
    record Export(String container, Duration limit) implements DockerCommand<String> {
        public Export {
            checked(List.of(container));
        }

        @Override
        public List<String> words() {
            return List.of("container", "export", container);
        }

        @Override
        public String answer(String stdout) {
            return stdout;
        }
    }

    /** Brings what a folder of this machine has in it into a folder of a container, which need not run, as root's. */
    record Copy(Path folder, String container, String target) implements DockerCommand<String> {
        public Copy {
            checked(List.of(container));
            // The client takes a path for a container's where a colon stands before its first slash.
            if (!folder.isAbsolute() || !target.startsWith("/")) {
                throw new IllegalArgumentException("Both paths are absolute, not " + folder + " and " + target + ".");
            }
        }

        @Override
        public List<String> words() {
            return List.of("container", "cp", folder + "/.", container + ":" + target);
        }

        @Override
        public String answer(String stdout) {
            return stdout;
        }
    }

    /** Another signal to a container's first process, by its name without SIG. */
    record Signal(String container, String name) implements DockerCommand<String> {
        public Signal {
            checked(List.of(container, name));
        }

        @Override
        public List<String> words() {
            return List.of("container", "kill", "--signal", name, container);
        }

        @Override
        public String answer(String stdout) {
            return stdout;
        }
    }

    /** SIGKILL to a container. */
    record Kill(String container) implements DockerCommand<String> {
        public Kill {
            checked(List.of(container));
        }

        @Override
        public List<String> words() {
            return List.of("container", "kill", container);
        }

        @Override
        public String answer(String stdout) {
            return stdout;
        }
    }

    /** The container's stop signal, and SIGKILL after a grace in whole seconds. */
    record Stop(String container, Duration grace) implements DockerCommand<String> {
        public Stop {
            checked(List.of(container));
        }

        // -t, since newer clients call --time deprecated and 20.10 does not know --timeout.
        @Override
        public List<String> words() {
            return List.of("container", "stop", "-t", seconds(grace), container);
        }

        @Override
        public Duration limit() {
            return USUAL.plus(grace);
        }

        @Override
        public String answer(String stdout) {
            return stdout;
        }
    }

    /** Fetches an image from its registry; run attached, for its progress. */
    record Pull(String ref, Duration limit) implements DockerCommand<String> {
        public Pull {
            checked(List.of(ref));
        }

        @Override
        public List<String> words() {
            return List.of("image", "pull", ref);
        }

        @Override
        public String answer(String stdout) {
            return stdout;
        }
    }

    /** What a container has said so far, its two streams apart. */
    record Logs(String container) implements DockerCommand<String> {
        public Logs {
            checked(List.of(container));
        }

        @Override
        public List<String> words() {
            return List.of("container", "logs", container);
        }

        @Override
        public String answer(String stdout) {
            return stdout;
        }
    }

    /** A program in a container that runs, as the container's own user and without input. */
    record Exec(String container, List<String> program, Duration limit) implements DockerCommand<String> {
        public Exec {
            checked(List.of(container));
            program = checked(program);
        }

        @Override
        public List<String> words() {
            return joined(List.of("container", "exec", container), program);
        }

        @Override
        public String answer(String stdout) {
            return stdout;
        }
    }

    /** Names and IDs that the client cannot take for options. */
    static List<String> checked(List<String> refs) {
        if (refs.isEmpty()) {
            throw new IllegalArgumentException("At least one name is needed.");
        }
        for (String ref : refs) {
            if (ref.isBlank() || ref.startsWith("-")) {
                throw new IllegalArgumentException("'" + ref + "' is no name of an image, container or network.");
            }
        }
        return List.copyOf(refs);
    }

    /** A duration in whole seconds, rounded up so that a short one is not none. */
    static String seconds(Duration duration) {
        return Long.toString(duration.plusMillis(999).toSeconds());
    }

    private static List<String> joined(List<String> words, List<String> refs) {
        List<String> all = new ArrayList<>(words);
        all.addAll(refs);
        return all;
    }

    private static Json object(String text) throws IOException {
        Json json = Json.parse(text);
        if (!json.isObject()) {
            throw new IOException("no JSON object");
        }
        return json;
    }
}
