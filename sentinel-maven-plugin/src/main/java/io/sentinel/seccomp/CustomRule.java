package io.sentinel.seccomp;

import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * One rule of a profile that a person wrote.
 *
 * @param names the calls, each once
 * @param errno what {@link OciAction#ERRNO} answers; otherwise 0
 * @param when all hold, each about another argument; none: always
 * @param line where it starts
 * @param column where it starts
 */
record CustomRule(
        Set<String> names, OciAction action, int errno, List<Condition> when, Scope scope, int line, int column) {

    CustomRule {
        // In one order, so that two rules with the same conditions are equal.
        when = when.stream()
                .sorted(Comparator.comparingInt(Condition::argument))
                .toList();
    }

    boolean unconditional() {
        return when.isEmpty();
    }

    /** What happens to the calls, as a person would write it. */
    String answer() {
        return action.ociName() + (errno == 0 ? "" : " (" + errno + ")");
    }

    boolean sameAnswer(CustomRule other) {
        return action == other.action && errno == other.errno;
    }

    /** Whether arguments may be such that both this rule and some comparisons hold. */
    boolean meets(List<Condition> others) {
        return when.stream().noneMatch(mine -> others.stream().anyMatch(mine::excludes));
    }

    /**
     * Where the engine keeps a rule. It also asks for capabilities, of which a sandbox has none: a rule that includes one
     * is never kept, one that excludes one is.
     *
     * @param architectures of those that Sentinel serves
     * @param from the first kernel, by {@link #kernel}
     * @param below the first kernel that is too new
     */
    record Scope(Set<Architecture> architectures, int from, int below) {

        static final Scope EVERYWHERE = new Scope(Set.of(Architecture.values()), 0, Integer.MAX_VALUE);

        static final Scope NOWHERE = new Scope(Set.of(), 0, Integer.MAX_VALUE);

        private static final int MINOR_VERSIONS = 256;

        Scope {
            architectures = Set.copyOf(architectures);
        }

        /** A kernel's version as a number that grows with it; the engine knows minor versions up to 255. */
        static int kernel(int version, int minor) {
            return version * MINOR_VERSIONS + minor;
        }

        /** Whether a machine may have both rules. */
        boolean meets(Scope other) {
            return architectures.stream().anyMatch(other.architectures::contains)
                    && Math.max(from, other.from) < Math.min(below, other.below);
        }

        boolean somewhere() {
            return meets(EVERYWHERE);
        }
    }
}
