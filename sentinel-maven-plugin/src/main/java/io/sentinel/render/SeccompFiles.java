package io.sentinel.render;

import io.sentinel.seccomp.CustomProfile;
import io.sentinel.seccomp.OciProfile;
import io.sentinel.seccomp.Presets;
import io.sentinel.seccomp.SeccompSource;
import io.sentinel.seccomp.ShippedStandings;
import io.sentinel.spec.CallStandings;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SeccompChoice.Adjustments;
import io.sentinel.spec.SeccompChoice.Mode;
import io.sentinel.spec.SeccompChoice.Preset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The bundle's system call filters.
 *
 * @param files every preset in every mode as it ships, and the agent's own where the spec changes one
 * @param agents the path of the one that the agent gets; empty where it gets none
 * @param weakenings what the choice makes weaker than the default, a sentence each
 */
record SeccompFiles(List<BundleFile> files, Optional<String> agents, List<String> weakenings) {

    private static final String FOLDER = "seccomp/";

    /**
     * @throws SandboxException when the spec's own profile is not there, lies where the agent may write, or has problems
     * @throws IOException when it cannot be read
     */
    static SeccompFiles of(RenderInputs inputs) throws SandboxException, IOException {
        SeccompChoice choice = inputs.spec().seccomp();
        List<BundleFile> files = new ArrayList<>();
        // As they ship: compiled when the plugin was built, since compiling them would cost each build its time.
        for (Preset preset : Preset.SHIPPED) {
            for (Mode mode : Mode.FILTERING) {
                String name = OciProfile.fileName(SeccompChoice.of(preset, mode));
                files.add(Renderer.resource(FOLDER + name, "seccomp/profiles/" + name));
            }
        }
        if (choice.mode() == Mode.OFF) {
            return new SeccompFiles(
                    files,
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
            byte[] json =
                    Presets.read(SeccompSource.classPath()).compile(choice).toJson();
            files.add(BundleFile.rendered(agents, json));
        }
        return new SeccompFiles(files, Optional.of(agents), weakenings);
    }

    private static CustomProfile custom(String name, RenderInputs inputs) throws SandboxException, IOException {
        Layout layout = inputs.layout();
        Path file = layout.project().resolve(name);
        Path workspace = layout.project().resolve(inputs.spec().workspace());
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
        if (!adjustments.allow().isEmpty()) {
            CallStandings standings = new ShippedStandings();
            List<String> dangerous = adjustments.allow().stream()
                    .filter(call -> standings.of(call) == CallStandings.Standing.DANGEROUS)
                    .toList();
            weakenings.add("seccomp.allow lets through " + String.join(", ", adjustments.allow())
                    + (dangerous.isEmpty()
                            ? ""
                            : ", of which every preset denies " + String.join(", ", dangerous) + " for the host's sake")
                    + " (because: " + adjustments.because().orElse("no reason given") + ")");
        }
        return weakenings;
    }
}
