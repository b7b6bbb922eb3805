package io.sentinel.spec;

import java.util.Optional;

/** What a reader of specs asks about a system call that a spec names; the package of the filters knows it. */
public interface CallStandings {

    /** How the filters see a call. */
    enum Standing {
        /** Neither x86_64 nor aarch64 has it. */
        UNKNOWN,
        ORDINARY,
        /** Every preset denies it, whole or with some arguments, for the host's sake. */
        DANGEROUS,
        /** No program can be started without it. */
        VITAL
    }

    Standing of(String call);

    /** The known name that was probably meant by an unknown one. */
    Optional<String> nearest(String unknown);
}
