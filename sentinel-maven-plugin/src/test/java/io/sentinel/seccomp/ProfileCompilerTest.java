package io.sentinel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SeccompChoice.Mode;
import io.sentinel.spec.SeccompChoice.Preset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProfileCompilerTest {

    private static final Action ALLOW = new Action.Allow();

    @Test
    void callsWithTheSameReasonShareARuleAndAreSorted() {
        OciProfile profile = compile(
                """
                about: Files.
                allow:
                  - names: [write, open]
                  - {names: [splice], because: Go.}
                  - names: [close]
                """,
                Mode.ENFORCE);
        assertThat(profile.rules())
                .containsExactly(
                        new OciRule(List.of("close", "open", "write"), ALLOW, List.of(), Optional.of("Files.")),
                        new OciRule(List.of("splice"), ALLOW, List.of(), Optional.of("Go.")));
    }

    @Test
    void eachCaseOfAConditionIsARuleAndItsComparisonsHoldTogether() {
        OciProfile profile = compile(
                """
                about: Sockets.
                allow:
                  - names: [socket]
                    because: Modules.
                    when:
                      local: [{argument: 0, equals: 1}]
                      route: [{argument: 2, equals: 0}, {argument: 0, mask: 0xFF, equals: 16}]
                """,
                Mode.ENFORCE);
        assertThat(profile.rules())
                .containsExactly(
                        new OciRule(
                                List.of("socket"),
                                ALLOW,
                                List.of(new Comparison(0, 0xFFFF_FFFFL, 1)),
                                Optional.of("local: Modules.")),
                        new OciRule(
                                List.of("socket"),
                                ALLOW,
                                List.of(new Comparison(0, 0xFF, 16), new Comparison(2, 0xFFFF_FFFFL, 0)),
                                Optional.of("route: Modules.")));
    }

    @Test
    void noneOfBecomesOneRuleForEachBlockWithTheReasonOnTheFirst() {
        OciProfile profile = compile(
                """
                about: ioctl.
                allow:
                  - names: [ioctl]
                    because: Terminals.
                    when:
                      not two: [{argument: 1, mask: 0x3, none-of: [2]}]
                """,
                Mode.ENFORCE);
        assertThat(profile.rules())
                .containsExactly(
                        new OciRule(
                                List.of("ioctl"),
                                ALLOW,
                                List.of(new Comparison(1, 3, 0)),
                                Optional.of("not two: Terminals.")),
                        new OciRule(List.of("ioctl"), ALLOW, List.of(new Comparison(1, 1, 1)), Optional.empty()));
    }

    @Test
    void enforceRefusesWithEpermAndSaysOnlyOtherAnswers() {
        OciProfile profile = compile(
                """
                about: x
                refuse:
                  - {names: [clone3], errno: ENOSYS, because: Falls back.}
                  - {names: [bpf], errno: EPERM, because: Denied anyway.}
                """,
                Mode.ENFORCE);
        assertThat(profile.defaultAction()).isEqualTo(new Action.Refuse(Errno.EPERM));
        assertThat(profile.rules())
                .containsExactly(new OciRule(
                        List.of("clone3"), new Action.Refuse(Errno.ENOSYS), List.of(), Optional.of("Falls back.")));
    }

    @Test
    void logLetsThroughWhatIsNotAlwaysDenied() {
        OciProfile profile = compile("about: x\nallow:\n  - {names: [read]}\n", Mode.LOG);
        assertThat(profile.defaultAction()).isEqualTo(new Action.Log());
        assertThat(profile.rules())
                .last()
                .isEqualTo(new OciRule(
                        List.of("mount"), new Action.Refuse(Errno.EPERM), List.of(), Optional.of("Mounts.")));
    }

    @Test
    void plainCallsComeFirstThenConditionsThenRefusals() {
        OciProfile profile = compile(
                """
                about: x
                allow:
                  - {names: [clone], because: x, when: {x: [{argument: 0, equals: 0}]}}
                  - {names: [write]}
                refuse:
                  - {names: [access], errno: ENOSYS, because: x}
                """,
                Mode.LOG);
        assertThat(profile.rules())
                .extracting(rule -> rule.names().get(0))
                .containsExactly("write", "clone", "access", "mount");
    }

    @Test
    void profileIsWrittenAsDockerReadsIt() {
        OciProfile profile = new OciProfile(
                "Why \"so\".",
                new Action.Log(),
                List.of(
                        new OciRule(List.of("write", "read"), ALLOW, List.of(), Optional.of("Files.")),
                        new OciRule(
                                List.of("clone"),
                                new Action.Refuse(Errno.ENOSYS),
                                List.of(new Comparison(0, 0xF0, 0x10), new Comparison(1, 0xFFFF_FFFFL, 0)),
                                Optional.empty())));
        assertThat(new String(profile.toJson(), StandardCharsets.UTF_8))
                .isEqualTo(
                        """
                        {
                          "comment": "Why \\"so\\".",
                          "defaultAction": "SCMP_ACT_LOG",
                          "archMap": [
                            {
                              "architecture": "SCMP_ARCH_X86_64",
                              "subArchitectures": []
                            },
                            {
                              "architecture": "SCMP_ARCH_AARCH64",
                              "subArchitectures": []
                            }
                          ],
                          "syscalls": [
                            {
                              "comment": "Files.",
                              "names": [
                                "read",
                                "write"
                              ],
                              "action": "SCMP_ACT_ALLOW"
                            },
                            {
                              "names": [
                                "clone"
                              ],
                              "action": "SCMP_ACT_ERRNO",
                              "errnoRet": 38,
                              "args": [
                                { "index": 0, "value": 240, "valueTwo": 16, "op": "SCMP_CMP_MASKED_EQ" },
                                { "index": 1, "value": 4294967295, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ" }
                              ]
                            }
                          ]
                        }
                        """);
    }

    private static OciProfile compile(String group, Mode mode) {
        return Presets.read(Data.withGroup(group)).compile(SeccompChoice.of(Preset.STRICT, mode));
    }
}
