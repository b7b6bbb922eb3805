package io.sentinel.verify.rule;

import java.util.Optional;

/**
 * One fact on which the layers do not agree.
 *
 * @param service whose
 * @param fact such as {@code memory limit}
 * @param spec what the spec asks for; empty where it says nothing
 * @param model what Compose resolved; empty where it was not looked at
 * @param container what the engine created; empty where it was not looked at
 * @param kernel what the kernel enforces; empty where it was not looked at
 * @param lostBy the first layer that differs from the one above it, as a word for a report
 */
public record Drift(
        String service,
        String fact,
        Optional<String> spec,
        Optional<String> model,
        Optional<String> container,
        Optional<String> kernel,
        String lostBy) {}
