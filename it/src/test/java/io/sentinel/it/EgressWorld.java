package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sentinel.run.EgressRecords;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A proxied sandbox whose sidecar reaches a test internet and nothing else. The sidecar is on the agent's network as
 * rendered; in the place of the bundle's way out it has a cable to the test internet, with a route for every address, and
 * a resolver there. No bridge is on that way, so no rule of the host decides what arrives, and nothing can go further.
 */
final class EgressWorld {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SOURCES = Path.of("egress").toAbsolutePath();
    private static final String BYSTANDER = "203.0.113.10";
    private static final List<String> ALLOWED = List.of(
            "listed.test",
            ".suffix.test",
            "{host: ports.test, ports: [8080, 8443]}",
            "{host: read.test, ports: [80, 8080], methods: [GET, HEAD]}",
            "{host: .inner.test, ports: [8081, 8443], private: true}");

    private static final String SPEC =
            """
            name: egress
            guard: off
            image:
              from: "%s"
              packages: [iproute2, openssl, python3]
              copy: [{from: egress, to: /opt/egress}]
            resources: {pids: 64, nofile: 1024}
            profiles: {proxied: {allow: [%s]}}
            command: [python3, -u, /opt/egress/attempts.py]
            """;

    private static final String OVERRIDE =
            """
            services:
              sentinel-proxy:
                networks: !override {sentinel-internal: {}}
                sysctls: {net.ipv6.conf.all.disable_ipv6: "0", net.ipv6.conf.default.disable_ipv6: "0"}
                volumes: [{type: bind, source: %s, target: /etc/resolv.conf, read_only: true}]
            """;

    private final Path folder;
    private final Path bundle;
    private final Path override;
    private final String project = "sentinel-egress-" + ProcessHandle.current().pid();
    private final String image;
    private final List<String> containers = new ArrayList<>();
    private final String world;
    private final String watch;
    private final String bystander;
    private String sidecarLog = "";

