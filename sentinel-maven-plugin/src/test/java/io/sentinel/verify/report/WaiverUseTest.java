package io.sentinel.verify.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.spec.Waiver;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Report;
import io.sentinel.verify.rule.Severity;
import io.sentinel.verify.rule.Verdict;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WaiverUseTest {

    /** Of every report of {@link Samples}, in UTC. */
    private static final LocalDate DAY = LocalDate.of(2026, 11, 25);

    @Test
    void itHoldsOnItsLastDayAndNotOnTheNext() {
        assertThat(WaiverUse.of(until(DAY), report(Optional.empty()))).isEqualTo(WaiverUse.UNUSED);
        assertThat(WaiverUse.of(until(DAY.minusDays(1)), report(Optional.empty())))
                .isEqualTo(WaiverUse.ENDED);
    }

    @Test
    void itIsUsedWhereItCoversAFinding() {
        assertThat(WaiverUse.of(until(DAY), report(Optional.of(until(DAY))))).isEqualTo(WaiverUse.USED);
        assertThat(WaiverUse.of(until(DAY), report(Optional.of(until(DAY.plusDays(1))))))
                .isEqualTo(WaiverUse.UNUSED);
    }

    /** Nobody knows what it would excuse; that it covers something else does not change that. */
    @Test
    void itIsNotAppliedWhereItsRuleCouldNotBeTold() {
        Finding untold = Samples.finding("CAP-1", "agent", Ring.INSPECT, new Verdict.Unknown("no engine"));
        Finding other = Samples.finding("CAP-2", "agent", Ring.INSPECT, new Verdict.Unknown("no engine"));
        Finding covered = report(Optional.of(until(DAY))).findings().get(0);
        assertThat(WaiverUse.of(until(DAY), of(covered, untold))).isEqualTo(WaiverUse.UNTOLD);
        assertThat(WaiverUse.of(until(DAY), of(covered, other))).isEqualTo(WaiverUse.USED);
    }

    private static Report of(Finding... findings) {
        return Samples.report(
                Set.of(Ring.STATIC), Severity.LOW, List.of(findings), List.of(), List.of(), List.of(), List.of());
    }

    private static Waiver until(LocalDate day) {
        return new Waiver("CAP-1", Optional.empty(), "a reason", day);
    }

    private static Report report(Optional<Waiver> waiver) {
        Finding broken = Samples.finding("CAP-1", "agent", Ring.STATIC, Verdict.broken("ALL", "none", Place.NOWHERE));
        Finding covered = new Finding(
                broken.rule(), broken.subject(), broken.ring(), broken.verdict(), broken.location(), waiver);
        return of(covered);
    }
}
