package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.engine.EngineFault.NetworkOpen;
import io.sentinel.engine.EngineFault.NetworkOpen.Why;
import org.junit.jupiter.api.Test;

class NetworkProbeTest {

    @Test
    void onlyTheOneWordIsAPass() {
        assertThat(NetworkProbe.found("closed", "")).isEmpty();
        assertThat(NetworkProbe.found("closed by somebody", "")).isNotEmpty();
        assertThat(NetworkProbe.found("", "")).contains(new NetworkOpen(Why.UNSEEN, "the probe said ''"));
        assertThat(NetworkProbe.found("closed\nclosed", "not found\n"))
                .contains(new NetworkOpen(Why.UNSEEN, "the probe said 'closed closed'; not found"));
    }

    @Test
    void whatItFoundIsTold() {
        assertThat(NetworkProbe.found("host 192.0.2.1", "")).contains(new NetworkOpen(Why.HOST, "192.0.2.1"));
        assertThat(NetworkProbe.found("ipv6 fe80", "")).contains(new NetworkOpen(Why.IPV6, "fe80"));
        assertThat(NetworkProbe.found("dns 192.0.2.53", "")).contains(new NetworkOpen(Why.DNS, "192.0.2.53"));
        assertThat(NetworkProbe.found("unknown no network", "")).contains(new NetworkOpen(Why.UNSEEN, "no network"));
    }

    @Test
    void aSentenceSaysWhatWasFoundAndWhatToDo() {
        assertThat(new NetworkOpen(Why.DNS, "192.0.2.53").sentence())
                .isEqualTo(
                        "This engine took the option dns: [127.0.0.1] and ignored it: the resolver of a container in the"
                                + " proxied profile may ask other name servers (192.0.2.53), so an agent could send data out in"
                                + " names. It was not started: use Docker Engine on Linux, of a version that README.md says was"
                                + " tried, or the profile strict.");
        assertThat(new NetworkOpen(Why.UNSEEN, "no\u001b[31m network").sentence())
                .isEqualTo(
                        "Whether the network of the proxied profile is closed could not be seen from inside it (no [31m"
                                + " network), so the agent was not started: run it again, and if that fails too, see what 'docker"
                                + " compose --profile proxied run --rm sentinel-probe' says in the bundle's folder.");
    }
}
