package io.sentinel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SeccompChoice.Adjustments;
import io.sentinel.spec.SeccompChoice.Mode;
import io.sentinel.spec.SeccompChoice.Preset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What people are told about a preset and a call; its numbers are those of the compiled filter. */
class ExplanationTest {

    private static final SeccompSource DATA = SeccompSource.classPath();
    private static final List<Preset> SHIPPED = Preset.SHIPPED;

    @Test
    void callOnAConditionIsExplainedWithItAndItsReason() {
        assertThat(explain("clone"))
                .containsExactly(
                        "clone: system call 56 on x86_64, 220 on aarch64",
                        "Preset strict, mode enforce: allowed in these cases; else it fails with EPERM",
                        "  - no new namespace: argument 0 & 0x7E020000 = 0x0",
                        "  because: A new user namespace gives its maker all capabilities inside, and with them the"
                                + " kernel's least tested code.",
                        "  group: processes (Starting programs and waiting for them.)",
                        "Denied for the host's sake in every preset, in mode log too, with these arguments: fails with"
                                + " EPERM",
                        "  - any new namespace",
                        "  because: A new user namespace gives its maker all capabilities inside it.",
                        "Preset datasci: the same",
                        "Docker's own default (engine 20.10.24): allowed on conditions");
    }

    @Test
    void callThatIsDeniedEverywhereSaysWhatItAnswers() {
        assertThat(explain("clone3"))
                .contains(
                        "Preset strict, mode enforce: fails with ENOSYS, on which libraries fall back to another call;"
                                + " for the host's sake, in every preset and mode")
                .last()
                .isEqualTo(
                        "To allow it all the same: add clone3 to seccomp.allow in the spec, with the reason under because");
    }

    @Test
    void callThatNoGroupAllowsSaysHowToAllowIt() {
        assertThat(explain("msgget"))
                .contains("Preset strict, mode enforce: no group allows it; it fails with EPERM")
                .last()
                .isEqualTo("To allow it all the same: add msgget to seccomp.allow in the spec");
        assertThat(CallExplanation.of("msgget", SeccompChoice.of(Preset.STRICT, Mode.LOG), DATA))
                .contains("Preset strict, mode log: no group allows it; it is logged and goes through");
    }

    @Test
    void presetsThatDifferSaySo() {
        assertThat(explain("memfd_create"))
                .contains(
                        "  - MFD_NOEXEC_SEAL is set: argument 1 & 0x8 = 0x8",
                        "Preset datasci: allowed",
                        "Docker's own default (engine 20.10.24): allowed");
    }

    @Test
    void callThatTheSpecAllowsNamesTheSpec() {
        Adjustments adjustments = new Adjustments(List.of("ptrace"), List.of("kill"), Optional.of("gdb"));
        SeccompChoice choice = new SeccompChoice(Preset.STRICT, Mode.ENFORCE, Optional.empty(), adjustments);
        assertThat(CallExplanation.of("ptrace", choice, DATA))
                .contains("Preset strict, mode enforce: allowed", "  because: Allowed by the spec: gdb");
        assertThat(CallExplanation.of("kill", choice, DATA))
                .contains("Preset strict, mode enforce: the spec denies it; it fails with EPERM")
                .last()
                .isEqualTo("To allow it: remove kill from seccomp.deny in the spec");
        assertThat(PresetExplanation.of(choice, DATA))
                .contains("the spec: Allowed by the spec: gdb (1; Docker's default has 1)");
    }

    @Test
    void nameThatIsNoCallOfTheArchitecturesIsToldFromAMisspeltOne() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> explain("opnat"))
                .withMessage("Linux has no system call named opnat; the nearest is openat");
        assertThat(explain("umount")).singleElement().asString().startsWith("umount is a call of other architectures");
    }

    @ParameterizedTest
    @FieldSource("SHIPPED")
    void presetsGroupsListEveryCallThatTheFilterAllowsOnce(Preset preset) {
        SeccompChoice choice = SeccompChoice.of(preset, Mode.ENFORCE);
        List<String> lines = PresetExplanation.of(choice, DATA);
        List<String> listed = new ArrayList<>();
        for (String line : lines.subList(
                5,
                lines.indexOf("Any other call fails with EPERM, but these with ENOSYS, on"
                        + " which libraries fall back:"))) {
            if (line.startsWith("    ")) {
                listed.addAll(List.of(line.strip().replaceAll("[*+]", "").split(" ")));
            }
        }
        Filter filter = new Filter(Presets.read(DATA).compile(choice));
        assertThat(listed).containsExactlyInAnyOrderElementsOf(filter.allowedNames());
        assertThat(lines.get(0))
                .startsWith(
                        "Preset " + preset.word() + ", mode enforce: " + listed.size() + " system calls are allowed,");
        assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(120));
    }

    private static List<String> explain(String call) {
        return CallExplanation.of(call, SeccompChoice.DEFAULT, DATA);
    }
}
