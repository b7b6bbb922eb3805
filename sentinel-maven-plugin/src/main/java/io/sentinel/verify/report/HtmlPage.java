package io.sentinel.verify.report;

import freemarker.core.HTMLOutputFormat;
import freemarker.template.TemplateModelException;
import io.sentinel.render.Templates;
import io.sentinel.spec.Waiver;
import io.sentinel.text.SafeText;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Canary;
import io.sentinel.verify.rule.Drift;
import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Report;
import io.sentinel.verify.rule.Severity;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * {@code report.html}: one file that asks for no other. Its policy (Content Security Policy) lets the style sheet and the
 * script of this file run, by their digests, and nothing else: a text that got past the escaping would stay a text.
 */
final class HtmlPage {

    private static final String TEMPLATE = "verify-report.html";
    private static final String STYLE = resource("report.css");
    private static final String SCRIPT = resource("report.js");

    private static final DateTimeFormatter WHEN = DateTimeFormatter.ofPattern(
                    "d MMMM uuuu, HH:mm:ss 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private HtmlPage() {}

    /** A part of the bar of all findings, in thousandths of its width. */
    public record Part(String standing, String label, long count, long start, long width) {}

    /** A section of the list. */
    public record Section(String standing, String title, List<Entry> entries) {}

    /** A family in one line: letters, name, and for each ring how many findings stand how. */
    public record FamilyRow(String letters, String name, List<Numbers> rings) {}

    /** Of a family in a ring. */
    public record Numbers(String ring, long held, long broken, long unknown, long waived) {}

    /** A reason for which many rules could not be told. */
    public record ReasonRow(int number, String title, String reason) {}

    /** What was tried that must work. */
    public record CanaryRow(String service, String what, boolean worked, String told) {}

    /** What a layer lost. */
    public record DriftRow(
            String service, String fact, String spec, String model, String container, String kernel, String lostBy) {}

    /** A waiver, with what it did. */
    public record WaiverRow(String rule, String service, String reason, String until, String use, String shown) {}

    static byte[] of(Report report) {
        List<Ring> rings = report.rings().stream().sorted().toList();
        List<SharedReason> shared = SharedReason.of(report.findings());
        List<Entry> entries = Entry.of(report.findings(), rings, shared);
        Map<String, Object> model = new HashMap<>();
        model.put("style", markup(STYLE));
        model.put("script", markup(SCRIPT));
        model.put("styleDigest", digest(STYLE));
        model.put("scriptDigest", digest(SCRIPT));
        model.put("project", SafeText.line(report.project()));
        model.put("passed", report.passed());
        Counts counts = Counts.of(report.findings());
        model.put("causes", Counts.causes(report));
        model.put(
                "judged",
                Counts.number(counts.rules(), "rule") + " looked at, with "
                        + Counts.number(counts.findings(), "finding"));
        model.put("parts", parts(report.findings()));
        model.put("engine", SafeText.line(report.engine()));
        model.put("version", report.version());
        model.put("digest", report.bundleDigest());
        model.put("startedAt", report.startedAt().toString());
        model.put("when", WHEN.format(report.startedAt()));
        model.put(
                "seconds",
                String.format(
                        Locale.ROOT,
                        "%d.%d",
                        report.duration().toMillis() / 1000,
                        report.duration().toMillis() % 1000 / 100));
        model.put("rings", rings.stream().map(Ring::word).toList());
        model.put("threshold", report.threshold().word());
        model.put("reasons", shared.stream().map(HtmlPage::row).toList());
        model.put("sections", sections(entries));
        model.put("entries", entries.size());
        model.put(
                "severities",
                Arrays.stream(Severity.values())
                        .sorted(Comparator.reverseOrder())
                        .map(Severity::word)
                        .toList());
        model.put("services", services(report.findings()));
        model.put("families", families(report.findings(), rings));
        model.put("canaries", report.canaries().stream().map(HtmlPage::row).toList());
        model.put("drifts", report.drifts().stream().map(HtmlPage::row).toList());
        model.put(
                "waivers",
                report.waivers().stream().map(waiver -> row(waiver, report)).toList());
        model.put("weakenings", report.weakenings().stream().map(SafeText::line).toList());
        return new Templates(List.of(TEMPLATE)).render(TEMPLATE, model).getBytes(StandardCharsets.UTF_8);
    }

    private static List<Part> parts(List<Finding> findings) {
        Map<Standing, Long> counts = new EnumMap<>(Standing.class);
        findings.forEach(finding -> counts.merge(Standing.of(finding), 1L, Long::sum));
        List<Part> parts = new ArrayList<>();
        long passed = 0;
        for (Standing standing : Standing.values()) {
            long count = counts.getOrDefault(standing, 0L);
            long start = findings.isEmpty() ? 0 : passed * 1000 / findings.size();
            passed += count;
            long end = findings.isEmpty() ? 0 : passed * 1000 / findings.size();
            parts.add(new Part(standing.word(), standing.label(), count, start, end - start));
        }
        return parts;
    }

    private static List<Section> sections(List<Entry> entries) {
        List<Section> sections = new ArrayList<>();
        for (Standing standing : Standing.values()) {
            List<Entry> of = entries.stream()
                    .filter(entry -> entry.standing().equals(standing.word()))
                    .toList();
            if (!of.isEmpty()) {
                sections.add(new Section(standing.word(), standing.label(), of));
            }
        }
        return sections;
    }

    private static List<String> services(List<Finding> findings) {
        TreeSet<String> services = new TreeSet<>();
        findings.forEach(finding -> services.add(SafeText.line(finding.subject().service())));
        return List.copyOf(services);
    }

    private static List<FamilyRow> families(List<Finding> findings, List<Ring> rings) {
        List<FamilyRow> rows = new ArrayList<>();
        Families.of(findings)
                .forEach((letters, of) -> rows.add(new FamilyRow(
                        letters,
                        Families.name(letters),
                        rings.stream().map(ring -> numbers(of, ring)).toList())));
        return rows;
    }

    private static Numbers numbers(List<Finding> findings, Ring ring) {
        Map<Standing, Long> counts = new EnumMap<>(Standing.class);
        findings.stream()
                .filter(finding -> finding.ring() == ring)
                .forEach(finding -> counts.merge(Standing.of(finding), 1L, Long::sum));
        return new Numbers(
                ring.word(),
                counts.getOrDefault(Standing.HELD, 0L),
                counts.getOrDefault(Standing.BROKEN, 0L),
                counts.getOrDefault(Standing.UNKNOWN, 0L),
                counts.getOrDefault(Standing.WAIVED, 0L));
    }

    private static ReasonRow row(SharedReason shared) {
        return new ReasonRow(shared.number(), shared.title(), SafeText.lines(shared.reason()));
    }

    private static CanaryRow row(Canary canary) {
        return new CanaryRow(
                SafeText.line(canary.service()),
                SafeText.line(canary.what()),
                canary.worked(),
                SafeText.lines(canary.told()));
    }

    private static DriftRow row(Drift drift) {
        return new DriftRow(
                SafeText.line(drift.service()),
                SafeText.line(drift.fact()),
                SafeText.line(drift.spec().orElse("")),
                SafeText.line(drift.model().orElse("")),
                SafeText.line(drift.container().orElse("")),
                SafeText.line(drift.kernel().orElse("")),
                SafeText.line(drift.lostBy()));
    }

    private static WaiverRow row(Waiver waiver, Report report) {
        WaiverUse use = WaiverUse.of(waiver, report);
        return new WaiverRow(
                SafeText.line(waiver.rule()),
                SafeText.line(waiver.service().orElse("every service")),
                SafeText.line(waiver.reason()),
                waiver.until().toString(),
                use.word(),
                use.shown());
    }

    /** Ours, and so not escaped: it holds no end of its own element. */
    private static Object markup(String text) {
        if (text.contains("</")) {
            throw new IllegalStateException("a style sheet or script that ends its element");
        }
        try {
            return HTMLOutputFormat.INSTANCE.fromMarkup(text);
        } catch (TemplateModelException e) {
            throw new IllegalStateException("markup in memory cannot be made", e);
        }
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = HtmlPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the plugin's jar lacks " + name + "; it was not built right");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the plugin's jar cannot be read: " + name, e);
        }
    }
}
