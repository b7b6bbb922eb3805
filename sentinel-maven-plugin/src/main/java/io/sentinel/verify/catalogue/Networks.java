package io.sentinel.verify.catalogue;

import static io.sentinel.verify.rule.Severity.CRITICAL;
import static io.sentinel.verify.rule.Severity.HIGH;
import static io.sentinel.verify.rule.Severity.MEDIUM;

import io.sentinel.engine.Json;
import io.sentinel.spec.Profile;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.util.List;
import java.util.Map;

/** What the container reaches, and what reaches it. */
final class Networks {

    private static final String ICC = "com.docker.network.bridge.enable_icc";

    private Networks() {}

    static List<Rule> rules() {
        return List.of(strictHasNone(), notShared(), internalAlone(), reallyInternal(), ownNetworks(), membersApart());
    }

    private static Rule strictHasNone() {
        return Rule.of("NET-1", CRITICAL, "The strict profile has no network at all")
                .because("it is the fail-safe below every other rule about the network")
                .cis("5.10")
                .remedy("write network_mode: none, and neither networks, ports, dns nor extra_hosts")
                .about(Role.AGENT)
                .in(Profile.STRICT)
                .files(view -> {
                    String mode = view.at("network_mode").text().orElse("not set");
                    Faults faults = Faults.unless("network_mode none, and nothing else");
                    faults.addIf(!mode.equals("none"), "network_mode " + mode, view.place("network_mode"));
                    for (String key : List.of("networks", "ports", "dns", "extra_hosts")) {
                        faults.addIf(!Facts.isEmpty(view.at(key)), key + " is set", view.place(key));
                    }
                    return faults.or("network_mode is none");
                })
                .created(view -> Facts.oneOf("NetworkMode", view.host("NetworkMode"), List.of("none"), Place.NOWHERE))
                .running(view -> {
                    List<String> interfaces = interfaces(view);
                    return interfaces.equals(List.of("lo"))
                            ? Verdict.held("interfaces: lo")
                            : Verdict.broken("lo alone", String.join(", ", interfaces), Place.NOWHERE);
                });
    }

    private static Rule notShared() {
        return Rule.of("NET-2", CRITICAL, "The network stack is not the host's and not another container's")
                .because("on the host's stack every service of the host is on loopback")
                .cis("5.10")
                .remedy("remove network_mode, or write none")
                .files(view -> notShared(view.at("network_mode"), view.place("network_mode")))
                .created(view -> notShared(view.host("NetworkMode"), Place.NOWHERE))
                .running(view -> Namespaces.own(view, List.of("net")));
    }

    private static Verdict notShared(Json mode, Place place) {
        String word = mode.text().orElse("");
        return word.equals("host") || Namespaces.shares(mode)
                ? Verdict.broken("a stack of its own", word, place)
                : Verdict.held(word.isEmpty() ? "a stack of its own" : word);
    }

    private static Rule internalAlone() {
        return Rule.of("NET-3", CRITICAL, "A proxied agent is on internal networks alone")
                .because("any other network is a way past the proxy")
                .remedy("keep sentinel-internal alone under networks")
                .about(Role.AGENT, Role.HELPER)
                .in(Profile.PROXIED)
                .files(view -> {
                    List<String> networks = networks(view);
                    Faults faults = Faults.unless("internal networks alone");
                    faults.addIf(networks.isEmpty(), "the default network", view.place("networks"));
                    networks.stream()
                            .filter(name -> !Facts.isYes(view.model().at("networks", name, "internal")))
                            .forEach(name -> faults.add(name + " is not internal", view.place("networks", name)));
                    return faults.or("on " + String.join(", ", networks));
                })
                .created(view -> {
                    Faults faults = Faults.unless("internal networks alone");
                    Map<String, Json> networks = view.networks();
                    faults.addIf(networks.isEmpty(), "no network that can be inspected", Place.NOWHERE);
                    networks.forEach((name, network) ->
                            faults.addIf(!network.at("Internal").isTrue(), name + " is not internal", Place.NOWHERE));
                    return faults.or("internal: " + String.join(", ", networks.keySet()));
                })
                .running(view -> {
                    List<String> interfaces = interfaces(view);
                    return interfaces.size() == 2 && interfaces.contains("lo")
                            ? Verdict.held("interfaces: " + String.join(", ", interfaces))
                            : Verdict.broken("lo and one more", String.join(", ", interfaces), Place.NOWHERE);
                });
    }

    private static Rule reallyInternal() {
        return Rule.of(
                        "NET-4",
                        CRITICAL,
                        "The internal network is internal, a bridge, the project's own, and without IPv6")
                .because("each of these options left out is a way out, or a way to the host")
                .remedy("write internal: true, driver: bridge, enable_ipv6: false, and no external")
                .about(Role.AGENT, Role.HELPER)
                .in(Profile.PROXIED)
                .files(view -> {
                    Faults faults = Faults.unless("internal, bridge, no IPv6, not external, no address of the host");
                    for (String name : networks(view)) {
                        Json network = view.model().at("networks", name);
                        Place place = new Place.Key(List.of("networks", name));
                        faults.addIf(!Facts.isYes(network.at("internal")), name + " is not internal", place);
                        faults.addIf(Facts.isYes(network.at("external")), name + " is external", place);
                        faults.addIf(Facts.isYes(network.at("enable_ipv6")), name + " has IPv6", place);
                        faults.addIf(
                                !network.at("driver").text().orElse("bridge").equals("bridge"),
                                name + " has the driver " + network.at("driver"),
                                place);
                        faults.addIf(!hostless(network.at("driver_opts")), name + " has an address of the host", place);
                    }
                    return faults.or("internal bridge without IPv6 and without an address of the host");
                })
                .created(view -> {
                    Faults faults = Faults.unless("internal, bridge, no IPv6, no address of the host");
                    view.networks().forEach((name, network) -> {
                        faults.addIf(!network.at("Internal").isTrue(), name + " is not internal", Place.NOWHERE);
                        faults.addIf(network.at("EnableIPv6").isTrue(), name + " has IPv6", Place.NOWHERE);
                        faults.addIf(
                                !network.at("Driver").text().orElse("").equals("bridge"),
                                name + " has the driver " + network.at("Driver"),
                                Place.NOWHERE);
                        faults.addIf(
                                !hostless(network.at("Options")), name + " has an address of the host", Place.NOWHERE);
                    });
                    return faults.or("internal bridge without IPv6 and without an address of the host");
                });
    }

