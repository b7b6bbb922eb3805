package io.sentinel.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Asks programs of this host what they are configured to do. None of them is told to do anything. */
public final class HostTools {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int CAPTURE_LIMIT = 1024 * 1024;

    private final ProcessStarter starter;
    private final SortedMap<String, String> environment = new TreeMap<>();

    /**
     * @param starter which finds them
     * @param environment the invoker's, since a program reads its configuration from there too
     */
    public HostTools(ProcessStarter starter, Map<String, String> environment) {
        this.starter = starter;
        environment.forEach((name, value) -> {
            if (HostEnvironment.mayBeAdded(name)) {
                this.environment.put(name, value);
            }
        });
    }

    /** Whether there is a program of that name on PATH. */
    public boolean has(String program) {
        return starter.environment().find(program).isPresent();
    }

    /**
     * What a program says on standard output.
     *
     * @param words the program's name, and its arguments
     * @param folder where it is asked
     * @return empty where it ends with another exit code than 0, says more than 1 MiB, or does not end in half a minute
     * @throws EngineException if it is not on PATH, or cannot be started
     */
    public Optional<String> ask(List<String> words, Path folder) throws EngineException, InterruptedException {
        Invocation invocation = Invocation.of(words.get(0), words.subList(1, words.size()), LIMIT)
                .with(environment)
                .in(folder)
                .keeping(CAPTURE_LIMIT);
        Captured captured = starter.capture(invocation);
        boolean whole = captured.ending().succeeded() && !captured.truncated();
        return whole ? Optional.of(captured.stdout()) : Optional.empty();
    }
}
