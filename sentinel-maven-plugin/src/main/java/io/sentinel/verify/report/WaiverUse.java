package io.sentinel.verify.report;

import io.sentinel.spec.Waiver;
import io.sentinel.verify.rule.Report;
import io.sentinel.verify.rule.Verdict;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/** What a waiver did in a verification. */
enum WaiverUse {
    /** It covers a finding. */
    USED("used"),
    /** Its rule holds, or was not looked at: it can go. */
    UNUSED("not used"),
    /** Its rule could not be told somewhere, which no waiver excuses, whatever else it covers. */
    UNTOLD("not applied to what could not be told"),
    /** Its last day is over: it covers nothing. */
    ENDED("ended");

    private final String shown;

    WaiverUse(String shown) {
        this.shown = shown;
    }

    static WaiverUse of(Waiver waiver, Report report) {
        LocalDate day = LocalDate.ofInstant(report.startedAt(), ZoneOffset.UTC);
        if (day.isAfter(waiver.until())) {
            return ENDED;
        }
        boolean untold = report.findings().stream()
                .filter(finding -> finding.verdict() instanceof Verdict.Unknown)
                .anyMatch(finding ->
                        waiver.covers(finding.rule().id(), finding.subject().service(), day));
        if (untold) {
            return UNTOLD;
        }
        boolean used = report.findings().stream()
                .anyMatch(finding -> finding.waiver().filter(waiver::equals).isPresent());
        return used ? USED : UNUSED;
    }

    /** A word for tools. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A word for people. */
    String shown() {
        return shown;
    }
}
