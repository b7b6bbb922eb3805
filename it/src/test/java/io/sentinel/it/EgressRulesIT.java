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

    /** The families that ask for names which are not listed. */
    private static final Set<String> UNLISTED = Set.of("names", "limits", "smuggling", "leaks");

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
                // The early rules give a denial its reason; the later ones say it once more for each entry.
                new Broken(
                        "ports of tunnels",
                        Map.of(
                                "http_access deny CONNECT !tls_ports why_port\n",
                                "",
                                "http_access allow listed CONNECT port_https\n",
                                "http_access allow listed CONNECT\n",
                                "ssl_bump splice hello_read sni_listed listed port_https\n",
                                "ssl_bump splice hello_read sni_listed listed\n"),
                        Set.of("tunnel ports", "limits")),
                new Broken(
                        "ports of HTTP",
                        Map.of(
                                "http_access deny !CONNECT !http_ports why_port\n",
                                "",
                                "http_access allow listed !CONNECT port_http\n",
                                "http_access allow listed !CONNECT\n"),
                        Set.of("http ports", "limits")),
                limits("ports of an entry", "allow limited_2 limited_2_ports", "allow limited_2"),
                limits("methods of an entry", " !CONNECT limited_3_methods !inward", " !inward"),
                limits(
                        "server names of another entry",
                        "splice hello_read sni_limited_2 limited_2 limited_2_ports",
                        "splice hello_read sni_limited_2"),
                without("reserved addresses", Set.of("inward", "limits"), "http_access deny reserved why_reserved\n"),
                without("methods", Set.of("methods"), "http_access deny !methods why_method\n"),
                without("schemes", Set.of("schemes"), "http_access deny !CONNECT !plain_http why_scheme\n"),
                without("inward addresses", Set.of("inward"), "http_access deny inward why_inward\n"),
                new Broken(
                        "server names",
                        Map.of(
                                "ssl_bump splice hello_read sni_listed listed port_https\n",
                                "ssl_bump splice hello_read listed port_https\n"),
                        Set.of("server names", "limits")),
                // The look at the hello covers it: what is none is cut, whatever this line says.
                new Broken(
                        "what is not TLS",
                        Map.of("on_unsupported_protocol respond all\n", "on_unsupported_protocol tunnel all\n"),
                        Set.of()),
                // The last rules cover this one: nothing unlisted is reached, but its name is asked for.
                without("the list", Set.of("names", "limits"), "http_access deny !listed !listed_limited why_domain\n"),
                new Broken(
                        "the list and what covers it",
                        Map.of(
                                "http_access deny !listed !listed_limited why_domain\n",
                                "",
                                "http_access allow listed CONNECT port_https\n",
                                "http_access allow CONNECT port_https\n",
                                "http_access allow listed !CONNECT port_http\n",
                                "http_access allow !CONNECT port_http\n"),
                        UNLISTED),
                without("the manager", Set.of("manager"), "http_access deny manager why_manager\n"),
                without(
                        "the manager and what covers it",
                        Set.of("manager", "schemes"),
                        "http_access deny manager why_manager\n",
                        "http_access deny !CONNECT !plain_http why_scheme\n",
                        "http_access deny !CONNECT !http_ports why_port\n"),
                // squid hands on no Upgrade by default: the rule holds where that is changed.
                new Broken(
                        "Upgrade",
                        Map.of(
                                "request_header_access Upgrade deny all\n",
                                "http_upgrade_request_protocols OTHER allow all\n"),
                        Set.of("leaks")));
    }

    private static Broken limits(String rule, String from, String to) {
        return new Broken(rule, Map.of(from, to), Set.of("limits"));
    }

    private static Broken without(String rule, Set<String> families, String... lines) {
        return new Broken(rule, Stream.of(lines).collect(Collectors.toMap(line -> line, line -> "")), families);
    }

    static Stream<Broken> leaky() {
        return Stream.of(
                // The one adds none of squid's own, the other takes away what the agent sends.
                without("Via", Set.of("via"), "via off\n", "request_header_access Via deny all\n"),
                without("the client's address", Set.of("x-forwarded-for"), "forwarded_for delete\n"));
    }

    /** Such a header goes out with every request, of whatever family. */
    @ParameterizedTest
    @MethodSource("leaky")
    void withoutARuleItsHeaderGoesOutAndNothingElse(Broken broken) throws Exception {
        String header = broken.families().iterator().next();
        assertThat(world.throughSidecar(broken.changes()))
                .filteredOn(attempt -> attempt.kind().equals("attack") && attempt.through())
                .isNotEmpty()
                .allSatisfy(attempt -> assertThat(attempt.breaches())
                        .allMatch(
                                breach -> breach.endsWith(" " + header) || breach.equals("LEAK [b'" + header + ":']")));
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
