package io.sentinel.verify.rule;

import java.time.LocalDate;
import java.util.Optional;

/**
 * A rule that a project breaks knowingly, from the spec.
 *
 * @param rule its id
 * @param service the service that it is waived for; empty for all
 * @param reason why
 * @param until the last day on which it holds, in UTC
 */
public record Waiver(String rule, Optional<String> service, String reason, LocalDate until) {

    public boolean covers(String id, String subject, LocalDate today) {
        return rule.equals(id) && service.map(subject::equals).orElse(true) && !today.isAfter(until);
    }
}
