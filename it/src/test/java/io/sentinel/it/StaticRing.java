package io.sentinel.it;

import io.sentinel.render.Layout;
import io.sentinel.run.Bundles;
import io.sentinel.run.Invoker;
import io.sentinel.verify.Verification;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Report;
import io.sentinel.verify.rule.Severity;
import io.sentinel.verify.rule.Verdict;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The static ring, asked in this process: files and {@code docker compose config} alone, so that no engine is needed. */
final class StaticRing {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    private static final Invoker INVOKER = new Invoker(10001, 10001, Map.of());
    /** What a check says that ended in an exception of ours: never right, whatever it looked at. */
    private static final String STUMBLED = "its check failed on what it saw";

    private StaticRing() {}

    static Report own(Box box) throws Exception {
        Layout layout = box.layout;
        Bundles bundles = box.bundles(INVOKER);
        return verification(layout, bundles).own(settings(box)).report();
    }

    /** @param folder of a compose project that others wrote, all of whose services run untrusted code */
    static Report ofOthers(Path folder, Map<String, String> environment) throws Exception {
        Box box = Box.at(folder);
        return verification(box.layout, box.bundles(INVOKER))
                .ofOthers(settings(box), folder, List.of(), environment)
                .report();
    }

    private static Verification.Settings settings(Box box) {
        return box.settings(Set.of(Ring.STATIC), Severity.LOW);
    }

    private static Verification verification(Layout layout, Bundles bundles) {
        return new Verification(layout, bundles, INVOKER, Box.NO_ORIGINS, Box.docker(), "it", CLOCK);
    }

    /** What counts against a project. */
    static List<Finding> against(Report report) {
        return report.findings().stream().filter(Finding::counts).toList();
    }

    static boolean isBroken(Finding finding) {
        return finding.verdict() instanceof Verdict.Broken;
    }

    static boolean stumbled(Finding finding) {
        return finding.verdict() instanceof Verdict.Unknown unknown
                && unknown.why().contains(STUMBLED);
    }
}
