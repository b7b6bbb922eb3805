package io.sentinel.spec;

import java.util.List;

/**
 * What the guard inside the container allows; the keys are those of {@code sentinel.yaml}.
 *
 * @param allowedPaths written to and read, relative to {@code /workspace} or absolute
 * @param readablePaths read only
 * @param allowedCommands programs that may start
 * @param allowedInterpreters interpreters that the agent's own children may be
 * @param allowedHosts host names that a socket may be opened to
 * @param networkFailsafe the socket rules
 */
public record Policy(
        List<String> allowedPaths,
        List<String> readablePaths,
        List<String> allowedCommands,
        List<String> allowedInterpreters,
        List<String> allowedHosts,
        NetworkFailsafe networkFailsafe) {

    /** The policy of a spec that has none. */
    public static final Policy DEFAULT = new Policy(
            List.of("./workspace"), List.of("."), List.of("echo", "ls"), List.of(), List.of(), NetworkFailsafe.DEFAULT);

    public Policy {
        allowedPaths = List.copyOf(allowedPaths);
        readablePaths = List.copyOf(readablePaths);
        allowedCommands = List.copyOf(allowedCommands);
        allowedInterpreters = List.copyOf(allowedInterpreters);
        allowedHosts = List.copyOf(allowedHosts);
    }

    /**
     * The socket rules, below any HTTP library.
     *
     * @param socketConnect whether they apply at all
     * @param allowPrivateNetwork whether private, loopback and link-local addresses may be reached
     * @param blockedHosts host names never reached, their subdomains included
     * @param blockedIps addresses or CIDR ranges never reached
     * @param allowedIps where not empty, the only addresses or CIDR ranges reached
     */
    public record NetworkFailsafe(
            boolean socketConnect,
            boolean allowPrivateNetwork,
            List<String> blockedHosts,
            List<String> blockedIps,
            List<String> allowedIps) {

        public static final NetworkFailsafe DEFAULT = new NetworkFailsafe(true, false, List.of(), List.of(), List.of());

        public NetworkFailsafe {
            blockedHosts = List.copyOf(blockedHosts);
            blockedIps = List.copyOf(blockedIps);
            allowedIps = List.copyOf(allowedIps);
        }
    }
}
