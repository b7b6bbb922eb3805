package io.sentinel.seccomp;

import io.sentinel.spec.SeccompChoice;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The presets that ship with the plugin, read once and checked whole, compiled on demand. Immutable. */
public final class Presets {

    private final Map<SeccompChoice.Preset, Preset> presets;
    private final Group alwaysDenied;

    private Presets(Map<SeccompChoice.Preset, Preset> presets, Group alwaysDenied) {
        this.presets = presets;
        this.alwaysDenied = alwaysDenied;
    }

    /**
     * Reads all presets and the groups that they name.
     *
     * @throws SeccompDataException when a file is missing, has an unknown key, word or number, or contradicts another
     */
    public static Presets read(SeccompSource source) {
        DataReader reader = new DataReader(source, SystemCalls.read(source));
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
        return new Presets(presets, alwaysDenied);
    }

    /**
     * The profile of one preset. In {@link SeccompChoice.Mode#ENFORCE} a call that no rule is about fails with EPERM; in
     * {@link SeccompChoice.Mode#LOG} it is logged and let through, except what {@code always-denied.yaml} names.
     */
    public OciProfile compile(SeccompChoice.Preset preset, SeccompChoice.Mode mode) {
        return new ProfileCompiler(presets.get(preset), alwaysDenied, mode).compile();
    }

    /** The calls that a preset allows on conditions. */
    Set<String> conditional(SeccompChoice.Preset preset) {
        return presets.get(preset).groups().stream()
                .flatMap(group -> group.entries().stream())
                .filter(entry -> entry.action() instanceof Action.Allow && !entry.unconditional())
                .flatMap(entry -> entry.names().stream())
                .collect(Collectors.toSet());
    }

    /** The calls that every preset denies, whole or with some arguments. */
    Set<String> alwaysDenied() {
        return alwaysDenied.entries().stream()
                .flatMap(entry -> entry.names().stream())
                .collect(Collectors.toSet());
    }

    /** A preset's groups, in the order of its file. */
    record Preset(SeccompChoice.Preset name, String about, List<Group> groups) {}
}
