package io.sentinel.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.spec.GuardMode;
import io.sentinel.spec.Policy;
import io.sentinel.spec.PolicyCompiler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher's own sources on this machine: under the compiler's sanitizers, and built for the other machine. */
class GuardLauncherTest {

    private static final Path LAUNCHER = Path.of("../guard/launcher").toAbsolutePath();
    private static final Path BUILD = Path.of("target/guard-sanitized").toAbsolutePath();

    @TempDir
    private Path folder;

    @BeforeAll
    static void build() throws Exception {
        assertThat(run(LAUNCHER.resolve("build").toString(), BUILD.toString(), "sanitized"))
                .isEqualTo(new Ended(0, ""));
    }

    /** What it keeps and for how long, what it asks for, what it hears: with a time of the test's own. */
    @Test
    void resolverAsksKeepsAndForgets() throws Exception {
        Ended ended = run(BUILD.resolve("guard-names").toString());
        assertThat(ended.said()).matches("[0-9]{2,} checked, 0 wrong\n");
        assertThat(ended.code()).isZero();
    }

    /** What `scripts/bench fuzz` found, and what reaches as much of the sources as it did. */
    @Test
    void noInputThatWasKeptBreaksAnything() throws Exception {
        for (String target : List.of("policy", "names")) {
            List<String> words =
                    new ArrayList<>(List.of(BUILD.resolve("each-" + target).toString()));
            try (Stream<Path> inputs =
                    Files.list(LAUNCHER.resolve("test/corpus").resolve(target))) {
                inputs.map(Path::toString).sorted().forEach(words::add);
            }
            assertThat(words).hasSizeGreaterThan(30);
            assertThat(run(words.toArray(String[]::new))).isEqualTo(new Ended(0, (words.size() - 1) + " tried\n"));
        }
    }

    /** By an emulator of programs, which knows neither Landlock nor notifications: as far as the policy. */
    @Test
    void launcherOfTheOtherMachineRefusesTheSame() throws Exception {
        Path policy = folder.resolve("policy");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> other = otherMachine();
        assertThat(run(words(other, "--policy", policy.toString()))).satisfies(said(64, "usage: sentinel-guard"));
        assertThat(run(words(other, "--policy", policy.toString(), "--", "true")))
                .satisfies(said(78, "refused: the compiled policy " + policy + " cannot be read"));
        String whole = PolicyCompiler.compile(Policy.DEFAULT, GuardMode.ENFORCE, "0".repeat(64), List.of());
        Files.writeString(policy, whole.replace("mode enforce", "mode off"));
        assertThat(run(words(other, "--policy", policy.toString(), "--", "true")))
                .satisfies(
                        said(78, "refused: the compiled policy " + policy + ", line 3: expected enforce or audit; "));
        Files.writeString(policy, whole.substring(0, whole.length() - 1));
        assertThat(run(words(other, "--policy", policy.toString(), "--", "true")))
                .satisfies(said(78, "expected a keyword, a space, a value and the line's end"));
        Files.writeString(policy, whole);
        assertThat(run(words(other, "--policy", policy.toString(), "--", "true")))
                .satisfies(said(78, "the policy /workspace/sentinel.yaml "));
    }

    private List<String> otherMachine() throws IOException {
        String name = System.getProperty("os.arch").equals("amd64") ? "aarch64" : "x86_64";
        Path emulator = Path.of("/usr/bin/qemu-" + name + "-static");
        assertThat(emulator).as("Debian's qemu-user-static is not installed").exists();
        Path program = folder.resolve("guard");
        Files.copy(Path.of("target/classes/guard/sentinel-guard-" + name), program);
        List<String> words = new ArrayList<>();
        if (Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
            words.addAll(List.of("setpriv", "--reuid=10001", "--regid=10001", "--clear-groups")); // it refuses root
        }
        words.addAll(List.of(emulator.toString(), program.toString()));
        return words;
    }

    private static String[] words(List<String> before, String... more) {
        return Stream.concat(before.stream(), Stream.of(more)).toArray(String[]::new);
    }

    private static java.util.function.Consumer<Ended> said(int code, String words) {
        return ended -> {
            assertThat(ended.said()).contains(words);
            assertThat(ended.code()).isEqualTo(code);
        };
    }

    private record Ended(int code, String said) {}

    private static Ended run(String... words) throws Exception {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return new Ended(process.exitValue(), said);
    }
}
