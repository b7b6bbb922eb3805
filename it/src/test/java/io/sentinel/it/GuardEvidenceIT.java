package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.audit.AuditFolder;
import io.sentinel.spec.Profile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the guard's supervisor lets through has its record, and nothing that an agent does keeps it from its work. */
class GuardEvidenceIT {

    /** Whose words are not of Python's own, since these look at what a program's memory holds. */
    private static final String HEAD =
            """
            import ctypes, os, signal, socket, struct, subprocess, sys, threading, time
            libc = ctypes.CDLL(None, use_errno=True)
            def local(path):
                return struct.pack("=H", socket.AF_UNIX) + path.encode() + bytes(1)
            def full(path):
                # A listener with no room for another, and who takes it.
                server = socket.socket(socket.AF_UNIX)
                server.bind(path)
                server.listen(0)
                first = socket.socket(socket.AF_UNIX)
                first.connect(path)
                return server, first
            """;

    @TempDir
    private Path folder;

    private Box box;

    private Box.Result run(String spec, String agent) throws Exception {
        box = Box.withPython(folder, "name: evidence\ncommand: [python3, agent.py]\nresources: {timeout: 1m}\n" + spec);
        box.generate();
        Files.writeString(folder.resolve("sandbox-workspace/agent.py"), HEAD + agent);
        return box.run(Profile.STANDARD);
    }

