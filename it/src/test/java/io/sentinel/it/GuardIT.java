package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.audit.AuditFolder;
import io.sentinel.render.SandboxException;
import io.sentinel.run.Outcome;
import io.sentinel.spec.Profile;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guard in a container: what the policy does not allow fails there, in every profile, and the host learns of it. */
class GuardIT {

    /** Runs each of its attempts, and says in a line what came of it. */
    private static final String HEAD =
            """
            import os, socket, subprocess, sys
            def attempt(name, what):
                try:
                    print(name, "did", what(), flush=True)
                except BaseException as error:
                    print(name, "failed", type(error).__name__, error, flush=True)
            def connect(host, port):
                with socket.create_connection((host, port), 2):
                    return "connect"
            def read(path):
                with open(path) as file:
                    return file.readline().strip()
            def write(path):
                with open(path, "w") as file:
                    return file.write("x")
            """;

    @TempDir
    private Path folder;

    private Box box;

    private Box.Result run(Profile profile, String spec, String attempts) throws Exception {
        box = Box.withPython(folder, "name: guarded\ncommand: [python3, agent.py]\n" + spec);
        box.generate();
        Path workspace = folder.resolve("sandbox-workspace");
        Files.writeString(workspace.resolve("agent.py"), HEAD + attempts);
        return box.run(profile);
    }

