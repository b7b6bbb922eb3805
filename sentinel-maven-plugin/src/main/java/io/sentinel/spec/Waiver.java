package io.sentinel.spec;

import java.time.LocalDate;
import java.util.Optional;

/**
 * A rule of the verification that a sandbox breaks knowingly.
 *
 * @param rule its id
 * @param service the service that it is waived for; empty for all
 * @param reason why, for whoever reviews it
 * @param until the last day on which it holds, in UTC
 */
public record Waiver(String rule, Optional<String> service, String reason, LocalDate until) {

    /** Whether it excuses a rule on a day; one that has ended excuses nothing. */
    public boolean covers(String id, String subject, LocalDate today) {
        return rule.equals(id) && service.map(subject::equals).orElse(true) && !hasEnded(today);
    }

    public boolean hasEnded(LocalDate today) {
        return today.isAfter(until);
    }
}
