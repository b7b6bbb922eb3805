package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole launcher under the compiler's sanitizers, in the place of the ordinary one: from its start to the agent's end,
 * over what an agent does and what no program in its right mind does. What they find ends it with a code of its own.
 */
class GuardSanitizedIT {

    private static final String AGENT =
            """
            import array, ctypes, os, random, socket, subprocess, sys, threading
            libc = ctypes.CDLL(None, use_errno=True)
            unhooked = {"x86_64": (42, 44, 46, 307, 59, 322), "aarch64": (203, 206, 211, 269, 221, 281)}[os.uname().machine]
            connect, sendto, sendmsg, sendmmsg, execve, execveat = unhooked
            counts = [0, 0]
            def attempt(what):
                try:
                    what()
                    counts[0] += 1
                except (OSError, ValueError, subprocess.SubprocessError):
                    counts[1] += 1
            def call(*words):
                if libc.syscall(*words) < 0:
                    raise OSError(ctypes.get_errno(), "")
            # Programs: listed, not listed, by odd names, with odd memory.
            for words in (["true"], ["cat", "/etc/hostname"], ["/" * 4000 + "x"], ["/workspace/./../bin/true"], ["\\udcff\\n\\t"]):
                attempt(lambda: subprocess.run(words, check=True, stderr=subprocess.DEVNULL))
            for path in (0, 1, -1, 2**63 - 1):
                attempt(lambda: call(execve, ctypes.c_void_p(path), 0, 0))
                attempt(lambda: call(execveat, -1, ctypes.c_void_p(path), 0, 0, 0x1000))
            attempt(lambda: call(execveat, 9999, b"relative", 0, 0, 0))
            # Sockets: those of this container, addresses of all kinds and sizes, and messages of all shapes.
            server = socket.create_server(("127.0.0.1", 0))
            port = server.getsockname()[1]
            def serve():
                while True:
                    peer = server.accept()[0]
                    while peer.recv(65536):
                        pass
            threading.Thread(target=serve, daemon=True).start()
            def client():
                with socket.create_connection(("127.0.0.1", port), 5) as stream:
                    stream.sendall(b"x" * 700000)
                    stream.sendmsg([b"a"] * 1000)
            for _ in range(5):
                attempt(client)
            attempt(lambda: socket.create_connection(("127.0.0.1", 1)))
            for family, address in ((2, ("203.0.113.1", 443)), (2, ("127.0.0.11", 53)), (10, ("::1", port)), (10, ("::ffff:127.0.0.1", port)),
                                    (10, ("2001:db8::1", 80)), (1, "/run/none"), (1, "relative"), (1, b"\\0abstract"), (1, "/" * 107)):
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    attempt(lambda: socket.socket(family, kind).connect(address))
                    attempt(lambda: socket.socket(family, kind).sendto(b"x", address))
            udp = socket.socket(type=socket.SOCK_DGRAM)
            random.seed(7)
            for size in (*range(0, 40), 127, 128, 129, 4096, 2**31 - 1, 2**32 - 1):
                room = ctypes.create_string_buffer(random.randbytes(min(size, 4096)), 4096)
                for family in (0, 1, 2, 10, 16, 77):
                    room[0], room[1] = family, 0
                    for where in (room, ctypes.c_void_p(1), ctypes.c_void_p(2**63 - 1)):
                        attempt(lambda: call(connect, udp.fileno(), where, size))
                        attempt(lambda: call(sendto, udp.fileno(), b"x", 1, 0, where, size))
            for flags in (0x20000000, 0x4000000, 0x40):
                attempt(lambda: call(sendto, udp.fileno(), b"x", 1, flags, ctypes.create_string_buffer(16), 16))
            class Message(ctypes.Structure):
                _fields_ = [(name, ctypes.c_uint64) for name in ("name", "name_size", "pieces", "count", "control", "control_size", "flags")]
            room = ctypes.create_string_buffer(65536)
            for _ in range(300):
                room[:4096] = random.randbytes(4096)
                values = [random.choice((0, 1, 16, ctypes.addressof(room), 2**63 - 1, 2**64 - 1, 1024, 1025, 2048, 2049)) for _ in range(7)]
                attempt(lambda: call(sendmsg, udp.fileno(), ctypes.byref(Message(*values)), 0x40))
                attempt(lambda: call(sendmmsg, udp.fileno(), ctypes.byref(Message(*values)), random.choice((0, 1, 17, -1)), 0x40))
            left, right = socket.socketpair()
            passed = array.array("i", [udp.fileno()] * 200)
            attempt(lambda: left.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)]))
            attempt(lambda: left.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed[:3]), (socket.SOL_SOCKET, 2, b"x" * 12)]))
            for size in (0, 1, 3, 15, 16, 17, 100, 2048, 2049):
                attempt(lambda: left.sendmsg([b"x"], [(random.randrange(3), random.randrange(70), random.randbytes(size))]))
            # Questions to the resolver, and words for the hook's socket.
            names = socket.socket(type=socket.SOCK_DGRAM)
            hook = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            for name in ("listed.example.com", "other.example.com", "x" * 63 + ".example.com", ".".join("y" * 120)):
                attempt(lambda: socket.getaddrinfo(name, 80))
            for size in (*range(0, 64), 512, 4096, 9000):
                data = bytearray(random.randbytes(size))
                attempt(lambda: names.sendto(data, ("127.0.0.1", 53)))
                data[2:6] = b"\\1\\0\\0\\1"
                attempt(lambda: names.sendto(data, ("127.0.0.1", 53)))
                attempt(lambda: hook.sendto(data.replace(b"\\1", b"\\0") + b"\\0" * (size % 7), "/run/sentinel/guard.sock"))
            # Processes that lose their parent, threads that call, and signals.
            end, begun = os.pipe()
            for _ in range(20):
                if os.fork() == 0:
                    if os.fork() == 0:
                        os.execv("/usr/bin/true", ["true"])
                    os._exit(0)
            os.close(begun)
            os.read(end, 1)
            threads = [threading.Thread(target=lambda: [attempt(client) for _ in range(5)]) for _ in range(8)]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
            print(counts[0] > 50, counts[1] > 500, flush=True)
            sys.exit(7)
            """;

