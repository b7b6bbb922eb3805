package io.sentinel.spec;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which system call filter applies, and what it does with a call that it does not allow.
 *
 * @param preset a filter that ships, or the spec's own
 * @param mode what happens to a call that the filter does not allow
 * @param file the profile of {@link Preset#CUSTOM}, below the project's folder unless a flag named it; empty otherwise
 * @param adjustments what the spec adds to a preset and takes from it; none for {@link Preset#CUSTOM}
 */
public record SeccompChoice(Preset preset, Mode mode, Optional<String> file, Adjustments adjustments) {

    public static final SeccompChoice DEFAULT = of(Preset.STRICT, Mode.ENFORCE);

    /** A preset as it ships. */
    public static SeccompChoice of(Preset preset, Mode mode) {
        return new SeccompChoice(preset, mode, Optional.empty(), Adjustments.NONE);
    }

    /** Where a filter comes from. */
    public enum Preset {
        /** What agents ordinarily need. */
        STRICT,
        /** {@link #STRICT} and what numerical libraries ask for on top. */
        DATASCI,
        /** A profile of the project's own. */
        CUSTOM;

        /** Those that the plugin carries. */
        public static final List<Preset> SHIPPED = List.of(STRICT, DATASCI);

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
        LOG,
        /** There is no filter: every call reaches the kernel. */
        OFF;

        /** Those in which there is a filter. */
        public static final List<Mode> FILTERING = List.of(ENFORCE, LOG);

        /** The word that a spec uses. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A change of a preset. No call stands in both lists.
     *
     * @param allow calls that are let through, whatever their arguments
     * @param deny calls that are refused, whatever the preset says
     * @param because the reason, for whoever reviews it; there whenever a call is allowed that every preset denies
     */
    public record Adjustments(List<String> allow, List<String> deny, Optional<String> because) {

        public static final Adjustments NONE = new Adjustments(List.of(), List.of(), Optional.empty());

        public Adjustments {
            allow = List.copyOf(allow);
            deny = List.copyOf(deny);
        }

        /** Whether the preset stays what it is. */
        public boolean isEmpty() {
            return allow.isEmpty() && deny.isEmpty();
        }
    }
}
