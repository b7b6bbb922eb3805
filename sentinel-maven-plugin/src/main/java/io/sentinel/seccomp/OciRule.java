package io.sentinel.seccomp;

import java.util.List;
import java.util.Optional;

/**
 * One rule of an OCI profile.
 *
 * @param names system calls, sorted, at least one; a runtime skips those that the architecture or its library lacks
 * @param action what happens to them
 * @param args all must hold; at most one an argument, because runc reads two on the same one as alternatives; none: the
 *     rule always applies
 * @param comment why, where it is not said on the rule before
 */
public record OciRule(List<String> names, Action action, List<Comparison> args, Optional<String> comment) {

    public OciRule {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("a rule is about at least one system call");
        }
        names = names.stream().sorted().toList();
        args = List.copyOf(args);
        if (args.stream().map(Comparison::argument).distinct().count() != args.size()) {
            throw new IllegalArgumentException(names + ": two comparisons of one argument in a rule: " + args);
        }
    }
}
