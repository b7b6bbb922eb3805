package io.sentinel.seccomp;

import io.sentinel.spec.SeccompChoice;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The presets that ship with the plugin, read once and checked whole, compiled on demand. Immutable. */
public final class Presets {

    private final Map<SeccompChoice.Preset, Preset> presets;
    private final Group alwaysDenied;
    private final SystemCalls calls;

    private Presets(Map<SeccompChoice.Preset, Preset> presets, Group alwaysDenied, SystemCalls calls) {
        this.presets = presets;
        this.calls = calls;
        this.alwaysDenied = alwaysDenied;
    }

    /**
     * Reads all presets and the groups that they name.
     *
     * @throws SeccompDataException when a file is missing, has an unknown key, word or number, or contradicts another
     */
    public static Presets read(SeccompSource source) {
        SystemCalls calls = SystemCalls.read(source);
        DataReader reader = new DataReader(source, calls);
        Group alwaysDenied = reader.group("always-denied.yaml");
        Map<String, Group> groups = new LinkedHashMap<>();
        Map<SeccompChoice.Preset, Preset> presets = new EnumMap<>(SeccompChoice.Preset.class);
        for (SeccompChoice.Preset preset : SeccompChoice.Preset.values()) {
            DataReader.PresetFile file = reader.preset("presets/" + preset.word() + ".yaml");
            List<Group> members = file.groups().stream()
                    .map(name -> groups.computeIfAbsent(name, n -> reader.group("groups/" + n + ".yaml")))
                    .toList();
            Contradictions.check(preset.word(), members, alwaysDenied);
            presets.put(preset, new Preset(preset, file.about(), members));
        }
        return new Presets(presets, alwaysDenied, calls);
    }

    /**
     * The profile of one preset. In {@link SeccompChoice.Mode#ENFORCE} a call that no rule is about fails with EPERM; in
     * {@link SeccompChoice.Mode#LOG} it is logged and let through, except what {@code always-denied.yaml} names.
     */
    public OciProfile compile(SeccompChoice.Preset preset, SeccompChoice.Mode mode) {
        return new ProfileCompiler(presets.get(preset), alwaysDenied, mode).compile();
    }

    /** What no preset allows. */
    Group alwaysDenied() {
        return alwaysDenied;
    }

    /** The names that Linux has for its calls. */
    SystemCalls calls() {
        return calls;
    }

    /** A preset's groups, in the order of its file. */
    record Preset(SeccompChoice.Preset name, String about, List<Group> groups) {}
}
