package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.engine.Docker;
import io.sentinel.spec.Profile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A host that has what programs fetch: a Maven repository, package indexes and so on ({@code it/programs}). It is on a
 * network of the test's own that leads nowhere else, in the place of the bundle's way out, and all names are its names
 * there.
 */
final class ProgramsHost {

    /** Ranges for documentation (RFC 5737) that the egress suite does not use. Two runs on one engine take two of them. */
    private static final List<String> SUBNETS =
            Stream.iterate(0, i -> i + 16).limit(16).map(i -> "198.51.100." + i).toList();

    private static final String OVERRIDE =
            """
            services:
              sentinel-proxy:
                volumes: [{type: bind, source: %s, target: /etc/resolv.conf, read_only: true}]
            networks:
              sentinel-egress: !override {external: true, name: %s}
            """;

    private static final String SPEC =
            """
            name: programs
            guard: off
            image:
              from: "%s"
              copy: [{from: programs.crt, to: /usr/local/share/ca-certificates/}]
              run: [update-ca-certificates]
            resources: {memory: 2g, cpus: 2.0, tmp: 256m}
            profiles: {proxied: {allow: [.programs.test]}}
            command: [python3, -u, /opt/programs/agent.py, %s, %s]
            """;

    /** Whatever the plugin asks of Compose, it has the override as well. */
    private static final String CLIENT =
            """
            #!/bin/sh
            set -eu
            if [ "${1-} ${2-}" = "compose --file" ]; then
                bundle=$3
                shift 3
                set -- compose --file "$bundle" --file %s "$@"
            fi
            exec %s "$@"
            """;

    static final Path SOURCES = Path.of("programs").toAbsolutePath();

    private final Path folder;
    private final String network =
            "sentinel-programs-" + ProcessHandle.current().pid();
    private final String container = network;
    private final String image;
    private final String address;

    /**
     * Starts it.
     *
     * @param folder for what it needs, empty
     */
    ProgramsHost(Path folder) throws Exception {
        this.folder = folder;
        image = Workload.build("with-programs", SOURCES, "--build-arg=WORKLOADS=" + Workload.image());
        Path resolver = folder.resolve("resolv.conf");
        Path override = folder.resolve("override.yml");
        Path client = Files.createDirectory(folder.resolve("bin")).resolve("docker");
        Files.writeString(override, OVERRIDE.formatted(resolver, network));
        String real = Command.start(folder, Map.of(), List.of("sh", "-c", "command -v docker"))
                .output(0)
                .strip();
        Files.writeString(client, CLIENT.formatted(override, real));
        Files.setPosixFilePermissions(client, PosixFilePermissions.fromString("rwxr-xr-x"));
        address = createNetwork();
        Files.writeString(resolver, "nameserver " + address + "\n");
        try {
            docker(
                    "run",
                    "--rm",
                    "--network=none",
                    "--user=0:0",
                    mount(folder, "/certificate"),
                    image,
                    "openssl",
                    "req",
                    "-x509",
                    "-newkey",
                    "rsa:2048",
                    "-nodes",
                    "-days",
                    "2",
                    "-subj",
                    "/CN=programs.test",
                    "-addext",
                    "subjectAltName=DNS:*.programs.test",
                    "-out",
                    "/certificate/programs.crt",
                    "-keyout",
                    "/certificate/key.pem");
            start();
        } catch (Exception | AssertionError e) {
            close();
            throw e;
        }
    }

    private static String mount(Path source, String target) {
        return "--mount=type=bind,source=" + source + ",target=" + target;
    }

    private String createNetwork() throws Exception {
        StringBuilder said = new StringBuilder();
        for (String subnet : SUBNETS) {
            Command create = Command.docker(
                            folder, "network", "create", "--internal", "--subnet=" + subnet + "/28", network)
                    .ended();
            if (create.exitCode() == 0) {
                // The first address is the bridge's own.
                return "198.51.100." + (Integer.parseInt(subnet.substring("198.51.100.".length())) + 2);
            }
            said.append(create.output());
        }
        throw new AssertionError("no free network for the test's host:\n" + said);
    }

    private void start() throws Exception {
        docker(
                "run",
                "--detach",
                "--name=" + container,
                "--network=" + network,
                "--ip=" + address,
                "--user=0:0",
                mount(folder, "/certificate"),
                mount(Path.of(System.getProperty("sentinel.it.localRepository")), "/site/maven") + ",readonly",
                image,
                "sh",
                "-euc",
                "/opt/programs/site.sh; exec python3 -u /opt/programs/host.py " + address
                        + " /certificate/programs.crt /certificate/key.pem");
        Command logs = Command.docker(folder, "logs", "--follow", container);
        logs.saying("ready");
        logs.signal("KILL");
    }

    /**
     * Runs programs in a sandbox that trusts this host's certificate and has this host behind its sidecar.
     *
     * @param project its folder; what is in it stays
     * @param which of the agent's lists of programs
     */
    Result run(Path project, String which) throws Exception {
        Files.copy(folder.resolve("programs.crt"), project.resolve("programs.crt"));
        Box box = Box.of(project, SPEC.formatted(image, which, address));
        Docker client = Box.docker(Map.of("PATH", folder.resolve("bin") + ":" + System.getenv("PATH")));
        Box.Result result = box.run(Profile.PROXIED, Box.invoker(0, 0, Map.of()), client);
        String said = result.out() + result.err();
        Files.writeString(Path.of("target/proxied-" + which + ".txt"), said);
        assertThat(result.outcome().succeeded()).as(said).isTrue();
        return new Result(
                result.out().lines().toList(),
                Files.readAllLines(box.layout.work().resolve("egress.jsonl")));
    }

    /** What the agent said, and what the plugin wrote down of its requests. */
    record Result(List<String> said, List<String> requests) {}

    /** The addresses that anything came from. */
    List<String> peers() throws Exception {
        return docker("logs", container)
                .lines()
                .filter(line -> line.startsWith("from "))
                .map(line -> line.split(" ")[1])
                .distinct()
                .collect(Collectors.toList());
    }

    private String docker(String... words) throws Exception {
        return Command.docker(folder, words).output(0);
    }

    void close() throws Exception {
        Command.docker(folder, "rm", "--force", container).ended();
        Command.docker(folder, "network", "rm", network).ended();
    }
}