    private List<String> trail() throws Exception {
        try (Stream<Path> files = Files.list(box.layout.work().resolve(AuditFolder.NAME))) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return Files.readAllLines(all.get(0));
        }
    }

    /** The supervisor connects in the agent's place, and no rule of files is its own. */
    @Test
    @SuppressWarnings("try") // the servers are there, and that is all
    void blockedPathIsBlockedForLocalSocketsToo() throws Exception {
        Path workspace = Files.createDirectories(folder.resolve("sandbox-workspace/workspace"));
        Path blocked = Files.createDirectory(workspace.resolve("private"));
        try (ServerSocketChannel inside = serve(blocked.resolve("s"));
                ServerSocketChannel beside = serve(workspace.resolve("s"))) {
            Box.Result ran = run(
                    "policy: {blocked_paths: [./workspace/private]}\n",
                    """
                    for path in "/workspace/workspace/s", "/workspace/workspace/private/s":
                        one = socket.socket(socket.AF_UNIX)
                        address = local(path)
                        print(path, libc.connect(one.fileno(), address, len(address)) and ctypes.get_errno())
                    """);
            assertThat(ran.out())
                    .as(ran.err())
                    .isEqualTo("/workspace/workspace/s 0\n/workspace/workspace/private/s 13\n");
        }
        assertThat(trail())
                .anyMatch(
                        line -> line.contains(
                                "\"target\":\"/workspace/workspace/private/s\",\"decision\":\"denied\",\"key\":\"blocked_paths\""));
    }

    private static ServerSocketChannel serve(Path path) throws Exception {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
        return server;
    }

    /** The flag by which a call does not wait is the socket's, which the agent's processes share with the supervisor. */
    @Test
    void socketThatIsMadeToWaitHoldsNobodyUp() throws Exception {
        Box.Result ran = run(
                "",
                """
                import fcntl
                kept = full("/tmp/full")
                server = socket.socket(socket.AF_UNIX)
                server.bind("/tmp/open")
                server.listen(64)
                for attempt in range(40):
                    one = socket.socket(socket.AF_UNIX)
                    spinner = os.fork()
                    if not spinner:
                        while True:
                            fcntl.fcntl(one, fcntl.F_SETFL, 0)
                    connecting = os.fork()
                    if not connecting:
                        one.connect("/tmp/full")
                        os._exit(0)
                    time.sleep(0.02)
                    for child in spinner, connecting:
                        os.kill(child, signal.SIGKILL)
                        os.waitpid(child, 0)
                    one.close()
                    socket.socket(socket.AF_UNIX).connect("/tmp/open")
                print("answered", flush=True)
                """);
        assertThat(ran.out()).as(ran.err()).isEqualTo("answered\n");
        assertThat(ran.outcome().exitCode()).hasValue(0);
    }

    @Test
    void withoutTheTimerThatKeepsItFromThatTheGuardDoesNotStart() throws Exception {
        Box.Result ran = run("seccomp: {deny: [setitimer], because: tried here}\n", "print('started')\n");
        assertThat(ran.outcome().exitCode()).as(ran.err()).hasValue(78);
        assertThat(ran.err()).contains("refuses setitimer");
        assertThat(ran.out()).isEmpty();
    }

    /** A call that has to wait is judged again when it goes on, and its address may be another one by then. */
    @Test
    void addressThatCameInTheMeantimeIsRecorded() throws Exception {
        Box.Result ran = run(
                "",
                """
                kept = full("/tmp/a")
                server = socket.socket(socket.AF_UNIX)
                server.bind("/tmp/b")
                server.listen(8)
                one = socket.socket(socket.AF_UNIX)
                address = ctypes.create_string_buffer(local("/tmp/a"))
                def connect():
                    print("connected", libc.connect(one.fileno(), address, len(local("/tmp/a"))), flush=True)
                thread = threading.Thread(target=connect)
                thread.start()
                time.sleep(0.5)
                address[7:8] = b"b"
                thread.join()
                server.accept()
                """);
        assertThat(ran.out()).as(ran.err()).isEqualTo("connected 0\n");
        assertThat(trail())
                .filteredOn(line -> line.contains("\"action\":\"connect\""))
                .anyMatch(line -> line.contains("\"target\":\"/tmp/b\",\"decision\":\"allowed\""))
                // The first for who fills it, the second for who waits: not one for each look.
                .filteredOn(line -> line.contains("\"target\":\"/tmp/a\""))
                .hasSize(2);
    }

    @Test
    void programThatHidesItsMemoryStartsNone() throws Exception {
        Box.Result ran = run(
                "",
                """
                child = os.fork()
                if not child:
                    libc.prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE
                    try:
                        os.execv("/usr/bin/ls", ["ls", "/workspace/agent.py"])
                    except OSError as error:
                        os._exit(error.errno)
                print("ended with", os.waitpid(child, 0)[1] >> 8)
                """);
        assertThat(ran.out()).as(ran.err()).isEqualTo("ended with 13\n");
        assertThat(trail())
                .anyMatch(line -> line.contains("\"action\":\"exec\"")
                        && line.contains("\"decision\":\"denied\"")
                        && line.contains("its memory cannot be read"));
    }

    /** Most ask for both kinds of address of a name, which is one record; who asks for the newer kind alone has one as well. */
    @Test
    void questionForEitherKindOfAddressIsRecorded() throws Exception {
        Box.Result ran = run(
                "",
                """
                def ask(name, *kinds):
                    one = socket.socket(type=socket.SOCK_DGRAM)
                    one.settimeout(5)
                    one.connect(("127.0.0.1", 53))
                    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
                    for kind in kinds:
                        one.send(struct.pack(">HHHHHH", 7, 256, 1, 0, 0, 0) + labels + struct.pack(">BHH", 0, kind, 1))
                        print(name, kind, one.recv(512)[3] & 15)
                ask("newer.example.com", 28)
                ask("both.example.com", 1, 28)
                """);
        assertThat(ran.out())
                .as(ran.err())
                .isEqualTo("newer.example.com 28 3\nboth.example.com 1 3\nboth.example.com 28 3\n");
        assertThat(trail())
                .filteredOn(line -> line.contains("\"action\":\"resolve\""))
                .satisfiesExactly(
                        line -> assertThat(line).contains("\"newer.example.com\",\"decision\":\"denied\""),
                        line -> assertThat(line).contains("\"both.example.com\",\"decision\":\"denied\""));
    }
}
