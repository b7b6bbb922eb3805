package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.sun.net.httpserver.HttpServer;
import io.sentinel.it.Isolated.Ran;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What flags of {@code sentinel-isolate} do that no spec says: ports, the host's network, proxies, files of the host. */
@Timeout(300)
class IsolateFlagsIT {

    private static final String NAME = "flags-it";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @BeforeEach
    void aSandbox() throws Exception {
        Box.withPython(
                folder,
                "name: " + NAME + "\nresources: {memory: 200m, tmp: 8m, run: 8m}\n"
                        + "policy: {allowed_commands: [grep, id, ls, sort, touch], allowed_interpreters: [python3]}\n");
        assertThat(start("--build-if-missing", "--", "true").ended().code()).isZero();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        assertThat(Isolated.left(NAME)).isEmpty();
    }

    // --- Ports.

    @Test
    void aPublishedPortIsReachedFromThisHostAlone() throws Exception {
        int port = freePort();
        Isolated server = start(
                "--network",
                "bridge",
                "--publish",
                port + ":8000",
                "--",
                "sh",
                "-c",
                "echo up; exec python3 -u -c '"
                        + "import socket\ns = socket.create_server((\"\", 8000))\nprint(\"listening\")\n"
                        + "while True:\n c = s.accept()[0]\n c.send(b\"from inside\")\n c.close()'");
        server.awaitUp();
        assertThat(server.process().getInputStream().readNBytes(10)).asString().isEqualTo("listening\n");
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("from inside");
        }
        // An address of this host that is not the one it was opened on.
        try (ServerSocket same = new ServerSocket()) {
            same.bind(new InetSocketAddress("127.0.0.2", port));
        }
        server.signal("KILL");
        server.process().waitFor();
        assertThat(run("true").code()).isZero();
        assertThat(Files.readString(server.err()))
                .contains("warning: --publish: programs of this host can talk to the agent's port 8000/tcp");
    }

    @Test
    void aPortThatIsTakenIsToldInASentence() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Ran ran = start("--network", "bridge", "--publish", taken.getLocalPort() + ":80", "--", "true")
                    .ended();
            assertThat(ran.code()).isEqualTo(69);
            assertThat(ran.err())
                    .contains("sentinel-isolate: A port of this host that --publish names is taken (")
                    .contains("127.0.0.1:" + taken.getLocalPort());
        }
    }

    // --- The runtime.

    @Test
    void aRuntimeThatTheEngineLacksIsRefusedBeforeAnythingIsBuilt() throws Exception {
        Ran ran = start("--runtime", "kata", "--image", Box.BASE, "--build-if-missing", "--", "true")
                .ended();
        assertThat(ran.code()).isEqualTo(69);
        assertThat(ran.err())
                .contains(
                        "The engine has no container runtime kata, which the spec or --runtime names; it has ", "runc")
                .doesNotContain("building");
        assertThat(outcome().at("/reason").asText()).isEqualTo("engine");
    }

    // --- The host's network.

    @Test
    void theHostsNetworkNeedsToBeKnownForWhatItIs() throws Exception {
        Ran refused = start("--network", "host", "--", "true").ended();
        assertThat(refused.code()).isEqualTo(77);
        assertThat(refused.err()).contains("add --i-know-this-is-not-isolated");
        Ran production = Isolated.start(
                        folder,
                        List.of("SENTINEL_PRODUCTION=true", "SENTINEL_ALLOW_NETWORK_IN_PRODUCTION=true"),
                        List.of("--network", "host", "--i-know-this-is-not-isolated", "--", "true"))
                .ended();
        assertThat(production.code()).isEqualTo(77);
        assertThat(start("--i-know-this-is-not-isolated", "--", "true").ended().code())
                .isEqualTo(64);
    }

    @Test
    void withTheHostsNetworkTheRestStillHolds() throws Exception {
        try (ServerSocket mine = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Isolated started = start(
                    "--network",
                    "host",
                    "--i-know-this-is-not-isolated",
                    "--",
                    "sh",
                    "-c",
                    "ls /sys/class/net | sort; grep -E '^(CapBnd|NoNewPrivs|Seccomp_filters):' /proc/self/status; id -u;"
                            + " touch /etc/x 2>/dev/null || echo read-only;"
                            + " python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", "
                            + mine.getLocalPort() + ")).send(b\"!\")'");
            mine.setSoTimeout(60_000); // an agent that cannot come is to fail this, and not to hold it up
            try (Socket agent = mine.accept()) {
                assertThat(agent.getInputStream().read()).isEqualTo('!');
            }
            Ran ran = started.ended();
            assertThat(ran.code()).as(ran.err()).isZero();
            String interfaces;
            try (Stream<Path> found = Files.list(Path.of("/sys/class/net"))) {
                interfaces = String.join(
                        "\n",
                        found.map(path -> path.getFileName().toString())
                                .sorted()
                                .toList());
            }
            assertThat(ran.out())
                    .isEqualTo(interfaces
                            + "\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp_filters:\t2\n10001\nread-only\n");
            assertThat(ran.err()).contains("warning: network host: THIS IS NOT ISOLATED");
        }
        JsonNode outcome = outcome();
        assertThat(outcome.at("/profile").asText()).isEqualTo("host");
        assertThat(outcome.at("/service").asText()).isEqualTo("sentinel-strict");
        assertThat(outcome.at("/weakenings").toString()).contains("THIS IS NOT ISOLATED");
        assertThat(IsolateJsonIT.schema("outcome").validate(outcome.toString(), InputFormat.JSON))
                .isEmpty();
    }

    // --- A proxy of somebody else's.

    @Test
    void programsAreToldOfAnotherProxyAndItsPasswordIsNowhere() throws Exception {
        String network = "flags-it-proxy";
        Command.docker(folder, "network", "create", network).output(0);
        BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        HttpServer proxy = null;
        try {
            String gateway = Command.docker(
                            folder, "network", "inspect", network, "--format", "{{(index .IPAM.Config 0).Gateway}}")
                    .output(0)
                    .strip();
            proxy = HttpServer.create(new InetSocketAddress(gateway, 0), 0);
            proxy.createContext("/", exchange -> {
                asked.add(exchange.getRequestURI() + " "
                        + exchange.getRequestHeaders().getFirst("Proxy-Authorization"));
                byte[] answer = "through the proxy\n".getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
                exchange.close();
            });
            proxy.start();
            String place = gateway + ":" + proxy.getAddress().getPort();
            Files.writeString(
                    folder.resolve("policy.yaml"),
                    "network_failsafe: {allow_private_network: true, allowed_ips: [" + gateway + "]}\n");
            Files.writeString(
                    Files.createDirectories(folder.resolve("sandbox-workspace")).resolve("ask.py"),
                    """
                    import os, sys, urllib.request
                    print("up", flush=True)
                    sys.stdin.readline()
                    print(urllib.request.urlopen("http://asked.invalid/page").read().decode(), end="")
                    for name in ("http_proxy", "HTTPS_PROXY", "NO_PROXY", "no_proxy", "ALL_PROXY", "JAVA_TOOL_OPTIONS",
                                 "NODE_USE_ENV_PROXY"):
                        print(name, os.environ[name])
                    """);
            Isolated started = Isolated.start(
                    folder,
                    List.of("SENTINEL_PROXY=http://me:hunter2@" + place, "SENTINEL_ENFORCE_PROXY=true"),
                    List.of(
                            "--network",
                            "bridge",
                            "--policy",
                            "policy.yaml",
                            "--no-proxy",
                            "localhost,.svc.example",
                            "--",
                            "python3",
                            "ask.py"));
            started.awaitUp();
            assertThat(commandLines()).contains("ask.py").doesNotContain("hunter2");
            started.process().getOutputStream().write('\n');
            Ran ran = started.ended();
            assertThat(ran.code()).as(ran.err()).isZero();
            String url = "http://me:hunter2@" + place;
            assertThat(ran.out())
                    .isEqualTo(
                            """
                            through the proxy
                            http_proxy URL
                            HTTPS_PROXY URL
                            NO_PROXY localhost,.svc.example
                            no_proxy localhost,.svc.example
                            ALL_PROXY\s
                            JAVA_TOOL_OPTIONS -Duser.home=/workspace -Dhttp.proxyHost=HOST -Dhttp.proxyPort=PORT \
                            -Dhttps.proxyHost=HOST -Dhttps.proxyPort=PORT -Dhttp.nonProxyHosts=localhost|*.svc.example \
                            -Daether.connector.http.useSystemProperties=true
                            NODE_USE_ENV_PROXY 1
                            """
                                    .replace("URL", url)
                                    .replace("HOST", gateway)
                                    .replace(
                                            "PORT",
                                            Integer.toString(proxy.getAddress().getPort())));
            // me:hunter2
            assertThat(asked.poll(1, TimeUnit.SECONDS)).isEqualTo("http://asked.invalid/page Basic bWU6aHVudGVyMg==");
            assertThat(ran.err()).contains("warning: proxy http://" + place + ": programs are told of it");
            assertThat(ran.err()).doesNotContain("hunter2");
            assertThat(outcome().at("/weakenings").toString()).contains("programs are told of it");
            try (Stream<Path> left = Files.walk(folder)) {
                for (Path file : left.filter(Files::isRegularFile).toList()) {
                    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                            .as(file.toString())
                            .doesNotContain("hunter2");
                }
            }
        } finally {
            if (proxy != null) {
                proxy.stop(0);
            }
            Command.docker(folder, "network", "rm", network).output(0);
        }
    }

    private static String commandLines() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes
                    .filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .toList()) {
                try {
                    all.append(Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1));
                } catch (IOException e) {
                    // It has ended meanwhile.
                    continue;
                }
            }
        }
        return all.toString();
    }

    @Test
    void aNetworkWithoutAProxyIsRefusedWhereOneIsEnforced() throws Exception {
        Ran ran = start("--network", "bridge", "--enforce-proxy", "--", "true").ended();
        assertThat(ran.code()).isEqualTo(77);
        assertThat(ran.err()).contains("--network bridge reaches everything without a proxy");
    }

    // --- Files and folders of the host.

    @Test
    void aFilterOfAnyPlaceIsCarried(@TempDir Path elsewhere) throws Exception {
        Path filter = Files.writeString(elsewhere.resolve("profile.json"), filterWithout("symlink", "symlinkat"));
        Ran ran = start("--seccomp-profile", "custom", "--seccomp", filter.toString(), "--", "ln", "-s", "x", "/tmp/x")
                .ended();
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err())
                .contains("--seccomp-profile: the filter is custom, where the spec has strict")
                .contains("Operation not permitted");
        assertThat(run("ln", "-s", "x", "/tmp/x").code()).isZero();
    }

    /** The strict one as it ships, in which some calls are allowed no more. */
    private static String filterWithout(String... calls) throws IOException {
        String text = Files.readString(Path.of("../seccomp/profiles/sentinel-seccomp.json"));
        for (String call : calls) {
            text = text.replaceAll("\"" + call + "\",?", "");
        }
        return text.replaceAll(",(\\s*])", "$1");
    }

    @Test
    void aWorkspaceElsewhereIsMadeAndMounted(@TempDir Path elsewhere) throws Exception {
        Path there = elsewhere.toRealPath().resolve("a new one");
        Ran ran = start(
                        "--workspace",
                        there.toString(),
                        "--",
                        "sh",
                        "-c",
                        "echo hello >workspace/made; ls -a . workspace")
                .ended();
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).isEqualTo(".:\n.\n..\naudit.log\nsentinel.yaml\nworkspace\n\nworkspace:\n.\n..\nmade\n");
        assertThat(Files.readString(there.resolve("workspace/made"))).isEqualTo("hello\n");
        assertThat(ran.err()).contains("warning: --workspace: the agent writes to " + there);
        assertThat(Files.exists(folder.resolve("sandbox-workspace/workspace/made")))
                .isFalse();
        // It is the agent's now, and that is no reason to refuse it.
        Ran again = start("--network", "bridge", "--workspace", there.toString(), "--", "cat", "workspace/made")
                .ended();
        assertThat(again.out()).isEqualTo("hello\n");
        Ran back = run("ls", "workspace/made");
        assertThat(back.code()).isEqualTo(2);
    }

    @Test
    void aWorkspaceInAFolderOfAnotherUserIsRefused(@TempDir Path elsewhere) throws Exception {
        Path others = Files.createDirectories(elsewhere.toRealPath().resolve("others/below"));
        Files.setAttribute(others.getParent(), "unix:uid", 12345);
        Ran ran = start("--workspace", others.toString(), "--", "true").ended();
        assertThat(ran.code()).isEqualTo(77);
        assertThat(ran.err()).contains("in " + others.getParent() + " of another user (uid 12345)");
        assertThat(start("--workspace", "/etc", "--", "true").ended().code()).isEqualTo(77);
    }

    // --- Signals.

    /** As a terminal sends it: to all processes of the group, the docker client's among them if it were one of them. */
    @Test
    void aSignalToTheGroupReachesTheProgramOnce() throws Exception {
        for (String network : List.of("none", "bridge")) {
            Isolated started = Isolated.process(
                    folder,
                    List.of(
                            "setsid",
                            Isolated.COMMAND.toString(),
                            "--network",
                            network,
                            "--",
                            "sh",
                            "-c",
                            "trap 'echo int' INT; echo up; read line; read line; sleep 2; exit 6"));
            started.awaitUp();
            new ProcessBuilder("kill", "-INT", "--", "-" + started.process().pid())
                    .start()
                    .waitFor();
            assertThat(started.process().getInputStream().readNBytes(4))
                    .asString()
                    .isEqualTo("int\n");
            Ran ran = started.ended();
            assertThat(ran.out()).as(network).isEmpty();
            assertThat(ran.code()).as(network + ran.err()).isEqualTo(6);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private JsonNode outcome() throws IOException {
        return JSON.readTree(folder.resolve("target/sentinel/outcome.json").toFile());
    }

    private Ran run(String... program) throws Exception {
        List<String> words = new ArrayList<>(List.of("--"));
        words.addAll(List.of(program));
        return Isolated.start(folder, List.of(), words).ended();
    }

    private Isolated start(String... words) throws Exception {
        return Isolated.start(folder, List.of(), List.of(words));
    }
}
