package io.sentinel.spec;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** Lists of a policy as a spec writes them, one line each. */
final class PolicyYaml {

    private PolicyYaml() {}

    /** All that a reader compares of a policy, as a spec without anything else. */
    static String spec(Policy policy) {
        Policy.NetworkFailsafe sockets = policy.networkFailsafe();
        return String.join(
                "\n",
                "name: policy",
                "policy:",
                "  allowed_paths: " + texts(policy.allowedPaths()),
                "  blocked_paths: " + texts(policy.blockedPaths()),
                "  readable_paths: " + texts(policy.readablePaths()),
                "  allowed_commands: " + texts(policy.allowedCommands()),
                "  blocked_command_bases: " + texts(policy.blockedCommandBases()),
                "  allowed_interpreters: " + texts(policy.allowedInterpreters()),
                "  host_match_mode: " + policy.hostMatchMode().word(),
                "  allowed_hosts: " + hosts(policy.allowedHosts(), policy.hostMatchMode()),
                "  network_failsafe:",
                "    socket_connect: " + sockets.socketConnect(),
                "    allow_private_network: " + sockets.allowPrivateNetwork(),
                "    blocked_hosts: " + texts(sockets.blockedHosts()),
                "    blocked_ips: " + texts(sockets.blockedIps()),
                "    allowed_ips: " + texts(sockets.allowedIps()),
                "");
    }

    static String texts(Collection<String> values) {
        return values.stream().map(PolicyYaml::text).collect(Collectors.joining(", ", "[", "]"));
    }

    static String hosts(Collection<HostRule> rules, HostRule.Match standard) {
        return rules.stream().map(rule -> host(rule, standard)).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String host(HostRule rule, HostRule.Match standard) {
        if (rule.isName(standard)) {
            return text(rule.host());
        }
        return "{host: " + text(rule.host()) + ", match: " + rule.match().word()
                + (rule.schemes().isEmpty() ? "" : ", schemes: " + texts(rule.schemes()))
                + (rule.ports().isEmpty()
                        ? ""
                        : ", ports: "
                                + texts(rule.ports().stream()
                                                .map(String::valueOf)
                                                .toList())
                                        .replace("\"", ""))
                + "}";
    }

    /** Plain where nobody takes it for something else; otherwise in quotes, and in ASCII (YAML 1.2, 5.7). */
    private static String text(String value) {
        boolean plain = value.matches("[A-Za-z0-9_./][A-Za-z0-9_./+-]*")
                && PlainScalars.otherThanText(value).isEmpty();
        StringBuilder quoted = new StringBuilder("\"");
        value.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < ' ' || c > '~') {
                quoted.append(String.format(Locale.ROOT, c > 0xFFFF ? "\\U%08x" : "\\u%04x", c));
            } else {
                quoted.append((char) c);
            }
        });
        return plain ? value : quoted.append('"').toString();
    }
}
