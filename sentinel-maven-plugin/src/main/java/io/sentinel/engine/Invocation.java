package io.sentinel.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A program to start, complete before anything runs. No shell is involved: each word arrives as it is.
 *
 * @param program its name, to be found on PATH
 * @param words its arguments
 * @param additions environment variables beside those that {@link HostEnvironment} lets through
 * @param directory its working directory; the JVM's own if empty
 * @param limit wall-clock time after which it is destroyed; more than zero, at most 365 days
 * @param captureLimit bytes of standard output that a captured run keeps
 */
public record Invocation(
        String program,
        List<String> words,
        SortedMap<String, String> additions,
        Optional<Path> directory,
        Duration limit,
        int captureLimit) {

    private static final int DEFAULT_CAPTURE_LIMIT = 32 * 1024 * 1024;
    private static final Duration LONGEST = Duration.ofDays(365);

    public Invocation {
        if (program.isBlank() || program.contains("/")) {
            throw new IllegalArgumentException("A program is a name on PATH, not '" + program + "'.");
        }
        words = List.copyOf(words);
        for (String word : words) {
            if (word.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("An argument of " + program + " has a NUL character in it.");
            }
        }
        additions = new TreeMap<>(additions);
        Objects.requireNonNull(directory, "directory");
        if (limit.isNegative() || limit.isZero() || limit.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("A time limit is more than 0 and at most 365 days, not " + limit + ".");
        }
        if (captureLimit <= 0) {
            throw new IllegalArgumentException("A capture limit is more than 0 bytes, not " + captureLimit + ".");
        }
    }

    /** A program with the host's filtered environment, in the JVM's working directory. */
    public static Invocation of(String program, List<String> words, Duration limit) {
        return new Invocation(program, words, new TreeMap<>(), Optional.empty(), limit, DEFAULT_CAPTURE_LIMIT);
    }

    /** The same with these environment additions in place of those it had. */
    public Invocation with(Map<String, String> environment) {
        return new Invocation(program, words, new TreeMap<>(environment), directory, limit, captureLimit);
    }

    /** The same by way of a program that starts what its arguments say. */
    public Invocation by(String starter) {
        List<String> all = new ArrayList<>(List.of(program));
        all.addAll(words);
        return new Invocation(starter, all, additions, directory, limit, captureLimit);
    }

    /** The same in another working directory. */
    public Invocation in(Path folder) {
        return new Invocation(program, words, additions, Optional.of(folder), limit, captureLimit);
    }

    /** The same keeping at most this many bytes of standard output. */
    public Invocation keeping(int bytes) {
        return new Invocation(program, words, additions, directory, limit, bytes);
    }
}
