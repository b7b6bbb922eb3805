package io.sentinel.seccomp;

import io.sentinel.seccomp.Group.Entry;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SeccompChoice.Adjustments;
import io.sentinel.spec.SeccompChoice.Mode;
import io.sentinel.spec.SeccompChoice.Preset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The presets that ship with the plugin, read once and checked whole, compiled on demand. Immutable. */
public final class Presets {

    static final String ALWAYS_DENIED = "always-denied.yaml";

    private final Map<Preset, ReadPreset> presets;
    private final Group alwaysDenied;
    private final Group forGuard;
    private final ReadPreset sidecar;
    private final SystemCalls calls;

    private Presets(
            Map<Preset, ReadPreset> presets,
            Group alwaysDenied,
            Group forGuard,
            ReadPreset sidecar,
            SystemCalls calls) {
        this.presets = presets;
        this.calls = calls;
        this.alwaysDenied = alwaysDenied;
        this.forGuard = forGuard;
        this.sidecar = sidecar;
    }

    /**
     * Reads all presets and the groups that they name.
     *
     * @throws SeccompDataException when a file is missing, has an unknown key, word or number, or contradicts another
     */
    public static Presets read(SeccompSource source) {
        SystemCalls calls = SystemCalls.read(source);
        DataReader reader = new DataReader(source, calls);
        Group alwaysDenied = reader.group(ALWAYS_DENIED);
        Map<String, Group> groups = new HashMap<>();
        Map<Preset, ReadPreset> presets = new EnumMap<>(Preset.class);
        for (Preset preset : Preset.SHIPPED) {
            presets.put(preset, preset(preset.word(), reader, groups, alwaysDenied));
        }
        ReadPreset sidecar = preset(OciProfile.SIDECAR, reader, groups, alwaysDenied);
        return new Presets(presets, alwaysDenied, reader.group("for-guard.yaml"), sidecar, calls);
    }

    private static ReadPreset preset(String name, DataReader reader, Map<String, Group> read, Group alwaysDenied) {
        DataReader.PresetFile file = reader.preset("presets/" + name + ".yaml");
        List<Group> groups = file.groups().stream()
                .map(group -> read.computeIfAbsent(group, g -> reader.group("groups/" + g + ".yaml")))
                .toList();
        Contradictions.check(name, groups, alwaysDenied);
        return new ReadPreset(file.about(), groups);
    }

    /**
     * The profile of a preset with its adjustments. In {@link Mode#ENFORCE} a call that no rule is about fails with
     * EPERM; in {@link Mode#LOG} it is logged and let through, except what {@code always-denied.yaml} names.
     *
     * @param choice of a preset that ships and a mode that filters
     */
    public OciProfile compile(SeccompChoice choice) {
        return compile(choice, List.of());
    }

    /**
     * The same for the standard profile's container where the guard runs in it: with the calls of {@code
     * for-guard.yaml}, for the guard's supervisor alone, which takes them from the agent by a filter of its own.
     */
    public OciProfile compileForGuard(SeccompChoice choice) {
        return compile(choice, List.of(forGuard));
    }

    /** The profile of the proxied profile's sidecar, which nobody chooses and which always enforces. */
    public OciProfile compileForSidecar() {
        return new ProfileCompiler(OciProfile.SIDECAR, Mode.ENFORCE, sidecar.about(), sidecar.groups(), alwaysDenied)
                .compile();
    }

    private OciProfile compile(SeccompChoice choice, List<Group> more) {
        Parts parts = parts(choice);
        StringBuilder about = new StringBuilder(parts.about());
        List<Group> groups = new ArrayList<>(parts.groups());
        Group denied = parts.alwaysDenied();
        for (Group group : more) {
            about.append(' ').append(group.about());
            groups.add(group.allowingNoneOf(choice.adjustments().deny()));
            denied = denied.without(group.names());
        }
        return new ProfileCompiler(choice.preset().word(), choice.mode(), about.toString(), groups, denied).compile();
    }

    /** What a choice consists of, before it is compiled. */
    Parts parts(SeccompChoice choice) {
        Adjustments adjustments = choice.adjustments();
        ReadPreset read = presets.get(choice.preset());
        List<Group> groups = new ArrayList<>();
        for (Group group : read.groups()) {
            groups.add(group.without(adjustments.allow()).allowingNoneOf(adjustments.deny()));
        }
        if (!adjustments.allow().isEmpty()) {
            groups.add(Group.allowing("the spec", adjustments.allow(), "Allowed by the spec: " + reason(adjustments)));
        }
        String about = read.about();
        if (!adjustments.isEmpty()) {
            about += " Changed by the spec: " + changes(adjustments) + ".";
        }
        return new Parts(about, groups, alwaysDenied.without(adjustments.allow()));
    }

    /**
     * What a filter is made of.
     *
     * @param about what it is for, in sentences
     * @param groups what it allows, and what it answers in a way of its own
     * @param alwaysDenied what it denies in mode log too
     */
    record Parts(String about, List<Group> groups, Group alwaysDenied) {}

    private static String changes(Adjustments adjustments) {
        List<String> changes = new ArrayList<>();
        if (!adjustments.allow().isEmpty()) {
            changes.add("allows " + String.join(", ", adjustments.allow()));
        }
        if (!adjustments.deny().isEmpty()) {
            changes.add("denies " + String.join(", ", adjustments.deny()));
        }
        return String.join("; ", changes) + " (" + reason(adjustments) + ")";
    }

    private static String reason(Adjustments adjustments) {
        return adjustments.because().orElse("no reason given");
    }

    /** What no preset allows. */
    Group alwaysDenied() {
        return alwaysDenied;
    }

    /** The names that Linux has for its calls. */
    SystemCalls calls() {
        return calls;
    }

    /**
     * The calls that the presets refuse on purpose, whole or with some arguments: for the host's sake, by a condition, or
     * with an answer of their own. To allow one of them takes a reason.
     */
    Set<String> sensitive() {
        Set<String> calls = new TreeSet<>(alwaysDenied.names());
        for (ReadPreset preset : presets.values()) {
            for (Group group : preset.groups()) {
                for (Entry entry : group.entries()) {
                    if (!entry.unconditional() || !(entry.action() instanceof Action.Allow)) {
                        calls.addAll(entry.names());
                    }
                }
            }
        }
        return calls;
    }

    /** The calls without which no program can be started, clone apart: it has a condition, which no other group repeats. */
    Set<String> vital() {
        return presets.get(Preset.STRICT).groups().stream()
                .filter(group -> group.name().equals("runtime-start"))
                .flatMap(group -> group.names().stream())
                .collect(Collectors.toSet());
    }

    /** The calls that a preset allows whatever their arguments. */
    public Set<String> outright(Preset preset) {
        return presets.get(preset).groups().stream()
                .flatMap(group -> group.entries().stream())
                .filter(entry -> entry.action() instanceof Action.Allow && entry.unconditional())
                .flatMap(entry -> entry.names().stream())
                .collect(Collectors.toSet());
    }

    /** The calls that a preset allows on conditions; none for one that does not ship. */
    Set<String> conditional(Preset preset) {
        return Optional.ofNullable(presets.get(preset)).stream()
                .flatMap(read -> read.groups().stream())
                .flatMap(group -> group.entries().stream())
                .filter(entry -> entry.action() instanceof Action.Allow && !entry.unconditional())
                .flatMap(entry -> entry.names().stream())
                .collect(Collectors.toSet());
    }

    /** A preset's groups, in the order of its file. */
    private record ReadPreset(String about, List<Group> groups) {}
}
