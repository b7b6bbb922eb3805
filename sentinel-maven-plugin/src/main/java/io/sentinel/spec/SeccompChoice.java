package io.sentinel.spec;

import java.util.Locale;

/** Which system call filter applies, and what it does with a call that it does not allow. */
public record SeccompChoice(Preset preset, Mode mode) {

    public static final SeccompChoice DEFAULT = new SeccompChoice(Preset.STRICT, Mode.ENFORCE);

    /** A filter that the bundle carries. */
    public enum Preset {
        /** What agents ordinarily need. */
        STRICT,
        /** {@link #STRICT} and what numerical libraries ask for on top. */
        DATASCI;

        /** The word that a spec uses. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What happens to a call that the filter does not allow. */
    public enum Mode {
        /** It fails with EPERM. */
        ENFORCE,
        /** The kernel's audit log records it and lets it through, except where the filter keeps the host safe. */
        LOG;

        /** The word that a spec uses. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
