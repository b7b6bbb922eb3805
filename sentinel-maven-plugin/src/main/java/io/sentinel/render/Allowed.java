package io.sentinel.render;

import io.sentinel.spec.AllowList;
import io.sentinel.spec.AllowedHost;
import io.sentinel.spec.NamedList;
import io.sentinel.spec.Origin;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What the sidecar lets through: the hosts that a spec names, and those that its named lists came to.
 *
 * @param standard entries that are a name alone, sorted; none covers another
 * @param limited entries with ports, methods or private addresses of their own, sorted
 */
public record Allowed(List<AllowedHost> standard, List<AllowedHost> limited) {

    public Allowed {
        standard = List.copyOf(standard);
        limited = List.copyOf(limited);
    }

    /**
     * @param origins what each named list of the spec came to
     * @throws SandboxException when one came to what it cannot bring: another port, an address
     */
    public static Allowed of(AllowList list, Map<NamedList, List<Origin>> origins) throws SandboxException {
        SortedSet<AllowedHost> standard = new TreeSet<>();
        SortedSet<AllowedHost> limited = new TreeSet<>();
        list.hosts().forEach(host -> (host.isStandard() ? standard : limited).add(host));
        for (NamedList named : list.named()) {
            if (!origins.containsKey(named)) {
                throw new SandboxException(
                        named.word() + " came into the spec while this build was reading it; run it again");
            }
            for (Origin origin : origins.get(named)) {
                AllowedHost host = origin.entry().orElseThrow(() -> unlistable(named, origin));
                if (list.hosts().stream().anyMatch(entry -> entry.reaches(host, origin.port()))) {
                    continue;
                }
                if (!origin.isAtStandardPort()) {
                    throw elsewhere(named, origin, host);
                }
                // Where the spec limits that host, the rest of its limits is not undone.
                if (list.hosts().stream().anyMatch(entry -> entry.namesAllOf(host))) {
                    limited.add(host.at(origin.port()));
                } else {
                    standard.add(host);
                }
            }
        }
        return new Allowed(List.copyOf(standard), List.copyOf(limited));
    }

    /** All entries. */
    public Stream<AllowedHost> all() {
        return Stream.concat(standard.stream(), limited.stream());
    }

    /** The names of the limited entries, without those below another of them: squid refuses a list that has both. */
    public List<String> limitedNames() {
        return limited.stream()
                .filter(host -> limited.stream()
                        .noneMatch(other -> !other.pattern().equals(host.pattern()) && other.namesAllOf(host)))
                .map(AllowedHost::pattern)
                .distinct()
                .toList();
    }

    /** The ports that a tunnel of TLS may lead to, for one entry or another. */
    public SortedSet<Integer> tlsPorts() {
        SortedSet<Integer> ports = ports(limited.stream().filter(AllowedHost::passesTls));
        ports.remove(80);
        ports.add(443);
        return ports;
    }

    /** The ports that plain HTTP may lead to, for one entry or another. */
    public SortedSet<Integer> httpPorts() {
        SortedSet<Integer> ports = ports(limited.stream());
        ports.remove(443);
        ports.add(80);
        return ports;
    }

    /** What the list makes weaker: a sentence each, for every report. */
    List<String> weakenings() {
        return limited.stream()
                .filter(AllowedHost::toPrivate)
                .map(host -> "profiles.proxied.allow has " + host.yaml()
                        + ": by that name the agent reaches private addresses too: of the local network, of this host,"
                        + " of other containers")
                .toList();
    }

    private static SortedSet<Integer> ports(Stream<AllowedHost> hosts) {
        SortedSet<Integer> ports = new TreeSet<>();
        hosts.forEach(host -> ports.addAll(host.ports()));
        return ports;
    }

    private static SandboxException unlistable(NamedList named, Origin origin) {
        return new SandboxException(came(named, origin) + ", and an allow list has full names only: no address, no word"
                + " alone; give that host a name where it is configured");
    }

    private static SandboxException elsewhere(NamedList named, Origin origin, AllowedHost host) {
        AllowedHost there = host.at(origin.port());
        return new SandboxException(came(named, origin) + ", and such a list brings ports 80 and 443 only; add "
                + there.yaml() + " to profiles.proxied.allow, or where that name leads to a private address "
                + there.leadingToPrivate().yaml());
    }

    private static String came(NamedList named, Origin origin) {
        return named.word() + " in profiles.proxied.allow came to " + origin;
    }
}
