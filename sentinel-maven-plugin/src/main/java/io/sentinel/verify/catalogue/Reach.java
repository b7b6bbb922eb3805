package io.sentinel.verify.catalogue;

import static io.sentinel.verify.rule.Severity.CRITICAL;
import static io.sentinel.verify.rule.Severity.HIGH;
import static io.sentinel.verify.rule.Severity.LOW;
import static io.sentinel.verify.rule.Severity.MEDIUM;

import io.sentinel.engine.Json;
import io.sentinel.spec.Profile;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Ports, names, and the proof that there is no other way than the proxy. */
final class Reach {

    private static final String PROXY = "http://sentinel-proxy:3128";
    private static final List<String> PROXIES = List.of("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy");
    private static final String LOCAL = "localhost|127\\.0\\.0\\.1|::1|";

    private Reach() {}

    static List<Rule> rules() {
        return List.of(noPorts(), noHostNames(), resolver(), noLinks(), interfaces(), closed(), variables());
    }

    private static Rule noPorts() {
        return Rule.of("NET-7", HIGH, "Nothing is published to the host's network")
                .because("a published port is a way in, from wherever the host is reached")
                .cis("5.9", "5.14")
                .remedy("remove ports; for a person at the host, publish to 127.0.0.1")
                .files(view -> {
                    Faults faults = Faults.unless("no ports");
                    List<Json> ports = view.at("ports").elements();
                    for (int i = 0; i < ports.size(); i++) {
                        String address = ports.get(i).at("host_ip").text().orElse("every address");
                        boolean local = view.subject().role() == Role.AGENT
                                && !view.expected().isOwn()
                                && address.matches("127\\..*|::1");
                        faults.addIf(
                                !local,
                                "port " + ports.get(i).at("target").text().orElse("?") + " on " + address,
                                view.place("ports", Integer.toString(i)));
                    }
                    return faults.or(ports.isEmpty() ? "none is published" : "published to this host alone");
                })
                .created(view -> {
                    Faults faults = Faults.unless("no ports");
                    view.host("PortBindings").members().forEach((port, bindings) -> {
                        boolean local = !view.expected().isOwn()
                                && bindings.elements().stream().allMatch(to -> to.at("HostIp")
                                        .text()
                                        .orElse("")
                                        .matches("127\\..*|::1"));
                        faults.addIf(!local, port + " is published", Place.NOWHERE);
                    });
                    faults.addIf(
                            view.host("PublishAllPorts").isTrue(), "every exposed port is published", Place.NOWHERE);
                    return faults.or("none is published");
                })
                .running(view -> {
                    Faults faults = Faults.unless("no socket that listens before the agent starts");
                    for (String name : List.of("net/tcp", "net/tcp6")) {
                        // State 0A is LISTEN (include/net/tcp_states.h); the engine's resolver listens on 127.0.0.11.
                        view.process()
                                .text(name)
                                .lines()
                                .skip(1)
                                .map(line -> line.strip().split("\\s+"))
                                .filter(words -> words.length > 3 && words[3].equals("0A"))
                                .filter(words -> !words[1].startsWith("0B00007F:"))
                                .forEach(words -> faults.add("listens on " + words[1]));
                    }
                    // A server of others' and the sidecar are there to listen.
                    boolean server = view.subject().role() == Role.SIDECAR
                            || !view.expected().isOwn();
                    return server
                            ? Verdict.outside("it may listen; what is published shows in the other rings")
                            : faults.or("none listens");
                })
                .about(Role.AGENT, Role.SIDECAR, Role.HELPER);
    }

    private static Rule noHostNames() {
        return Rule.of("NET-8", HIGH, "No name leads to the host or to a private or metadata address")
                .because("host-gateway is the host's every service; 169.254.169.254 answers with a cloud's credentials")
                .remedy("remove extra_hosts")
                .files(view -> hostNames(view.at("extra_hosts"), view.place("extra_hosts")))
                .created(view -> hostNames(view.host("ExtraHosts"), Place.NOWHERE))
                .running(view -> {
                    Faults faults = Faults.unless("no such name");
                    view.process()
                            .text("etc/hosts")
                            .lines()
                            .map(line -> line.replaceFirst("#.*", "").strip())
                            .filter(line -> line.matches(
                                            "(?i).*\\s(host\\.docker\\.internal|gateway\\.docker\\.internal|metadata.*)")
                                    || line.startsWith("169.254."))
                            .forEach(faults::add);
                    return faults.or("none in /etc/hosts");
                });
    }

    private static Verdict hostNames(Json list, Place place) {
        Faults faults = Faults.unless("no name of the host or of an inner address");
        List<String> entries = new ArrayList<>(list.texts());
        list.members().forEach((name, addresses) -> {
            addresses.text().ifPresent(address -> entries.add(name + "=" + address));
            addresses.texts().forEach(address -> entries.add(name + "=" + address));
        });
        for (String entry : entries) {
            String address = entry.replaceFirst("^[^=:]*[=:]", "").replaceAll("[\\[\\]]", "");
            faults.addIf(address.equals("host-gateway") || Addresses.leadsToOthers(address), entry, place);
        }
        return faults.or(entries.isEmpty() ? "extra_hosts is not set" : "none of " + entries.size());
    }

