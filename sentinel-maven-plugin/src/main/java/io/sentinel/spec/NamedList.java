package io.sentinel.spec;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A name in an allow list that stands for what the host is configured to fetch from. Which hosts these are is read from
 * that configuration, and from nowhere else.
 */
public enum NamedList {
    /** The sources of apt. */
    APT,
    /** The project's git remotes. */
    GIT,
    /** The build's effective repositories and plugin repositories, mirrors applied. */
    MAVEN,
    /** npm's registries. */
    NPM,
    /** pip's package indexes. */
    PIP;

    /** As a lock names it: {@code maven}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As a spec writes it: {@code @maven}. */
    public String word() {
        return "@" + key();
    }

    /** The one that a spec writes so. */
    static Optional<NamedList> of(String word) {
        return Arrays.stream(values()).filter(list -> list.word().equals(word)).findFirst();
    }

    static String words() {
        return Arrays.stream(values()).map(NamedList::word).collect(Collectors.joining(", "));
    }
}
