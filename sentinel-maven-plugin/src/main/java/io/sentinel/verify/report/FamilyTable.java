package io.sentinel.verify.report;

import io.sentinel.text.Paint;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Report;
import io.sentinel.verify.rule.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One line a family of rules, with how many findings say what in each ring that was looked at. */
final class FamilyTable {

    private static final int NAME = 28;

    /** Of a ring's three numbers, together. */
    private static final int RING = 20;

    private final Report report;
    private final boolean colours;

    FamilyTable(Report report, boolean colours) {
        this.report = report;
        this.colours = colours;
    }

    List<String> lines() {
        List<Ring> rings = report.rings().stream().sorted().toList();
        List<String> lines = new ArrayList<>();
        StringBuilder above = new StringBuilder(padded("", NAME));
        StringBuilder head = new StringBuilder(padded("Family", NAME));
        for (Ring ring : rings) {
            above.append(right(ring.word(), RING));
            head.append(right("held", RING - 11)).append(right("broken", 7)).append(right("?", 4));
        }
        lines.add(Paint.STRONG.on(above.toString(), colours));
        lines.add(Paint.STRONG.on(head + "   worst", colours));
        Families.of(report.findings()).forEach((letters, findings) -> lines.add(line(letters, findings, rings)));
        lines.add(Paint.QUIET.on("?: could not be told; worst: of what is broken or unknown and not waived", colours));
        return lines;
    }

    private String line(String letters, List<Finding> findings, List<Ring> rings) {
        StringBuilder line = new StringBuilder(padded(Families.name(letters), NAME));
        for (Ring ring : rings) {
            Counts counts = Counts.of(
                    findings.stream().filter(finding -> finding.ring() == ring).toList());
            line.append(number(counts.held(), RING - 11, Paint.GOOD));
            line.append(number(counts.broken(), 7, Paint.BAD));
            line.append(number(counts.unknown(), 4, Paint.UNSURE));
        }
        Optional<Severity> worst = findings.stream()
                .filter(Finding::counts)
                .map(finding -> finding.rule().severity())
                .max(Comparator.naturalOrder());
        boolean fails = worst.filter(severity -> severity.compareTo(report.threshold()) >= 0)
                .isPresent();
        line.append("   ")
                .append((fails ? Paint.BAD : Paint.QUIET)
                        .on(worst.map(Severity::word).orElse("-"), colours));
        return line.toString();
    }

    private String number(long count, int width, Paint paint) {
        String text = right(count == 0 ? "-" : Long.toString(count), width);
        return (count == 0 ? Paint.QUIET : paint).on(text, colours);
    }

    private static String padded(String text, int width) {
        return String.format(Locale.ROOT, "%-" + width + "s", text);
    }

    private static String right(String text, int width) {
        return String.format(Locale.ROOT, "%" + width + "s", text);
    }
}
