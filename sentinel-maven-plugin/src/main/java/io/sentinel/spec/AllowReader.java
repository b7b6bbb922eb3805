package io.sentinel.spec;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code profiles.proxied.allow}. An entry that another one covers is refused: squid ends with an error where
 * {@code x} stands beside {@code .x}, so a list that only warns today would stop the sidecar tomorrow.
 */
final class AllowReader {

    private AllowReader() {}

    static List<AllowedHost> read(Value list) {
        List<Value> items = list.items().orElse(List.of());
        Map<AllowedHost, Value> written = new HashMap<>();
        List<AllowedHost> hosts = Value.distinct(
                items,
                item -> {
                    Optional<AllowedHost> host = entry(item);
                    host.ifPresent(h -> written.putIfAbsent(h, item));
                    return host;
                },
                host -> host);
        hosts.forEach(host -> checkCovered(host, written));
        return hosts.stream().sorted().toList();
    }

    private static Optional<AllowedHost> entry(Value item) {
        if (item.node() instanceof Node.Mapping) {
            return item.say("not supported yet: an entry with keys of its own; write the host name only");
        }
        return item.text().flatMap(text -> {
            if (text.startsWith("@")) {
                return item.say(
                        "not supported yet: named lists such as " + Texts.quoted(text) + "; write the hosts out");
            }
            boolean subdomains = text.startsWith(".");
            return HostNames.read(item, subdomains ? text.substring(1) : text, false)
                    .map(host -> new AllowedHost(host, subdomains));
        });
    }

    private static void checkCovered(AllowedHost host, Map<AllowedHost, Value> written) {
        String suffix = host.host();
        boolean itself = host.subdomains();
        while (!suffix.isEmpty()) {
            Value cover = itself ? null : written.get(new AllowedHost(suffix, true));
            if (cover != null) {
                written.get(host).say("covered by ." + suffix + " at " + cover.path() + "; remove this entry");
                return;
            }
            itself = false;
            suffix = suffix.substring(suffix.indexOf('.') < 0 ? suffix.length() : suffix.indexOf('.') + 1);
        }
    }
}
