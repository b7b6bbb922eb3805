package io.sentinel.engine;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The part of the invoker's environment that a child process may have. Everything else is withheld, so that a stray
 * {@code COMPOSE_FILE}, {@code COMPOSE_PROFILES} or {@code BUILDX_BUILDER} cannot change what runs.
 */
public final class HostEnvironment {

    /** The names that are let through: to find programs and the terminal's type, and to reach the engine. */
    public static final Set<String> ALLOWED = Set.of(
            "PATH",
            "HOME",
            "USER",
            "LANG",
            "LC_ALL",
            "TERM",
            "TMPDIR",
            "XDG_RUNTIME_DIR",
            "DOCKER_HOST",
            "DOCKER_CONTEXT",
            "DOCKER_CONFIG",
            "DOCKER_TLS_VERIFY",
            "DOCKER_CERT_PATH",
            "SSH_AUTH_SOCK");

    // What a caller adds must not bring back what the allow list keeps out.
    private static final List<String> REFUSED_PREFIXES = List.of("COMPOSE_", "DOCKER_", "BUILDX_", "BUILDKIT_");

    private final SortedMap<String, String> variables = new TreeMap<>();

    // A project of ours is run by several sets of compose files at once; Compose takes what is not in one of them for
    // something that was left over, and says so in between what programs say.
    private static final Map<String, String> OURS = Map.of("COMPOSE_IGNORE_ORPHANS", "true");

    /** @param environment the whole environment of the invoker, as {@code System.getenv()} gives it */
    public HostEnvironment(Map<String, String> environment) {
        variables.putAll(OURS);
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            if (ALLOWED.contains(variable.getKey())) {
                variables.put(variable.getKey(), variable.getValue());
            }
        }
    }

    /** The value of an allowed variable; empty if it is unset or the empty string, which docker treats alike. */
    public Optional<String> value(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
    }

    /**
     * The whole environment of a child.
     *
     * @param additions by the caller, by name; names are those of a POSIX shell
     * @throws IllegalArgumentException if an addition is no variable name or would steer docker or compose
     */
    public SortedMap<String, String> with(Map<String, String> additions) {
        SortedMap<String, String> all = new TreeMap<>(variables);
        for (Map.Entry<String, String> addition : additions.entrySet()) {
            all.put(checked(addition.getKey()), addition.getValue());
        }
        return all;
    }

    /**
     * Looks a program up on PATH. Relative entries of PATH are passed over: they would let the folder of a project
     * supply the program.
     *
     * @return the absolute path of the first executable file of that name
     */
    public Optional<Path> find(String program) {
        for (Path folder : folders()) {
            Path candidate = folder.resolve(program);
            if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private List<Path> folders() {
        List<Path> folders = new ArrayList<>();
        for (String entry : value("PATH").orElse("").split(File.pathSeparator)) {
            try {
                Path folder = Path.of(entry);
                if (folder.isAbsolute()) {
                    folders.add(folder);
                }
            } catch (InvalidPathException e) {
                // An entry that can be no folder holds no program.
                continue;
            }
        }
        return folders;
    }

    private static String checked(String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException("'" + name + "' is not the name of an environment variable.");
        }
        for (String prefix : REFUSED_PREFIXES) {
            if (name.startsWith(prefix)) {
                throw new IllegalArgumentException("The environment variable " + name
                        + " steers docker itself and cannot be handed on; rename it in the spec.");
            }
        }
        return name;
    }

    /** Whether a variable is one that a caller may add. */
    static boolean mayBeAdded(String name) {
        return isName(name) && REFUSED_PREFIXES.stream().noneMatch(name::startsWith);
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_';
            if (!letter && (i == 0 || c < '0' || c > '9')) {
                return false;
            }
        }
        return !name.isEmpty();
    }
}
