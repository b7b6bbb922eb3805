package io.sentinel.verify.probe;

import io.sentinel.seccomp.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs the probe on this machine, without an engine. */
final class ProbeRun {

    /** Any that holds no test up for ever. */
    private static final int SECONDS = 120;

    static final Path BUILD = Path.of("../guard/probe/build").toAbsolutePath().normalize();

    private final Path folder;
    private final List<String> before;

    /**
     * @param folder one that is empty
     * @param before the words that run the program
     */
    ProbeRun(Path folder, List<String> before) {
        this.folder = folder;
        this.before = before;
    }

    static Optional<Architecture> machine() {
        String word = System.getProperty("os.arch");
        return word.equals("amd64")
                ? Optional.of(Architecture.X86_64)
                : word.equals("aarch64") ? Optional.of(Architecture.AARCH64) : Optional.empty();
    }

    /** As a process without capabilities, under a profile. */
    static ProbeRun confined(Path folder, Path profile) throws IOException {
        return new ProbeRun(folder, helper(folder, profile.toAbsolutePath().toString()));
    }

    /** As a process without capabilities, with no filter. */
    static ProbeRun unfiltered(Path folder) throws IOException {
        return new ProbeRun(folder, helper(folder, "-"));
    }

    private static List<String> helper(Path folder, String profile) throws IOException {
        Path script = folder.resolve("under-filter.py");
        try (var in = ProbeRun.class.getResourceAsStream("/probe/under-filter.py")) {
            Files.write(script, in.readAllBytes());
        }
        return List.of("python3", script.toString(), profile);
    }

    /** How a program ended. */
    record Ended(int code, byte[] output, String errors) {}

    ProbeAnswers answers(ProbeTable table) throws Exception {
        Ended ended = run(machine().orElseThrow(), table);
        if (ended.code() != 0) {
            throw new AssertionError("the probe ended with " + ended.code() + ": " + ended.errors());
        }
        return ProbeAnswers.parse(ended.output(), table);
    }

    Ended run(Architecture architecture, ProbeTable table) throws Exception {
        List<String> words = words(architecture, table);
        return start(words);
    }

    /** The words that run it here: those that it writes are for inside a container. */
    List<String> words(Architecture architecture, ProbeTable table) throws IOException {
        List<String> words = new ArrayList<>(before);
        new ProbeProgram(architecture).write(folder);
        ProbeProgram.write(folder, "table", table, 0)
                .forEach(word -> words.add(word.replace(ProbeProgram.TARGET, folder.toString())));
        return words;
    }

    static Ended start(List<String> words) throws Exception {
        Path errors = Files.createTempFile("probe", ".errors");
        try {
            Process process =
                    new ProcessBuilder(words).redirectError(errors.toFile()).start();
            process.getOutputStream().close();
            byte[] output = process.getInputStream().readAllBytes();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("no end of " + words);
            }
            return new Ended(process.exitValue(), output, Files.readString(errors));
        } finally {
            Files.delete(errors);
        }
    }
}
