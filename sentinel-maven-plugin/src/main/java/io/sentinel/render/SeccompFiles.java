package io.sentinel.render;

import io.sentinel.seccomp.CustomProfile;
import io.sentinel.seccomp.OciProfile;
import io.sentinel.seccomp.Presets;
import io.sentinel.seccomp.SeccompSource;
import io.sentinel.seccomp.ShippedStandings;
import io.sentinel.spec.CallStandings;
import io.sentinel.spec.GuardMode;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SeccompChoice.Adjustments;
import io.sentinel.spec.SeccompChoice.Mode;
import io.sentinel.spec.SeccompChoice.Preset;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The bundle's system call filters.
 *
 * @param files every preset in every mode as it ships, the sidecar's, and the agent's own where the spec changes one
 * @param agents the path of the one that the agent gets; empty where it gets none
 * @param standard the path of the one that the agent of the standard profile gets beside the guard; empty where it is the
 *     same
 * @param weakenings what the choice makes weaker than the default, a sentence each
 */
record SeccompFiles(
        List<BundleFile> files, Optional<String> agents, Optional<String> standard, List<String> weakenings) {

    private static final String FOLDER = "seccomp/";

    /**
     * @throws SandboxException when the spec's own profile is not there, lies where the agent may write, or has problems
     * @throws IOException when it cannot be read
     */
    static SeccompFiles of(RenderInputs inputs) throws SandboxException, IOException {
        SeccompChoice choice = inputs.spec().seccomp();
        List<BundleFile> files = new ArrayList<>();
        for (Preset preset : Preset.SHIPPED) {
            for (Mode mode : Mode.FILTERING) {
                files.add(shipped(OciProfile.fileName(SeccompChoice.of(preset, mode))));
            }
        }
        files.add(shipped(OciProfile.SIDECAR_FILE));
        if (choice.mode() == Mode.OFF) {
            return new SeccompFiles(
                    files,
                    Optional.empty(),
                    Optional.empty(),
                    List.of("seccomp.mode is off: no system call filter at all;"
                            + " the whole of the host's kernel is open to the agent. For troubleshooting only"));
        }
        String agents = FOLDER + OciProfile.fileName(choice);
        List<String> weakenings = weakenings(choice);
        if (choice.file().isPresent()) {
            CustomProfile profile = custom(choice.file().get(), inputs);
            files.add(BundleFile.rendered(agents, profile.json(choice.mode())));
            weakenings.addAll(profile.warnings(choice.mode()));
        } else if (!choice.adjustments().isEmpty()) {
            files.add(BundleFile.rendered(agents, presets().compile(choice).toJson()));
        }
        Optional<String> standard = Optional.empty();
        // A profile of the project's own is carried as it is; the guard says what it lacks there.
        if (inputs.spec().guard() != GuardMode.OFF && choice.file().isEmpty()) {
            String name = OciProfile.fileNameForGuard(choice);
            standard = Optional.of(FOLDER + name);
            files.add(
                    choice.adjustments().isEmpty()
                            ? shipped(name)
                            : BundleFile.rendered(
                                    FOLDER + name,
                                    presets().compileForGuard(choice).toJson()));
        }
        return new SeccompFiles(files, Optional.of(agents), standard, weakenings);
    }

    /** As it ships: compiled when the plugin was built, since compiling it would cost each build its time. */
    private static BundleFile shipped(String name) {
        return Renderer.resource(FOLDER + name, "seccomp/profiles/" + name);
    }

    private static Presets presets() {
        return Presets.read(SeccompSource.classPath());
    }

    private static CustomProfile custom(String name, RenderInputs inputs) throws SandboxException, IOException {
        if (inputs.filter().isPresent()) {
            return SpecFiles.profile(name, inputs.filter().get().text().getBytes(StandardCharsets.UTF_8));
        }
        Layout layout = inputs.layout();
        Path file = layout.project().resolve(name);
        Path workspace = layout.project().resolve(inputs.spec().workspace());
        if (Files.exists(file)
                && !file.toRealPath()
                        .equals(layout.project().toRealPath().resolve(name).normalize())) {
            throw new SandboxException(
                    "seccomp.file names " + name + ", and the way there leads through a symbolic link,"
                            + " which could be pointed at another profile; name the file itself");
        }
        if (Files.exists(workspace) && Files.exists(file) && file.toRealPath().startsWith(workspace.toRealPath())) {
            throw new SandboxException("seccomp.file names " + name + ", which lies in the workspace, where the agent"
                    + " could change its own filter; move it out of "
                    + inputs.spec().workspace());
        }
        return SpecFiles.readProfile(layout, inputs.spec().seccomp());
    }

    private static List<String> weakenings(SeccompChoice choice) {
        List<String> weakenings = new ArrayList<>();
        if (choice.mode() == Mode.LOG) {
            weakenings.add("seccomp.mode is log: calls that enforce would refuse go through, most of them; for"
                    + " troubleshooting only");
        }
        Adjustments adjustments = choice.adjustments();
        List<String> more = new ArrayList<>(adjustments.allow());
        if (!more.isEmpty()) {
            more.removeAll(presets().outright(choice.preset()));
        }
        if (!more.isEmpty()) {
            CallStandings standings = new ShippedStandings();
            List<String> sensitive =
                    more.stream().filter(standings::isSensitive).toList();
            weakenings.add("seccomp.allow lets through " + String.join(", ", more)
                    + (sensitive.isEmpty()
                            ? ""
                            : "; the presets refuse " + String.join(", ", sensitive) + " on purpose")
                    + " (because: " + adjustments.because().orElse("no reason given") + ")");
        }
        return weakenings;
    }
}
