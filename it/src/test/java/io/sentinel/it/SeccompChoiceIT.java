package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.render.SandboxException;
import io.sentinel.seccomp.SeccompSource;
import io.sentinel.spec.Profile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a spec says of system calls is what the agent gets; what it gives up is told. */
class SeccompChoiceIT {

    /** msgget and sched_setaffinity, as every base image can make them; and whether there is a filter at all (proc(5)). */
    private static final String PROBE =
            """
            command:
              - sh
              - -c
              - |
                ipcmk -Q >/dev/null 2>&1 && echo msgget works
                taskset 1 true 2>/dev/null && echo affinity works
                grep '^Seccomp:' /proc/self/status
                true
            """;

    @TempDir
    private Path folder;

    @Test
    void presetRefusesWhatItDoesNotAllow() throws Exception {
        Box box = box("");
        assertThat(box.run(Profile.STRICT).out()).isEqualTo("affinity works\nSeccomp:\t2\n");
        assertThat(ofTheFilter(box.run(Profile.STRICT))).isEmpty();
    }

    @Test
    void adjustmentsTakeEffectAndAreTold() throws Exception {
        Box box = box("seccomp: {allow: [msgget], deny: [sched_setaffinity], because: \"a test\"}");
        Box.Result result = box.run(Profile.STRICT);
        assertThat(result.out()).isEqualTo("msgget works\nSeccomp:\t2\n");
        assertThat(ofTheFilter(result)).containsExactly("seccomp.allow lets through msgget (because: a test)");
        assertThat(box.warnings).containsAll(ofTheFilter(result));
        assertThat(Files.readString(box.layout.work().resolve("outcome.json")))
                .contains("seccomp.allow lets through msgget (because: a test)");
    }

    @Test
    void dangerousCallIsToldAsSuchOnTheNextRunToo() throws Exception {
        Box box = box("seccomp: {allow: [ptrace], because: \"gdb\"}");
        for (int run = 0; run < 2; run++) {
            assertThat(ofTheFilter(box.run(Profile.STRICT)))
                    .containsExactly(
                            "seccomp.allow lets through ptrace; the presets refuse ptrace on purpose (because: gdb)");
        }
    }

    @Test
    void modeOffHasNoFilterAndSaysSoLoudly() throws Exception {
        Box box = box("seccomp: {mode: off}");
        Box.Result result = box.run(Profile.STRICT);
        assertThat(result.out()).isEqualTo("msgget works\naffinity works\nSeccomp:\t0\n");
        assertThat(ofTheFilter(result))
                .singleElement()
                .asString()
                .startsWith("seccomp.mode is off: no system call filter at all");
        assertThat(box.warnings).containsAll(ofTheFilter(result));
    }

    @Test
    void modeOffIsRefusedInProduction() throws Exception {
        Box box = box("seccomp: {mode: off}");
        assertThatThrownBy(() -> box.run(Profile.STRICT, Box.invoker(0, 0, Map.of("SENTINEL_PRODUCTION", "true"))))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("SENTINEL_PRODUCTION is set");
    }

    @Test
    void profileOfTheProjectsOwnIsUsedAsItIs() throws Exception {
        write("filters/mine.json", shipped().replaceFirst("\"openat\",", "\"openat\", \"msgget\","));
        Box box = box("seccomp: {preset: custom, file: filters/mine.json}");
        Box.Result result = box.run(Profile.STRICT);
        assertThat(result.out()).isEqualTo("msgget works\naffinity works\nSeccomp:\t2\n");
        assertThat(ofTheFilter(result)).isEmpty();
        assertThat(box.layout.bundle().resolve("seccomp/sentinel-seccomp-custom.json"))
                .hasSameBinaryContentAs(folder.resolve("filters/mine.json"));
    }

