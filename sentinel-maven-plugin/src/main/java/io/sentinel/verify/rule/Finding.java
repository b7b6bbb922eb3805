package io.sentinel.verify.rule;

import io.sentinel.spec.Waiver;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.evidence.Subject;
import java.util.Optional;

/**
 * What one rule came to, for one subject in one ring.
 *
 * @param rule it
 * @param subject whom it is about
 * @param ring where it was looked
 * @param verdict never {@link Verdict.Outside}
 * @param location the line that causes it, where there is one
 * @param waiver which of the spec's waivers covers it; an ended one covers nothing, and none what could not be told
 */
public record Finding(
        Rule rule, Subject subject, Ring ring, Verdict verdict, Optional<Location> location, Optional<Waiver> waiver) {

    /** Whether it counts against the project: broken or not to be told, and not waived. */
    public boolean counts() {
        return !(verdict instanceof Verdict.Held) && waiver.isEmpty();
    }
}
