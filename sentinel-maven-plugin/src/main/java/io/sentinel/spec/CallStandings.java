package io.sentinel.spec;

import java.util.Optional;

/** What a reader of specs asks about a system call that a spec names; the package of the filters knows it. */
public interface CallStandings {

    /** Whether x86_64 or aarch64 has it. */
    boolean knows(String call);

    /** Whether the presets refuse it on purpose, whole or with some arguments. */
    boolean isSensitive(String call);

    /** Whether no program can be started without it. */
    boolean isVital(String call);

    /** The known name that was probably meant by an unknown one. */
    Optional<String> nearest(String unknown);
}
