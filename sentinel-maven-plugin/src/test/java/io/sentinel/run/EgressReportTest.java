package io.sentinel.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.render.Allowed;
import io.sentinel.render.SandboxException;
import io.sentinel.seccomp.ShippedStandings;
import io.sentinel.spec.AllowList;
import io.sentinel.spec.AllowedHost;
import io.sentinel.spec.InvalidFileException;
import io.sentinel.spec.NamedList;
import io.sentinel.spec.Origin;
import io.sentinel.spec.SpecReader;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class EgressReportTest {

    private static final AllowList ALLOW = new AllowList(
            List.of(AllowedHost.standard("example.org", true), AllowedHost.standard("api.example.com", false)),
            new TreeSet<>());

    private static final String HEAD =
            "What this run asked of the proxy (decision, count, host and port, reason); each request stands in f:";

    @Test
    void tellsAllThatThereWas() {
        EgressReport report = report();
        for (int i = 0; i < 12; i++) {
            report.add(record("api.example.com", 443, "api.example.com", true, ""));
        }
        report.add(record("gone.example.org", 443, "gone.example.org", true, "unreachable"));
        for (int i = 0; i < 3; i++) {
            report.add(record("pypi.example", 443, "", false, "domain"));
        }
        report.add(record("api.example.com", 443, "EVIL.example.net", false, "sni"));
        report.add(record("api.example.com", 22, "", false, "port"));
        report.add(record("192.0.2.1", 80, "", false, "ip-literal"));
        assertThat(report.lines("f"))
                .containsExactly(
                        HEAD,
                        "  allowed       12  api.example.com:443",
                        "  allowed        1  gone.example.org:443  unreachable",
                        "  denied         3  pypi.example:443     domain",
                        "  denied         1  192.0.2.1:80         ip-literal",
                        "  denied         1  api.example.com:22   port",
                        "  denied         1  api.example.com:443  sni EVIL.example.net",
                        "No entry of the list allows ip-literal: it has names and no addresses; ask for the host by its"
                                + " name.",
                        "The spec allows what was denied with this; hosts and ports are the agent's words, so keep those"
                                + " that you know:",
                        "  profiles: {proxied: {allow: [.example.org, api.example.com, {host: api.example.com, ports:"
                                + " [22]}, evil.example.net, pypi.example]}}",
                        "  On a port of its own a host is reached by TLS and plain HTTP, and by nothing else (no ssh).");
    }

    @Test
    void tellsThatThereWasNothing() {
        assertThat(report().lines("f")).containsExactly("This run asked nothing of the proxy.");
    }

    @Test
    void everyReasonOfTheRulesIsExplained() {
        EgressReport report = report();
        List<String> reasons = List.of(
                "bad-name",
                "ip-literal",
                "malformed",
                "manager",
                "method",
                "no-tls",
                "port",
                "reserved-address",
                "scheme",
                "too-large");
        reasons.forEach(reason -> report.add(record("a.example.com", 80, "", false, reason)));
        assertThat(report.lines("f").stream().filter(line -> line.startsWith("No entry")))
                .hasSize(reasons.size())
                .noneMatch(line -> line.contains("none of what"));
    }

    @Test
    void namesThatNoListTakesAreInNoLine() {
        EgressReport report = report();
        report.add(record("single", 443, "", false, "domain"));
        report.add(record("a_b.example.com", 443, "", false, "domain"));
        report.add(record("a]}, x: [b.example.com", 443, "", false, "domain"));
        report.add(record("api.example.com", 443, "", false, "sni"));
        assertThat(report.lines("f"))
                .endsWith("No entry of the list allows bad-name: it has full names of letters, digits and hyphens.");
    }

    @Test
    void aNameThatTheSpecAllowsByNowIsNotListedAgain() {
        EgressReport report = report();
        report.add(record("www.example.org", 443, "", false, "domain"));
        assertThat(report.lines("f")).hasSize(2).noneMatch(line -> line.contains("profiles"));
    }

    @Test
    void aPortOrAPrivateAddressNeedsAnEntryThatSaysSo() {
        EgressReport report = report();
        report.add(record("nexus.example.com", 8081, "", false, "port"));
        report.add(record("api.example.com", 443, "", false, "private-address"));
        report.add(record("api.example.com", 80, "", false, "port"));
        assertThat(report.lines("f"))
                .endsWith(
                        "No entry of the list allows port: TLS never passes to port 80, plain HTTP never to port 443.",
                        "The spec allows what was denied with this; hosts and ports are the agent's words, so keep those"
                                + " that you know:",
                        "  profiles: {proxied: {allow: [.example.org, {host: api.example.com, private: true}, {host:"
                                + " nexus.example.com, ports: [8081]}]}}",
                        "  On a port of its own a host is reached by TLS and plain HTTP, and by nothing else (no ssh).",
                        "  private: true is for a host of your own network: the agent reaches it there.");
    }

    /** Whatever was denied, and whatever the list has: what is proposed can be read, and lets that through. */
    @Property
    void everyLineThatIsProposedIsAListThatAllowsIt(
            @ForAll("lists") AllowList list, @ForAll("denials") EgressRecord denial) throws Exception {
        EgressReport report = report(list);
        report.add(denial);
        String prefix = "  profiles: {proxied: {allow: ";
        for (String line : report.lines("f").stream()
                .filter(each -> each.startsWith(prefix))
                .toList()) {
            AllowList proposed = SpecReader.read(
                            "sandbox.yaml", ("name: a\n" + line.strip() + "\n").getBytes(UTF_8), new ShippedStandings())
                    .allow();
            String host = (denial.reason().equals(Optional.of("sni")) ? denial.sni() : denial.host()).orElseThrow();
            assertThat(proposed.hosts())
                    .anyMatch(entry -> entry.reaches(
                            AllowedHost.only(host).orElseThrow(), denial.port().orElseThrow()));
            assertThat(proposed.hosts())
                    .allMatch(entry -> list.hosts().contains(entry)
                            || entry.namesAllOf(AllowedHost.only(host).orElseThrow()));
        }
    }

    @Provide
    Arbitrary<AllowList> lists() {
        return Arbitraries.of(
                        "",
                        "a.example.com",
                        ".example.com",
                        "{host: a.example.com, ports: [443]}",
                        "{host: a.example.com, ports: [80, 8080], methods: [GET]}",
                        "{host: a.example.com, ports: [8443], private: true}, a.example.com",
                        "{host: a.example.com, ports: [8443]}, b.example.com")
                .map(items -> {
                    try {
                        return SpecReader.read(
                                        "sandbox.yaml",
                                        ("name: a\nprofiles: {proxied: {allow: [" + items + "]}}\n").getBytes(UTF_8),
                                        new ShippedStandings())
                                .allow();
                    } catch (InvalidFileException e) {
                        throw new AssertionError(e);
                    }
                });
    }

    @Provide
    Arbitrary<EgressRecord> denials() {
        return Combinators.combine(
                        Arbitraries.of("a.example.com", "b.example.com", "c.d.example.org"),
                        Arbitraries.of(80, 443, 8080, 8443, 22),
                        Arbitraries.of("a.example.com", "b.example.com"),
                        Arbitraries.of("domain", "sni", "port", "private-address", "method", "scheme"),
                        Arbitraries.of("CONNECT", "GET", "POST", "TRACE"))
                .as((host, port, sni, reason, method) -> new EgressRecord(
                        Instant.EPOCH,
                        Optional.of(method),
                        Optional.of(host),
                        OptionalInt.of(port),
                        Optional.of(sni),
                        false,
                        Optional.of(reason),
                        0,
                        0));
    }

    @Test
    void namedListsStayAsTheSpecWritesThem() {
        AllowList list = new AllowList(List.of(), new TreeSet<>(List.of(NamedList.GIT)));
        List<Origin> git = List.of(Origin.of("https://git.example.com/a.git").orElseThrow());
        EgressReport report;
        try {
            report = new EgressReport(list, Allowed.of(list, Map.of(NamedList.GIT, git)));
        } catch (SandboxException e) {
            throw new AssertionError(e);
        }
        report.add(record("git.example.com", 443, "", false, "domain"));
        report.add(record("b.example.com", 443, "", false, "domain"));
        assertThat(report.lines("f")).endsWith("  profiles: {proxied: {allow: [\"@git\", b.example.com]}}");
    }

    @Test
    void aLongListIsNotRepeated() {
        List<AllowedHost> many = IntStream.range(0, 100)
                .mapToObj(i -> AllowedHost.standard("h" + i + ".example.com", false))
                .toList();
        EgressReport report = report(new AllowList(many, new TreeSet<>()));
        report.add(record("b.example.org", 443, "", false, "domain"));
        assertThat(report.lines("f")).endsWith("  profiles.proxied.allow, beside what is there: [b.example.org]");
    }

    @Test
    void ofVeryManyTheFirstAreShown() {
        EgressReport report = report();
        for (int i = 0; i < 500; i++) {
            report.add(record("h" + i + ".example.com", 443, "", false, "domain"));
        }
        List<String> lines = report.lines("f");
        assertThat(lines).hasSize(23);
        assertThat(lines.get(21)).isEqualTo("  denied       480  of 480 more kinds");
        assertThat(lines.get(22))
                .isEqualTo("Denied names: 500, more than anybody would allow unread; see the file for them.");
    }

    @Property
    void nothingSteersATerminal(@ForAll String host, @ForAll String sni, @ForAll boolean allowed) {
        EgressReport report = report();
        report.add(record(host, 443, sni, allowed, allowed ? "" : "sni"));
        report.add(record(host, 80, "", false, "domain"));
        assertThat(report.lines("f")).allMatch(line -> line.matches("[ -~]*"));
    }

    private static EgressReport report() {
        return report(ALLOW);
    }

    static EgressReport report(AllowList list) {
        try {
            return new EgressReport(list, Allowed.of(list, Map.of()));
        } catch (SandboxException e) {
            throw new AssertionError(e);
        }
    }

    private static EgressRecord record(String host, int port, String sni, boolean allowed, String reason) {
        return new EgressRecord(
                Instant.EPOCH,
                Optional.of("CONNECT"),
                Optional.of(host),
                OptionalInt.of(port),
                Optional.of(sni).filter(text -> !text.isEmpty()),
                allowed,
                Optional.of(reason).filter(text -> !text.isEmpty()),
                0,
                0);
    }
}
