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
 * @param published ports of the host that lead to one of the container, each as {@code IP:HOST_PORT:PORT/PROTOCOL}
 * @param network replaces the service's; {@link Docker#run} knows it, {@link Compose#run} does not
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
        Optional<String> user,
        List<String> published,
        Optional<String> network) {

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
        published = List.copyOf(published);
        for (String port : published) {
            if (!port.matches("(\\[[0-9a-fA-F:.]+]|[0-9.]+):[0-9]{1,5}:[0-9]{1,5}/(tcp|udp)")) {
                throw new IllegalArgumentException("A port is IP:HOST_PORT:PORT/PROTOCOL, not '" + port + "'.");
            }
        }
        network.ifPresent(name -> DockerCommand.checked(List.of(name)));
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
                Optional.empty(),
                List.of(),
                Optional.empty());
    }

    private RunRequest with(
            Console otherConsole, List<String> command, boolean others, Optional<String> path, Optional<String> who) {
        return new RunRequest(
                service, container, labels, otherConsole, command, limit, others, path, who, published, network);
    }

    public RunRequest on(Console other) {
        return with(other, words, dependencies, entrypoint, user);
    }

    public RunRequest running(List<String> command) {
        return with(console, command, dependencies, entrypoint, user);
    }

    public RunRequest withoutDependencies() {
        return with(console, words, false, entrypoint, user);
    }

    /** The same with a program and its arguments in place of entrypoint and command. */
    public RunRequest instead(List<String> program) {
        return entering(program.get(0)).running(program.subList(1, program.size()));
    }

    /** The same with another program in place of the entrypoint. */
    public RunRequest entering(String path) {
        return with(console, words, dependencies, Optional.of(path), user);
    }

    /** The same as another user. */
    public RunRequest as(String other) {
        return with(console, words, dependencies, entrypoint, Optional.of(other));
    }

    /** The same with ports of the host that lead in, and with another network where one is named. */
    public RunRequest reachedBy(List<String> ports, Optional<String> other) {
        return new RunRequest(
                service, container, labels, console, words, limit, dependencies, entrypoint, user, ports, other);
    }
}
