package io.sentinel.verify.report;

import io.sentinel.text.SafeText;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One rule on the page. All of its text is harmless ({@link SafeText}), and nothing is null: what lacks is empty.
 *
 * @param id of the rule
 * @param family its letters
 * @param familyName in words
 * @param severity a word
 * @param claim what holds
 * @param why it matters
 * @param remedy what to do
 * @param cis numbers of the benchmark
 * @param standing the worst of its findings, as a word for style sheets
 * @param label the same for readers
 * @param marks how it stands in each ring that was looked at
 * @param rows its evidence, a row for each subject
 */
public record Entry(
        String id,
        String family,
        String familyName,
        String severity,
        String claim,
        String why,
        String remedy,
        List<String> cis,
        String standing,
        String label,
        List<Mark> marks,
        List<Row> rows) {

    /** Of a ring in which nothing was seen of this. */
    private static final String NONE = "none";

    /** How a rule stands in one ring: the worst of its findings there. */
    public record Mark(String ring, String standing, String label) {}

    /**
     * What was seen of one subject.
     *
     * @param subject in words
     * @param service to filter by
     * @param cells one for each ring that was looked at
     */
    public record Row(String subject, String service, List<Cell> cells) {}

    /** What was seen of one subject in one ring: nothing or, of most rules, one thing. */
    public record Cell(String ring, List<Seen> seen) {}

    /** A finding; one whose reason many have names that by its number, and does not repeat it. */
    public record Seen(
            String standing,
            String label,
            String expected,
            String found,
            String reason,
            String shared,
            String place,
            String waiver,
            String until) {}

    /**
     * All rules that something was found of: those that do not hold first, the worst of them first of all, and the others in
     * the catalogue's order.
     *
     * @param rings that were looked at, in order
     * @param shared reasons that are told elsewhere on the page
     */
    static List<Entry> of(List<Finding> findings, List<Ring> rings, List<SharedReason> shared) {
        Map<String, Integer> numbers = new HashMap<>();
        shared.forEach(one -> numbers.put(one.reason(), one.number()));
        Map<String, List<Finding>> rules = new LinkedHashMap<>();
        findings.forEach(finding -> rules.computeIfAbsent(finding.rule().id(), id -> new ArrayList<>())
                .add(finding));
        Comparator<List<Finding>> order = Comparator.comparing(Standing::worst);
        Comparator<List<Finding>> worstFirst = Comparator.comparing(of -> Standing.worst(of) == Standing.HELD
                ? 0
                : -of.get(0).rule().severity().ordinal());
        return rules.values().stream()
                .sorted(order.thenComparing(worstFirst))
                .map(of -> entry(of, rings, numbers))
                .toList();
    }

    private static Entry entry(List<Finding> findings, List<Ring> rings, Map<String, Integer> numbers) {
        Rule rule = findings.get(0).rule();
        Standing worst = Standing.worst(findings);
        Map<String, List<Finding>> subjects = new LinkedHashMap<>();
        findings.forEach(finding -> subjects.computeIfAbsent(Alike.whom(finding.subject()), whom -> new ArrayList<>())
                .add(finding));
        List<Row> rows = new ArrayList<>();
        subjects.forEach((whom, of) -> rows.add(new Row(
                SafeText.line(whom),
                SafeText.line(of.get(0).subject().service()),
                rings.stream().map(ring -> cell(of, ring, numbers)).toList())));
        return new Entry(
                rule.id(),
                rule.family(),
                Families.name(rule.family()),
                rule.severity().word(),
                SafeText.line(rule.claim()),
                SafeText.line(rule.why()),
                SafeText.line(rule.remedy()),
                rule.cis(),
                worst.word(),
                worst.label(),
                rings.stream().map(ring -> mark(findings, ring)).toList(),
                rows);
    }

    private static Mark mark(List<Finding> findings, Ring ring) {
        List<Finding> there =
                findings.stream().filter(finding -> finding.ring() == ring).toList();
        if (there.isEmpty()) {
            return new Mark(ring.word(), NONE, "not looked at");
        }
        Standing worst = Standing.worst(there);
        return new Mark(ring.word(), worst.word(), worst.label());
    }

    private static Cell cell(List<Finding> findings, Ring ring, Map<String, Integer> numbers) {
        return new Cell(
                ring.word(),
                findings.stream()
                        .filter(finding -> finding.ring() == ring)
                        .map(finding -> seen(finding, numbers))
                        .toList());
    }

    private static Seen seen(Finding finding, Map<String, Integer> numbers) {
        Evidence evidence = Evidence.of(finding.verdict());
        Standing standing = Standing.of(finding);
        return new Seen(
                standing.word(),
                standing.label(),
                SafeText.lines(evidence.expected().orElse("")),
                SafeText.lines(evidence.found().orElse("")),
                SafeText.lines(evidence.reason()
                        .filter(reason -> !numbers.containsKey(reason))
                        .orElse("")),
                evidence.reason().map(numbers::get).map(String::valueOf).orElse(""),
                finding.location()
                        .map(location -> SafeText.line(location.file()) + ":" + location.line())
                        .orElse(""),
                finding.waiver().map(waiver -> SafeText.line(waiver.reason())).orElse(""),
                finding.waiver().map(waiver -> waiver.until().toString()).orElse(""));
    }
}
