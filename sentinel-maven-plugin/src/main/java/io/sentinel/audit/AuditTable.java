package io.sentinel.audit;

import io.sentinel.audit.AuditRecord.Decision;
import io.sentinel.audit.AuditRecord.Source;
import io.sentinel.audit.AuditReport.Entry;
import io.sentinel.audit.AuditTally.Row;
import io.sentinel.audit.AuditTally.Target;
import io.sentinel.audit.AuditTrail.Reading;
import io.sentinel.text.Paint;
import io.sentinel.text.SafeText;
import io.sentinel.text.Wrap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A report in columns. No line is longer than {@link #WIDTH} characters, and no character of an agent's moves a cursor. */
final class AuditTable {

    /** In characters, as of the other reports. */
    static final int WIDTH = 100;

    /** Of a name or reason, in characters; the trail has it all. */
    private static final int LONGEST = 200;

    private static final int ACTION = 14;

    /** Before a record's target: number, time, decision and action with two blanks each. */
    private static final int INDENT = 8 + 2 + 23 + 2 + 8 + 2 + ACTION + 2;

    /** Before what happened to a target: count, decision and time. */
    private static final int ROW = 12 + 2 + 8 + 7 + 23 + 2;

    private final AuditReport report;
    private final int top;
    private final boolean colours;
    private final List<String> lines = new ArrayList<>();

    AuditTable(AuditReport report, int top, boolean colours) {
        this.report = report;
        this.top = top;
        this.colours = colours;
    }

    /** With texts that are no longer than what is shown of them, and safe. */
    static AuditRecord shortened(AuditRecord record) {
        return new AuditRecord(
                record.seq(),
                record.ts(),
                record.pid(),
                cut(record.exe()),
                record.source(),
                // What is left of the guard's own words is one.
                record.source() == Source.GUARD ? record.action() : cut(record.action(), ACTION),
                cut(record.target()),
                record.decision(),
                cut(record.key()),
                cut(record.reason()),
                record.prev(),
                record.hash());
    }

    static String cut(String text) {
        return cut(text, LONGEST);
    }

    /** As one line; its tabs and line breaks are seen too, since a name with one is another name than with a blank. */
    static String cut(String text, int longest) {
        return SafeText.line(
                text.replace("\n", "\\u000A").replace("\r", "\\u000D").replace("\t", "\\u0009"), longest);
    }

    List<String> lines() {
        head();
        records();
        targets();
        gaps();
        end();
        return lines;
    }

    private void head() {
        Reading reading = report.reading();
        lines.add(Paint.STRONG.on("Audit trail " + cut(report.file()), colours));
        String times = reading.first()
                .map(first -> ", from " + AuditTimes.shown(first) + " to "
                        + AuditTimes.shown(reading.last().orElse(first)) + " UTC")
                .orElse("");
        entry("records", reading.records() + times);
        if (!report.query().equals(AuditQuery.ALL)) {
            entry("asked for", report.query().told());
        }
        if (report.matching() == 0) {
            entry("found", "none" + (report.actions().isEmpty() ? "" : "; the actions in it: " + offered()));
        } else {
            entry(
                    "found",
                    Stream.of(Decision.values())
                            .map(decision -> report.count(decision) + " " + decision.word())
                            .collect(Collectors.joining(", ")));
        }
    }

    private String offered() {
        return String.join(", ", report.actions());
    }

    private void records() {
        List<Entry> shown = report.records();
        if (shown.isEmpty()) {
            return;
        }
        long before = report.matching() - shown.size();
        title(before == 0 ? "Records" : "Records, the last " + shown.size());
        if (before > 0) {
            wrapped("  ", before + " before these; -Dsentinel.audit.format=jsonl prints all");
        }
        lines.add(Paint.QUIET.on(
                String.format(
                        Locale.ROOT,
                        "%8s  %-23s  %-8s  %-" + ACTION + "s  %s",
                        "seq",
                        "time (UTC)",
                        "decision",
                        "action",
                        "target"),
                colours));
        shown.forEach(this::record);
    }

    private void record(Entry entry) {
        AuditRecord record = entry.record();
        String seq = String.format(Locale.ROOT, "%8d  %s  ", record.seq(), AuditTimes.shown(record.ts()));
        List<String> target = Wrap.lines(named(record.target()), WIDTH - INDENT);
        lines.add((seq
                        + decision(record.decision())
                        + String.format(Locale.ROOT, "  %-" + ACTION + "s  ", cut(record.action(), ACTION))
                        + target.get(0))
                .stripTrailing());
        target.stream().skip(1).forEach(line -> lines.add(" ".repeat(INDENT) + line));
        String who = Stream.of(
                        record.key(),
                        record.reason(),
                        "by " + named(record.exe()) + " (" + record.pid() + ")",
                        record.source() == Source.PYTHON ? "told by the Python hook" : "",
                        entry.holds() ? "" : "NOT PROVEN: see what is wrong below")
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("; "));
        for (String line : Wrap.lines(who, WIDTH - 10)) {
            lines.add(" ".repeat(10) + Paint.QUIET.on(line, colours));
        }
    }

    private void targets() {
        List<Target> all = report.tally().targets();
        if (all.isEmpty()) {
            return;
        }
        title("By target" + (all.size() > top ? ", the first " + top + " of " + all.size() : ""));
        all.stream().limit(top).forEach(this::target);
        long rest = all.stream().skip(top).mapToLong(Target::count).sum()
                + report.tally().others();
        if (rest > 0) {
            wrapped("  ", rest + " records of more targets; -Dsentinel.audit.top=" + top + " sets how many are shown");
        }
    }

    private void target(Target target) {
        wrapped("  ", named(cut(target.name())));
        for (Row row : target.rows()) {
            String rest = Stream.of(
                            cut(row.kind().action(), ACTION),
                            cut(row.kind().key(), 40),
                            row.kind().source() == Source.PYTHON ? "(Python hook)" : "")
                    .filter(text -> !text.isEmpty())
                    .collect(Collectors.joining("  "));
            String start = String.format(Locale.ROOT, "%12d  ", row.count())
                    + decision(row.kind().decision()) + "  last " + AuditTimes.shown(row.last()) + "  ";
            List<String> wrapped = Wrap.lines(rest, WIDTH - ROW);
            for (int i = 0; i < wrapped.size(); i++) {
                lines.add(((i == 0 ? start : " ".repeat(ROW)) + wrapped.get(i)).stripTrailing());
            }
        }
    }

    private void gaps() {
        Reading reading = report.reading();
        if (!reading.holds()) {
            title("What is wrong with it, and where it has gaps");
            reading.faults().forEach(fault -> {
                lines.add("  " + Paint.BAD.on(fault.kind().word(), colours)
                        + (fault.line() == 0 ? "" : ", line " + fault.line()));
                detail("expected", fault.expected());
                detail("found", fault.found());
                detail("so", fault.kind().remedy());
            });
            long more = reading.faultCount() - reading.faults().size();
            if (more > 0) {
                lines.add("  and " + more + " more");
            }
        }
    }

    private void end() {
        Reading reading = report.reading();
        lines.add("");
        if (reading.pause().line() > 0) {
            entry(
                    "pause",
                    "the longest time without a record was "
                            + AuditTimes.seconds(reading.pause().length()) + ", before line "
                            + reading.pause().line());
        }
        if (reading.backwards() > 0) {
            entry(
                    "clock",
                    "it was set back: " + reading.backwards()
                            + (reading.backwards() == 1 ? " record has" : " records have")
                            + " an earlier time than the one before");
        }
        entry("last hash", reading.lastHash());
        lines.add(
                reading.holds()
                        ? Paint.GOOD.on("The chain holds, from the first record to the end", colours)
                        : Paint.BAD.on(
                                "The chain does not hold: " + reading.faultCount()
                                        + (reading.faultCount() == 1 ? " fault" : " faults"),
                                colours));
    }

    private String decision(Decision decision) {
        Paint paint =
                switch (decision) {
                    case DENIED -> Paint.BAD;
                    case OBSERVED -> Paint.UNSURE;
                    case ALLOWED -> Paint.GOOD;
                };
        return paint.on(String.format(Locale.ROOT, "%-8s", decision.word()), colours);
    }

    /** A name that is there, or a word for none. */
    private static String named(String name) {
        return Optional.of(name).filter(text -> !text.isBlank()).orElse("(no name)");
    }

    private void title(String text) {
        lines.add("");
        lines.add(Paint.STRONG.on(text, colours));
    }

    private void entry(String label, String text) {
        labelled("  ", String.format(Locale.ROOT, "%-11s", label), text);
    }

    private void detail(String label, String text) {
        labelled("    ", String.format(Locale.ROOT, "%-9s", label), text);
    }

    private void labelled(String indent, String label, String text) {
        int width = indent.length() + label.length();
        List<String> wrapped = Wrap.lines(SafeText.line(text), WIDTH - width);
        for (int i = 0; i < wrapped.size(); i++) {
            String start = i == 0 ? indent + Paint.QUIET.on(label, colours) : " ".repeat(width);
            lines.add((start + wrapped.get(i)).stripTrailing());
        }
    }

    private void wrapped(String indent, String text) {
        List<String> wrapped = Wrap.lines(SafeText.line(text), WIDTH - indent.length() - 2);
        for (int i = 0; i < wrapped.size(); i++) {
            lines.add(indent + (i == 0 ? "" : "  ") + wrapped.get(i));
        }
    }
}
