package io.sentinel.verify.report;

import io.sentinel.verify.rule.Finding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One reason for which many rules could not be told, such as a model that Compose does not give: it is read once.
 *
 * @param number from 1, by which a page refers to it
 * @param reason as a clause
 * @param findings of at least {@link #FEWEST} rules, in the report's order
 */
record SharedReason(int number, String reason, List<Finding> findings) {

    /** Two rules that look at the same thing are read as quickly as a reference to their reason. */
    private static final int FEWEST = 3;

    static List<SharedReason> of(List<Finding> findings) {
        Map<String, List<Finding>> byReason = new LinkedHashMap<>();
        for (Finding finding : findings) {
            Evidence.of(finding.verdict()).reason().ifPresent(reason -> byReason.computeIfAbsent(
                            reason, none -> new ArrayList<>())
                    .add(finding));
        }
        List<SharedReason> shared = new ArrayList<>();
        byReason.forEach((reason, of) -> {
            if (rules(of).size() >= FEWEST) {
                shared.add(new SharedReason(shared.size() + 1, reason, List.copyOf(of)));
            }
        });
        return shared;
    }

    /** Such as {@code 71 rules, with 392 findings}. */
    String title() {
        return Counts.number(rules(findings).size(), "rule") + ", with " + Counts.number(findings.size(), "finding");
    }

    /** Their ids, such as {@code CAP-1, CAP-2}. */
    String rules() {
        return String.join(", ", rules(findings));
    }

    private static List<String> rules(List<Finding> findings) {
        return findings.stream().map(finding -> finding.rule().id()).distinct().toList();
    }
}
