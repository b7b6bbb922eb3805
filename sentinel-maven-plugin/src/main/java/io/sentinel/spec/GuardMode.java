package io.sentinel.spec;

import java.util.Locale;

/** What the guard inside the container does with what the policy does not allow. */
public enum GuardMode {
    /** It is blocked, and recorded. */
    ENFORCE,
    /** It is recorded, and goes through. */
    AUDIT,
    /** There is no guard: nothing of the policy holds, and nothing is recorded. */
    OFF;

    /** The word that a spec and the compiled policy use. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
