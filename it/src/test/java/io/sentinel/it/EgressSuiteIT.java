package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.it.EgressWorld.Attempt;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ways out of the proxied profile (it/egress): what arrived in a test internet decides. */
class EgressSuiteIT {

    /**
     * What gets through to a listed host, and why it is not closed. Without a server name there is nothing to compare with
     * the list, and some programs send none; squid takes hellos of SSL 2 and alerts for TLS without a name. It reads one
     * name, up to a NUL; TLS libraries refuse such hellos. What is said inside TLS is not read: nothing is decrypted.
     */
    private static final Set<String> RESIDUAL = Set.of(
            "no server name",
            "an empty server name",
            "a hello of SSL 2",
            "an alert before the hello",
            "a second server name",
            "a NUL in the server name",
            "another Host inside TLS");

    @TempDir
    private static Path folder;

    private static EgressWorld world;
    private static List<Attempt> attempts;

    @BeforeAll
    static void run() throws Exception {
        world = new EgressWorld(folder);
        attempts = world.attempts();
        Map<String, Long> families = attempts.stream()
                .collect(Collectors.groupingBy(Attempt::family, LinkedHashMap::new, Collectors.counting()));
        StringBuilder report = new StringBuilder(
                "# Ways out of the proxied profile\n\n| family | attempts | through |\n|---|---:|---:|\n");
        families.forEach((family, count) -> report.append("| %s | %d | %d |\n"
                .formatted(
                        family,
                        count,
                        attempts.stream()
                                .filter(each -> each.family().equals(family) && each.through())
                                .count())));
        Files.writeString(Path.of("target/egress.md"), report.append('\n').append(EgressWorld.table(attempts)));
    }

    @AfterAll
    static void clear() throws Exception {
        if (world != null) {
            world.close();
        }
    }

    @Test
    void nothingGetsOutButWhatIsKnownTo() {
        assertThat(of("attack")).hasSizeGreaterThan(150);
        assertThat(of("attack")).filteredOn(Attempt::through).isEmpty();
        assertThat(of("residual"))
                .filteredOn(Attempt::through)
                .extracting(Attempt::name)
                .containsExactlyInAnyOrderElementsOf(RESIDUAL);
    }

    @Test
    void whatIsListedWorks() {
        assertThat(of("control")).hasSizeGreaterThan(10).allSatisfy(control -> {
            assertThat(control.said()).isEqualTo("ok");
            assertThat(control.arrived()).isNotEmpty();
            assertThat(control.breaches()).isEmpty();
        });
    }

    /** Names too: the test's are in no question that leaves. */
    @Test
    void noPacketOfTheTestIsOnTheHostsOwnInterfaces() throws Exception {
        assertThat(world.watched()).noneMatch(line -> line.startsWith("reached") || line.startsWith("name"));
        assertThat(world.watched())
                .noneMatch(line -> line.startsWith("packet")
                        && line.matches(".* (198\\.51\\.100\\.|203\\.0\\.113\\.|2001:db8:).*"));
        // The watch and the listeners do see what is there: a datagram with one of the names, and connections.
        InetAddress host = InetAddress.getLoopbackAddress();
        byte[] name = "www.suffix.test".getBytes(StandardCharsets.US_ASCII);
        try (DatagramSocket out = new DatagramSocket();
                Socket toHost = new Socket(host, world.hostPort());
                Socket toBystander = new Socket("203.0.113.10", 80)) {
            out.send(new DatagramPacket(name, name.length, host, world.hostPort()));
            toBystander.getOutputStream().write(name);
            assertThat(toHost.isConnected()).isTrue();
        }
        for (int i = 0; i < 50 && !world.watched().contains("name lo"); i++) {
            Thread.sleep(100);
        }
        assertThat(world.watched()).contains("name lo").anyMatch(line -> line.startsWith("reached tcp"));
        assertThat(world.bystanderLog()).contains("www.suffix.test");
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
                        "the list",
                        Map.of(
                                "http_access deny !listed why_domain\n",
                                "",
                                "http_access allow listed\n",
                                "http_access allow all\n"),
                        Set.of("names")),
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
                        Set.of("http ports")),
                new Broken(
                        "schemes", Map.of("http_access deny !CONNECT !plain_http why_scheme\n", ""), Set.of("schemes")),
                new Broken("methods", Map.of("http_access deny !methods why_method\n", ""), Set.of("methods")),
                new Broken(
                        "addresses that lead inward",
                        Map.of("http_access deny inward why_inward\n", ""),
                        Set.of("inward")),
                new Broken(
                        "server names",
                        Map.of("ssl_bump splice hello_read sni_listed", "ssl_bump splice hello_read"),
                        Set.of("server names")),
                new Broken(
                        "what is not TLS",
                        Map.of("on_unsupported_protocol respond all", "on_unsupported_protocol tunnel all"),
                        Set.of("not TLS")),
                new Broken(
                        "what is told",
                        Map.of(
                                "via off\n",
                                "",
                                "forwarded_for delete\n",
                                "",
                                "request_header_access Upgrade deny all\n",
                                ""),
                        Set.of("leaks")));
    }

    /** Each rule is the one that closes its family: without it, that family gets through, and no other. */
    @ParameterizedTest
    @MethodSource
    @Tag("full")
    void broken(Broken broken) throws Exception {
        List<Attempt> through = world.throughSidecar(broken.changes()).stream()
                .filter(attempt -> attempt.kind().equals("attack") && attempt.through())
                .toList();
        Files.writeString(
                Path.of("target/egress-without-" + broken.rule().replace(' ', '-') + ".md"),
                EgressWorld.table(through));
        Set<String> families = through.stream().map(Attempt::family).collect(Collectors.toSet());
        assertThat(families).isEqualTo(broken.families());
    }

    private static List<Attempt> of(String kind) {
        return attempts.stream().filter(attempt -> attempt.kind().equals(kind)).toList();
    }
}
