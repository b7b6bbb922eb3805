package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.audit.AuditRecord;
import io.sentinel.audit.AuditRecord.Decision;
import io.sentinel.audit.AuditRecord.Source;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuardLineTest {

    private final List<String> said = new ArrayList<>();
    private final GuardLine line = new GuardLine(said::add);

    private void hear(Source source, String action, String target, Decision decision, String reason) {
        line.accept(new AuditRecord(
                1, Instant.EPOCH, 7, "", source, action, target, decision, "", reason, "0".repeat(64), "a".repeat(64)));
    }

    @Test
    void whatTheGuardEnforcesIsOneLineAsSoonAsItStarts() {
        hear(Source.GUARD, "policy", "b".repeat(64), Decision.OBSERVED, "enforce");
        hear(Source.GUARD, "kernel", "Landlock 3; ports are left to the network", Decision.OBSERVED, "");
        hear(Source.GUARD, "policy", "tool", Decision.DENIED, "there is no such program");
        assertThat(said).isEmpty();
        hear(Source.GUARD, "start", "/usr/bin/python3", Decision.ALLOWED, "proxied");
        hear(Source.GUARD, "start", "/usr/bin/python3", Decision.ALLOWED, "proxied");
        assertThat(said)
                .containsExactly(
                        "guard: enforces policy bbbbbbbbbbbb in proxied, by Landlock 3; ports are left to the network");
    }

    @Test
    void aGuardThatOnlyRecordsSaysSo() {
        hear(Source.GUARD, "policy", "b".repeat(64), Decision.OBSERVED, "audit");
        hear(Source.GUARD, "kernel", "Landlock 7", Decision.OBSERVED, "");
        hear(Source.GUARD, "start", "/bin/sh", Decision.ALLOWED, "strict");
        assertThat(said).containsExactly("guard: only RECORDS against policy bbbbbbbbbbbb in strict, by Landlock 7");
    }

    @Test
    void theHookSaysNothingHere() {
        hear(Source.PYTHON, "policy", "c".repeat(64), Decision.ALLOWED, "enforce");
        hear(Source.PYTHON, "start", "x\u001b[2J", Decision.ALLOWED, "strict");
        assertThat(said).isEmpty();
    }
}