    private static Rule resolver() {
        return Rule.of(
                        "NET-9",
                        HIGH,
                        "Names are no way out: a proxied agent's resolver forwards nowhere, others have the engine's own")
                .because("DNS carries data as well as any connection")
                .remedy("write dns: [127.0.0.1] for the proxied agent, and no dns elsewhere")
                .files(view -> resolver(view.at("dns"), view.subject().isBehindProxy(), view.place("dns")))
                .created(view -> resolver(view.host("Dns"), view.subject().isBehindProxy(), Place.NOWHERE))
                .running(view -> {
                    Faults faults = Faults.unless("the engine's own resolver, or none");
                    view.process()
                            .text("etc/resolv.conf")
                            .lines()
                            .map(String::strip)
                            .filter(line -> line.startsWith("nameserver"))
                            .filter(line -> view.subject().isBehindProxy() && !line.matches("nameserver\\s+127\\..*"))
                            .forEach(faults::add);
                    return faults.or("as meant");
                });
    }

    private static Verdict resolver(Json dns, boolean proxied, Place place) {
        List<String> servers = dns.isArray() ? dns.texts() : dns.text().stream().toList();
        List<String> right = proxied ? List.of("127.0.0.1") : List.of();
        return servers.equals(right)
                ? Verdict.held(servers.isEmpty() ? "dns is not set" : "dns is 127.0.0.1, where nothing listens")
                : Verdict.broken(
                        proxied ? "127.0.0.1 alone" : "not set",
                        servers.isEmpty() ? "not set" : servers.toString(),
                        place);
    }

    private static Rule noLinks() {
        return Rule.of("NET-10", LOW, "No links to other containers")
                .because("they put other containers' names and variables into this one")
                .remedy("remove links and external_links")
                .files(view -> {
                    Faults faults = Faults.unless("none");
                    for (String key : List.of("links", "external_links")) {
                        faults.addIf(
                                !Facts.isEmpty(view.at(key)), key + " " + Facts.shown(view.at(key)), view.place(key));
                    }
                    return faults.or("there is none");
                })
                .created(view -> Facts.empty("Links", view.host("Links"), Place.NOWHERE));
    }

    private static Rule interfaces() {
        return Rule.of("NET-11", CRITICAL, "The running process has no other way onto a network than its profile's")
                .because("it proves NET-1 and NET-3 in the kernel")
                .remedy("see NET-1 and NET-3")
                .about(Role.AGENT)
                .in(Profile.STRICT, Profile.PROXIED)
                .running(view -> {
                    List<String> interfaces = Networks.interfaces(view);
                    Faults faults = Faults.unless("no further interface, no route out");
                    boolean strict = view.subject().is(Profile.STRICT);
                    faults.addIf(interfaces.size() > (strict ? 1 : 2), "interfaces " + interfaces, Place.NOWHERE);
                    long routes =
                            view.process().text("net/route").lines().skip(1).count();
                    faults.addIf(strict && routes > 0, routes + " routes", Place.NOWHERE);
                    // An internal network may keep a default route on engine 20.10: the route alone tells nothing
                    // there.
                    return faults.or("interfaces " + interfaces);
                });
    }

    private static Rule closed() {
        return Rule.of("NET-12", CRITICAL, "The proxy lets through what is listed, and there is no way around it")
                .because("it proves the whole way out, against hosts of the verifier's own")
                .remedy("see PX-1 to PX-5, NET-3 and NET-4")
                .about(Role.AGENT)
                .in(Profile.PROXIED)
                .probed();
    }

    private static Rule variables() {
        return Rule.of(
                        "NET-13",
                        MEDIUM,
                        "Programs of the proxied profile are told of the proxy, and send nothing past it")
                .because("a program that goes past it only fails; one that is told works")
                .remedy("set HTTP_PROXY and HTTPS_PROXY to " + PROXY + ", and NO_PROXY to localhost,127.0.0.1,::1")
                .about(Role.AGENT)
                .in(Profile.PROXIED)
                .files(view -> variables(view.at("environment").textMembers(), view.place("environment")))
                .created(view -> variables(Environment.variables(view), Place.NOWHERE));
    }

    private static Verdict variables(Map<String, String> variables, Place place) {
        Faults faults = Faults.unless(PROXY + ", and NO_PROXY with local names alone");
        for (String name : PROXIES) {
            String value = variables.getOrDefault(name, "not set");
            faults.addIf(!value.equals(PROXY), name + " is " + value, place);
        }
        for (String name : List.of("NO_PROXY", "no_proxy")) {
            for (String host : variables.getOrDefault(name, "").split(",")) {
                faults.addIf(!host.strip().matches(LOCAL), name + " has " + host, place);
            }
        }
        return faults.or("as meant");
    }
}
