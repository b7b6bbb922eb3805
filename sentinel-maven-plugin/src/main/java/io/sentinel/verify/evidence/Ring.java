package io.sentinel.verify.evidence;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Where a fact is looked at: in the files, in what the engine made of them, or in what the kernel does. */
public enum Ring {
    /** What Compose resolved, and the files beside it. Needs no engine. */
    STATIC,
    /** What the engine created, without anything running in it. */
    INSPECT,
    /** What the kernel enforces on a running container. */
    LIVE;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Ring> of(String word) {
        return Arrays.stream(values()).filter(ring -> ring.word().equals(word)).findFirst();
    }

    /** All words, for a message. */
    public static String words() {
        return Arrays.stream(values()).map(Ring::word).collect(Collectors.joining(", "));
    }
}
