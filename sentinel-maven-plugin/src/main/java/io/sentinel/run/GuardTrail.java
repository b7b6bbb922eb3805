package io.sentinel.run;

import io.sentinel.approval.Person;
import io.sentinel.approval.Questions;
import io.sentinel.audit.AuditFolder;
import io.sentinel.audit.AuditFollower;
import io.sentinel.audit.AuditRecord;
import io.sentinel.audit.AuditSummary;
import io.sentinel.render.Layout;
import io.sentinel.render.Rendered;
import io.sentinel.render.SandboxException;
import io.sentinel.spec.GuardMode;
import io.sentinel.spec.PolicyAdditions;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** The audit trail of one run: where its guard writes it, and what the host takes over while it does. */
final class GuardTrail {

    /** By which the guard is told what its file is called. */
    static final String VARIABLE = "SENTINEL_TRAIL";

    /** The exit code of a guard that did not start the agent, or ended it. */
    private static final int REFUSED = 78;

    private final Layout layout;
    private final Path source;
    private final Optional<AuditFollower> follower;
    private final Optional<Questions> questions;
    // Where the agent has the terminal: what the guard said, for afterwards.
    private final AtomicReference<String> kept = new AtomicReference<>("");

    private GuardTrail(
            Layout layout, String name, boolean guarded, boolean busy, Optional<Person> person, Events events)
            throws IOException {
        this.layout = layout;
        this.source = Spool.file(layout, name);
        this.questions = guarded && person.isPresent()
                ? Optional.of(Questions.open(layout.trail(), name, person.get(), events::warning))
                : Optional.empty();
        Path copies = layout.work().resolve(AuditFolder.NAME);
        String owner = Long.toString(ProcessHandle.current().pid());
        GuardLine line = new GuardLine(busy ? kept::set : events::guarding);
        Consumer<AuditRecord> listener = record -> {
            line.accept(record);
            questions.ifPresent(one -> one.hear(record));
        };
        this.follower = guarded
                ? Optional.of(AuditFollower.start(source, copies, owner, Instant.now(), listener))
                : Optional.empty();
    }

    /**
     * Begins to follow, where there is a guard, on a thread that only {@link #end} stops: nothing that may throw comes between.
     *
     * @param name of the run's file, from {@link Spool#name}
     * @param busy whether the agent has the terminal for itself, in which nothing else is to be written
     * @param person who answers what the guard asks; nobody where it shall not ask
     * @throws IOException where the file for their answers cannot be made
     */
    static GuardTrail follow(
            Rendered bundle, Layout layout, String name, boolean busy, Optional<Person> person, Events events)
            throws IOException {
        return new GuardTrail(layout, name, bundle.guard() != GuardMode.OFF, busy, person, events);
    }

    /** The agent has ended: nobody answers any more what the guard asks, and its trail is read while the container goes. */
    void ended() {
        questions.ifPresent(Questions::close);
        follower.ifPresent(AuditFollower::look);
    }

    /**
     * Follows no longer, whatever became of the run. Once the host has its copy, the guard's own file is one too many.
     *
     * @param gone whether the container surely is: else its guard may write on, and the file stays for a later run to take over
     * @return what the trail came to; empty without one
     */
    Optional<Outcome.Audit> end(boolean gone, Events events) {
        if (follower.isEmpty()) {
            return Optional.empty();
        }
        AuditSummary summary = follower.get().finish();
        if (gone && summary.copied()) {
            try {
                Files.deleteIfExists(source);
            } catch (IOException e) {
                events.warning(layout.shown(source) + " is copied and cannot be removed: " + e);
            }
        }
        return summary.copy()
                .filter(copy -> summary.records() > 0)
                .map(copy -> new Outcome.Audit(
                        layout.shown(copy),
                        summary.lastHash(),
                        summary.records(),
                        summary.denied(),
                        summary.complete()));
    }

    /**
     * Tells what was denied, once the container has ended, and what the spec would have to say for it.
     *
     * @param told how the run ended, where it did not end well
     * @param bundles which know the spec
     * @throws SandboxException where the trail does not hold: then nobody knows what the agent did
     */
    void conclude(Optional<Outcome> told, Bundles bundles, Events events) throws SandboxException, IOException {
        if (follower.isEmpty()) {
            return;
        }
        Optional.of(kept.get()).filter(line -> !line.isEmpty()).ifPresent(events::guarding);
        AuditSummary summary = follower.get().finish();
        String shown = summary.copy().map(layout::shown).orElse("no file");
        summary.lines(shown).forEach(events::warning);
        if (summary.denied() > 0) {
            propose(summary, bundles, events);
        }
        // Who is killed writes no last record, and a guard that refuses perhaps none at all.
        boolean cut = told.filter(one ->
                        one.reason() != Outcome.Reason.EXITED || one.exitCode().orElse(0) == REFUSED)
                .isPresent();
        if (!summary.complete() && !cut) {
            throw new SandboxException("the guard's audit trail of this run does not hold: "
                    + summary.fault().orElseThrow().sentence() + "; what the agent did is not known");
        }
    }

    /** The spec is read anew, and may have been edited since the run began: that is no fault of the run. */
    private static void propose(AuditSummary summary, Bundles bundles, Events events) throws IOException {
        List<PolicyAdditions.Denied> denied = summary.topDenied().stream()
                .map(one -> new PolicyAdditions.Denied(one.action(), one.key(), one.target()))
                .toList();
        try {
            PolicyAdditions.of(bundles.spec().policy(), denied).lines().forEach(events::warning);
        } catch (ClosedByInterruptException e) {
            throw e; // told to end, which is not about the spec
        } catch (SandboxException | IOException e) {
            String reason = e instanceof SandboxException ? e.getMessage() : e.toString();
            events.warning(
                    "the lines of the spec that would allow it cannot be proposed, since the spec cannot be read now: "
                            + reason);
        }
    }
}
