package io.sentinel.mojo;

import io.sentinel.render.Layout;
import io.sentinel.render.SandboxException;
import io.sentinel.render.SpecFiles;
import io.sentinel.seccomp.CallExplanation;
import io.sentinel.seccomp.CustomExplanation;
import io.sentinel.seccomp.PresetExplanation;
import io.sentinel.seccomp.SeccompSource;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SeccompChoice.Mode;
import io.sentinel.spec.SeccompChoice.Preset;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Prints which system calls the sandbox lets through, group by group, next to Docker's own default; or what becomes of
 * one call, on which condition, and why.
 */
@Mojo(name = "seccomp", requiresProject = false, threadSafe = true)
public final class SeccompMojo extends SentinelMojo {

    /** Skips this goal. */
    @Parameter(property = "sentinel.seccomp.skip", defaultValue = "false")
    private boolean skipSeccomp;

    /** The preset to explain: strict or datasci; without it what the spec chooses, or strict where there is no spec. */
    @Parameter(property = "sentinel.seccomp.preset")
    private String preset;

    /** One system call to explain, such as clone. */
    @Parameter(property = "syscall")
    private String syscall;

    @Override
    boolean isSkipped() {
        return skipSeccomp;
    }

    @Override
    void work() throws SandboxException, IOException {
        SeccompChoice choice = choice();
        SeccompSource source = SeccompSource.classPath();
        boolean one = syscall != null && !syscall.isBlank();
        List<String> lines;
        try {
            if (choice.file().isPresent()) {
                CustomExplanation own = new CustomExplanation(
                        choice.file().get(), SpecFiles.readProfile(layout(), choice), choice.mode(), source);
                lines = one ? own.of(syscall.strip()) : own.all();
            } else {
                lines = one
                        ? CallExplanation.of(syscall.strip(), choice, source)
                        : PresetExplanation.of(choice, source);
            }
        } catch (IllegalArgumentException e) {
            throw new SandboxException(e.getMessage(), e);
        }
        lines.forEach(getLog()::info);
    }

    private SeccompChoice choice() throws SandboxException, IOException {
        if (preset != null && !preset.isBlank()) {
            return Preset.SHIPPED.stream()
                    .filter(shipped -> shipped.word().equals(preset.strip()))
                    .findFirst()
                    .map(shipped -> SeccompChoice.of(shipped, Mode.ENFORCE))
                    .orElseThrow(() -> new SandboxException("there is no preset \"" + preset + "\"; it is one of "
                            + Preset.SHIPPED.stream().map(Preset::word).collect(Collectors.joining(", "))
                            + " (-Dsentinel.seccomp.preset)"));
        }
        Layout layout = layout();
        if (Files.notExists(layout.spec())) {
            getLog().info("There is no spec at " + layout.shown(layout.spec()) + "; this is the default");
            return SeccompChoice.DEFAULT;
        }
        SeccompChoice choice = SpecFiles.readSpec(layout).seccomp();
        if (choice.mode() == Mode.OFF) {
            getLog().warn("The spec has no filter at all (seccomp.mode: off); this is its preset in mode enforce");
            return new SeccompChoice(choice.preset(), Mode.ENFORCE, choice.file(), choice.adjustments());
        }
        return choice;
    }
}
