package io.sentinel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SeccompChoice.Mode;
import io.sentinel.spec.SeccompChoice.Preset;
import org.junit.jupiter.api.Test;

class ContradictionsTest {

    private static final String WHEN = ", because: x, when: {c: [{argument: 0, mask: 0xF, equals: %s}]}}\n";

    @Test
    void callAllowedAlikeInTwoGroupsStandsInTheProfileOnce() {
        OciProfile profile = Presets.read(two("{names: [read, write]}\n", "{names: [read]}\n"))
                .compile(SeccompChoice.of(Preset.STRICT, Mode.ENFORCE));
        assertThat(profile.rules()).singleElement().satisfies(rule -> assertThat(rule.names())
                .containsExactly("read", "write"));
    }

    @Test
    void callWithAConditionInOneGroupOnlyIsRefused() {
        refused(two("{names: [read]}\n", "{names: [read]" + WHEN.formatted(1)));
    }

    @Test
    void callWithTwoConditionsIsRefused() {
        refused(two("{names: [read]" + WHEN.formatted(1), "{names: [read]" + WHEN.formatted(2)));
    }

    @Test
    void callThatIsAlwaysDeniedIsAllowedByNoGroup() {
        refused(Data.withGroup("about: x\nallow:\n  - {names: [mount]}\n"));
        refused(Data.withGroup("about: x\nallow:\n  - {names: [mount]" + WHEN.formatted(1)));
    }

    @Test
    void refusalWithAnotherErrnoIsRefused() {
        refused(Data.withGroup("about: x\nrefuse:\n  - {names: [mount], errno: ENOSYS, because: x}\n"));
    }

    @Test
    void refusalOfOtherArgumentsIsNoContradiction() {
        SeccompSource data = Data.withGroup("about: x\nallow:\n  - {names: [clone]" + WHEN.formatted(1))
                .file("always-denied.yaml", "about: x\nrefuse:\n  - {names: [clone], errno: EPERM" + WHEN.formatted(2));
        Filter filter = new Filter(Presets.read(data).compile(SeccompChoice.of(Preset.STRICT, Mode.LOG)));
        assertThat(filter.of("clone", 1)).isEqualTo(new Action.Allow());
        assertThat(filter.of("clone", 2)).isEqualTo(new Action.Refuse(Errno.EPERM));
        assertThat(filter.of("clone", 3)).isEqualTo(new Action.Log());
    }

    private static SeccompSource two(String first, String second) {
        return new Data()
                .file("presets/strict.yaml", "about: x\ngroups: [calls, more]\n")
                .file("groups/calls.yaml", "about: x\nallow:\n  - " + first)
                .file("groups/more.yaml", "about: y\nallow:\n  - " + second);
    }

    private static void refused(SeccompSource data) {
        assertThatExceptionOfType(SeccompDataException.class)
                .isThrownBy(() -> Presets.read(data))
                .withMessageMatching(
                        "preset strict: seccomp/groups/calls.yaml:3 and seccomp/\\S+:3 contradict each other about .*");
    }
}
