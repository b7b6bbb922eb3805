package io.sentinel.spec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads {@code profiles.proxied.allow}. An entry that another one covers is refused: squid ends with an error where
 * {@code x} stands beside {@code .x}, and a limit that a wider entry undoes is no limit.
 */
final class AllowReader {

    /** How many entries may have keys of their own: each is a rule that squid asks for each request. */
    static final int MAX_LIMITED = 100;

    /** How many ports an entry has at most: they stand in one line, and squid reads 2,047 characters of it. */
    static final int MAX_PORTS = 20;

    private static final Pattern METHOD = Pattern.compile("[A-Z]+");

    private AllowReader() {}

    static AllowList read(Value list) {
        List<Value> items = list.items().orElse(List.of());
        List<NamedList> named = new ArrayList<>();
        List<Value> hosts = new ArrayList<>();
        Value.distinct(items, AllowReader::name, name -> name).forEach(named::add);
        items.stream().filter(item -> !isName(item)).forEach(hosts::add);
        return new AllowList(hosts(list, hosts), new TreeSet<>(named));
    }

    private static boolean isName(Value item) {
        return item.node() instanceof Node.Scalar scalar && scalar.text().startsWith("@");
    }

    private static Optional<NamedList> name(Value item) {
        return isName(item)
                ? item.text().flatMap(text -> {
                    Optional<NamedList> named = NamedList.of(text);
                    return named.isPresent() ? named : item.refuse("one of " + NamedList.words(), "correct it");
                })
                : Optional.empty();
    }

    private static List<AllowedHost> hosts(Value list, List<Value> items) {
        Map<AllowedHost, Value> written = new HashMap<>();
        List<AllowedHost> hosts = Value.distinct(
                items,
                item -> {
                    Optional<AllowedHost> host = entry(item);
                    host.ifPresent(h -> written.putIfAbsent(h, item));
                    return host;
                },
                host -> host);
        List<AllowedHost> limited =
                hosts.stream().filter(host -> !host.isStandard()).toList();
        if (limited.size() > MAX_LIMITED) {
            list.refuse(
                    "at most " + MAX_LIMITED + " entries with ports, methods or private of their own",
                    Integer.toString(limited.size()),
                    "write a common parent such as .example.com once");
            return hosts;
        }
        hosts.forEach(host -> checkCovered(host, limited, written));
        return hosts.stream().sorted().toList();
    }

    private static Optional<AllowedHost> entry(Value item) {
        if (item.node() instanceof Node.Mapping) {
            return item.fields(Section.ALLOWED_HOST).flatMap(AllowReader::limited);
        }
        return item.text().flatMap(text -> host(item, text));
    }

    private static Optional<AllowedHost> host(Value item, String text) {
        boolean subdomains = text.startsWith(".");
        return HostNames.read(item, subdomains ? text.substring(1) : text, false)
                .map(host -> AllowedHost.standard(host, subdomains));
    }

    private static Optional<AllowedHost> limited(Fields fields) {
        Optional<AllowedHost> host = fields.required("host", "add it, as in host: repo.example.com")
                .flatMap(value -> value.text().flatMap(text -> host(value, text)));
        Optional<List<Integer>> ports = fields.get("ports").map(AllowReader::ports);
        Optional<List<String>> methods = fields.get("methods").map(AllowReader::methods);
        boolean toPrivate = fields.get("private").flatMap(Value::bool).orElse(false);
        if (ports.isPresent() && ports.get().isEmpty()) {
            return Optional.empty(); // each of them was refused
        }
        boolean seen = ports.isPresent() && !ports.get().contains(443);
        if (methods.isPresent() && !seen) {
            return fields.get("methods")
                    .orElseThrow()
                    .say("a method can be seen in plain HTTP alone: inside TLS nobody but the host reads it; "
                            + (ports.isEmpty()
                                    ? "add ports without 443, such as ports: [80]"
                                    : "take 443 out of ports, or remove methods"));
        }
        return host.map(h -> new AllowedHost(
                h.host(),
                h.subdomains(),
                ports.<SortedSet<Integer>>map(TreeSet::new).orElse(AllowedHost.STANDARD_PORTS),
                new TreeSet<>(methods.orElse(List.of())),
                toPrivate));
    }

    static List<Integer> ports(Value value) {
        List<Value> items = nonEmpty(value, "at least one port");
        if (items.size() > MAX_PORTS) {
            value.refuse("at most " + MAX_PORTS + " ports", Integer.toString(items.size()), "name those that are used");
            return List.of();
        }
        return Value.distinct(items, port -> port.integer(1, 65535, ""), port -> port);
    }

    private static List<String> methods(Value value) {
        String expected = "one of " + String.join(", ", AllowedHost.METHODS);
        return Value.distinct(
                nonEmpty(value, "at least one method"),
                item -> item.text(METHOD, 20, expected, "correct it")
                        .flatMap(method -> AllowedHost.METHODS.contains(method)
                                ? Optional.of(method)
                                : item.refuse(expected, "correct it")),
                method -> method);
    }

    static List<Value> nonEmpty(Value value, String expected) {
        Optional<List<Value>> items = value.items();
        if (items.isPresent() && items.get().isEmpty()) {
            value.refuse(expected, "an empty list", "add one, or remove the key");
        }
        return items.orElse(List.of());
    }

    private static void checkCovered(AllowedHost host, List<AllowedHost> limited, Map<AllowedHost, Value> written) {
        Optional<AllowedHost> cover = limited.stream()
                .filter(other -> !other.equals(host) && other.covers(host))
                .findFirst()
                .or(() -> standardCover(host, written));
        cover.ifPresent(wider -> written.get(host)
                .say("covered by " + wider.yaml() + " at " + written.get(wider).path() + "; remove this entry"));
    }

    /** Looked up suffix by suffix, since there may be very many names. */
    private static Optional<AllowedHost> standardCover(AllowedHost host, Map<AllowedHost, Value> written) {
        String suffix = host.host();
        while (!suffix.isEmpty()) {
            for (boolean subdomains : new boolean[] {false, true}) {
                AllowedHost other = AllowedHost.standard(suffix, subdomains);
                if (!other.equals(host) && written.containsKey(other) && other.covers(host)) {
                    return Optional.of(other);
                }
            }
            suffix = suffix.substring(suffix.indexOf('.') < 0 ? suffix.length() : suffix.indexOf('.') + 1);
        }
        return Optional.empty();
    }
}
