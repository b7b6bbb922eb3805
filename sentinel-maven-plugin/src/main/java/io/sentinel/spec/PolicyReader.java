package io.sentinel.spec;

import io.sentinel.spec.Policy.NetworkFailsafe;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads {@code policy}. A key that is absent has the default's value; an empty list is empty. */
final class PolicyReader {

    private PolicyReader() {}

    static Policy read(Fields fields) {
        Policy standard = Policy.DEFAULT;
        return new Policy(
                list(fields, "allowed_paths", Paths::policyPath, standard.allowedPaths()),
                list(fields, "readable_paths", Paths::policyPath, standard.readablePaths()),
                list(fields, "allowed_commands", PolicyReader::program, standard.allowedCommands()),
                list(fields, "allowed_interpreters", PolicyReader::program, standard.allowedInterpreters()),
                list(fields, "allowed_hosts", PolicyReader::host, standard.allowedHosts()),
                fields.get("network_failsafe")
                        .flatMap(v -> v.fields(Section.FAILSAFE))
                        .map(PolicyReader::failsafe)
                        .orElse(standard.networkFailsafe()));
    }

    private static NetworkFailsafe failsafe(Fields fields) {
        NetworkFailsafe standard = NetworkFailsafe.DEFAULT;
        return new NetworkFailsafe(
                fields.get("socket_connect").flatMap(Value::bool).orElse(standard.socketConnect()),
                fields.get("allow_private_network").flatMap(Value::bool).orElse(standard.allowPrivateNetwork()),
                list(fields, "blocked_hosts", PolicyReader::host, standard.blockedHosts()),
                list(fields, "blocked_ips", IpRanges::read, standard.blockedIps()),
                list(fields, "allowed_ips", IpRanges::read, standard.allowedIps()));
    }

    private static List<String> list(
            Fields fields, String key, Function<Value, Optional<String>> read, List<String> standard) {
        return fields.get(key)
                .flatMap(Value::items)
                .map(items -> Value.distinct(items, read, text -> text))
                .orElse(standard);
    }

    private static Optional<String> program(Value value) {
        String expected = "a program's name or absolute path";
        return value.text().flatMap(text -> {
            if (text.isBlank() || Texts.utf8Length(text) > Paths.MAX_BYTES || !Texts.printable(text)) {
                return value.refuse(expected, "write it as in git or /usr/bin/git");
            }
            if (text.chars().anyMatch(Character::isWhitespace)) {
                return value.refuse(expected, "write the program only, without its arguments");
            }
            boolean climbs = Paths.parts(text).size()
                            != text.chars().filter(c -> c == '/').count()
                    || Paths.parts(text).contains("..");
            if (text.contains("/") && (!text.startsWith("/") || climbs)) {
                return value.refuse(expected, "write an absolute path without . and .., or the name only");
            }
            return Optional.of(text);
        });
    }

    private static Optional<String> host(Value value) {
        if (value.node() instanceof Node.Mapping) {
            return value.say("not supported yet: an entry with keys of its own; write the host name only");
        }
        return value.text()
                .flatMap(text -> text.startsWith(".")
                        ? value.refuse("a host name such as api.example.com", "remove the leading dot")
                        : HostNames.read(value, text, true));
    }
}
