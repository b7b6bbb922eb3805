package io.sentinel.verify.report;

import io.sentinel.verify.rule.Finding;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** How a finding stands, from what a reader must see first to what may wait. */
enum Standing {
    BROKEN("Broken"),
    UNKNOWN("Could not tell"),
    WAIVED("Waived"),
    HELD("Held");

    private final String label;

    Standing(String label) {
        this.label = label;
    }

    static Standing of(Finding finding) {
        Evidence evidence = Evidence.of(finding.verdict());
        if (evidence.isHeld()) {
            return HELD;
        }
        if (finding.waiver().isPresent()) {
            return WAIVED;
        }
        return evidence.isUnknown() ? UNKNOWN : BROKEN;
    }

    /** @param findings at least one */
    static Standing worst(Collection<Finding> findings) {
        return findings.stream()
                .map(Standing::of)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** For a style sheet and a script. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** For a reader. */
    String label() {
        return label;
    }
}
