package io.sentinel.spec;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One entry of the policy's {@code allowed_hosts}.
 *
 * @param host a host name in lower case, IDNA-encoded, without a trailing dot
 * @param match which names it is for
 * @param ports that are reached; empty for every port
 * @param schemes of addresses such as {@code https}, for what sees one; empty for every scheme. A socket shows host and
 *     port alone, so an entry with schemes has ports too
 */
public record HostRule(String host, Match match, SortedSet<Integer> ports, SortedSet<String> schemes) {

    /** The schemes that an entry may name, with the port that each has by itself. */
    static final Map<String, Integer> SCHEMES = Collections.unmodifiableMap(
            new TreeMap<>(Map.of("ftp", 21, "http", 80, "https", 443, "ws", 80, "wss", 443)));

    public HostRule {
        ports = Collections.unmodifiableSortedSet(new TreeSet<>(ports));
        schemes = Collections.unmodifiableSortedSet(new TreeSet<>(schemes));
        if (ports.isEmpty() && !schemes.isEmpty()) {
            throw new IllegalArgumentException("an entry with schemes has ports");
        }
    }

    /** Which names an entry is for. */
    public enum Match {
        /** Its own. */
        EXACT,
        /** Its own and all below it. */
        SUBDOMAIN;

        /** The word that a policy uses. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The entry for every port. */
    public static HostRule of(String host, Match match) {
        return new HostRule(host, match, new TreeSet<>(), new TreeSet<>());
    }

    /** Whether a policy may write it as the name alone, where that is how names match by themselves. */
    public boolean isName(Match standard) {
        return match == standard && ports.isEmpty() && schemes.isEmpty();
    }

    /** Whether all that another entry allows is allowed by this one too. */
    boolean covers(HostRule other) {
        boolean names = match == Match.SUBDOMAIN
                ? isAtOrBelow(other.host, host)
                : other.match == Match.EXACT && host.equals(other.host);
        return names && holdsAll(ports, other.ports) && holdsAll(schemes, other.schemes);
    }

    /** Whether a name is another one or lies below it. */
    static boolean isAtOrBelow(String name, String top) {
        return name.equals(top) || name.endsWith("." + top);
    }

    private static <T> boolean holdsAll(SortedSet<T> all, SortedSet<T> others) {
        return all.isEmpty() || !others.isEmpty() && all.containsAll(List.copyOf(others));
    }
}
