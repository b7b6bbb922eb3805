package io.sentinel.seccomp;

import io.sentinel.spec.SeccompChoice;
import java.util.List;

/**
 * A seccomp profile as Docker reads it. It serves every {@link Architecture}, each with its own system call table alone:
 * calls by the 32-bit or the x32 table kill the process, so that no number of theirs walks around a rule.
 *
 * @param comment what rendered it and why; engines skip the key
 * @param defaultAction for a call that no rule is about
 * @param rules in a stable order; no two of them contradict each other, so the order has no meaning
 */
public record OciProfile(String comment, Action defaultAction, List<OciRule> rules) {

    /** The preset of the proxied profile's sidecar. */
    static final String SIDECAR = "proxy";

    /** The call that {@code for-guard.yaml} adds. */
    public static final String OF_GUARD = "pidfd_getfd";

    /** What the sidecar's profile is called. */
    public static final String SIDECAR_FILE = "sentinel-seccomp-" + SIDECAR + ".json";

    public OciProfile {
        rules = List.copyOf(rules);
    }

    /**
     * What a profile's file is called, in a bundle as among those that ship ({@code seccomp/profiles/}).
     *
     * @param choice of a mode that filters
     */
    public static String fileName(SeccompChoice choice) {
        StringBuilder name = new StringBuilder("sentinel-seccomp");
        if (choice.preset() != SeccompChoice.Preset.STRICT) {
            name.append('-').append(choice.preset().word());
        }
        if (!choice.adjustments().isEmpty()) {
            name.append("-adjusted");
        }
        if (choice.mode() != SeccompChoice.Mode.ENFORCE) {
            name.append('-').append(choice.mode().word());
        }
        return name.append(".json").toString();
    }

    /** The same beside the guard, in the standard profile. */
    public static String fileNameForGuard(SeccompChoice choice) {
        return fileName(choice).replace(".json", "-guard.json");
    }

    /** The profile as JSON: UTF-8, two spaces of indent, LF, a final newline; the same profile gives the same bytes. */
    public byte[] toJson() {
        return OciProfileWriter.json(this);
    }
}
