package io.sentinel.verify;

import io.sentinel.engine.Compose;
import io.sentinel.engine.ContainerFacts;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.RunRequest;
import io.sentinel.run.Staging;
import io.sentinel.spec.Profile;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.LiveView.Attempts;
import io.sentinel.verify.probe.ProbeProgram;
import io.sentinel.verify.probe.ProbeTable;
import io.sentinel.verify.rule.Canary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The way out of the proxied profile, tried: the bundle's own sidecar with its own rules, but with the verifier's list of hosts
 * and on the verifier's network, on which stands nothing but a target of its own. No request can come to anywhere else.
 */
final class Egress {

    private static final String SIDECAR = "sentinel-egress";

    private static final String TARGET = "sentinel-target";
    private static final String NETWORK = "sentinel-target";
    private static final String INTERNAL = "sentinel-internal";
    private static final String CONFIGURATION = "/etc/sentinel-proxy";
    private static final Duration LIMIT = Duration.ofMinutes(1);
    /** Longer than the sidecar takes to start, and than the probe takes for all of its attempts. */
    private static final int TARGET_SECONDS = 300;
    /** Of a proxy that lets everything through, each request for a name that nobody has takes its time. */
    private static final Duration ALL_REQUESTS = Duration.ofSeconds(TARGET_SECONDS);

    /** Of pieces of addresses. */
    private static final int MOST_ATTEMPTS = 8;

    private final Docker docker;
    private final Staging staging;
    private final ProbeVolume volume;
    private final Path bundle;
    private final String image;

    /**
     * @param bundle the folder whose sidecar is tried
     * @param image of the sidecar
     */
    Egress(Docker docker, Staging staging, ProbeVolume volume, Path bundle, String image) {
        this.docker = docker;
        this.staging = staging;
        this.volume = volume;
        this.bundle = bundle;
        this.image = image;
    }

    /**
     * What came of it.
     *
     * @param agent the attempts for the proxied agent's rules
     * @param sidecar those for the sidecar's
     * @param canary that the listed host was reached
     */
    record Seen(Attempts agent, Attempts sidecar, Canary canary) {}

    /** Starts sidecar and target, and tries. */
    Seen look() throws EngineException, IOException, InterruptedException {
        Path folder = Files.createDirectory(staging.folder().resolve("egress"));
        configure(folder);
        List<Path> overrides = up(folder);
        Compose compose = staging.compose(overrides);
        String sidecar = address(compose, SIDECAR, INTERNAL);
        Requests requests =
                new Requests(sidecar, address(compose, TARGET, NETWORK), address(compose, SIDECAR, NETWORK));
        ProbeTable table = requests.table();
        RunRequest request = RunRequest.of(
                        Profile.PROXIED.service(), staging.name() + "-egress", Map.of(), ALL_REQUESTS)
                .withoutDependencies()
                .instead(volume.put("egress", table, 0));
        return requests.seen(Glimpse.answers(staging, overrides, request, table));
    }

    private String address(Compose compose, String service, String network)
            throws EngineException, IOException, InterruptedException {
        Optional<ContainerFacts> container =
                compose.containers(service).stream().findFirst();
        Optional<String> address =
                container.isPresent() ? Addressed.of(docker, container.get().id(), network) : Optional.empty();
        return address.orElseThrow(() -> new CannotTell(service + " has no address on " + network));
    }

    /** Starts both, on a piece of addresses that no other network of the engine's has. */
    private List<Path> up(Path folder) throws EngineException, IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            List<Path> overrides =
                    List.of(volume.override(), override(folder, staging.name().hashCode() + attempt));
            try {
                staging.compose(overrides).up(List.of(SIDECAR, TARGET), LIMIT);
                return overrides;
            } catch (EngineException e) {
                // This machine's interfaces do not show what an engine elsewhere has, or one that is just being made.
                if (attempt == MOST_ATTEMPTS || !e.getMessage().contains("overlaps")) {
                    throw e;
                }
            }
        }
    }

    private static Path configuration(Path folder) {
        return folder.resolve("proxy");
    }

    /** The bundle's own rules, and the verifier's list. */
    private void configure(Path folder) throws IOException {
        Path configuration = Files.createDirectory(configuration(folder));
        try (Stream<Path> files = Files.list(bundle.resolve("proxy"))) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                Files.copy(file, configuration.resolve(file.getFileName()));
            }
        }
        Files.writeString(
                configuration.resolve("allowed-domains.txt"), Requests.LISTED + "\n" + Requests.INWARD + "\n");
    }

    /**
     * The network's addresses are of a block for documentation (RFC 5737), a piece of it for each verification.
     *
     * @param seed by which the piece is chosen
     */
    private Path override(Path folder, int seed) throws IOException {
        List<String> words = ProbeProgram.serve(80, TARGET_SECONDS);
        return Overrides.write(
                folder.resolve("egress.yaml"),
                """
                services:
                  sentinel-egress:
                    extends: {file: %s, service: sentinel-proxy}
                    networks: !override
                      sentinel-internal: {aliases: [%s]}
                      sentinel-target: {}
                    volumes:
                      - type: bind
                        source: %s
                        target: %s
                        read_only: true
                        bind: {create_host_path: false}
                  sentinel-target:
                    image: %s
                    pull_policy: never
                    user: "13:13"
                    read_only: true
                    cap_drop: [ALL]
                    security_opt: [no-new-privileges:true]
                    init: true
                    restart: "no"
                    mem_limit: 64m
                    pids_limit: 32
                    labels: {io.sentinel.owner: "${SENTINEL_OWNER:-}"}
                    entrypoint: [%s]
                    command: [%s, %s, %s]
                    sysctls: {net.ipv4.ip_unprivileged_port_start: "0"}
                    networks:
                      sentinel-target: {aliases: [%s]}
                    volumes:
                      - {type: volume, source: %s, target: %s, read_only: true}
                networks:
                  sentinel-target:
                    driver: bridge
                    internal: true
                    enable_ipv6: false
                    labels: {io.sentinel.owner: "${SENTINEL_OWNER:-}"}
                    ipam: {config: [{subnet: %s}]}
                """,
                staging.composeFile().toString(),
                Requests.INWARD,
                configuration(folder).toString(),
                CONFIGURATION,
                image,
                words.get(0),
                words.get(1),
                words.get(2),
                words.get(3),
                Requests.LISTED,
                ProbeVolume.NAME,
                ProbeProgram.TARGET,
                StubNetwork.free(seed));
    }
}
