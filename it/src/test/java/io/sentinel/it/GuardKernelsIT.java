package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each version of Landlock has rules that the one before does not know, and takes none that it does not know itself. The kernel
 * at hand is a new one, so the launcher is built to make the rules of an older one: what that kernel would refuse, this one
 * refuses too, as rules are held against what their set says that it handles.
 */
class GuardKernelsIT {

    private static final String AGENT =
            """
            import os, subprocess
            def attempt(name, what):
                try:
                    what()
                    print(name, "went")
                except OSError:
                    print(name, "failed")
            def write(path):
                with open(path, "w") as file:
                    file.write("x")
            attempt("read", lambda: open("/etc/debian_version").read())
            attempt("write", lambda: write("/workspace/workspace/new"))
            attempt("temporary", lambda: write("/tmp/new"))
            attempt("program", lambda: subprocess.run(["ls", "/workspace"], stdout=subprocess.DEVNULL, check=True))
            attempt("outside", lambda: write("/workspace/new"))
            attempt("secret", lambda: os.listdir("/opt/sentinel/audit"))
            attempt("other program", lambda: subprocess.run(["cat", "/etc/hostname"]))
            import fcntl, signal
            own = os.open("/dev/null", os.O_RDONLY)
            if open("/workspace/older").read() == "yes":
                supervisor = os.getppid()
                handle = os.open("/proc/%d" % supervisor, os.O_RDONLY)
                attempt("stop all", lambda: os.kill(-1, signal.SIGSTOP))
                attempt("stop the group", lambda: os.kill(-os.getpgid(supervisor), signal.SIGSTOP))
                attempt("stop by a handle", lambda: signal.pidfd_send_signal(handle, signal.SIGSTOP))
                attempt("stop by a file", lambda: fcntl.fcntl(own, fcntl.F_SETSIG, int(signal.SIGSTOP)))
            attempt("look for the group", lambda: os.kill(0, 0))
            print("went on", flush=True)
            """;

    @TempDir
    private static Path folder;

    private static Guarded guarded;

    @BeforeAll
    static void build() throws Exception {
        guarded = Guarded.build(folder, "name: kernels\ncommand: [python3, -S, agent.py]\n");
        Files.createDirectories(guarded.workspace());
        Files.writeString(guarded.workspace().resolve("agent.py"), AGENT);
    }

    @AfterAll
    static void remove() throws Exception {
        guarded.remove();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void policyHolds(int version) throws Exception {
        Path built = Path.of("target/guard-older").toAbsolutePath();
        String script = Path.of("../guard/launcher/build").toAbsolutePath().toString();
        Command.start(folder, Map.of(), List.of(script, built.toString(), "older", Integer.toString(version)))
                .output(0);
        Path launcher =
                guarded.file("older-" + version, Files.readAllBytes(built.resolve("sentinel-guard-older-" + version)));
        // From the sixth on Landlock keeps signals in, and this very process is of the group.
        Files.writeString(guarded.workspace().resolve("older"), version < 6 ? "yes" : "no");
        for (String profile : List.of("strict", "standard")) {
            String said = guarded.start(
                            profile,
                            Map.of("SENTINEL_TRAIL", profile + version),
                            List.of(Guarded.mount(launcher, "/opt/sentinel/bin/sentinel-guard")))
                    .output(0);
            assertThat(said)
                    .as(profile)
                    .contains("read went", "write went", "temporary went", "program went")
                    .contains("outside failed", "secret failed", "other program failed")
                    .contains("look for the group went", "went on");
            if (version < 6) {
                assertThat(said)
                        .as(profile)
                        .contains("stop all failed", "stop the group failed", "stop by a handle failed")
                        .contains("stop by a file failed");
            }
            assertThat(Files.readString(guarded.box.layout.trail().resolve(profile + version + ".jsonl")))
                    .contains("Landlock " + version);
        }
    }
}
