package io.sentinel.seccomp;

import io.sentinel.spec.InvalidFileException;
import io.sentinel.spec.SeccompChoice.Mode;
import java.util.List;
import java.util.stream.Stream;

/** A seccomp profile that a person wrote, checked; in the shape that Docker reads. Immutable. */
public final class CustomProfile {

    /** The flag that turns off a defence of the processor's. */
    static final String SPECULATION = "SECCOMP_FILTER_FLAG_SPEC_ALLOW";

    private final CustomReader.Read profile;
    private final byte[] bytes;
    private final List<String> warnings;
    private final CustomLogMode log;

    private CustomProfile(CustomReader.Read profile, byte[] bytes, List<String> warnings, CustomLogMode log) {
        this.profile = profile;
        this.bytes = bytes;
        this.warnings = warnings;
        this.log = log;
    }

    /**
     * Reads and checks a profile.
     *
     * @param file its name as the person knows it
     * @param json its bytes, at most 1 MiB
     * @throws InvalidFileException with all problems at once
     */
    public static CustomProfile read(String file, byte[] json, Presets presets) throws InvalidFileException {
        CustomReader.Read profile = CustomReader.read(file, json, presets.calls());
        return new CustomProfile(
                profile,
                json.clone(),
                new CustomWarnings(file, profile, presets).all(),
                CustomLogMode.of(file, profile, presets.alwaysDenied()));
    }

    /** The rules that an engine keeps, on one of the served architectures and some kernel. */
    List<CustomRule> rules() {
        return profile.rules().stream().filter(rule -> rule.scope().somewhere()).toList();
    }

    /** The refusals that {@link #json} has beside the profile's own rules. */
    List<OciRule> added(Mode mode) {
        return mode == Mode.LOG ? log.added() : List.of();
    }

    /** The tables of system calls that programs may use beside the machine's own. */
    List<String> otherTables() {
        return profile.otherTables();
    }

    /** What happens to a call that no rule is about. */
    OciAction defaultAction() {
        return profile.defaultAction();
    }

    /** What a person should know of the profile in a mode, a sentence each. */
    public List<String> warnings(Mode mode) {
        return switch (mode) {
            case ENFORCE -> warnings;
            case LOG ->
                Stream.concat(warnings.stream(), log.warnings().stream()).toList();
            case OFF -> List.of();
        };
    }

    /**
     * The profile for the engine. In {@link Mode#ENFORCE} it is the person's own file, byte for byte. In {@link Mode#LOG}
     * a call that no rule is about is logged and let through; its refusing rules stay, and what {@code
     * always-denied.yaml} names is refused too, as far as no rule of the person's allows it.
     */
    public byte[] json(Mode mode) {
        return switch (mode) {
            case ENFORCE -> bytes.clone();
            case LOG -> log.json();
            case OFF -> throw new IllegalArgumentException("mode off has no filter");
        };
    }
}
