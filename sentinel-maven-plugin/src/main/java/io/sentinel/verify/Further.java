package io.sentinel.verify;

import io.sentinel.verify.evidence.LiveView.Attempts;
import io.sentinel.verify.rule.Canary;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the live ring learns from more than one look at one container.
 *
 * @param attempts by service
 * @param canaries beside those of every container
 * @param guarded by service, what a program saw that the entrypoint started under the guard; none where there is no guard
 */
record Further(
        Map<String, List<Supplier<Attempts>>> attempts,
        List<Canary> canaries,
        Map<String, Supplier<Guarded.Seen>> guarded) {

    static final Further NONE = new Further(Map.of(), List.of(), Map.of());
}
