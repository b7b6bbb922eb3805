package io.sentinel.verify.evidence;

import io.sentinel.engine.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A running container: its process as the kernel shows it, and what the kernel answered to it.
 *
 * @param subject whom it is about
 * @param expected what was meant
 * @param facts the process, from outside where the engine is on this machine, else as the probe read it inside
 * @param tried what the probe inside tried
 * @param guarded what another container of it shows, started by the image's own entrypoint; of agents that have a guard
 * @param engineFacts what {@code docker info} says
 */
public record LiveView(
        Subject subject,
        Expected expected,
        Supplier<ProcessFacts> facts,
        Supplier<Attempts> tried,
        Supplier<GuardFacts> guarded,
        Supplier<Json> engineFacts)
        implements View {

    public ProcessFacts process() {
        return facts.get();
    }

    public Attempts attempts() {
        return tried.get();
    }

    public GuardFacts guard() {
        return guarded.get();
    }

    /** A value of {@code docker info}. */
    public Json engine(String... keys) {
        return engineFacts.get().at(keys);
    }

    /**
     * What was tried inside, by the rule that it is for.
     *
     * @param byRule each rule's attempts
     */
    public record Attempts(Map<String, List<Attempt>> byRule) {

        /** @throws CannotTell where nothing was tried for that rule */
        public List<Attempt> of(String rule) {
            List<Attempt> attempts = byRule.getOrDefault(rule, List.of());
            if (attempts.isEmpty()) {
                throw new CannotTell("the probe gave no answer for " + rule);
            }
            return attempts;
        }

        /** @throws CannotTell where one of that rule's attempts could not be made, or none was */
        public List<Attempt> tried(String rule) {
            List<Attempt> attempts = of(rule);
            attempts.stream()
                    .filter(attempt -> attempt.answer().isEmpty())
                    .findFirst()
                    .ifPresent(attempt -> {
                        throw new CannotTell(attempt.what() + " could not be tried: " + attempt.why());
                    });
            return attempts;
        }
    }

    /**
     * One thing that was tried inside.
     *
     * @param what in words, such as {@code unshare(CLONE_NEWUSER)}
     * @param expected the answers that are right, such as {@code EPERM}
     * @param answer what came; empty where it could not be tried, for the reason in {@code why}
     * @param why it could not be tried; empty where it was
     */
    public record Attempt(String what, List<String> expected, Optional<String> answer, String why) {

        public boolean right() {
            return answer.filter(expected::contains).isPresent();
        }
    }
}