    @TempDir
    private static Path folder;

    private static Guarded guarded;

    @BeforeAll
    static void build() throws Exception {
        Path built = Path.of("target/guard-sanitized").toAbsolutePath();
        String script = Path.of("../guard/launcher/build").toAbsolutePath().toString();
        Command.start(folder, Map.of(), List.of(script, built.toString(), "sanitized"))
                .output(0);
        guarded = Guarded.build(
                folder,
                """
                name: sanitized
                command: [python3, agent.py]
                environment:
                  ASAN_OPTIONS: detect_leaks=0:exitcode=99:log_path=/opt/sentinel/audit/found
                  UBSAN_OPTIONS: log_path=/opt/sentinel/audit/found
                policy:
                  allowed_commands: ["true"]
                  blocked_paths: [/workspace/blocked/deep, /etc/shadow]
                  allowed_hosts: [localhost, listed.example.com]
                  network_failsafe: {allow_private_network: true}
                """,
                built.resolve("sentinel-guard-sanitized"));
    }

    @AfterAll
    static void remove() throws Exception {
        guarded.remove();
    }

    private static List<String> found() throws Exception {
        try (Stream<Path> files = Files.list(guarded.box.layout.trail())) {
            return files.filter(file -> file.getFileName().toString().startsWith("found"))
                    .map(file -> {
                        try {
                            return Files.readString(file);
                        } catch (java.io.IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    })
                    .toList();
        }
    }

    /** Its own file is forty times as long as the ordinary one's, and looked at less often. */
    @ParameterizedTest
    @ValueSource(strings = {"strict", "standard"})
    void fromStartToEnd(String profile) throws Exception {
        Files.createDirectories(guarded.workspace().resolve("blocked/deep"));
        Files.writeString(guarded.workspace().resolve("agent.py"), AGENT);
        Command run = guarded.start(profile, Map.of("SENTINEL_TAMPER_CHECK_INTERVAL_MS", "3000"), List.of())
                .ended();
        assertThat(found()).isEmpty();
        assertThat(run.output(7)).endsWith("True True\n");
    }

    /** What it says before it starts anything. */
    @Test
    void refusals() throws Exception {
        for (String words :
                List.of("--", "--policy", "--policy, /opt/none, --, 'true'", "--policy, /etc/passwd, --, 'true'")) {
            Command run = guarded.strict("entrypoint: [/opt/sentinel/bin/sentinel-guard, " + words + "]", "command: []")
                    .ended();
            assertThat(run.output()).startsWith("sentinel: ");
            assertThat(run.exitCode()).isIn(64, 78);
        }
        assertThat(found()).isEmpty();
    }

    /** That they would be heard. */
    @Test
    void sanitizersAreInIt() throws Exception {
        assertThat(guarded.strict(
                                "environment: {ASAN_OPTIONS: \"help=1\"}",
                                "entrypoint: [/opt/sentinel/bin/sentinel-guard]",
                                "command: []")
                        .ended()
                        .output())
                .contains("Available flags for AddressSanitizer");
    }
}
