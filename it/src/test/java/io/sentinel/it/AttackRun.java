package io.sentinel.it;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All variants under one filter. The filter is evaluated, and what was seen must be what it says: what was seen alone
 * would not do, since the kernel itself often answers EPERM or ENOSYS, as filters do, and the evaluation alone would
 * believe our own reading of the filter.
 */
record AttackRun(String name, List<SeccompFilter> filters, Map<String, Judged> variants) {

    enum Judgement {
        /** The filter answered. */
        FILTERED,
        /** The kernel's implementation answered. */
        REACHED,
        /** The filter lets it through, but this kernel or this processor does not have the call or its table. */
        ABSENT,
        /** What was seen is not what the filter says. */
        UNDECIDED;

        boolean letThrough() {
            return this == REACHED || this == ABSENT;
        }
    }

    /**
     * @param made whether this machine makes the call at all
     * @param seenInItsAnswer whether the judgement could have been made by the answer alone
     */
    record Judged(AttackProgram.Attempt attempt, Judgement judgement, boolean made, boolean seenInItsAnswer) {}

    private static final Set<String> ANSWERS_OF_FILTERS = Set.of("EPERM", "ENOSYS", "SIGSYS");

    /** A processor or kernel that has no 32-bit calls takes the instruction for a fault; the call is never made. */
    private static final String NO_SUCH_TABLE = "SIGSEGV";

    /** @param unfiltered the same variants in a container without a filter */
    static AttackRun of(
            AttackProgram program, String name, List<String> seccomp, List<AttackProgram.Attempt> unfiltered)
            throws Exception {
        List<SeccompFilter> filters = program.filters(seccomp);
        Map<String, AttackProgram.Attempt> baseline =
                unfiltered.stream().collect(Collectors.toMap(AttackProgram.Attempt::id, Function.identity()));
        Map<String, Judged> variants = new LinkedHashMap<>();
        for (AttackProgram.Attempt attempt : program.attempts(seccomp)) {
            variants.put(
                    attempt.id(),
                    judge(baseline.get(attempt.id()).outcome(), attempt, SeccompFilter.verdict(filters, attempt)));
        }
        return new AttackRun(name, filters, variants);
    }

    private static Judged judge(String unfiltered, AttackProgram.Attempt attempt, SeccompFilter.Verdict verdict) {
        boolean same = attempt.outcome().equals(unfiltered);
        boolean made = !unfiltered.equals(NO_SUCH_TABLE);
        boolean told = made && (same != ANSWERS_OF_FILTERS.contains(attempt.outcome()));
        Judgement judgement;
        if (verdict.letsThrough()) {
            boolean there = made && !unfiltered.equals("ENOSYS");
            judgement = !same ? Judgement.UNDECIDED : there ? Judgement.REACHED : Judgement.ABSENT;
        } else {
            boolean asSaid = !made || attempt.outcome().equals(verdict.outcome());
            judgement = asSaid ? Judgement.FILTERED : Judgement.UNDECIDED;
        }
        return new Judged(attempt, judgement, made, told);
    }

    List<Judged> attacks() {
        return variants.values().stream()
                .filter(variant -> variant.attempt().attack())
                .toList();
    }

    List<Judged> controls() {
        return variants.values().stream()
                .filter(variant -> !variant.attempt().attack())
                .toList();
    }

    /** The dangerous variants that the filter does not stop, by name. */
    List<String> letThrough() {
        return attacks().stream()
                .filter(variant -> variant.judgement().letThrough())
                .map(variant -> variant.attempt().id())
                .toList();
    }
}
