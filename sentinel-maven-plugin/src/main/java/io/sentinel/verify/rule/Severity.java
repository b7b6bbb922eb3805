package io.sentinel.verify.rule;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is at stake where a rule is broken, from the least to the most. */
public enum Severity {
    /** Order and hygiene: nobody gets out by it. */
    LOW,
    /** A defence in depth, or the host's service to others. */
    MEDIUM,
    /** A wall: without it, untrusted code reaches what it must not. */
    HIGH,
    /** The host is open. */
    CRITICAL;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Severity> of(String word) {
        return Arrays.stream(values())
                .filter(severity -> severity.word().equals(word))
                .findFirst();
    }

    /** All words, for a message. */
    public static String words() {
        return Arrays.stream(values()).map(Severity::word).collect(Collectors.joining(", "));
    }
}
