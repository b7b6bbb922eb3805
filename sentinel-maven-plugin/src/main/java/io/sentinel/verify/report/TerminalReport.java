package io.sentinel.verify.report;

import io.sentinel.spec.Waiver;
import io.sentinel.text.Paint;
import io.sentinel.text.SafeText;
import io.sentinel.text.Wrap;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Canary;
import io.sentinel.verify.rule.Drift;
import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Report;
import io.sentinel.verify.rule.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The report for a terminal: what holds as numbers, and all that does not in full. No line is longer than {@link #WIDTH}
 * characters, and no character of another's text moves a cursor.
 */
public final class TerminalReport {

    /** In characters. */
    public static final int WIDTH = 100;

    /** Of what a check found; a page has room for more, and {@code report.json} has it all. */
    private static final int LONGEST = 1500;

    private static final int LABEL = 12;

    private final Report report;
    private final boolean colours;
    private final List<String> lines = new ArrayList<>();

    private TerminalReport(Report report, boolean colours) {
        this.report = report;
        this.colours = colours;
    }

    /**
     * The report, line by line.
     *
     * @param colours whether words are emphasised by escape sequences; for a terminal only
     * @param page where the page lies, as a person would write it
     */
    public static List<String> lines(Report report, boolean colours, String page) {
        TerminalReport terminal = new TerminalReport(report, colours);
        terminal.head();
        terminal.families();
        List<SharedReason> shared = SharedReason.of(report.findings());
        shared.forEach(terminal::shared);
        List<Finding> others = new ArrayList<>(report.findings());
        shared.forEach(one -> others.removeAll(one.findings()));
        Alike.of(others, report.threshold()).forEach(terminal::alike);
        terminal.canaries();
        terminal.drifts();
        terminal.weakenings();
        terminal.waivers();
        terminal.end(page);
        return terminal.lines;
    }

    /** The verdict on all of it, in one sentence without its full stop. */
    public static String verdict(Report report) {
        return Counts.verdict(report);
    }

    private void head() {
        lines.add(Paint.STRONG.on("Verification of " + SafeText.line(report.project(), 60), colours));
        entry("engine", report.engine().isEmpty() ? "none was asked" : report.engine());
        entry("rings", report.rings().stream().sorted().map(Ring::word).collect(Collectors.joining(", ")));
        if (!report.bundleDigest().isEmpty()) {
            entry("bundle", report.bundleDigest());
        }
        long millis = report.duration().toMillis();
        entry(
                "when",
                String.format(
                        Locale.ROOT,
                        "%s, in %d.%d s, by Sentinel %s",
                        report.startedAt(),
                        millis / 1000,
                        millis % 1000 / 100,
                        report.version()));
    }

    private void families() {
        if (!report.findings().isEmpty()) {
            lines.add("");
            lines.addAll(new FamilyTable(report, colours).lines());
        }
    }

    private void shared(SharedReason shared) {
        lines.add("");
        lines.add(Paint.UNSURE.on("COULD NOT TELL", colours) + "  " + Paint.STRONG.on(shared.title(), colours));
        entry("not told", shared.reason());
        entry("in", Alike.where(shared.findings()));
        entry("rules", shared.rules());
    }

    private void alike(Alike alike) {
        Rule rule = alike.rule();
        boolean unknown = alike.evidence().isUnknown();
        boolean waived = alike.waiver().isPresent();
        boolean below = rule.severity().compareTo(report.threshold()) < 0;
        String word =
                (unknown ? "COULD NOT TELL" : "BROKEN") + (waived ? ", WAIVED" : below ? ", BELOW THRESHOLD" : "");
        Paint paint = waived || below ? Paint.QUIET : unknown ? Paint.UNSURE : Paint.BAD;
        lines.add("");
        lines.add(paint.on(word, colours) + "  "
                + Paint.STRONG.on(rule.id() + " (" + rule.severity().word() + ")", colours));
        wrapped("  ", rule.claim());
        entry("in", alike.where());
        String places = alike.places();
        if (!places.isEmpty()) {
            entry("at", places);
        }
        alike.evidence().expected().ifPresent(text -> entry("expected", text));
        alike.evidence().found().ifPresent(text -> entry("found", text));
        alike.evidence().reason().ifPresent(text -> entry("not told", text));
        entry("why", rule.why());
        entry("remedy", rule.remedy());
        if (!rule.cis().isEmpty()) {
            entry("CIS", String.join(", ", rule.cis()));
        }
        alike.waiver().ifPresent(waiver -> entry("waived", "until " + waiver.until() + ": " + waiver.reason()));
    }

    private void canaries() {
        List<Canary> failed =
                report.canaries().stream().filter(canary -> !canary.worked()).toList();
        if (!failed.isEmpty()) {
            title("Canaries: what must work in a sandbox, and does not");
            failed.forEach(canary -> wrapped("  ", canary.service() + ": " + canary.what() + ": " + canary.told()));
        }
    }

    private void drifts() {
        if (!report.drifts().isEmpty()) {
            title("Drift: what a layer lost of what the one above it says");
            for (Drift drift : report.drifts()) {
                wrapped(
                        "  ",
                        drift.service() + ", " + drift.fact() + ": " + Alike.layers(drift) + "; lost by "
                                + drift.lostBy());
            }
        }
    }

    private void weakenings() {
        if (!report.weakenings().isEmpty()) {
            title("What the spec makes weaker than the defaults");
            report.weakenings().forEach(sentence -> wrapped("  ", sentence));
        }
    }

    private void waivers() {
        if (!report.waivers().isEmpty()) {
            title("Waivers");
            for (Waiver waiver : report.waivers()) {
                WaiverUse use = WaiverUse.of(waiver, report);
                String of = waiver.rule()
                        + waiver.service().map(service -> " of " + service).orElse(" of every service");
                String state = use == WaiverUse.ENDED
                        ? ", ended on " + waiver.until()
                        : ", until " + waiver.until() + ", " + use.shown();
                wrapped("  ", of + state + ": " + waiver.reason());
            }
        }
    }

    private void end(String page) {
        lines.add("");
        String sentence = Counts.of(report.findings()).sentence() + "; " + Counts.verdict(report);
        for (String line : Wrap.lines(sentence, WIDTH)) {
            lines.add((report.passed() ? Paint.GOOD : Paint.BAD).on(line, colours));
        }
        wrapped("", "Report: " + page);
    }

    private void title(String text) {
        lines.add("");
        lines.add(Paint.STRONG.on(text, colours));
    }

    /** A word and what belongs to it, below one another. */
    private void entry(String label, String text) {
        String first = String.format(Locale.ROOT, "  %-" + (LABEL - 2) + "s", label);
        List<String> wrapped = Wrap.lines(cut(SafeText.lines(text)), WIDTH - LABEL);
        for (int i = 0; i < wrapped.size(); i++) {
            String start = i == 0 ? Paint.QUIET.on(first, colours) : " ".repeat(LABEL);
            lines.add((start + wrapped.get(i)).stripTrailing());
        }
    }

    /** The lines after the first are further in. */
    private void wrapped(String indent, String text) {
        List<String> wrapped = Wrap.lines(cut(SafeText.line(text)), WIDTH - indent.length() - 2);
        for (int i = 0; i < wrapped.size(); i++) {
            lines.add(indent + (i == 0 ? "" : "  ") + wrapped.get(i));
        }
    }

    private static String cut(String text) {
        return text.codePointCount(0, text.length()) <= LONGEST
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LONGEST)) + " ... (all of it is in report.json)";
    }
}
