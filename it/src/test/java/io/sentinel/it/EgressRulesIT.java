package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.it.EgressWorld.Attempt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A rule of the sidecar is what closes its family of ways out: without it, that family gets through, and no other. */
@Tag("full")
class EgressRulesIT {

    @TempDir
    private static Path folder;

    private static EgressWorld world;

    @BeforeAll
    static void start() throws Exception {
        world = new EgressWorld(folder);
    }

    @AfterAll
    static void clear() throws Exception {
        if (world != null) {
            world.close();
        }
    }

    private record Broken(String rule, Map<String, String> changes, Set<String> families) {
        @Override
        public String toString() {
            return rule;
        }
    }

    static Stream<Broken> broken() {
        return Stream.of(
                new Broken(
                        "comparing names as written, and addresses",
                        Map.of(
                                "acl listed dstdomain -n",
                                "acl listed dstdomain",
                                "http_access deny address why_address\n",
                                "",
                                "http_access deny odd_name why_name\n",
                                ""),
                        Set.of("addresses")),
                new Broken(
                        "ports of tunnels",
                        Map.of("http_access deny CONNECT !port_https why_port\n", ""),
                        Set.of("tunnel ports")),
                new Broken(
                        "ports of HTTP",
                        Map.of("http_access deny !CONNECT !port_http why_port\n", ""),
                        Set.of("http ports")));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void withoutARuleItsFamilyGetsThrough(Broken broken) throws Exception {
        List<Attempt> through = world.throughSidecar(broken.changes()).stream()
                .filter(attempt -> attempt.kind().equals("attack") && attempt.through())
                .toList();
        Files.writeString(
                Path.of("target/egress-without-" + broken.rule().replace(' ', '-') + ".md"),
                EgressWorld.table(through));
        Set<String> families = through.stream().map(Attempt::family).collect(Collectors.toSet());
        assertThat(families).isEqualTo(broken.families());
    }
}