    /** An internal network still gives the host an address on it, and with it every port that the host listens on. */
    private static boolean hostless(Json options) {
        return options.at("com.docker.network.bridge.inhibit_ipv4")
                        .text()
                        .filter("true"::equals)
                        .isPresent()
                || options.at("com.docker.network.bridge.gateway_mode_ipv4")
                        .text()
                        .filter("isolated"::equals)
                        .isPresent();
    }

    private static Rule ownNetworks() {
        return Rule.of("NET-5", MEDIUM, "The service's networks are the project's own, and none is the default one")
                .because("on a shared network stand containers that nobody thought of")
                .cis("5.30")
                .remedy("name a network of the project's own under networks")
                .files(view -> {
                    if (view.at("network_mode")
                            .text()
                            .filter(mode -> !mode.equals("bridge"))
                            .isPresent()) {
                        return Verdict.held("network_mode is "
                                + view.at("network_mode").text().get());
                    }
                    Faults faults = Faults.unless("networks that the project makes");
                    List<String> networks = networks(view);
                    faults.addIf(networks.isEmpty(), "the engine's own bridge", view.place("network_mode"));
                    for (String name : networks) {
                        Json network = view.model().at("networks", name);
                        faults.addIf(name.equals("default"), "the default network", view.place("networks"));
                        faults.addIf(!network.isObject(), name + " is not made here", view.place("networks", name));
                        faults.addIf(
                                Facts.isYes(network.at("external")),
                                name + " is external",
                                view.place("networks", name));
                    }
                    return faults.or(String.join(", ", networks));
                })
                .created(view -> {
                    String mode = view.host("NetworkMode").text().orElse("");
                    return mode.equals("default") || mode.equals("bridge") || mode.endsWith("_default")
                            ? Verdict.broken("a network of the project's own", mode, Place.NOWHERE)
                            : Verdict.held(mode);
                });
    }

    private static Rule membersApart() {
        return Rule.of("NET-6", HIGH, "On the network of the standard profile members cannot talk to one another")
                .because("two agents there would be neighbours")
                .cis("2.2")
                .remedy("write driver_opts: {" + ICC + ": \"false\"}")
                .about(Role.AGENT)
                .in(Profile.STANDARD)
                .files(view -> {
                    Faults faults = Faults.unless(ICC + " false, on a plain bridge of its own without IPv6");
                    for (String name : networks(view)) {
                        Json network = view.model().at("networks", name);
                        Place place = new Place.Key(List.of("networks", name));
                        faults.addIf(!name.equals(Profile.STANDARD.service()), name + " is not its own", place);
                        faults.addIf(Facts.isYes(network.at("enable_ipv6")), name + " has IPv6", place);
                        faults.addIf(
                                !network.at("driver").text().orElse("bridge").equals("bridge"),
                                name + " has the driver " + network.at("driver"),
                                place);
                        network.at("driver_opts").names().stream()
                                .filter(option -> !option.equals(ICC))
                                .forEach(option -> faults.add(name + " has " + option, place));
                    }
                    networks(view).stream()
                            .filter(name -> !apart(view.model().at("networks", name, "driver_opts")))
                            .forEach(name -> faults.add(
                                    name + " lets its members talk", new Place.Key(List.of("networks", name))));
                    return faults.or("members are apart");
                })
                .created(view -> {
                    Faults faults = Faults.unless(ICC + " false");
                    view.networks()
                            .forEach((name, network) -> faults.addIf(
                                    !apart(network.at("Options")), name + " lets its members talk", Place.NOWHERE));
                    return faults.or("members are apart");
                })
                .probed();
    }

    private static boolean apart(Json options) {
        return options.at(ICC).text().filter("false"::equals).isPresent();
    }

    private static List<String> networks(StaticView view) {
        Json networks = view.at("networks");
        return networks.isArray() ? networks.texts() : networks.names();
    }

    /**
     * The names of the interfaces that the process has, without those that the kernel's tunnel modules put into every name
     * space: they are down, have no address, and take CAP_NET_ADMIN to become anything (net.core.fb_tunnels_only_for_init_net).
     */
    static List<String> interfaces(LiveView view) {
        return view.process()
                .text("net/dev")
                .lines()
                .filter(line -> line.contains(":"))
                .map(line -> line.substring(0, line.indexOf(':')).strip())
                .filter(name -> !name.matches("(tunl|gre|gretap|erspan|sit|ip_vti|ip6_vti|ip6tnl|ip6gre)0"))
                .sorted()
                .toList();
    }
}
