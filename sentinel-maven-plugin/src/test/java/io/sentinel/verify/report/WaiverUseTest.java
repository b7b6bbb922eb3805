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

    private static Waiver until(LocalDate day) {
        return new Waiver("CAP-1", Optional.empty(), "a reason", day);
    }

    private static Report report(Optional<Waiver> waiver) {
        Finding broken = Samples.finding("CAP-1", "agent", Ring.STATIC, Verdict.broken("ALL", "none", Place.NOWHERE));
        Finding covered = new Finding(
                broken.rule(), broken.subject(), broken.ring(), broken.verdict(), broken.location(), waiver);
        return Samples.report(
                Set.of(Ring.STATIC), Severity.LOW, List.of(covered), List.of(), List.of(), List.of(), List.of());
    }
}
