package io.sentinel.verify.report;

import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Report;
import io.sentinel.verify.rule.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * How many findings say what.
 *
 * @param rules how many rules they are of
 * @param findings all of them: held, broken and unknown
 * @param held of those
 * @param broken of those, waived ones among them
 * @param unknown of those that could not be told
 * @param waived of the broken ones
 */
record Counts(long rules, long findings, long held, long broken, long unknown, long waived) {

    static Counts of(Collection<Finding> findings) {
        return new Counts(
                findings.stream().map(finding -> finding.rule().id()).distinct().count(),
                findings.size(),
                count(findings, Verdict.Held.class),
                count(findings, Verdict.Broken.class),
                count(findings, Verdict.Unknown.class),
                findings.stream()
                        .filter(finding -> finding.waiver().isPresent())
                        .count());
    }

    private static long count(Collection<Finding> findings, Class<? extends Verdict> kind) {
        return findings.stream()
                .filter(finding -> kind.isInstance(finding.verdict()))
                .count();
    }

    /** Such as {@code 117 rules, 1049 findings: 1032 held, 14 broken, 3 could not be told (3 waived)}. */
    String sentence() {
        return number(rules, "rule") + ", " + number(findings, "finding") + ": " + held + " held, " + broken
                + " broken, " + unknown + " could not be told" + (waived == 0 ? "" : " (" + waived + " waived)");
    }

    /** How it ended, such as {@code failed at threshold high by 2 findings, 1 canary, 1 drift}. */
    static String verdict(Report report) {
        String threshold = " at threshold " + report.threshold().word();
        return report.passed() ? "passed" + threshold : "failed" + threshold + " by " + causes(report);
    }

    /** What fails the build; empty where nothing does. */
    static String causes(Report report) {
        List<String> causes = new ArrayList<>();
        if (!report.failing().isEmpty()) {
            causes.add(number(report.failing().size(), "finding"));
        }
        long canaries =
                report.canaries().stream().filter(canary -> !canary.worked()).count();
        if (canaries > 0) {
            causes.add(canaries == 1 ? "1 canary" : canaries + " canaries");
        }
        if (!report.drifts().isEmpty()) {
            causes.add(number(report.drifts().size(), "drift"));
        }
        return String.join(", ", causes);
    }

    /** Such as {@code 1 rule} or {@code 2 rules}. */
    static String number(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }
}
