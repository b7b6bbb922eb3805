package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever of the guard is missing, broken or killed: the agent does not start, or ends, and whoever started it reads
 * what is amiss, where, and what to do. By the bundle's own compose file, with one thing changed each time.
 */
class GuardClosedIT {

    private static final String SPEC =
            """
            name: closed
            command: [echo, started]
            guard: enforce
            policy: {allowed_commands: [sleep, "true"]}
            """;

    private static final String LAUNCHER = "/opt/sentinel/bin/sentinel-guard";

    @TempDir
    private static Path folder;

    private static Guarded guarded;

    @BeforeAll
    static void build() throws Exception {
        guarded = Guarded.build(folder, SPEC);
        // What each test relies on: unchanged, it starts.
        assertThat(guarded.strict().output(0)).isEqualTo("started\n");
    }

    @AfterAll
    static void remove() throws Exception {
        guarded.remove();
    }

    private static void refused(Command command, String... words) throws Exception {
        assertThat(command.output(78))
                .contains("sentinel: refused: ")
                .contains(words)
                .doesNotContain("started");
    }

    // ---- The launcher ----

    @Test
    void missingLauncher() throws Exception {
        refused(
                guarded.strict("image: " + guarded.imageAfter("rm " + LAUNCHER)),
                "the image has no guard; build it anew");
    }

