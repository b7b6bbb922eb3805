package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sentinel.engine.EngineException;
import io.sentinel.engine.EngineFault.NetworkOpen;
import io.sentinel.engine.EngineFault.NetworkOpen.Why;
import io.sentinel.engine.HostEnvironment;
import io.sentinel.engine.LabelFilter;
import io.sentinel.spec.Profile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A proxied run on an engine that takes an option and ignores it: played by a docker client that leaves the option away. No
 * name is asked for but the sidecar's, which the engine's own resolver knows.
 */
class NetworkProbeIT {

    private static final List<LabelFilter> OURS = List.of(LabelFilter.has("io.sentinel.owner"));

    @TempDir
    private Path folder;

    private Box box;

    @BeforeEach
    void spec() throws Exception {
        box = Box.of(
                folder,
                """
                name: box
                guard: off
                profiles: {proxied: {allow: [listed.invalid]}}
                command: [echo, the agent ran]
                """);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        assertThat(Box.docker().listContainers(OURS))
                .filteredOn(container -> EgressReportIT.isOwn(container.labels()))
                .isEmpty();
        assertThat(Box.docker().listNetworks(OURS))
                .filteredOn(network -> EgressReportIT.isOwn(network.labels()))
                .isEmpty();
    }

    @Test
    void anEngineThatEnforcesAllRunsTheAgent() throws Exception {
        assertThat(box.run(Profile.PROXIED).out()).isEqualTo("the agent ran\n");
    }

    @Test
    void aHostThatAnswersOnTheAgentsNetworkIsFound() throws Exception {
        EngineException e = refusedWith("networks: {sentinel-internal: {driver_opts: !reset {}}}", Why.HOST);
        assertThat(e)
                .hasMessageStartingWith("This engine took the option com.docker.network.bridge.inhibit_ipv4 and ignored"
                        + " it: from the network of the proxied profile, something answers at the gateway's address (")
                // Not by its answer alone: the probe's word arrived.
                .hasMessageContaining(
                        ", the host itself), so an agent could reach the ports of the host. It was not" + " started: ");
    }

    @Test
    void aHostThatNobodyCanConnectToIsFoundByItsAnswer() throws Exception {
        // The probe's word goes to another port, as it does where a firewall drops it or the engine is elsewhere.
        String elsewhere =
                """
                networks: {sentinel-internal: {driver_opts: !reset {}}}
                services: {sentinel-probe: {entrypoint: [/opt/sentinel/bin/network-probe, word, "0"]}}
                """;
        assertThat(refusedWith(elsewhere, Why.HOST))
                .hasMessageContainingAll("something answers at the gateway's address (", ".1), so an agent");
    }

    @Test
    void anAddressOfTheOtherKindIsFound() throws Exception {
        assertThat(refusedWith(
                        "networks: {sentinel-internal: {enable_ipv6: true, ipam: {config: [{subnet: 'fd00:5e:1::/64'}]}}}",
                        Why.IPV6))
                .hasMessageContaining("took the option enable_ipv6: false and ignored it");
    }

    @Test
    void aResolverThatMayForwardIsFound() throws Exception {
        assertThat(refusedWith("services: {sentinel-probe: {dns: !reset []}}", Why.DNS))
                .hasMessageContaining("took the option dns: [127.0.0.1] and ignored it")
                .hasMessageContaining("(set to [], not [127.0.0.1])");
    }

    @Test
    @Tag("full")
    void aProbeThatSawNothingIsNoPass() throws Exception {
        assertThat(refusedWith("services: {sentinel-probe: {entrypoint: ['true']}}", Why.UNSEEN))
                .hasMessageContaining("(the probe said '')");
        assertThat(refusedWith("services: {sentinel-proxy: {networks: !override [sentinel-egress]}}", Why.UNSEEN))
                .hasMessageContaining("(the name sentinel-proxy is not known)");
    }

    private EngineException refusedWith(String change, Why why) throws Exception {
        Path path = Files.createDirectories(folder.resolve("client"));
        Path file = Files.writeString(path.resolve("change.yml"), change + "\n");
        Path real = new HostEnvironment(System.getenv()).find("docker").orElseThrow();
        Path docker = Files.writeString(
                path.resolve("docker"),
                """
                #!/bin/sh
                if [ "$1 $2" = "compose --file" ]; then
                    bundle=$3
                    shift 3
                    exec %1$s compose --file "$bundle" --file %2$s "$@"
                fi
                exec %1$s "$@"
                """
                        .formatted(real, file));
        Files.setPosixFilePermissions(docker, PosixFilePermissions.fromString("rwx------"));
        Map<String, String> client = Map.of("PATH", path + ":" + System.getenv("PATH"));

        EngineException e = catchThrowableOfType(
                EngineException.class, () -> box.run(Profile.PROXIED, Box.invoker(0, 0, Map.of()), Box.docker(client)));
        assertThat(e).isNotNull();
        assertThat(e.fault()).isInstanceOf(NetworkOpen.class);
        assertThat(((NetworkOpen) e.fault()).why()).as(e.getMessage()).isEqualTo(why);
        assertThat(Files.readString(box.layout.work().resolve("outcome.json")))
                .contains("\"reason\" : \"engine\"", "\"exitCode\" : null");
        nothingIsLeft();
        return e;
    }
}
