package io.sentinel.engine;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One run of a service in a container of its own.
 *
 * @param service the service
 * @param container the new container's name, by which the caller inspects and removes it
 * @param labels put on the container beside Compose's own
 * @param console the program's streams
 * @param words replace the service's command; its own if empty
 * @param limit wall-clock time after which the container is killed
 * @param dependencies whether the services that it depends on are started too, and waited for
 * @param entrypoint an absolute path without blanks that replaces the entrypoint
 * @param user numbers of a user and a group, with a colon between, that replace the service's
 */
public record RunRequest(
        String service,
        String container,
        SortedMap<String, String> labels,
        Console console,
        List<String> words,
        Duration limit,
        boolean dependencies,
        Optional<String> entrypoint,
        Optional<String> user) {

    public RunRequest {
        DockerCommand.checked(List.of(service, container));
        labels = new TreeMap<>(labels);
        Objects.requireNonNull(console, "console");
        words = List.copyOf(words);
        Objects.requireNonNull(limit, "limit");
        // Compose splits this option's value like a shell.
        entrypoint.ifPresent(path -> {
            if (!path.matches("/[A-Za-z0-9._/-]+")) {
                throw new IllegalArgumentException("An entrypoint is an absolute path, not '" + path + "'.");
            }
        });
        user.ifPresent(numbers -> {
            if (!numbers.matches("[0-9]{1,10}:[0-9]{1,10}")) {
                throw new IllegalArgumentException("A user is UID:GID in numbers, not '" + numbers + "'.");
            }
        });
    }

    /** The service's own command, without a terminal or input, with its dependencies. */
    public static RunRequest of(String service, String container, Map<String, String> labels, Duration limit) {
        return new RunRequest(
                service,
                container,
                new TreeMap<>(labels),
                Console.OUTPUT_ONLY,
                List.of(),
                limit,
                true,
                Optional.empty(),
                Optional.empty());
    }

    public RunRequest on(Console other) {
        return new RunRequest(service, container, labels, other, words, limit, dependencies, entrypoint, user);
    }

    public RunRequest running(List<String> command) {
        return new RunRequest(service, container, labels, console, command, limit, dependencies, entrypoint, user);
    }

    public RunRequest withoutDependencies() {
        return new RunRequest(service, container, labels, console, words, limit, false, entrypoint, user);
    }

    /** The same with a program and its arguments in place of entrypoint and command. */
    public RunRequest instead(List<String> program) {
        return entering(program.get(0)).running(program.subList(1, program.size()));
    }

    /** The same with another program in place of the entrypoint. */
    public RunRequest entering(String path) {
        return new RunRequest(service, container, labels, console, words, limit, dependencies, Optional.of(path), user);
    }

    /** The same as another user. */
    public RunRequest as(String other) {
        return new RunRequest(
                service, container, labels, console, words, limit, dependencies, entrypoint, Optional.of(other));
    }
}
