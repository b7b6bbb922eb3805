package io.sentinel.spec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One entry of the proxied profile's allow list.
 *
 * @param host a host name in lower case, IDNA-encoded, without a leading or trailing dot
 * @param subdomains whether names below it are allowed too; the spec writes such an entry with a leading dot
 * @param ports that are reached: 443 by TLS alone, 80 by plain HTTP alone, any other by both
 * @param methods the only ones that pass, which plain HTTP alone can be held to: no TLS passes then; empty for all that
 *     the proxy lets through
 * @param toPrivate whether the name may lead to a private address
 */
public record AllowedHost(
        String host, boolean subdomains, SortedSet<Integer> ports, SortedSet<String> methods, boolean toPrivate)
        implements Comparable<AllowedHost> {

    /** What an entry without ports of its own reaches. */
    public static final SortedSet<Integer> STANDARD_PORTS =
            Collections.unmodifiableSortedSet(new TreeSet<>(List.of(80, 443)));

    private static final SortedSet<Integer> PLAIN_PORT = Collections.unmodifiableSortedSet(new TreeSet<>(List.of(80)));

    /** Every method that may pass in plain HTTP. */
    public static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    public AllowedHost {
        ports = Collections.unmodifiableSortedSet(new TreeSet<>(ports));
        methods = Collections.unmodifiableSortedSet(new TreeSet<>(methods));
        if (ports.isEmpty()) {
            throw new IllegalArgumentException("an entry has at least one port");
        }
        if (!methods.isEmpty() && ports.contains(443)) {
            throw new IllegalArgumentException("methods cannot be seen on port 443");
        }
    }

    /** The entry without limits of its own. */
    public static AllowedHost standard(String host, boolean subdomains) {
        return new AllowedHost(host, subdomains, STANDARD_PORTS, new TreeSet<>(), false);
    }

    /** The entry that allows just this host; empty where no list may name it. */
    public static Optional<AllowedHost> only(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return HostNames.isFullName(name) ? Optional.of(standard(name, false)) : Optional.empty();
    }

    /** The same host on one port, and no other. */
    public AllowedHost at(int port) {
        return new AllowedHost(host, subdomains, new TreeSet<>(List.of(port)), new TreeSet<>(), toPrivate);
    }

    /** The same entry for one method, on ports that plain HTTP reaches. */
    public AllowedHost forMethod(String method) {
        return new AllowedHost(host, subdomains, ports, new TreeSet<>(List.of(method)), toPrivate);
    }

    /** The same entry for private addresses too. */
    public AllowedHost leadingToPrivate() {
        return new AllowedHost(host, subdomains, ports, methods, true);
    }

    /** Whether it is written as a name alone. */
    public boolean isStandard() {
        return ports.equals(STANDARD_PORTS) && methods.isEmpty() && !toPrivate;
    }

    /** Whether TLS passes on one of its ports at least; on 80 it never does. */
    public boolean passesTls() {
        return methods.isEmpty() && !ports.equals(PLAIN_PORT);
    }

    /** Whether each name that the other entry is for is one of this entry's, whatever their limits. */
    public boolean namesAllOf(AllowedHost other) {
        return host.equals(other.host) && (subdomains || !other.subdomains)
                || subdomains && other.host.endsWith("." + host);
    }

    /** Whether it says something about a port of the names of the other entry. */
    public boolean reaches(AllowedHost other, int port) {
        return namesAllOf(other) && ports.contains(port);
    }

    /** Whether all that the other entry lets through passes this one too. */
    public boolean covers(AllowedHost other) {
        boolean anyMethod = methods.isEmpty() || !other.methods.isEmpty() && methods.containsAll(other.methods);
        return namesAllOf(other) && anyMethod && ports.containsAll(other.ports) && (toPrivate || !other.toPrivate);
    }

    /** The host as the spec and squid's {@code dstdomain} write it. */
    public String pattern() {
        return subdomains ? "." + host : host;
    }

    /** The entry as it stands in a YAML list: a name, in quotes where it could be taken for a number, or a mapping. */
    public String yaml() {
        String name = PlainScalars.otherThanText(pattern()).isPresent() ? '"' + pattern() + '"' : pattern();
        if (isStandard()) {
            return name;
        }
        List<String> keys = new ArrayList<>(List.of("host: " + name));
        if (!ports.equals(STANDARD_PORTS)) {
            keys.add("ports: " + list(ports));
        }
        if (!methods.isEmpty()) {
            keys.add("methods: " + list(methods));
        }
        if (toPrivate) {
            keys.add("private: true");
        }
        return keys.stream().collect(Collectors.joining(", ", "{", "}"));
    }

    private static String list(Collection<?> words) {
        return words.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
    }

    @Override
    public String toString() {
        return yaml();
    }

    /** By name, and the widest first where a name stands in several entries. */
    @Override
    public int compareTo(AllowedHost other) {
        int byName = pattern().compareTo(other.pattern());
        return byName == 0 ? yaml().compareTo(other.yaml()) : byName;
    }
}
