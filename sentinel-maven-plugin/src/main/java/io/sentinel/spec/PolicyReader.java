package io.sentinel.spec;

import io.sentinel.spec.HostRule.Match;
import io.sentinel.spec.Policy.NetworkFailsafe;
import io.sentinel.spec.Policy.OnAuditFailure;
import io.sentinel.spec.Policy.OnBlock;
import io.sentinel.spec.PolicyChecks.Entry;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Reads {@code policy}. A key that is absent has the default's value; an empty list is empty. What contradicts something
 * else, or could never have an effect, is refused ({@link PolicyChecks}): a policy is what it looks like.
 */
final class PolicyReader {

    /** How many entries a list has at most: the guard looks at each for each call. */
    static final int MAX_ENTRIES = 1000;

    private PolicyReader() {}

    static Policy read(Fields fields) {
        Policy standard = Policy.DEFAULT;
        List<Entry<String>> allowedPaths = paths(fields, "allowed_paths", standard.allowedPaths());
        List<Entry<String>> blockedPaths = paths(fields, "blocked_paths", standard.blockedPaths());
        List<Entry<String>> readablePaths = paths(fields, "readable_paths", standard.readablePaths());
        List<Entry<String>> commands = programs(fields, "allowed_commands", standard.allowedCommands());
        List<Entry<String>> bases = programs(fields, "blocked_command_bases", standard.blockedCommandBases());
        List<Entry<String>> interpreters = programs(fields, "allowed_interpreters", standard.allowedInterpreters());
        PolicyChecks.paths(allowedPaths, blockedPaths, readablePaths);
        PolicyChecks.programs(commands, bases, interpreters);

        Match match = fields.get("host_match_mode")
                .flatMap(v -> SpecReader.oneOf(v, Match.values()))
                .orElse(standard.hostMatchMode());
        List<Entry<HostRule>> hosts = entries(
                Optional.of(fields), "allowed_hosts", v -> rule(v, match), rule -> rule, standard.allowedHosts());
        NetworkFailsafe failsafe = failsafe(fields, hosts);
        Optional<Value> onBlock = fields.get("on_block");
        OnBlock block =
                onBlock.flatMap(v -> SpecReader.oneOf(v, OnBlock.values())).orElse(standard.onBlock());
        if (block == OnBlock.ASK && !failsafe.socketConnect()) {
            onBlock.orElseThrow()
                    .refuse(
                            "deny, where socket_connect is false",
                            "judge sockets, or take it out: nothing else can be asked");
        }

        return new Policy(
                values(allowedPaths),
                values(blockedPaths),
                values(readablePaths),
                values(commands),
                values(bases),
                values(interpreters),
                block,
                match,
                values(hosts),
                failsafe,
                fields.get("policy_integrity")
                        .flatMap(v -> v.fields(Section.INTEGRITY))
                        .flatMap(f -> f.get("tamper_detection"))
                        .flatMap(Value::bool)
                        .orElse(standard.tamperDetection()),
                fields.get("audit")
                        .flatMap(v -> v.fields(Section.AUDIT))
                        .flatMap(f -> f.get("on_failure"))
                        .flatMap(v -> SpecReader.oneOf(v, OnAuditFailure.values()))
                        .orElse(standard.onAuditFailure()));
    }

    private static NetworkFailsafe failsafe(Fields policy, List<Entry<HostRule>> hosts) {
        NetworkFailsafe standard = NetworkFailsafe.DEFAULT;
        Optional<Fields> fields = policy.get("network_failsafe").flatMap(v -> v.fields(Section.FAILSAFE));
        boolean judged = fields.flatMap(f -> f.get("socket_connect"))
                .flatMap(Value::bool)
                .orElse(standard.socketConnect());
        boolean toPrivate = fields.flatMap(f -> f.get("allow_private_network"))
                .flatMap(Value::bool)
                .orElse(standard.allowPrivateNetwork());
        List<Entry<String>> blockedHosts =
                entries(fields, "blocked_hosts", PolicyReader::host, name -> name, standard.blockedHosts());
        List<Entry<String>> blockedIps =
                entries(fields, "blocked_ips", IpRange::read, IpRange::of, standard.blockedIps());
        List<Entry<String>> allowedIps =
                entries(fields, "allowed_ips", IpRange::read, IpRange::of, standard.allowedIps());
        if (judged) {
            PolicyChecks.hosts(hosts, blockedHosts);
            PolicyChecks.addresses(allowedIps, blockedIps, toPrivate);
        } else {
            PolicyChecks.nothingIsJudged(List.of(hosts, blockedHosts, blockedIps, allowedIps));
        }
        return new NetworkFailsafe(judged, toPrivate, values(blockedHosts), values(blockedIps), values(allowedIps));
    }