    private String trail() throws Exception {
        try (Stream<Path> files = Files.list(box.layout.work().resolve(AuditFolder.NAME))) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return Files.readString(all.get(0));
        }
    }

    @Test
    void agentDoesWhatThePolicyAllowsAndNothingElse() throws Exception {
        Box.Result ran = run(
                Profile.STRICT,
                "",
                """
                import ctypes
                def truncate(path):
                    libc = ctypes.CDLL(None, use_errno=True)
                    if libc.truncate(path.encode(), ctypes.c_long(0)):
                        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
                attempt("own", lambda: read("agent.py"))
                attempt("log, its own file", lambda: truncate("/workspace/audit.log"))
                attempt("runtime", lambda: read("/etc/debian_version"))
                attempt("workspace", lambda: write("/workspace/workspace/new"))
                attempt("temporary", lambda: write("/tmp/new"))
                attempt("listed", lambda: subprocess.run(["ls", "/workspace"], stdout=subprocess.PIPE).returncode)
                attempt("outside", lambda: write("/workspace/new"))
                attempt("home", lambda: os.listdir("/root"))
                attempt("trail", lambda: os.listdir("/opt/sentinel/audit"))
                attempt("trail by another", lambda: subprocess.run(["ls", "/opt/sentinel/audit"]).returncode)
                attempt("unlisted", lambda: subprocess.run(["cat", "/etc/hostname"]).returncode)
                attempt("itself", lambda: subprocess.run([sys.executable, "-c", "print('child')"]).returncode)
                attempt("kernel", lambda: __import__("_posixsubprocess") and os.execv("/usr/bin/cat", ["cat", "/etc/hostname"]))
                sys.exit(7)
                """);
        assertThat(ran.out().lines())
                .as(ran.err())
                .anyMatch(line -> line.startsWith("own did import os"))
                .anyMatch(line -> line.startsWith("runtime did "))
                .contains("workspace did 1", "temporary did 1", "listed did 0")
                .anyMatch(line -> line.startsWith("outside failed PermissionError") && line.contains("allowed_paths"))
                .contains("log, its own file failed PermissionError [Errno 13] Permission denied")
                .anyMatch(line -> line.startsWith("home failed PermissionError"))
                .anyMatch(line -> line.startsWith("trail failed PermissionError"))
                .contains("trail by another did 2")
                .anyMatch(
                        line -> line.startsWith("unlisted failed PermissionError") && line.contains("allowed_commands"))
                .anyMatch(line ->
                        line.startsWith("itself failed PermissionError") && line.contains("allowed_interpreters"))
                .anyMatch(line -> line.startsWith("kernel failed PermissionError"));
        assertThat(ran.out()).doesNotContain("child");
        assertThat(ran.outcome().exitCode()).hasValue(7);
        assertThat(trail())
                .contains("\"action\":\"start\"", "\"action\":\"exec\",\"target\":\"/usr/bin/ls\"")
                .contains("\"source\":\"python\"")
                .contains("\"action\":\"end\",\"target\":\"7\"");
        assertThat(box.warnings)
                .anyMatch(line -> line.contains("What the guard denied"))
                .contains("  policy.allowed_commands: [echo, ls, cat]")
                .anyMatch(line -> line.startsWith("  policy.allowed_interpreters: [python3"))
                .anyMatch(line -> line.startsWith("  /opt/sentinel/audit is the guard's own"));
        assertThat(box.guarding)
                .singleElement()
                .asString()
                .matches("guard: enforces policy [0-9a-f]{12} in strict, by Landlock [0-9]+.*");
        // The host has its copy, so that the guard's own file is gone; and the outcome notes how it ends.
        assertThat(box.layout.trail().toFile().list()).isEmpty();
        Outcome.Audit audit = ran.outcome().audit().orElseThrow();
        assertThat(trail()).endsWith("\"hash\":\"" + audit.lastHash() + "\"}\n").hasLineCount((int) audit.records());
        assertThat(audit.complete()).isTrue();
        assertThat(audit.denied()).isPositive();
        assertThat(Files.readString(folder.resolve("sandbox-workspace/audit.log")))
                .contains(" - INFO - [DENIED] ");
    }

    /** Descriptors are sent by the supervisor, whose own have numbers too: a message has what it says itself, and nothing else. */
    @Test
    void messageSendsNoDescriptorThatAnEarlierOneNamed() throws Exception {
        Box.Result ran = run(
                Profile.STANDARD,
                "",
                """
                import ctypes, struct
                libc = ctypes.CDLL(None, use_errno=True)
                byte = ctypes.create_string_buffer(b"x")
                piece = (ctypes.c_uint64 * 2)(ctypes.addressof(byte), 1)
                def send(sender, control, size):
                    message = (ctypes.c_uint64 * 7)(0, 0, ctypes.addressof(piece), 1, control, size, 0)
                    return ctypes.get_errno() if libc.sendmsg(sender.fileno(), message, 0) < 0 else 0
                left, right = socket.socketpair()
                right.setblocking(False)
                came = set()
                def take():
                    try:
                        came.update(kind for _, kind, _ in right.recvmsg(1, 64)[1])
                    except BlockingIOError:
                        pass
                def rights(number):
                    return struct.pack("=Qiii4x", 20, socket.SOL_SOCKET, socket.SCM_RIGHTS, number)
                room = ctypes.create_string_buffer(40)
                room[:24] = rights(left.fileno())
                said = send(left, ctypes.addressof(room), 24)
                take()
                print("its own", said, came)
                came.clear()
                errors = set()
                for number in range(64):
                    # What is no control message that a local socket knows, and one behind it with a number of the supervisor's.
                    room[:40] = struct.pack("=Qii", 16, 99, 0) + rights(number)
                    errors.add(send(left, ctypes.addressof(room), 40))
                    take()
                    errors.add(send(left, 0, 40))
                    take()
                print("others", came, sorted(errors))
                """);
        assertThat(ran.out()).as(ran.err()).isEqualTo("its own 0 {1}\nothers set() [1, 14]\n");
    }

    /** Names lead to this host's own containers alone; that the network behind them drops what comes is its own matter. */
    @Test
    void namesAndAddressesThatThePolicyDoesNotListAreOutOfReachInStandard() throws Exception {
        Box.Result ran = run(
                Profile.STANDARD,
                """
                policy: {allowed_hosts: [listed.example.com, localhost], network_failsafe: {allow_private_network: true}}
                """,
                """
                import ctypes, threading
                def unhooked(name):
                    result = ctypes.c_void_p()
                    code = ctypes.CDLL(None).getaddrinfo(name.encode(), None, None, ctypes.byref(result))
                    if code:
                        raise socket.gaierror(code, "Name or service not known")
                server = socket.create_server(("127.0.0.1", 0))
                threading.Thread(target=lambda: server.accept(), daemon=True).start()
                attempt("resolver", lambda: read("/etc/resolv.conf") and "theirs")
                attempt("loopback", lambda: connect(*server.getsockname()))
                attempt("unlisted", lambda: socket.getaddrinfo("unlisted.example.com", 443))
                attempt("unhooked", lambda: unhooked("unhooked.example.com"))
                attempt("literal", lambda: connect("203.0.113.1", 443))
                attempt("mapped", lambda: socket.socket(socket.AF_INET6).connect(("::ffff:203.0.113.1", 443)))
                attempt("datagram", lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("203.0.113.1", 443)))
                attempt("engine", lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.11", 53)))
                """);
        assertThat(ran.out().lines())
                .as(ran.err())
                .contains("loopback did connect")
                .anyMatch(line -> line.startsWith("unlisted failed PermissionError") && line.contains("allowed_hosts"))
                .contains("unhooked failed gaierror [Errno -2] Name or service not known")
                .anyMatch(line -> line.startsWith("engine failed PermissionError"))
                .anyMatch(line -> line.startsWith("literal failed PermissionError"))
                .anyMatch(line -> line.startsWith("mapped failed PermissionError"))
                .anyMatch(line -> line.startsWith("datagram failed PermissionError"));
        assertThat(trail())
                .contains("\"action\":\"connect\",\"target\":\"203.0.113.1:443\",\"decision\":\"denied\"")
                .contains("\"action\":\"resolve\",\"target\":\"unhooked.example.com\",\"decision\":\"denied\"");
    }

    @Test
    void agentReachesTheProxyAndNoOtherPortInProxied() throws Exception {
        Box.Result ran = run(
                Profile.PROXIED,
                "",
                """
                server = socket.create_server(("127.0.0.1", 0))
                attempt("proxy", lambda: connect("sentinel-proxy", 3128))
                attempt("loopback", lambda: connect(*server.getsockname()))
                """);
        assertThat(ran.out().lines())
                .as(ran.err())
                .contains("proxy did connect")
                .anyMatch(line -> line.startsWith("loopback failed PermissionError"));
    }

    @Test
    void guardThatAuditsRecordsAndLetsThrough() throws Exception {
        Box.Result ran = run(
                Profile.STRICT,
                "guard: audit\n",
                """
                attempt("outside", lambda: write("/workspace/new"))
                attempt("unlisted", lambda: subprocess.run(["cat", "/etc/debian_version"], stdout=2).returncode)
                """);
        assertThat(ran.out().lines()).as(ran.err()).contains("outside did 1", "unlisted did 0");
        assertThat(trail()).contains("\"target\":\"/usr/bin/cat\",\"decision\":\"denied\"", "mode is audit");
        assertThat(box.warnings).anyMatch(line -> line.startsWith("guard is audit"));
    }

    @Test
    void anotherPolicyThanTheCompiledOneStopsTheStart() throws Exception {
        box = Box.of(folder, "name: guarded\ncommand: [echo, started]\n");
        box.generate();
        assertThat(box.run(Profile.STRICT).out()).isEqualTo("started\n");
        Path bundle = box.layout.bundle();
        Files.writeString(bundle.resolve("sentinel.yaml"), "allowed_paths: [/]\n");
        Command by = Command.start(
                bundle,
                java.util.Map.of(),
                List.of(
                        "docker",
                        "compose",
                        "--progress",
                        "quiet",
                        "--profile",
                        "strict",
                        "run",
                        "--rm",
                        "-T",
                        "sentinel-strict"));
        assertThat(by.output(78))
                .contains("is not the one that this guard's was made from")
                .doesNotContain("started");
    }

    @Test
    void agentWhoseProgramIsMissingEndsAsDockerSays() throws Exception {
        box = Box.of(folder, "name: guarded\ncommand: [no-such-program]\n");
        box.generate();
        Box.Result ran = box.run(Profile.STRICT);
        assertThat(ran.outcome().exitCode()).hasValue(127);
        assertThat(ran.outcome().reason()).isEqualTo(Outcome.Reason.EXITED);
        assertThat(ran.err()).contains("no-such-program: no such program");
    }

    @Test
    void runWhoseTrailCannotBeWrittenDoesNotStart() throws Exception {
        box = Box.of(folder, "name: guarded\ncommand: [echo, started]\n");
        Files.createDirectories(box.layout.work());
        Files.writeString(box.layout.trail(), "in the way");
        assertThatThrownBy(() -> box.run(Profile.STRICT))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("is no plain folder");
    }

    @Test
    void aSandboxWithAGuardIsVerified() throws Exception {
        box = Box.of(folder, "name: guarded\ncommand: [ls]\n");
        box.build();
        Report report = box.verify();
        assertThat(report.findings().stream()
                        .filter(Finding::counts)
                        .map(finding -> finding.rule().id() + " "
                                + finding.subject().service() + " " + finding.ring() + " " + finding.verdict())
                        .filter(line -> !line.startsWith("DF-10 ")))
                .isEmpty();
        assertThat(lived(report))
                .hasSize(3 * 6)
                .anyMatch(line -> line.matches("GRD-1 sentinel-strict Held.*process [0-9]+ is the guard.*"))
                .anyMatch(line -> line.matches("GRD-2 sentinel-standard Held.*all name [0-9a-f]{12}, mode enforce.*"))
                .anyMatch(line -> line.startsWith("GRD-3 sentinel-standard Held")
                        && line.contains("connecting to 127.0.0.11:9: EACCES"))
                .anyMatch(line -> line.startsWith("GRD-3 sentinel-proxied Held")
                        && line.contains("connecting to 127.0.0.1:9: EACCES"))
                .anyMatch(line -> line.startsWith("GRD-4 sentinel-proxied Held") && line.contains(" records hold; "));
        // What such a look leaves behind is of no run.
        assertThat(box.layout.trail().toFile().list()).isNullOrEmpty();
    }

    /** What the live ring says of the guard. */
    private static List<String> lived(Report report) {
        return report.findings().stream()
                .filter(finding ->
                        finding.ring() == Ring.LIVE && finding.rule().family().equals("GRD"))
                .map(finding -> finding.rule().id() + " " + finding.subject().service() + " " + finding.verdict())
                .peek(System.err::println)
                .toList();
    }

    /** By the file that a name leads to, not by the name. */
    @Test
    void programThatIsAnInterpreterUnderAnotherNameDoesNotStart() throws Exception {
        box = Box.of(
                folder,
                """
                image: {from: "%s", run: [ln -s /usr/bin/perl /usr/local/bin/tool]}
                name: guarded
                command: [sh, -c, "tool -e 'print 6*7'; echo $?"]
                policy: {allowed_commands: [tool]}
                """
                        .formatted(Box.BASE));
        Box.Result ran = box.run(Profile.STRICT);
        assertThat(ran.out()).isEqualTo("126\n");
        assertThat(trail())
                .contains("\"target\":\"tool\",\"decision\":\"denied\",\"key\":\"allowed_interpreters\"")
                .contains("\"target\":\"/usr/bin/perl\",\"decision\":\"denied\"");
    }

    @Test
    void policyThatChangesMeanwhileEndsTheAgent() throws Exception {
        box = Box.of(
                folder,
                "name: guarded\ncommand: [sh, -c, 'echo up; sleep 60']\n" + "policy: {allowed_commands: [sleep]}\n");
        box.build();
        Path bundle = box.layout.bundle();
        Command by = Command.start(
                        bundle,
                        java.util.Map.of(),
                        List.of("docker", "compose", "--profile", "strict", "run", "--rm", "-T", "sentinel-strict"))
                .saying("up");
        Path policy = bundle.resolve("guard/policy");
        Files.writeString(policy, Files.readString(policy).replace("command sleep", "command slept"));
        by.output(78);
    }

    @Test
    void kernelWithoutLandlockIsRefused() throws Exception {
        box = Box.of(
                folder, "name: guarded\ncommand: [echo, started]\n" + "seccomp: {deny: [landlock_create_ruleset]}\n");
        Box.Result ran = box.run(Profile.STRICT);
        assertThat(ran.outcome().exitCode()).hasValue(78);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("no Landlock");
    }
}
