package io.sentinel.spec;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a sandbox's network is cut. */
public enum Profile {
    /** No network at all. */
    STRICT,
    /** An ordinary bridge: the agent reaches what the host reaches, unless a guard holds it. */
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

    /**
     * What it leaves open, in a sentence for every report; empty where the network is cut.
     *
     * @param guard what the guard does with hosts that the policy does not list
     */
    public Optional<String> opening(GuardMode guard) {
        if (this != STANDARD) {
            return Optional.empty();
        }
        return Optional.of(
                guard == GuardMode.ENFORCE
                        ? "profile standard: an ordinary network, in which the guard alone holds the agent to what the policy"
                                + " says of hosts; in proxied a second wall does"
                        : "profile standard: no part of the network is filtered, so the agent reaches whatever this host"
                                + " reaches (any host, the local network, a cloud's metadata service, any name server) and what"
                                + " listens on this host itself; proxied lets through listed hosts only");
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
