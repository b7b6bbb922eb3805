package io.sentinel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SeccompChoice.Adjustments;
import io.sentinel.spec.SeccompChoice.Mode;
import io.sentinel.spec.SeccompChoice.Preset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Presets as a spec changes them, and as the guard needs them. */
class AdjustmentsTest {

    private static final Action ALLOW = new Action.Allow();
    private static final Action EPERM = new Action.Refuse(Errno.EPERM);
    private static final List<Mode> FILTERING = Mode.FILTERING;

    private final Presets presets = Presets.read(SeccompSource.classPath());

    @ParameterizedTest
    @FieldSource("FILTERING")
    void allowedCallGoesThroughWhateverItsArguments(Mode mode) {
        OciProfile profile = presets.compile(choice(mode, List.of("msgget", "ptrace", "clone", "execveat"), List.of()));
        Filter filter = new Filter(profile);
        for (String call : List.of("msgget", "ptrace", "execveat")) {
            assertThat(filter.of(call)).as(call).isEqualTo(ALLOW);
        }
        assertThat(filter.of("clone", 0x10000000)).isEqualTo(ALLOW);
        assertThat(profile.rules())
                .filteredOn(rule -> rule.names().contains("ptrace"))
                .extracting(OciRule::comment)
                .containsExactly(Optional.of("Allowed by the spec: Tests."));
        assertThat(profile.comment()).contains("Changed by the spec: allows msgget, ptrace, clone, execveat (Tests.)");
    }

    @ParameterizedTest
    @FieldSource("FILTERING")
    void nothingElseChanges(Mode mode) {
        Filter plain = new Filter(presets.compile(SeccompChoice.of(Preset.STRICT, mode)));
        Filter adjusted = new Filter(presets.compile(choice(mode, List.of("ptrace"), List.of("personality"))));
        Set<String> names = new TreeSet<>();
        plain.profile().rules().forEach(rule -> names.addAll(rule.names()));
        names.removeAll(Set.of("ptrace", "personality"));
        assertThat(names).hasSizeGreaterThan(200).allSatisfy(name -> {
            for (long argument : new long[] {0, 1, 2, 16, 0x5412, 0x10000000}) {
                long[] arguments = {argument, argument, argument};
                assertThat(adjusted.of(name, arguments)).as(name).isEqualTo(plain.of(name, arguments));
            }
        });
    }

    @Test
    void deniedCallFailsAndOneWithAnAnswerOfItsOwnKeepsIt() {
        Filter filter =
                new Filter(presets.compile(choice(Mode.ENFORCE, List.of(), List.of("kill", "socket", "clone3"))));
        assertThat(filter.of("kill")).isEqualTo(EPERM);
        assertThat(filter.of("socket", 1)).isEqualTo(EPERM);
        assertThat(filter.of("clone3")).isEqualTo(new Action.Refuse(Errno.ENOSYS));
    }

    /** What a denial would break is what the mode is for. */
    @Test
    void deniedCallIsLoggedInModeLog() {
        Filter filter = new Filter(presets.compile(choice(Mode.LOG, List.of(), List.of("kill"))));
        assertThat(filter.of("kill")).isEqualTo(new Action.Log());
    }

    @ParameterizedTest
    @FieldSource("FILTERING")
    void guardGetsItsCallAndNoMore(Mode mode) {
        SeccompChoice strict = SeccompChoice.of(Preset.STRICT, mode);
        Set<String> without = new Filter(presets.compile(strict)).allowedNames();
        Set<String> with = new Filter(presets.compileForGuard(strict)).allowedNames();
        with.removeAll(without);
        assertThat(with).containsExactly("pidfd_getfd");
    }

    private static SeccompChoice choice(Mode mode, List<String> allow, List<String> deny) {
        return new SeccompChoice(
                Preset.STRICT, mode, Optional.empty(), new Adjustments(allow, deny, Optional.of("Tests.")));
    }
}
