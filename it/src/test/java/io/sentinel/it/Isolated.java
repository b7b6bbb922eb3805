package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.engine.ContainerFacts;
import io.sentinel.engine.LabelFilter;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command {@code sentinel-isolate} as a person starts it; its input stays open until it is asked how it ended. */
record Isolated(Process process, Path err) {

    static final Path COMMAND = Path.of("../scripts/sentinel-isolate").toAbsolutePath();

    /** What came of it. */
    record Ran(int code, String out, String err) {}

    /**
     * Starts it.
     *
     * @param variables each as {@code NAME=VALUE}
     * @param words its arguments
     */
    static Isolated start(Path folder, List<String> variables, List<String> words) throws IOException {
        List<String> all = new ArrayList<>(List.of("env"));
        all.addAll(variables);
        all.add(COMMAND.toString());
        all.addAll(words);
        return process(folder, all);
    }

    /** Starts it by other words. */
    static Isolated process(Path folder, List<String> words) throws IOException {
        File err = Files.createTempFile(folder, "err", ".txt").toFile();
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(folder.toFile()).redirectError(err);
        return new Isolated(builder.start(), err.toPath());
    }

    Ran ended() throws Exception {
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), out, Files.readString(err));
    }

    void awaitUp() throws Exception {
        assertThat(process.getInputStream().readNBytes(3)).asString().isEqualTo("up\n");
    }

    void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** Containers of sandboxes of that name. */
    static List<String> left(String name) throws Exception {
        return Box.docker().listContainers(List.of(LabelFilter.has("io.sentinel.owner"))).stream()
                .map(ContainerFacts::name)
                .filter(container -> container.startsWith("sentinel-" + name + "-"))
                .toList();
    }
}
