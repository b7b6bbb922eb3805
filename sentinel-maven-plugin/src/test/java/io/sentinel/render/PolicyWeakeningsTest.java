package io.sentinel.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.seccomp.ShippedStandings;
import io.sentinel.spec.SpecReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyWeakeningsTest {

    @Test
    void weakeningsWhenThePolicyOnlyListsWhatIsAllowedAreNone() throws Exception {
        assertThat(of("policy: {allowed_commands: [git], allowed_hosts: [a.example]}"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "guard: off | guard is off: sentinel.yaml is delivered into the sandbox, and nothing of it is enforced",
                "guard: audit | guard is audit: what the policy does not allow is recorded, and goes through",
                "policy: {on_block: ask} | policy.on_block is ask: whoever starts a run may allow hosts",
                "policy: {allowed_interpreters: [sh, python3]} | policy.allowed_interpreters lets the agent start sh, python3:",
                "policy: {network_failsafe: {socket_connect: false}} | policy.network_failsafe.socket_connect is false:",
                "policy: {network_failsafe: {allow_private_network: true}} | policy.network_failsafe.allow_private_network",
                "policy: {policy_integrity: {tamper_detection: false}} | policy.policy_integrity.tamper_detection is false:",
                "policy: {audit: {on_failure: continue}} | policy.audit.on_failure is continue:",
            })
    void weakeningsWhenThereIsOneTellIt(String yaml, String start) throws Exception {
        assertThat(of(yaml)).singleElement().asString().startsWith(start);
    }

    /** The sidecar reads no policy. */
    @ParameterizedTest
    @CsvSource({
        "a.example, a.example, true",
        ".a.example, t.a.example, true",
        "t.a.example, a.example, true",
        ".t.a.example, a.example, true",
        "a.example, t.a.example, false",
        "ba.example, a.example, false",
    })
    void weakeningsWhenTheSidecarLetsThroughABlockedHostTellIt(String allowed, String blocked, boolean told)
            throws Exception {
        assertThat(of("profiles: {proxied: {allow: [" + allowed + "]}}\npolicy: {network_failsafe: {blocked_hosts: ["
                        + blocked + "]}}"))
                .hasSize(told ? 1 : 0)
                .allMatch(line -> line.startsWith("profiles.proxied.allow lets through " + allowed + ", "));
    }

    /** What holds nothing at all has no weaker parts. */
    @Test
    void weakeningsWhenThereIsNoGuardAreThatAlone() throws Exception {
        assertThat(of("guard: off\npolicy: {allowed_interpreters: [sh]}")).hasSize(1);
        assertThat(of("guard: audit\npolicy: {allowed_interpreters: [sh], on_block: ask}"))
                .hasSize(2);
    }

    private static List<String> of(String yaml) throws Exception {
        byte[] spec = ("name: a\n" + yaml + "\n").getBytes(StandardCharsets.UTF_8);
        return PolicyWeakenings.of(SpecReader.read("sandbox.yaml", spec, new ShippedStandings()));
    }
}
