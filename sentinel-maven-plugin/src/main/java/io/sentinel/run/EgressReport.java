package io.sentinel.run;

import io.sentinel.render.Allowed;
import io.sentinel.spec.AllowList;
import io.sentinel.spec.AllowedHost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** What a proxied run asked of the sidecar, and how a spec allows what was denied. */
final class EgressReport {

    /** An agent can ask for any number of names; the rest stands in the file. */
    private static final int SHOWN = 20;

    /** Of a name; the longest that DNS has is 253, and odd ones are longer. */
    private static final int SHOWN_NAME = 100;

    /** Why no line of a spec would help, by the reason of a denial. */
    private static final Map<String, String> NO_LINE = Map.ofEntries(
            Map.entry("bad-name", "it has full names of letters, digits and hyphens"),
            Map.entry("ip-literal", "it has names and no addresses; ask for the host by its name"),
            Map.entry("malformed", "it was no request that a proxy understands"),
            Map.entry("manager", "squid's own pages are never shown"),
            Map.entry("method", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS and CONNECT pass"),
            Map.entry("no-tls", "a tunnel passes once a TLS ClientHello has come through it"),
            Map.entry("port", "TLS never passes to port 80, plain HTTP never to port 443"),
            Map.entry("private-address", "it has full names of letters, digits and hyphens"),
            Map.entry(
                    "reserved-address",
                    "the name leads to this machine itself, to a link-local or metadata address, or to one that no host has"),
            Map.entry("scheme", "http passes, and https by CONNECT"),
            Map.entry("too-large", "a request's body has at most 10 MB"));

    /** Requests that are alike to a reader. */
    private record Kind(boolean allowed, String target, String reason) {}

    private final AllowList list;
    private final Allowed allowed;
    // What the engine keeps of the log bounds these as well.
    private final Map<Kind, Long> counts = new HashMap<>();
    private final SortedSet<AllowedHost> wanted = new TreeSet<>();
    private final SortedSet<String> unlistable = new TreeSet<>();
    private boolean whole = true;
    private long unreadable;

    /**
     * @param list as the spec writes it now
     * @param allowed what that lets through
     */
    EgressReport(AllowList list, Allowed allowed) {
        this.list = list;
        this.allowed = allowed;
    }

    void add(EgressRecord record) {
        String reason = record.reason().orElse("");
        boolean byHello = !record.allowed() && reason.equals("sni");
        String shown = byHello ? reason + " " + name(record.sni()) : reason;
        counts.merge(new Kind(record.allowed(), target(record), shown), 1L, Long::sum);
        if (!record.allowed()) {
            Optional<AllowedHost> entry = entry(record, reason);
            entry.ifPresent(wanted::add);
            if (entry.isEmpty()) {
                unlistable.add(byHello || reason.equals("domain") ? "bad-name" : reason);
            }
        }
    }

    /** The entry that would have let it through; empty where none would. */
    private static Optional<AllowedHost> entry(EgressRecord record, String reason) {
        boolean tunnel = record.method().orElse("").equals("CONNECT");
        String name = (reason.equals("sni") ? record.sni() : record.host()).orElse("");
        int port = record.port().orElse(0);
        if (port < 1 || port > 65535 || port == (tunnel ? 80 : 443)) {
            return Optional.empty();
        }
        Optional<AllowedHost> host = AllowedHost.only(name);
        boolean usual = AllowedHost.STANDARD_PORTS.contains(port);
        return switch (reason) {
            case "domain", "sni" -> host.map(entry -> usual ? entry : entry.at(port));
            case "port" -> host.map(entry -> entry.at(port));
            case "private-address" -> host.map(entry -> (usual ? entry : entry.at(port)).leadingToPrivate());
            // Only an entry with methods of its own denies these.
            case "method" ->
                host.filter(entry ->
                                AllowedHost.METHODS.contains(record.method().orElse("")))
                        .map(entry -> entry.at(port).forMethod(record.method().orElseThrow()));
            default -> Optional.empty();
        };
    }

    void addUnreadable() {
        unreadable++;
    }

    /** Says whether the log has its beginning. */
    void beginsWhole(boolean begins) {
        whole = begins;
    }

    /**
     * The report, line by line.
     *
     * @param file where each request stands, as a person would write it
     */
    List<String> lines(String file) {
        List<String> lines = new ArrayList<>();
        if (counts.isEmpty()) {
            lines.add("This run asked nothing of the proxy.");
        } else {
            lines.add(
                    "What this run asked of the proxy (decision, count, host and port, reason); each request stands in "
                            + file + ":");
            lines.addAll(rows(true));
            lines.addAll(rows(false));
        }
        if (!whole) {
            lines.add(
                    "The proxy's log was longer than the engine keeps (30 MB), and its beginning is gone: counts are too"
                            + " low, and hosts may be missing here.");
        }
        if (unreadable > 0) {
            lines.add("Lines of the proxy's log that could not be read: " + unreadable + ".");
        }
        unlistable.forEach(reason -> lines.add("No entry of the list allows " + reason + ": "
                + NO_LINE.getOrDefault(reason, "it is none of what the proxy is for") + "."));
        lines.addAll(spec());
        return lines;
    }

    private List<String> rows(boolean allowed) {
        List<Map.Entry<Kind, Long>> sorted = counts.entrySet().stream()
                .filter(entry -> entry.getKey().allowed() == allowed)
                .sorted(Comparator.comparingLong((Map.Entry<Kind, Long> entry) -> -entry.getValue())
                        .thenComparing(entry -> entry.getKey().target())
                        .thenComparing(entry -> entry.getKey().reason()))
                .toList();
        List<Map.Entry<Kind, Long>> shown = sorted.subList(0, Math.min(SHOWN, sorted.size()));
        int width = shown.stream()
                .mapToInt(entry -> entry.getKey().target().length())
                .max()
                .orElse(0);
        String decision = allowed ? "allowed" : "denied";
        List<String> rows = new ArrayList<>();
        for (Map.Entry<Kind, Long> entry : shown) {
            Kind kind = entry.getKey();
            rows.add(String.format(
                            Locale.ROOT,
                            "  %-7s %8d  %-" + width + "s  %s",
                            decision,
                            entry.getValue(),
                            kind.target(),
                            kind.reason())
                    .stripTrailing());
        }
        if (sorted.size() > SHOWN) {
            long rest = sorted.subList(SHOWN, sorted.size()).stream()
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            rows.add(String.format(Locale.ROOT, "  %-7s %8d  of %d more kinds", decision, rest, sorted.size() - SHOWN));
        }
        return rows;
    }

    private List<String> spec() {
        List<AllowedHost> missing = wanted.stream()
                .filter(host -> allowed.all().noneMatch(entry -> entry.covers(host)))
                .toList();
        if (missing.isEmpty()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        if (missing.size() > SHOWN) {
            lines.add("Denied names: " + missing.size()
                    + ", more than anybody would allow unread; see the file for them.");
            return lines;
        }
        lines.add(
                "The spec allows what was denied with this; hosts and ports are the agent's words, so keep those that you"
                        + " know:");
        lines.add(
                list.hosts().size() > SHOWN
                        ? "  profiles.proxied.allow, beside what is there: " + AllowList.EMPTY.yamlWith(missing)
                        : "  profiles: {proxied: {allow: " + list.yamlWith(missing) + "}}");
        if (missing.stream().anyMatch(host -> !AllowedHost.STANDARD_PORTS.containsAll(host.ports()))) {
            lines.add("  On a port of its own a host is reached by TLS and plain HTTP, and by nothing else (no ssh).");
        }
        if (missing.stream().anyMatch(AllowedHost::toPrivate)) {
            lines.add("  private: true is for a host of your own network: the agent reaches it there.");
        }
        return lines;
    }

    private static String target(EgressRecord record) {
        return name(record.host())
                + (record.port().isPresent() ? ":" + record.port().getAsInt() : "");
    }

    /** Squid escapes what is not printable ASCII; a terminal is not to depend on that. */
    private static String name(Optional<String> written) {
        if (written.isEmpty()) {
            return "-";
        }
        String text = written.get();
        String shown = text.substring(0, Math.min(SHOWN_NAME, text.length())).replaceAll("[^ -~]", "?");
        return text.length() > SHOWN_NAME ? shown + "..." : shown;
    }
}
