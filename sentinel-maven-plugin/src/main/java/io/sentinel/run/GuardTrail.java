package io.sentinel.run;

import io.sentinel.audit.AuditFolder;
import io.sentinel.audit.AuditFollower;
import io.sentinel.audit.AuditSummary;
import io.sentinel.render.Layout;
import io.sentinel.render.Rendered;
import io.sentinel.render.SandboxException;
import io.sentinel.spec.GuardMode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** The audit trail of one run: where its guard writes it, and what the host takes over while it does. */
final class GuardTrail implements AutoCloseable {

    /** By which the guard is told what its file is called. */
    static final String VARIABLE = "SENTINEL_TRAIL";

    /** The exit code of a guard that did not start the agent, or ended it. */
    private static final int REFUSED = 78;

    private final Layout layout;
    private final Optional<AuditFollower> follower;

    private GuardTrail(Layout layout, Optional<AuditFollower> follower) {
        this.layout = layout;
        this.follower = follower;
    }

    /**
     * Begins to follow, where there is a guard.
     *
     * @param name of the run's file: lower-case letters, digits and hyphens
     */
    static GuardTrail follow(Rendered bundle, Layout layout, String name) {
        if (bundle.guard() == GuardMode.OFF) {
            return new GuardTrail(layout, Optional.empty());
        }
        Path source = layout.trail().resolve(name + ".jsonl");
        Path copies = layout.work().resolve(AuditFolder.NAME);
        return new GuardTrail(
                layout,
                Optional.of(AuditFollower.start(
                        source, copies, Long.toString(ProcessHandle.current().pid()), Instant.now())));
    }

    /** Follows no longer, whatever became of the run. */
    @Override
    public void close() {
        follower.ifPresent(AuditFollower::finish);
    }

    /**
     * Tells what was denied, once the container has ended.
     *
     * @param told how the run ended, where it did not end well
     * @throws SandboxException where the trail does not hold: then nobody knows what the agent did
     */
    void conclude(Optional<Outcome> told, Events events) throws SandboxException {
        if (follower.isEmpty()) {
            return;
        }
        AuditSummary summary = follower.get().finish();
        String shown = summary.copy().map(layout::shown).orElse("no file");
        summary.lines(shown).forEach(events::warning);
        // Who is killed writes no last record, and a guard that refuses perhaps none at all.
        boolean cut = told.filter(one ->
                        one.reason() != Outcome.Reason.EXITED || one.exitCode().orElse(0) == REFUSED)
                .isPresent();
        if (!summary.complete() && !cut) {
            throw new SandboxException("the guard's audit trail of this run does not hold: "
                    + summary.fault().orElseThrow().sentence() + "; what the agent did is not known");
        }
    }
}