    private static List<Entry<String>> paths(Fields fields, String key, List<String> standard) {
        return entries(Optional.of(fields), key, Paths::policyPath, Paths::inSandbox, standard);
    }

    private static List<Entry<String>> programs(Fields fields, String key, List<String> standard) {
        return entries(Optional.of(fields), key, Programs::read, name -> name, standard);
    }

    private static <T> List<Entry<T>> entries(
            Optional<Fields> fields,
            String key,
            Function<Value, Optional<T>> read,
            Function<T, ?> identity,
            List<T> standard) {
        Optional<Value> list = fields.flatMap(f -> f.get(key));
        if (list.isEmpty()) {
            return standard.stream().map(value -> Entry.standard(value, key)).toList();
        }
        List<Value> items = list.get().items().orElse(List.of());
        if (items.size() > MAX_ENTRIES) {
            list.get()
                    .refuse(
                            "at most " + MAX_ENTRIES + " entries",
                            Integer.toString(items.size()),
                            "name what they have in common once");
            return List.of();
        }
        return Value.distinct(
                items,
                item -> read.apply(item).map(value -> Entry.written(value, item)),
                entry -> identity.apply(entry.value()));
    }

    private static <T> List<T> values(List<Entry<T>> entries) {
        return entries.stream().map(Entry::value).toList();
    }

    private static Optional<String> host(Value value) {
        return value.text().flatMap(text -> {
            boolean wildcard = text.startsWith("*.");
            if (wildcard || text.startsWith(".")) {
                return value.refuse(
                        "a host name such as api.example.com",
                        "write the name alone; in allowed_hosts match: subdomain takes the names below it too");
            }
            return HostNames.read(value, text, true);
        });
    }

    private static Optional<HostRule> rule(Value value, Match standard) {
        return value.node() instanceof Node.Mapping
                ? value.fields(Section.POLICY_HOST).flatMap(fields -> rule(fields, standard))
                : host(value).map(name -> HostRule.of(name, standard));
    }

    private static Optional<HostRule> rule(Fields fields, Match standard) {
        Optional<String> host =
                fields.required("host", "add it, as in host: api.example.com").flatMap(PolicyReader::host);
        Match match = fields.get("match")
                .flatMap(v -> SpecReader.oneOf(v, Match.values()))
                .orElse(standard);
        List<String> schemes = fields.get("schemes").map(PolicyReader::schemes).orElse(List.of());
        // A socket shows no scheme: their ports are what can be held to.
        List<Integer> ports = fields.get("ports")
                .map(AllowReader::ports)
                .orElseGet(() -> schemes.stream().map(HostRule.SCHEMES::get).toList());
        return ports.isEmpty() && !schemes.isEmpty()
                ? Optional.empty() // each of the ports was refused
                : host.map(name -> new HostRule(name, match, new TreeSet<>(ports), new TreeSet<>(schemes)));
    }

    private static List<String> schemes(Value value) {
        String expected = "one of " + String.join(", ", HostRule.SCHEMES.keySet());
        return Value.distinct(
                AllowReader.nonEmpty(value, "at least one scheme"),
                item -> item.text()
                        .flatMap(scheme -> HostRule.SCHEMES.containsKey(scheme)
                                ? Optional.of(scheme)
                                : item.refuse(expected, "correct it, or name the port under ports")),
                scheme -> scheme);
    }
}
