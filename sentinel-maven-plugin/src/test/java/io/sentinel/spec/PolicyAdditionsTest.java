package io.sentinel.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.seccomp.ShippedStandings;
import io.sentinel.spec.PolicyAdditions.Denied;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PolicyAdditionsTest {

    private static final Map<String, String> NONE = Map.of();

    private static Policy read(Map<String, String> keys) throws Exception {
        String text = "name: box\npolicy:\n"
                + keys.entrySet().stream()
                        .map(key -> "  " + key.getKey() + ": " + key.getValue() + "\n")
                        .collect(Collectors.joining())
                + "  on_block: deny\n";
        return SpecReader.read("sandbox.yaml", text.getBytes(StandardCharsets.UTF_8), new ShippedStandings())
                .policy();
    }

    private static List<String> lines(Map<String, String> policy, Denied... denied) throws Exception {
        return PolicyAdditions.of(read(policy), List.of(denied)).lines();
    }

    private static Denied exec(String target) {
        return new Denied("exec", "allowed_commands", target);
    }

    @Test
    void programsAreNamedAsAPersonStartsThem() throws Exception {
        assertThat(lines(NONE, exec("/usr/bin/uname"), exec("/opt/tool/bin/tool"), exec("/usr/bin/uname")))
                .containsExactly(
                        "The spec allows what was denied with this; the names are the agent's, so keep those that you"
                                + " know:",
                        "  policy.allowed_commands: [echo, ls, uname, /opt/tool/bin/tool]");
    }

    @Test
    void interpretersStandApartWithAWarning() throws Exception {
        assertThat(lines(NONE, new Denied("exec", "allowed_interpreters", "/usr/bin/python3.11"), exec("/bin/busybox")))
                .contains(
                        "  policy.allowed_interpreters: [python3.11, busybox]",
                        "  An interpreter does what it is told, whatever allowed_commands says.")
                .noneMatch(line -> line.contains("policy.allowed_commands"));
    }

    @Test
    void whatIsBlockedIsNotProposedAndSaid() throws Exception {
        assertThat(lines(
                        Map.of("blocked_command_bases", "[curl]", "blocked_paths", "[./secret]"),
                        exec("/usr/bin/curl"),
                        new Denied("exec", "blocked_command_bases", "/usr/bin/git"),
                        new Denied("read", "blocked_paths", "/workspace/secret/key"),
                        new Denied("read", "readable_paths", "/workspace/secret"),
                        new Denied("resolve", "network_failsafe.blocked_hosts", "bad.example.com"),
                        new Denied("connect", "network_failsafe.allow_private_network", "10.0.0.1:80")))
                .hasSize(6)
                .anyMatch(line -> line.contains("/usr/bin/curl is blocked by blocked_command_bases: take it out"))
                .anyMatch(line -> line.contains("/usr/bin/git is blocked by blocked_command_bases"))
                .anyMatch(line -> line.contains("/workspace/secret/key is blocked by blocked_paths"))
                .anyMatch(line -> line.contains("/workspace/secret cannot be allowed: ") && line.contains("covers"))
                .anyMatch(line -> line.contains("bad.example.com is blocked by network_failsafe.blocked_hosts"))
                .anyMatch(line -> line.contains("allow_private_network would have to be true"));
    }

    @Test
    void aFileThatIsMadeNeedsItsFolder() throws Exception {
        assertThat(lines(NONE, new Denied("write", "allowed_paths", "/workspace/out/new")))
                .contains("  policy.allowed_paths: [./workspace, ./out]");
        assertThat(lines(NONE, new Denied("write", "allowed_paths", "/workspace/new")))
                .contains("  policy.allowed_paths: [.]", "  policy.readable_paths: []");
        assertThat(lines(NONE, new Denied("write", "allowed_paths", "/etc/passwd")))
                .containsExactly(
                        "  /etc/passwd lies in the image, which nobody can write: write below /workspace, or to /tmp.");
    }

    @Test
    void hostsAreProposedByTheirNamesAlone() throws Exception {
        assertThat(lines(
                        Map.of("host_match_mode", "subdomain", "allowed_hosts", "[example.org]"),
                        new Denied("resolve", "allowed_hosts", "api.example.com"),
                        new Denied("connect", "allowed_hosts", "203.0.113.1:443"),
                        new Denied("connect", "allowed_hosts", "[2001:db8::1]:443")))
                .contains("  policy.allowed_hosts: [example.org, {host: api.example.com, match: exact}]")
                .anyMatch(line -> line.contains("203.0.113.1:443 was asked for by its address"))
                .anyMatch(line -> line.contains("[2001:db8::1]:443 was asked for by its address"));
    }

    @Test
    void whatTheAgentWritesItselfIsNoProgramToList() throws Exception {
        assertThat(lines(NONE, exec("/workspace/workspace/tool"), exec("/tmp/x")))
                .hasSize(2)
                .allMatch(line -> line.contains("lies where the agent writes"));
    }

    @Test
    void namesOfAnAgentAreNoLinesOfTheirOwn() throws Exception {
        assertThat(lines(
                        NONE,
                        exec("/usr/bin/x\n  policy.allowed_paths: [/]"),
                        exec("/usr/bin/\u001b[2J"),
                        exec("/usr/bin/#a: [b]"),
                        new Denied("read", "readable_paths", "/workspace/../etc")))
                .noneMatch(line -> line.contains("\n") || line.contains("\u001b"))
                .noneMatch(line -> line.startsWith("  policy.allowed_paths"));
    }

    @Test
    void veryManyAreCounted() throws Exception {
        List<Denied> many = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            many.add(exec("/usr/bin/tool" + i));
        }
        assertThat(PolicyAdditions.of(read(NONE), many).lines())
                .contains("  And 30 kinds more were denied, which sentinel:audit shows.");
    }

    @Property(tries = 300)
    void whatIsProposedCanBeReadAndAllowsWhatWasDenied(
            @ForAll("policies") Map<String, String> keys, @ForAll("denials") List<Denied> denied) throws Exception {
        PolicyAdditions additions = PolicyAdditions.of(read(keys), denied);
        Map<String, String> wider = new LinkedHashMap<>(keys);
        List<String> lines = additions.lines();
        lines.stream().filter(line -> line.startsWith("  policy.")).forEach(line -> {
            String key = line.substring("  policy.".length(), line.indexOf(": "));
            String value = line.substring(line.indexOf(": ") + 2);
            wider.put(
                    key.replace("network_failsafe.allowed_ips", "network_failsafe"),
                    key.startsWith("network_failsafe") ? "{allowed_ips: " + value + "}" : value);
        });
        Policy policy = read(wider);
        assertThat(policy).isEqualTo(additions.policy());
        for (Denied one : denied) {
            String said = "  " + Texts.excerpt(one.target()) + " ";
            if (lines.stream().noneMatch(line -> line.startsWith(said))) {
                assertThat(allows(policy, one)).as(one + " by " + lines).isTrue();
            }
        }
    }

    /** As the guard decides, by code of its own. */
    private static boolean allows(Policy policy, Denied denied) {
        String target = denied.target();
        return switch (denied.key()) {
            case "allowed_commands", "allowed_interpreters" -> {
                List<String> programs = new ArrayList<>(policy.allowedCommands());
                programs.addAll(policy.allowedInterpreters());
                boolean blocked = policy.blockedCommandBases().stream()
                        .anyMatch(base ->
                                target.substring(target.lastIndexOf('/') + 1).matches(base + "[0-9.]*"));
                yield !blocked
                        && programs.stream().anyMatch(name -> name.equals(target) || target.equals("/usr/bin/" + name));
            }
            case "allowed_paths" ->
                isBelow(target.substring(0, target.lastIndexOf('/')), policy.allowedPaths())
                        && !isBelow(target, policy.blockedPaths());
            case "readable_paths" ->
                (isBelow(target, policy.readablePaths()) || isBelow(target, policy.allowedPaths()))
                        && !isBelow(target, policy.blockedPaths());
            case "allowed_hosts" ->
                policy.allowedHosts().stream().anyMatch(rule -> rule.host().equals(target));
            default -> policy.networkFailsafe().allowedIps().contains(target.replaceFirst(":.*", ""));
        };
    }

    private static boolean isBelow(String path, List<String> folders) {
        return folders.stream()
                .map(folder -> folder.equals(".") ? "/workspace" : folder.replaceFirst("^\\./", "/workspace/"))
                .anyMatch(folder -> (path + "/").startsWith(folder + "/"));
    }

    @Provide
    Arbitrary<Map<String, String>> policies() {
        return Arbitraries.of(
                NONE,
                Map.of("allowed_commands", "[]", "allowed_paths", "[]", "readable_paths", "[]"),
                Map.of("blocked_command_bases", "[tool, python]", "blocked_paths", "[./out/key]"),
                Map.of(
                        "allowed_interpreters",
                        "[perl]",
                        "allowed_hosts",
                        "[a.example.com]",
                        "host_match_mode",
                        "subdomain"),
                Map.of("network_failsafe", "{allowed_ips: [203.0.113.0/24]}", "allowed_paths", "[./out, ./b c]"));
    }

    @Provide
    Arbitrary<List<Denied>> denials() {
        Arbitrary<String> name = Arbitraries.of(
                "uname",
                "tool",
                "python3.11",
                "perl",
                "busybox",
                "a b",
                "no",
                "1e3",
                "x\ny",
                "ü",
                "a\"b",
                "{a: b}",
                "#c");
        Arbitrary<Denied> program = name.map(word -> new Denied("exec", "allowed_commands", "/usr/bin/" + word));
        Arbitrary<String> path = Combinators.combine(
                        Arbitraries.of("/workspace", "/workspace/out", "/workspace/out/key", "/etc", "/srv/data"), name)
                .as((folder, word) -> folder + "/" + word);
        Arbitrary<Denied> file = Combinators.combine(Arbitraries.of("allowed_paths", "readable_paths"), path)
                .as((key, target) -> new Denied("open", key, target));
        Arbitrary<Denied> host = Arbitraries.of(
                        "api.example.com",
                        "b.a.example.com",
                        "a.example.com",
                        "_x.example",
                        "xn--bcher-kva.example",
                        "localhost")
                .map(target -> new Denied("resolve", "allowed_hosts", target));
        Arbitrary<Denied> address = Arbitraries.of("198.51.100.7:443", "203.0.113.9:80", "10.0.0.1:22")
                .map(target -> new Denied("connect", "network_failsafe.allowed_ips", target));
        return Arbitraries.oneOf(program, file, host, address).list().ofMaxSize(12);
    }
}
