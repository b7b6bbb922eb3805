package io.sentinel.verify.report;

import io.sentinel.verify.rule.Verdict;
import java.util.Optional;

/**
 * A verdict, told in the same words by each report.
 *
 * @param word held, broken or unknown
 * @param expected of a broken rule, what holds in a project that keeps it
 * @param found what was seen; nothing where it could not be told
 * @param reason why it could not be told, as a clause
 */
record Evidence(String word, Optional<String> expected, Optional<String> found, Optional<String> reason) {

    static final String HELD = "held";
    static final String BROKEN = "broken";
    static final String UNKNOWN = "unknown";

    static Evidence of(Verdict verdict) {
        if (verdict instanceof Verdict.Held held) {
            return new Evidence(HELD, Optional.empty(), Optional.of(held.found()), Optional.empty());
        }
        if (verdict instanceof Verdict.Broken broken) {
            return new Evidence(BROKEN, Optional.of(broken.expected()), Optional.of(broken.found()), Optional.empty());
        }
        if (verdict instanceof Verdict.Unknown unknown) {
            return new Evidence(UNKNOWN, Optional.empty(), Optional.empty(), Optional.of(unknown.why()));
        }
        throw new IllegalArgumentException("a finding never says that its rule does not apply");
    }

    boolean isHeld() {
        return word.equals(HELD);
    }

    boolean isUnknown() {
        return word.equals(UNKNOWN);
    }

    /** For a message of one sentence or two. */
    String sentence() {
        if (isUnknown()) {
            return "could not be told: " + reason.orElse("");
        }
        return expected.map(wanted -> "expected " + wanted + ", found ").orElse("found ") + found.orElse("");
    }
}
