package io.sentinel.spec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.seccomp.ShippedStandings;
import io.sentinel.spec.Overrides.Override;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OverridesTest {

    @Test
    void aValueStandsBeforeTheFilesAndAddsWhatItLacks() throws Exception {
        Spec spec = read(
                "name: box\nresources: {memory: 64m, tmp: 1m, run: 1m}\n",
                Override.plain("--memory", "96m", "resources", "memory"),
                Override.plain("--pids", "9", "resources", "pids"),
                Override.plain("--seccomp-mode", "off", "seccomp", "mode"),
                Override.text("--env", "1", "environment", "A"));
        assertThat(spec.resources().memory()).isEqualTo(Size.mebibytes(96));
        assertThat(spec.resources().tmp()).isEqualTo(Size.mebibytes(1));
        assertThat(spec.resources().pids()).isEqualTo(9);
        assertThat(spec.seccomp().mode()).isEqualTo(SeccompChoice.Mode.OFF);
        assertThat(spec.environment()).containsEntry("A", "1");
    }

    @Test
    void ofTwoTheLastOneCounts() throws Exception {
        Spec spec = read(
                "name: box\n",
                Override.plain("--pids", "9", "resources", "pids"),
                Override.plain("--pids", "10", "resources", "pids"));
        assertThat(spec.resources().pids()).isEqualTo(10);
    }

    @Test
    void aKeyIsTakenOut() throws Exception {
        Spec spec = read(
                "name: box\nseccomp: {preset: custom, file: a.json}\n",
                Override.plain("--seccomp-profile", "strict", "seccomp", "preset"),
                Override.without("--seccomp-profile", "seccomp", "file"),
                Override.without("--seccomp-profile", "policy", "allowed_paths"));
        assertThat(spec.seccomp()).isEqualTo(SeccompChoice.DEFAULT);
    }

    /** The flag's value is nearer than that of whoever runs it. */
    @Test
    void aVariableThatAFlagSetsIsNotPassedOn() throws Exception {
        Spec spec = read(
                "name: box\npassEnvironment: [LANG, TZ]\n", Override.text("--env LANG", "C", "environment", "LANG"));
        assertThat(spec.passEnvironment()).containsExactly("TZ");
        assertThat(spec.environment()).containsEntry("LANG", "C");
    }

    @Test
    void aBadOneIsNamedByItsFlag() {
        assertThatThrownBy(() -> read("name: box\n", Override.plain("--memory", "1q", "resources", "memory")))
                .isInstanceOf(InvalidFileException.class)
                .hasMessage(
                        "--memory: expected a size from 16m to 65536g as a whole number and k, m or g, found \"1q\"; write it as in 512m");
    }

    @Test
    void aBadFileIsToldBesideABadFlag() {
        assertThatThrownBy(() -> read("nam: box\nname: b\n", Override.plain("--pids", "1", "resources", "pids")))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContainingAll("box.yaml has 2 problems:\n--pids: ", "box.yaml:1:1: nam: unknown key");
    }

    private static Spec read(String text, Override... overrides) throws InvalidFileException {
        return SpecReader.read(
                "box.yaml",
                text.getBytes(UTF_8),
                new ShippedStandings(),
                new Overrides(List.of(overrides), Optional.empty(), Optional.empty()));
    }
}
