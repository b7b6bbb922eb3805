package io.sentinel.it;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process as a person would start it, its output in a file that can be read while it runs. */
final class Command {

    private static final long LIMIT_MINUTES = 10;

    private final Process process;
    private final Path log;

    private Command(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static Command start(Path directory, Map<String, String> environment, List<String> words) throws IOException {
        Path log = Files.createTempFile("sentinel-it", ".log");
        log.toFile().deleteOnExit();
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(directory.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new Command(builder.start(), log);
    }

    /** A goal of the plugin under test, by full coordinates, in a folder with or without a POM. */
    static Command goal(Path directory, String goal, String... more) throws IOException {
        return goal(directory, Map.of(), goal, more);
    }

    static Command goal(Path directory, Map<String, String> environment, String goal, String... more)
            throws IOException {
        return start(directory, environment, goalWords(goal, more));
    }

    /** The words that start a goal. */
    static List<String> goalWords(String goal, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "mvn",
                "-B",
                "-o",
                "-Dmaven.repo.local=" + System.getProperty("sentinel.it.localRepository"),
                "io.sentinel:sentinel-maven-plugin:" + System.getProperty("sentinel.it.version") + ":" + goal));
        words.addAll(List.of(more));
        return words;
    }

    static Command docker(Path directory, String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of("docker"));
        all.addAll(List.of(words));
        return start(directory, Map.of(), all);
    }

    /** Waits for the end, whatever the exit code. */
    Command ended() throws IOException, InterruptedException {
        if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("still running after " + LIMIT_MINUTES + " minutes:\n" + output());
        }
        return this;
    }

    /** Waits for a good end, and gives what was said. */
    String output(int expectedExitCode) throws IOException, InterruptedException {
        ended();
        if (process.exitValue() != expectedExitCode) {
            throw new AssertionError(
                    "exit code " + process.exitValue() + " instead of " + expectedExitCode + ":\n" + output());
        }
        return output();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    String output() throws IOException {
        return Files.readString(log, StandardCharsets.UTF_8);
    }

    /** Waits until the output has this text. */
    Command saying(String text) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(LIMIT_MINUTES);
        while (!output().contains(text)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError("never said \"" + text + "\":\n" + output());
            }
            Thread.sleep(50);
        }
        return this;
    }

    /** Sends a signal by name to the process itself, not to its children. */
    Command signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        return this;
    }

    /** What it started and what is still alive: to end what a killed parent left. */
    List<ProcessHandle> descendants() {
        return process.descendants().toList();
    }
}
