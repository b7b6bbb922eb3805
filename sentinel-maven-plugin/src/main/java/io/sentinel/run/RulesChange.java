package io.sentinel.run;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a reload changed in a sidecar.
 *
 * @param added hosts that it lets through now, sorted
 * @param removed hosts that it no longer lets through
 * @param otherwise whether only something else of its rules changed
 */
record RulesChange(SortedSet<String> added, SortedSet<String> removed, boolean otherwise) {

    /** A list can have any number of hosts; the bundle has them all. */
    private static final int SHOWN = 20;

    /**
     * Compares the texts of {@code allowed-domains.txt} and {@code squid.conf}, one after the other, as a sidecar had and has
     * them.
     */
    static RulesChange of(String before, String now) {
        SortedSet<String> added = hosts(now);
        added.removeAll(hosts(before));
        SortedSet<String> removed = hosts(before);
        removed.removeAll(hosts(now));
        boolean otherwise = added.isEmpty() && removed.isEmpty() && !before.equals(now);
        return new RulesChange(added, removed, otherwise);
    }

    /** A sentence for a person. */
    List<String> lines(String sidecar) {
        List<String> changes = new ArrayList<>();
        if (!added.isEmpty()) {
            changes.add("added " + shown(added));
        }
        if (!removed.isEmpty()) {
            changes.add("removed " + shown(removed));
        }
        if (changes.isEmpty()) {
            changes.add(otherwise ? "the same hosts, other rules changed" : "nothing had changed");
        }
        return List.of("Reloaded " + sidecar + ": " + String.join("; ", changes));
    }

    /**
     * The entries of the list, which stand alone in their lines, and those with limits, whose rules have a comment each that
     * names them.
     */
    private static SortedSet<String> hosts(String text) {
        return text.lines()
                .map(line -> line.matches("# [A-Za-z0-9._-]{1,255}: ports [^#]*[.]")
                        ? line.substring(2, line.length() - 1)
                        : line)
                .filter(line -> line.matches("[A-Za-z0-9._-]{1,255}(: ports [A-Za-z0-9 ,]{1,500})?"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String shown(SortedSet<String> hosts) {
        String first = hosts.stream().limit(SHOWN).collect(Collectors.joining(", "));
        return hosts.size() > SHOWN ? first + " and " + (hosts.size() - SHOWN) + " more" : first;
    }
}
