package io.sentinel.spec;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a sandbox's network is cut. */
public enum Profile {
    /** No network at all. */
    STRICT,
    /** An ordinary bridge: the agent reaches what the host reaches. */
    STANDARD,
    /** Only through the sidecar, which lets through the hosts of the allow list. */
    PROXIED;

    /** The word that people, the compose file and reports use. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The compose service that runs the agent in this profile. */
    public String service() {
        return "sentinel-" + word();
    }

    /** What it leaves open, in a sentence for every report; empty where the network is cut. */
    public Optional<String> opening() {
        return this == STANDARD
                ? Optional.of("profile standard: no part of the network is filtered or recorded, so the agent reaches"
                        + " whatever this host reaches (any host, the local network, a cloud's metadata service, any name"
                        + " server) and what listens on this host itself; proxied lets through listed hosts only")
                : Optional.empty();
    }

    /** The profile of that word, in lower case; empty for any other text. */
    public static Optional<Profile> of(String word) {
        return Arrays.stream(values()).filter(p -> p.word().equals(word)).findFirst();
    }

    /** All words, for a message. */
    public static String words() {
        return Arrays.stream(values()).map(Profile::word).collect(Collectors.joining(", "));
    }
}
