package io.sentinel.run;

import io.sentinel.render.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Which process started a container, and for which project. Each container and network carries it as a label, so that
 * what a killed process left can be told from what a living one still needs.
 *
 * @param host the machine, its boot and its process namespace, hashed: process IDs mean nothing elsewhere
 * @param project the project's folder, hashed
 * @param pid the process
 * @param startMillis when that process started, in milliseconds since 1970: process IDs come again
 */
record Owner(String host, String project, long pid, long startMillis) {

    static final String LABEL = "io.sentinel.owner";

    /** The start of a process is derived from the clock, which may be set meanwhile. */
    private static final Duration CLOCK_CHANGE = Duration.ofSeconds(5);

    private static final int HASH = 12;

    /** This process, for a project's folder. */
    static Owner current(Path project) {
        ProcessHandle self = ProcessHandle.current();
        return new Owner(thisHost(), hash(project.toString()), self.pid(), start(self));
    }

    /** The owner that a label names; empty for a label of another form, which nobody here may judge. */
    static Optional<Owner> parse(String label) {
        String[] parts = label.split("\\.", -1);
        if (parts.length != 4 || !parts[2].matches("[0-9]{1,18}") || !parts[3].matches("[0-9]{1,18}")) {
            return Optional.empty();
        }
        return Optional.of(new Owner(parts[0], parts[1], Long.parseLong(parts[2]), Long.parseLong(parts[3])));
    }

    String label() {
        return host + "." + project + "." + pid + "." + startMillis;
    }

    /** Eight characters for a name, which no other run of this machine has got. */
    String unique() {
        return hash(label() + System.nanoTime()).substring(0, 8);
    }

    /** Whether the process surely has ended: it ran on this machine, in this boot, and is no more. */
    boolean isDead() {
        if (!host.equals(thisHost())) {
            return false;
        }
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .map(handle -> Math.abs(start(handle) - startMillis) > CLOCK_CHANGE.toMillis())
                .orElse(true);
    }

    boolean sameProject(Owner other) {
        return host.equals(other.host) && project.equals(other.project);
    }

    private static long start(ProcessHandle handle) {
        return handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private static String thisHost() {
        return hash(read(Path.of("/proc/sys/kernel/random/boot_id")) + link(Path.of("/proc/self/ns/pid")));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            // Not Linux: one machine with one process namespace.
            return "";
        }
    }

    private static String link(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException e) {
            return "";
        }
    }

    static String hash(String text) {
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8))
                .substring("sha256:".length(), "sha256:".length() + HASH);
    }
}
