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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        assertThat(Path.of("../README.md"))
                .content()
                .contains("\n"
                        + of("attack").stream()
                                .filter(each -> !each.family().equals("host"))
                                .count() + " attempts to get out");
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

    /** What is asked for and what became of it, in the records that a user gets. */
    @Test
    void theRecordsTellWhatWasAllowedAndWhyNot() throws Exception {
        assertThat(world.records())
                .extracting(record -> String.join(
                        " ",
                        record.get("decision").asText(),
                        record.get("reason").asText(),
                        record.get("method").asText(),
                        record.get("host").asText() + ":" + record.get("port").asText(),
                        record.get("sni").asText()))
                .contains(
                        "allowed null GET listed.test:80 null",
                        "allowed null CONNECT listed.test:443 listed.test",
                        "allowed null CONNECT listed.test:443 www.suffix.test",
                        "denied sni CONNECT listed.test:443 evil.test",
                        "denied domain CONNECT evil.test:443 null",
                        "denied private-address GET ten.suffix.test:80 null",
                        "denied reserved-address GET metadata.suffix.test:80 null",
                        "allowed null GET ports.test:8080 null",
                        "allowed null CONNECT ports.test:8443 ports.test",
                        "denied method POST read.test:80 null",
                        "denied port GET ports.test:80 null",
                        "denied no-tls CONNECT listed.test:443 null")
                .filteredOn(record -> record.startsWith("allowed"))
                .allMatch(
                        record -> record.matches(
                                "allowed \\w+ (CONNECT \\S*:8?443|(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \\S*:(80|808[01])) .*"))
                .allMatch(record -> record.matches(
                        "(?i).* ((listed|ports|read)[.]test|(\\S+[.])?(suffix|inner)[.]test)[.]?:\\d+ .*"));
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

    private static List<Attempt> of(String kind) {
        return attempts.stream().filter(attempt -> attempt.kind().equals(kind)).toList();
    }
}
