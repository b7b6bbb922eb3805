package io.sentinel.verify.report;

import io.sentinel.spec.Waiver;
import io.sentinel.verify.rule.Report;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/** What a waiver did in a verification. */
enum WaiverUse {
    /** It covers a finding. */
    USED,
    /** Its rule holds, or was not looked at: it can go. */
    UNUSED,
    /** Its last day is over: it covers nothing. */
    ENDED;

    static WaiverUse of(Waiver waiver, Report report) {
        if (LocalDate.ofInstant(report.startedAt(), ZoneOffset.UTC).isAfter(waiver.until())) {
            return ENDED;
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
        return this == UNUSED ? "not used" : word();
    }
}
