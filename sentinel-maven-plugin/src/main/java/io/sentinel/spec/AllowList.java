package io.sentinel.spec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the proxied profile may reach, as a spec writes it.
 *
 * @param hosts the entries with a host, normalised and sorted; none covers another
 * @param named the names that stand for what the host is configured to fetch from
 */
public record AllowList(List<AllowedHost> hosts, SortedSet<NamedList> named) {

    /** Nothing at all. */
    public static final AllowList EMPTY = new AllowList(List.of(), new TreeSet<>());

    public AllowList {
        hosts = List.copyOf(hosts);
        named = Collections.unmodifiableSortedSet(new TreeSet<>(named));
    }

    public boolean isEmpty() {
        return hosts.isEmpty() && named.isEmpty();
    }

    /** The list in YAML, with more entries in it, and without those that another then covers: it could not be read so. */
    public String yamlWith(Collection<AllowedHost> more) {
        List<String> items = new ArrayList<>();
        named.forEach(list -> items.add('"' + list.word() + '"'));
        SortedSet<AllowedHost> all = new TreeSet<>(hosts);
        all.addAll(more);
        all.stream()
                .filter(host -> hosts.contains(host) ? isUncovered(host, more) : isUncovered(host, all))
                .forEach(host -> items.add(host.yaml()));
        return "[" + String.join(", ", items) + "]";
    }

    private static boolean isUncovered(AllowedHost host, Collection<AllowedHost> others) {
        return others.stream().noneMatch(other -> !other.equals(host) && other.covers(host));
    }
}
