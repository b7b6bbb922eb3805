package io.sentinel.run;

import io.sentinel.spec.Profile;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a run ended; {@code outcome.json} says the same.
 *
 * @param profile the profile's word, or {@link Beyond#HOST} for the host's own network
 * @param service the compose service
 * @param command what the spec or the image runs; empty where that is not known
 * @param exitCode the agent's own, 124 when the time limit ended it; empty when it never started
 * @param reason why it ended
 * @param startedAt when the agent's container was asked for, or the attempt began when it came to none
 * @param duration wall-clock time from there to the end, in which a container's start counts too
 * @param bundleDigest of the bundle that ran; empty when none could be rendered
 * @param weakenings what the spec made weaker than the defaults, and what the profile leaves open: a sentence each
 * @param audit the guard's trail of it; empty where there was no guard, or it came to no trail
 */
public record Outcome(
        String profile,
        String service,
        List<String> command,
        OptionalInt exitCode,
        Reason reason,
        Instant startedAt,
        Duration duration,
        String bundleDigest,
        List<String> weakenings,
        Optional<Audit> audit) {

    /**
     * The audit trail of a run.
     *
     * @param file the host's copy, as a person in the project's folder would write it
     * @param lastHash of its last record: a trail that is written anew as a whole has another
     * @param records how many it has
     * @param denied how many of these are of something that the policy does not allow
     * @param complete whether it is a whole chain up to its end
     */
    public record Audit(String file, String lastHash, long records, long denied, boolean complete) {}

    /** The exit code of a run that the time limit ended; timeout(1) has the same. */
    public static final int TIMED_OUT = 124;

    public Outcome {
        command = List.copyOf(command);
        weakenings = List.copyOf(weakenings);
    }

    /** The same with the trail that it left. */
    Outcome with(Optional<Audit> trail) {
        return new Outcome(
                profile, service, command, exitCode, reason, startedAt, duration, bundleDigest, weakenings, trail);
    }

    /** Whether the agent ran to its end and was content. */
    public boolean succeeded() {
        return reason == Reason.EXITED && exitCode.orElse(1) == 0;
    }

    /** Why a run ended. */
    public enum Reason {
        /** By itself. */
        EXITED,
        /** {@code resources.timeout} was over. */
        TIMEOUT,
        /** It wanted more than {@code resources.memory}. */
        OUT_OF_MEMORY,
        /** A signal ended it: its own, or the user's Ctrl-C. */
        SIGNAL,
        /** Sentinel refused to start it. */
        REFUSED,
        /** Docker could not start it, its network was not closed, or the sidecar had failed. */
        ENGINE;

        /** As {@code outcome.json} writes it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** One that never became a run. */
    static Outcome refused(Profile profile, List<String> words) {
        return new Outcome(
                profile.word(),
                profile.service(),
                words,
                OptionalInt.empty(),
                Reason.REFUSED,
                Instant.now(),
                Duration.ZERO,
                "",
                List.of(),
                Optional.empty());
    }
}
