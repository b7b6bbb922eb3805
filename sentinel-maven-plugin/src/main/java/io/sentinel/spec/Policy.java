package io.sentinel.spec;

import java.util.List;
import java.util.Locale;

/**
 * What the guard inside the container allows; the keys are those of {@code sentinel.yaml}. Paths, names and addresses are
 * as a person wrote them: {@link PolicyCompiler} brings them into the form that the guard compares.
 *
 * @param allowedPaths written to and read, relative to {@code /workspace} or absolute
 * @param blockedPaths neither written to nor read, whatever else allows them
 * @param readablePaths read only
 * @param allowedCommands programs that may start
 * @param blockedCommandBases programs that never start, beside the interpreters that no list of commands may name
 * @param allowedInterpreters interpreters that the agent's own children may be
 * @param onBlock what becomes of a call that is not allowed
 * @param hostMatchMode which names an entry of {@code allowed_hosts} is for that does not say so itself
 * @param allowedHosts hosts that a socket may be opened to
 * @param networkFailsafe the socket rules
 * @param tamperDetection whether the guard verifies itself and the policy while the agent runs
 * @param onAuditFailure what becomes of the agent when nothing can be recorded any more
 */
public record Policy(
        List<String> allowedPaths,
        List<String> blockedPaths,
        List<String> readablePaths,
        List<String> allowedCommands,
        List<String> blockedCommandBases,
        List<String> allowedInterpreters,
        OnBlock onBlock,
        HostRule.Match hostMatchMode,
        List<HostRule> allowedHosts,
        NetworkFailsafe networkFailsafe,
        boolean tamperDetection,
        OnAuditFailure onAuditFailure) {

    /** The policy of a spec that has none. */
    public static final Policy DEFAULT = new Policy(
            List.of("./workspace"),
            List.of(),
            List.of("."),
            List.of("echo", "ls"),
            List.of(),
            List.of(),
            OnBlock.DENY,
            HostRule.Match.EXACT,
            List.of(),
            NetworkFailsafe.DEFAULT,
            true,
            OnAuditFailure.STOP);

    public Policy {
        allowedPaths = List.copyOf(allowedPaths);
        blockedPaths = List.copyOf(blockedPaths);
        readablePaths = List.copyOf(readablePaths);
        allowedCommands = List.copyOf(allowedCommands);
        blockedCommandBases = List.copyOf(blockedCommandBases);
        allowedInterpreters = List.copyOf(allowedInterpreters);
        allowedHosts = List.copyOf(allowedHosts);
    }

    /** Its allowed hosts, each with how a policy writes it. */
    public List<WrittenHost> writtenHosts() {
        return allowedHosts.stream()
                .map(rule -> new WrittenHost(rule, rule.isName(hostMatchMode), rule.match() != hostMatchMode))
                .toList();
    }

    /**
     * How a policy writes an entry of {@code allowed_hosts}.
     *
     * @param rule the entry
     * @param nameAlone whether its name says all of it
     * @param saysMatch whether its names match otherwise than the policy's do by themselves
     */
    public record WrittenHost(HostRule rule, boolean nameAlone, boolean saysMatch) {}

    /** What becomes of a call that is not allowed. */
    public enum OnBlock {
        /** It fails with a permission error. */
        DENY,
        /** Whoever started the run is asked, outside of the container; without an answer it fails. */
        ASK;

        /** The word that a policy uses. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What becomes of the agent when nothing can be recorded any more. */
    public enum OnAuditFailure {
        /** It is ended. */
        STOP,
        /** It goes on, unrecorded. */
        CONTINUE;

        /** The word that a policy uses. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The socket rules, below any HTTP library.
     *
     * @param socketConnect whether names and sockets are judged at all
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
