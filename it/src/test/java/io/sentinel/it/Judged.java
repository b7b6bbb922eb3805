package io.sentinel.it;

import io.sentinel.render.SandboxException;
import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the static ring said of a changed project.
 *
 * @param against the findings that count against it
 * @param failure what kept it from saying anything; never a verdict
 */
record Judged(Mutation mutation, List<Finding> against, Optional<Exception> failure) {

    /** Whether the verification refused it, or all who must catch it did. Drift alone never counts, as it is named only where it is the point. */
    boolean isKilled() {
        if (!mutation.refused().isEmpty()) {
            return failure.filter(
                            e -> e instanceof SandboxException && e.getMessage().contains(mutation.refused()))
                    .isPresent();
        }
        return failure.isEmpty()
                && !(mutation.by().isEmpty() && mutation.unknown().isEmpty())
                && mutation.by().stream().allMatch(catcher -> found(catcher, Verdict.Broken.class))
                && mutation.unknown().stream().allMatch(catcher -> found(catcher, Verdict.class));
    }

    /** Whether nothing counts against it but drift. */
    boolean isQuiet() {
        return failure.isEmpty()
                && against.stream()
                        .allMatch(finding -> finding.rule().id().equals(Mutation.DRIFT) && StaticRing.isBroken(finding))
                && mutation.by().stream().allMatch(catcher -> found(catcher, Verdict.Broken.class));
    }

    /** Whether it could not be made, or not be judged for a reason that is none of its own. */
    boolean isSpoilt() {
        return failure.isPresent() && !isKilled();
    }

    boolean names(String rule) {
        return mutation.by().stream().anyMatch(catcher -> catcher.rule().equals(rule));
    }

    private boolean found(Mutation.Catcher catcher, Class<? extends Verdict> kind) {
        return against.stream()
                .anyMatch(finding -> kind.isInstance(finding.verdict())
                        && finding.rule().id().equals(catcher.rule())
                        && catcher.service()
                                .map(finding.subject().service()::equals)
                                .orElse(true));
    }

    Set<String> rulesThatBroke() {
        return against.stream()
                .filter(StaticRing::isBroken)
                .map(finding -> finding.rule().id())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The broken rules with their services. */
    Set<String> broken() {
        return against.stream()
                .filter(StaticRing::isBroken)
                .map(finding -> finding.rule().id() + " " + finding.subject().service())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** All that was found, for whoever reads a failure. */
    @Override
    public String toString() {
        return mutation.title()
                + failure.map(e -> "\n  could not be judged: " + e).orElse("")
                + against.stream()
                        .map(finding -> "\n  " + finding.rule().id() + " "
                                + finding.subject().role() + " "
                                + finding.subject().service() + ": "
                                + finding.verdict())
                        .collect(Collectors.joining());
    }
}