    EgressWorld(Path folder) throws Exception {
        this.folder = folder;
        Path sources = Files.createDirectories(folder.resolve("egress"));
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, sources.resolve(file.getFileName()));
            }
        }
        Box box = Box.of(folder, SPEC.formatted(Box.BASE, String.join(", ", ALLOWED)));
        box.generate();
        bundle = box.layout.bundle();
        Path resolver = Files.writeString(folder.resolve("resolv.conf"), "nameserver 198.51.100.53\n");
        override = Files.writeString(folder.resolve("override.yml"), OVERRIDE.formatted(resolver));
        compose("build", "sentinel-image", "sentinel-proxy");
        image = compose("config", "--images")
                .lines()
                .filter(name -> !name.contains("proxy"))
                .findFirst()
                .orElseThrow();
        try {
            docker(
                    "network",
                    "create",
                    "--subnet=203.0.113.0/24",
                    "--opt=com.docker.network.bridge.enable_ip_masquerade=false",
                    project);
            watch = start("watching", List.of("--network=host"), "python3", "-u", "/opt/egress/watch.py");
            bystander = start(
                    "ready",
                    List.of("--network=" + project, "--ip=" + BYSTANDER),
                    python("listen", BYSTANDER, "53", "80", "443"));
            world = start(
                    "ready",
                    List.of(
                            "--network=none",
                            "--sysctl=net.ipv6.conf.all.disable_ipv6=0",
                            "--sysctl=net.ipv6.conf.default.disable_ipv6=0"),
                    python());
        } catch (Exception | AssertionError e) {
            close();
            throw e;
        }
    }

    /** One attempt, and what arrived somewhere in its time. */
    record Attempt(String family, String name, String kind, String said, List<String> arrived, List<String> breaches) {
        boolean through() {
            return !breaches.isEmpty();
        }
    }

    /** All attempts. */
    List<Attempt> attempts() throws Exception {
        return attempts(Map.of(), List.of());
    }

    /** The attempts through a sidecar with these changes to its rules; those past it take longest and change nothing. */
    List<Attempt> throughSidecar(Map<String, String> changes) throws Exception {
        return attempts(changes, List.of("-e", "RULES_ONLY=yes"));
    }

    private List<Attempt> attempts(Map<String, String> changes, List<String> more) throws Exception {
        Path rules = bundle.resolve("proxy/squid.conf");
        String rendered = Files.readString(rules);
        String changed = rendered;
        for (Map.Entry<String, String> change : changes.entrySet()) {
            assertThat(changed).contains(change.getKey());
            changed = changed.replace(change.getKey(), change.getValue());
        }
        Files.writeString(rules, changed);
        try {
            String sidecar = sidecar();
            String inside = start(
                    "ready", List.of("--network=container:" + sidecar), python("listen", "127.0.0.1", "80", "443"));
            List<String> run = new ArrayList<>(List.of("run", "--rm", "--no-deps", "-T"));
            run.addAll(List.of("-e", "BYSTANDER=" + BYSTANDER, "-e", "HOST_PORT=" + hostPort()));
            run.addAll(List.of("-e", "HOST_ADDRESSES=" + String.join(",", hostAddresses())));
            run.addAll(more);
            run.add("sentinel-proxied");
            String said = compose(run.toArray(String[]::new));
            assertThat(said).endsWith("done\n");
            List<JsonNode> arrived = new ArrayList<>();
            for (String container : List.of(world, bystander, inside)) {
                arrived.addAll(lines(docker("logs", container)));
            }
            sidecarLog = docker("logs", sidecar);
            return judge(lines(said), arrived);
        } finally {
            Files.writeString(rules, rendered);
        }
    }

    /** Starts a sidecar anew, with its cable, and gives its container. */
    String sidecar() throws Exception {
        compose("up", "--detach", "--force-recreate", "--wait", "sentinel-proxy");
        String sidecar = compose("ps", "--quiet", "sentinel-proxy").strip();
        docker(
                "run",
                "--rm",
                // Not --privileged, which asks for every capability, and some hosts do not have them all.
                "--cap-add=SYS_ADMIN",
                "--cap-add=SYS_PTRACE",
                "--cap-add=NET_ADMIN",
                "--security-opt=seccomp=unconfined",
                "--security-opt=apparmor=unconfined",
                "--pid=host",
                "--network=host",
                "--user=0:0",
                "--entrypoint=/opt/egress/cable.sh",
                image,
                pid(sidecar),
                pid(world));
        return sidecar;
    }

    /** Starts an agent that runs this Python program, and gives its container. */
    String agent(String program) throws Exception {
        // The bundle may have changed, and then Compose tells of a build first.
        return compose("run", "--detach", "--no-deps", "sentinel-proxied", "python3", "-u", "-c", program)
                .lines()
                .reduce((earlier, last) -> last)
                .orElseThrow();
    }

    /** What the test internet wrote down. */
    String log() throws Exception {
        return docker("logs", world);
    }

    private static List<Attempt> judge(List<JsonNode> attempts, List<JsonNode> arrived) {
        List<Attempt> judged = new ArrayList<>();
        for (int i = 0; i < attempts.size(); i++) {
            JsonNode attempt = attempts.get(i);
            double from = attempt.get("time").asDouble();
            double to =
                    i + 1 < attempts.size() ? attempts.get(i + 1).get("time").asDouble() : Double.MAX_VALUE;
            boolean silent = attempt.get("silent").asBoolean();
            List<String> all = new ArrayList<>();
            List<String> breaches = new ArrayList<>();
            for (JsonNode event : arrived) {
                if (event.get("time").asDouble() >= from && event.get("time").asDouble() < to) {
                    String what = event.get("what").asText();
                    all.add(what);
                    // The address of a listed name is asked for again whenever the answer before it has grown old.
                    boolean question = what.startsWith("dns ");
                    if (silent && !question || event.get("breach").asBoolean()) {
                        breaches.add(event.get("what").asText());
                    }
                }
            }
            String said = attempt.get("said").asText();
            if (said.startsWith("LEAK")) {
                breaches.add(said);
            }
            judged.add(new Attempt(
                    attempt.get("family").asText(),
                    attempt.get("name").asText(),
                    attempt.get("kind").asText(),
                    said,
                    all,
                    breaches));
        }
        return judged;
    }

    /** What the host's own interfaces and the listener on it saw, all the time. */
    List<String> watched() throws Exception {
        return docker("logs", watch).lines().toList();
    }

    int hostPort() throws Exception {
        return Integer.parseInt(watched().get(0).split(" ")[1]);
    }

    /** What the sidecar of the last attempts logged, as the plugin makes records of it. */
    List<JsonNode> records() throws IOException {
        List<String> logged =
                sidecarLog.lines().filter(line -> line.startsWith("{")).toList();
        return lines(EgressRecords.of(logged, folder));
    }

    /** What the bystander wrote down. */
    String bystanderLog() throws Exception {
        return docker("logs", bystander);
    }

    private static List<String> hostAddresses() throws IOException {
        return Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .map(InetAddress::getHostAddress)
                .map(address -> address.replaceFirst("%.*", ""))
                .toList();
    }

    private static String[] python(String... words) {
        return Stream.concat(Stream.of("python3", "-u", "/opt/egress/world.py"), Stream.of(words))
                .toArray(String[]::new);
    }

    private static List<JsonNode> lines(String text) throws IOException {
        List<JsonNode> parsed = new ArrayList<>();
        for (String line : text.lines().filter(each -> each.startsWith("{")).toList()) {
            parsed.add(JSON.readTree(line));
        }
        return parsed;
    }

    private String start(String word, List<String> options, String... words) throws Exception {
        List<String> all = new ArrayList<>(
                List.of("run", "--detach", "--user=0:0", "--cap-add=NET_RAW", "--entrypoint=" + words[0]));
        all.addAll(options);
        all.add(image);
        all.addAll(List.of(words).subList(1, words.length));
        String container = docker(all.toArray(String[]::new)).strip();
        containers.add(container);
        Command logs = Command.docker(folder, "logs", "--follow", container);
        logs.saying(word);
        logs.signal("KILL");
        return container;
    }

    private String pid(String container) throws Exception {
        return docker("inspect", "--format={{.State.Pid}}", container).strip();
    }

    private String docker(String... words) throws Exception {
        return Command.docker(folder, words).output(0);
    }

    private String compose(String... words) throws Exception {
        return docker(Stream.concat(
                        Stream.of(
                                "compose",
                                "-p",
                                project,
                                "-f",
                                bundle.resolve("docker-compose.yml").toString(),
                                "-f",
                                override.toString(),
                                "--profile",
                                "proxied"),
                        Stream.of(words))
                .toArray(String[]::new));
    }

    void close() throws Exception {
        for (String container : containers) {
            Command.docker(folder, "rm", "--force", container).ended();
        }
        compose("down", "--remove-orphans", "--volumes", "--timeout", "1");
        Command.docker(folder, "network", "rm", project).ended();
    }

    /** One line an attempt, for people. */
    static String table(List<Attempt> attempts) {
        return attempts.stream()
                .map(attempt -> "| "
                        + Stream.of(
                                        attempt.family(),
                                        attempt.name(),
                                        attempt.kind(),
                                        attempt.said(),
                                        String.join("; ", attempt.breaches()))
                                .map(cell -> cell.replaceAll("[\\p{Cntrl}|]", " "))
                                .collect(Collectors.joining(" | "))
                        + " |\n")
                .collect(Collectors.joining(
                        "", "| family | attempt | kind | seen | got through |\n|---|---|---|---|---|\n", ""));
    }
}