    /** Each is executable by its mode, and no program that the kernel runs: a shell would take it for a script. */
    static Stream<Arguments> launchersThatDoNotRun() throws IOException {
        byte[] launcher = Files.readAllBytes(guarded.box.layout.bundle().resolve(Guarded.OWN_LAUNCHER));
        byte[] other = launcher.clone();
        // The machine that an ELF file is for: one that no emulator is registered for.
        other[18] = (byte) 0xFF;
        return Stream.of(
                Arguments.of("of another machine", other),
                Arguments.of("cut", Arrays.copyOf(launcher, launcher.length / 2)),
                Arguments.of("empty", new byte[0]));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void launchersThatDoNotRun(String name, byte[] launcher) throws Exception {
        refused(
                guarded.strict(Guarded.mount(guarded.file("launcher-" + name.replace(' ', '-'), launcher), LAUNCHER)),
                "the image's guard " + LAUNCHER + " does not run on this machine; build the image anew");
    }

    /** By an emulator of programs, which knows no Landlock: as far as the agent's start. */
    @Test
    void launcherForTheOtherMachine() throws Exception {
        String name = Guarded.OWN_LAUNCHER.endsWith("x86_64") ? "aarch64" : "x86_64";
        Path emulator = Path.of("/usr/bin/qemu-" + name + "-static");
        assertThat(emulator).as("Debian's qemu-user-static is not installed").exists();
        List<String> changes = List.of(
                "entrypoint: [/emulator, /other-guard, --]",
                "volumes: [{type: bind, source: " + emulator + ", target: /emulator, read_only: true}, "
                        + "{type: bind, source: " + guarded.copyOf("guard/sentinel-guard-" + name, name)
                        + ", target: /other-guard, read_only: true}]");
        refused(guarded.start("strict", Map.of(), changes), "this kernel has no Landlock");
        refused(
                guarded.start("strict", Map.of("SENTINEL_POLICY_SHA256", "0"), changes),
                ", not SENTINEL_POLICY_SHA256");
        Guarded audits = guarded.with("audits", SPEC.replace("enforce", "audit"));
        refused(audits.start("strict", Map.of(), changes), "the kernel lacks what the guard is made of");
        try (Stream<Path> trails = Files.list(audits.box.layout.trail())) {
            String trail = Files.readString(trails.findFirst().orElseThrow());
            assertThat(trail.lines().map(GuardClosedIT::chained)).containsExactly("policy", "kernel", "start");
        }
    }

    /** The action of a record whose hash is right. */
    private static String chained(String line) {
        int end = line.indexOf(",\"hash\":");
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(line.substring(0, end).getBytes(StandardCharsets.UTF_8));
            assertThat(line).endsWith(",\"hash\":\"" + HexFormat.of().formatHex(digest) + "\"}");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
        return line.replaceAll(".*\"action\":\"([a-z]+)\".*", "$1");
    }

    // ---- The policy ----

    static Stream<Arguments> brokenPolicies() throws IOException {
        String whole = Files.readString(guarded.copyOf("guard/policy", "policy"));
        return Stream.of(
                Arguments.of("empty", "", "line 1: it ends before its last line; the file was cut"),
                Arguments.of("cut in a line", whole.substring(0, whole.length() - 3), "expected a keyword, a space"),
                Arguments.of("cut after a line", whole.replaceFirst("end .*\n", ""), "the file was cut"),
                Arguments.of("a line short", whole.replaceFirst("command sleep\n", ""), "expected the number of lines"),
                Arguments.of("garbage", "\u0001\u0002garbage\n", "line 1: a control character"),
                Arguments.of("of another version", whole.replace("policy 1", "policy 2"), "line 1: it is of another"),
                Arguments.of(
                        "of another file", whole.replaceFirst("source .", "source z"), "line 2: expected a SHA-256"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void brokenPolicies(String name, String policy, String words) throws Exception {
        Path file = guarded.file("policy-" + name.replace(' ', '-'), policy.getBytes(StandardCharsets.UTF_8));
        refused(
                guarded.strict(Guarded.mount(file, "/opt/sentinel/policy")),
                "the compiled policy /opt/sentinel/policy, ",
                words,
                "; mount the bundle's own guard/policy");
    }

    @Test
    void policyThatCannotBeRead() throws Exception {
        Path file = guarded.copyOf("guard/policy", "unreadable");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        refused(
                guarded.strict(Guarded.mount(file, "/opt/sentinel/policy")),
                "the compiled policy /opt/sentinel/policy cannot be read; mount the bundle's own guard/policy there");
    }

    @Test
    void policyThatIsAbsent() throws Exception {
        refused(
                guarded.strict("entrypoint: [" + LAUNCHER + ", --policy, /opt/sentinel/none, --]"),
                "the compiled policy /opt/sentinel/none cannot be read");
        // The engine is asked for a mount of it, and makes no folder in its place.
        Guarded without = guarded.with("absent", SPEC);
        Files.delete(without.box.layout.bundle().resolve("guard/policy"));
        Command command = without.strict().ended();
        assertThat(command.output()).contains("guard/policy").doesNotContain("started");
        assertThat(command.exitCode()).isNotZero();
    }

    /** By the entrypoint, and by the launcher alone, where an image has no shell. */
    @Test
    void policyOfAnotherHash() throws Exception {
        for (String entrypoint : List.of("/opt/sentinel/bin/entrypoint", LAUNCHER + ", --")) {
            refused(
                    guarded.start(
                            "strict",
                            Map.of("SENTINEL_POLICY_SHA256", "0".repeat(64)),
                            List.of("entrypoint: [" + entrypoint + "]")),
                    "the policy's SHA-256 is ",
                    ", not SENTINEL_POLICY_SHA256; set it to this one if this policy is meant");
        }
    }

    // ---- The supervisor ----

    /** With it ends the container, and in that whatever the agent has left behind. */
    @Test
    void supervisorThatIsKilled() throws Exception {
        Path beat = guarded.workspace().resolve("workspace/beat");
        Command run = guarded.strict(
                        "command: [sh, -c, \"(while echo x >>workspace/beat; do sleep 0.05; done) & echo up; "
                                + "exec sleep 300\"]")
                .saying("up");
        String container = Command.docker(
                        folder, "ps", "--quiet", "--filter=label=com.docker.compose.project=sentinel-closed")
                .output(0)
                .strip();
        String supervisor = Command.docker(folder, "top", container, "-eo", "pid,args")
                .output(0)
                .lines()
                .filter(line -> line.contains(LAUNCHER + " -- ") && !line.contains("/entrypoint"))
                .map(line -> line.strip().split(" ")[0])
                .toList()
                .get(0);
        Command.docker(
                        folder,
                        "run",
                        "--rm",
                        "--pid=host",
                        "--network=none",
                        Box.BASE,
                        "sh",
                        "-c",
                        "kill -9 " + supervisor)
                .output(0);
        assertThat(run.output(137)).startsWith("up\n");
        long size = Files.size(beat);
        assertThat(size).isPositive();
        TimeUnit.MILLISECONDS.sleep(500);
        assertThat(Files.size(beat)).isEqualTo(size);
    }

    @Test
    void supervisorIsOutOfTheAgentsReach() throws Exception {
        String agent =
                """
                import ctypes, os, resource, signal, struct, sys
                guard, libc = os.getppid(), ctypes.CDLL(None, use_errno=True)
                def call(*words):
                    if libc.syscall(*words) < 0:
                        raise OSError(ctypes.get_errno(), "refused")
                def write(name, text):
                    with open(f"/proc/{guard}/{name}", "r+b", 0) as file:
                        file.write(text)
                numbers = {"x86_64": (234, 129, 297, 101, 424), "aarch64": (131, 138, 240, 117, 424)}[os.uname().machine]
                signals = ctypes.create_string_buffer(struct.pack("iii", 9, 0, -1), 128)
                attempts = {
                    "kill": lambda: os.kill(guard, 9), "stop": lambda: os.kill(guard, 19),
                    "thread": lambda: call(numbers[0], guard, guard, 9), "queue": lambda: call(numbers[1], guard, 9, signals),
                    "queue to thread": lambda: call(numbers[2], guard, guard, 9, signals),
                    "descriptor": lambda: call(numbers[4], os.pidfd_open(guard), 9, 0, 0),
                    "trace": lambda: call(numbers[3], 16, guard, 0, 0),
                    "limit": lambda: resource.prlimit(guard, resource.RLIMIT_CPU, (1, 1)),
                    "priority": lambda: os.setpriority(os.PRIO_PROCESS, guard, 19),
                    "memory": lambda: write("mem", b"x"), "badness": lambda: write("oom_score_adj", b"1000"),
                }
                for name, attempt in attempts.items():
                    try:
                        attempt()
                        print(name, "went through", flush=True)
                    except OSError:
                        print(name, "refused", flush=True)
                sys.exit(7 if os.getppid() == guard else 8)
                """;
        Path program = guarded.file("agent.py", agent.getBytes(StandardCharsets.UTF_8));
        Files.copy(program, guarded.workspace().resolve("agent.py"));
        assertThat(guarded.strict("command: [python3, agent.py]").output(7).lines())
                .hasSize(11)
                .allMatch(line -> line.endsWith(" refused"));
    }

    // ---- The hook ----

    @Test
    void hookThatIsBroken() throws Exception {
        Path none = Files.createDirectory(folder.resolve("no-hook"));
        assertThat(guarded.strict(
                                Guarded.mount(none, "/opt/sentinel/python/sentinel_guard"),
                                "command: [python3, -c, 'print(\"started\")']")
                        .output(78))
                .contains("sentinel: the Python hook did not start, so Python does not either: ")
                .doesNotContain("started");
    }

    /** It is no boundary: the kernel still refuses, without the sentence that names the key. */
    @Test
    void hookThatIsRemoved() throws Exception {
        String image = guarded.imageAfter(
                "find / -xdev \\( -name 00-sentinel.pth -o -name 'sitecustomize*' \\) -delete",
                "rm -r /opt/sentinel/python");
        String agent =
                """
                import os, subprocess, sys
                print("sentinel_guard" in sys.modules)
                for attempt in (lambda: open("/workspace/new", "w"), lambda: os.listdir("/opt/sentinel/audit"),
                                lambda: subprocess.run(["cat", "/etc/hostname"])):
                    try:
                        print("went through", attempt())
                    except PermissionError as error:
                        print(error.strerror)
                """;
        Files.writeString(guarded.workspace().resolve("unhooked.py"), agent);
        assertThat(guarded.strict("image: " + image, "command: [python3, unhooked.py]")
                        .output(0))
                .isEqualTo("False\n" + "Permission denied\n".repeat(3));
    }
}