    @Test
    void changeOfTheProfileAloneIsSeen() throws Exception {
        write("mine.json", shipped());
        Box box = box("seccomp: {preset: custom, file: mine.json}");
        assertThat(box.run(Profile.STRICT).out()).doesNotContain("msgget");
        write("mine.json", shipped().replaceFirst("\"openat\",", "\"openat\", \"msgget\", \"ptrace\","));
        Box.Result result = box.run(Profile.STRICT);
        assertThat(result.out()).contains("msgget works");
        assertThat(ofTheFilter(result))
                .singleElement()
                .asString()
                .startsWith("mine.json allows what every preset denies: ptrace (");
    }

    @Test
    void profileThatAllowsByDefaultIsRefusedWithItsPlace() throws Exception {
        write("mine.json", "{\n  \"defaultAction\": \"SCMP_ACT_ALLOW\"\n}\n");
        Box box = box("seccomp: {preset: custom, file: mine.json}");
        assertThatThrownBy(() -> box.run(Profile.STRICT))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("mine.json:2:20: ");
    }

    /** In the workspace, by a link that leads there, and by a link of the agent's that leads out of there. */
    @ParameterizedTest
    @CsvSource({
        "sandbox-workspace/mine.json, which lies in the workspace",
        "link.json, and the way there leads through a symbolic link",
        "sandbox-workspace/link.json, and the way there leads through a symbolic link",
    })
    void profileThatTheAgentCouldChangeIsRefused(String file, String reason) throws Exception {
        write("sandbox-workspace/mine.json", shipped());
        write("mine.json", shipped());
        Files.createSymbolicLink(folder.resolve("link.json"), Path.of("sandbox-workspace/mine.json"));
        Files.createSymbolicLink(folder.resolve("sandbox-workspace/link.json"), Path.of("../mine.json"));
        Box box = box("seccomp: {preset: custom, file: " + file + "}");
        assertThatThrownBy(() -> box.run(Profile.STRICT))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("seccomp.file names " + file + ", " + reason);
    }

    @Test
    void everyGoalThatReadsTheSpecTellsWhatItGivesUp() throws Exception {
        box("seccomp: {mode: off}");
        for (String goal : new String[] {"generate", "generate", "check", "build"}) {
            assertThat(Command.goal(folder, goal).output(0))
                    .as(goal)
                    .contains("[WARNING] seccomp.mode is off: no system call filter at all");
        }
    }

    @Test
    void profileThatIsNotThereIsRefused() throws Exception {
        Box box = box("seccomp: {preset: custom, file: nowhere.json}");
        assertThatThrownBy(() -> box.run(Profile.STRICT))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("seccomp.file: there is no file nowhere.json in " + folder);
    }

    @Test
    void goalExplainsWhatTheSpecChooses() throws Exception {
        box("seccomp: {preset: datasci, allow: [msgget]}");
        assertThat(Command.goal(folder, "seccomp").output(0))
                .contains("Preset datasci, mode enforce: ", "the spec: Allowed by the spec: no reason given (1; ");
        assertThat(Command.goal(folder, "seccomp", "-Dsyscall=msgget").output(0))
                .contains("msgget: system call 68 on x86_64", "Preset datasci, mode enforce: allowed");
        assertThat(Command.goal(folder, "seccomp", "-Dsyscall=opnat").output(1))
                .contains("Linux has no system call named opnat; the nearest is openat");
    }

    private Box box(String seccomp) throws Exception {
        return Box.of(folder, "name: box\nguard: off\n" + seccomp + "\n" + PROBE);
    }

    private void write(String name, String text) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** What the run told as weaker than the default, beside that it has no guard. */
    private static List<String> ofTheFilter(Box.Result result) {
        return result.outcome().weakenings().stream()
                .filter(sentence -> !sentence.startsWith("guard is off"))
                .toList();
    }

    private static String shipped() {
        return new String(SeccompSource.classPath().read("profiles/sentinel-seccomp.json"), StandardCharsets.UTF_8);
    }
}
