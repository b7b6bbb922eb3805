package io.sentinel.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.seccomp.ShippedStandings;
import io.sentinel.spec.GuardMode;
import io.sentinel.spec.InvalidFileException;
import io.sentinel.spec.Overrides;
import io.sentinel.spec.Policy;
import io.sentinel.spec.PolicyCompiler;
import io.sentinel.spec.Spec;
import io.sentinel.spec.SpecReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

/** Whatever strings a policy has: it is refused, or what is rendered and compiled says the same, and no more. */
class PolicyPropertiesTest {

    private static final List<String> ORDER = List.of(
            "sentinel-policy",
            "source",
            "mode",
            "on-block",
            "log-failure",
            "tamper-detection",
            "write",
            "read",
            "block",
            "command",
            "interpreter",
            "block-command",
            "failsafe",
            "private-network",
            "host",
            "block-host",
            "block-ip",
            "allow-ip",
            "end");

    private static final List<String> ONCE = List.of(
            "sentinel-policy",
            "source",
            "mode",
            "on-block",
            "log-failure",
            "tamper-detection",
            "failsafe",
            "private-network",
            "end");

    private static final Templates TEMPLATES = new Templates();
    private static final String SOURCE = "f".repeat(64);

    private static int taken;

    @Property(tries = 1500)
    void policyIsRefusedOrComesBackAndCompiles(@ForAll("policies") Map<String, List<String>> lists) {
        Optional<Policy> read = read(yaml(lists));
        if (read.isEmpty()) {
            return;
        }
        taken++;
        Policy policy = read.get();
        String rendered = TEMPLATES.render("sentinel.yaml", Map.of("spec", Map.of("name", "x", "policy", policy)));
        assertThat(read(rendered)).as(rendered).contains(policy);

        String text = PolicyCompiler.compile(policy, GuardMode.ENFORCE, SOURCE, List.of());
        assertWellFormed(text);
        assertThat(text.lines().filter(line -> line.startsWith("command "))).hasSameSizeAs(policy.allowedCommands());
        assertThat(text.lines().filter(line -> line.startsWith("interpreter ")))
                .hasSameSizeAs(policy.allowedInterpreters());
        assertThat(text.lines().filter(line -> line.startsWith("write "))).hasSameSizeAs(policy.allowedPaths());
        assertThat(text.lines().filter(line -> line.startsWith("host "))).hasSameSizeAs(policy.allowedHosts());
    }

    /** Of those, enough are taken for the property to say something. */
    @AfterContainer
    static void manyPoliciesWereTaken() {
        assertThat(taken).isGreaterThan(100);
    }

    static void assertWellFormed(String text) {
        assertThat(text).endsWith("\n").doesNotContain("\r", "\u0000");
        List<String> lines = List.of(text.split("\n", -1));
        lines = lines.subList(0, lines.size() - 1);
        assertThat(lines.get(lines.size() - 1)).isEqualTo("end " + (lines.size() - 1));
        List<String> keywords = new ArrayList<>();
        String before = "";
        for (String line : lines) {
            String keyword = line.substring(0, line.indexOf(' '));
            String value = line.substring(keyword.length() + 1);
            assertThat(ORDER).contains(keyword);
            assertThat(value).isNotEmpty();
            if (!keywords.isEmpty() && keywords.get(keywords.size() - 1).equals(keyword)) {
                assertThat(Arrays.compareUnsigned(bytes(before), bytes(value))).isNegative();
            }
            keywords.add(keyword);
            before = value;
        }
        assertThat(keywords.stream().map(ORDER::indexOf)).isSorted();
        ONCE.forEach(keyword -> assertThat(keywords).containsOnlyOnce(keyword));
    }

    @Provide
    Arbitrary<Map<String, List<String>>> policies() {
        Arbitrary<List<String>> paths = words().list().ofMaxSize(3);
        Arbitrary<List<String>> hosts = Arbitraries.frequencyOf(
                        Tuple.of(6, Arbitraries.of("a.example", "B.a.example.", "bücher.example", "no", "010", "x.y")),
                        Tuple.of(1, words()))
                .list()
                .ofMaxSize(3);
        Arbitrary<List<String>> ips = Arbitraries.frequencyOf(
                        Tuple.of(6, Arbitraries.of("192.0.2.1", "192.0.2.0/24", "2001:db8::/32", "::1", "10.0.0.0/8")),
                        Tuple.of(1, words()))
                .list()
                .ofMaxSize(3);
        Arbitrary<List<String>> none = Arbitraries.just(List.of());
        List<Arbitrary<Map.Entry<String, List<String>>>> entries = new ArrayList<>();
        for (String key : List.of(
                "allowed_paths",
                "blocked_paths",
                "readable_paths",
                "allowed_commands",
                "blocked_command_bases",
                "allowed_interpreters",
                "allowed_hosts",
                "blocked_hosts",
                "blocked_ips")) {
            Arbitrary<List<String>> values = key.endsWith("hosts") ? hosts : key.endsWith("ips") ? ips : paths;
            entries.add(Arbitraries.frequencyOf(Tuple.of(2, values), Tuple.of(3, none))
                    .map(list -> Map.entry(key, list)));
        }
        return Combinators.combine(entries)
                .as(all -> all.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    private static Arbitrary<String> words() {
        Arbitrary<String> pieces = Arbitraries.of(
                "\n",
                "\r",
                "\t",
                "\u0000",
                "\u0085",
                "\u2028",
                "\u202E",
                "\"",
                "'",
                "\\",
                "${X}",
                "$(x)",
                "#",
                ": ",
                "- ",
                "!",
                "&a",
                "*a",
                "{",
                "}",
                "[",
                "]",
                ",",
                "%",
                "@",
                " ",
                "..",
                ".",
                "/",
                "~",
                "no",
                "010",
                "write /etc",
                "\nend 3",
                "a",
                "b",
                "workspace",
                "é",
                "\uD83D\uDE00",
                "\uFFFD",
                "=",
                "|");
        Arbitrary<String> mixed = pieces.list().ofMinSize(1).ofMaxSize(4).map(list -> String.join("", list));
        Arbitrary<String> any = Arbitraries.strings().all().ofMaxLength(12).filter(text -> text.codePoints()
                .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
        return Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(6)),
                Tuple.of(3, mixed),
                Tuple.of(1, any));
    }

    private static Optional<Policy> read(String yaml) {
        Overrides overrides = new Overrides(
                List.of(),
                Optional.of(new Overrides.PolicyFile("sentinel.yaml", yaml, Optional.empty())),
                Optional.empty());
        try {
            Spec spec = SpecReader.read("sandbox.yaml", bytes("name: a"), new ShippedStandings(), overrides);
            return Optional.of(spec.policy());
        } catch (InvalidFileException e) {
            return Optional.empty();
        }
    }

    private static String yaml(Map<String, List<String>> lists) {
        StringBuilder text = new StringBuilder("network_failsafe:\n  allow_private_network: true\n");
        lists.forEach((key, values) -> {
            if (key.startsWith("blocked_h") || key.startsWith("blocked_i")) {
                text.append("  ").append(key).append(": ").append(list(values)).append('\n');
            }
        });
        lists.forEach((key, values) -> {
            if (!key.startsWith("blocked_h") && !key.startsWith("blocked_i")) {
                text.append(key)
                        .append(": ")
                        .append(key.equals("allowed_hosts") ? hosts(values) : list(values))
                        .append('\n');
            }
        });
        return text.toString();
    }

    /** Names alone, and with a match, schemes and ports of their own. */
    private static String hosts(List<String> values) {
        List<String> limits = List.of(
                "",
                ", match: subdomain",
                ", ports: [8443, 22]",
                ", match: exact, schemes: [https]",
                ", schemes: [ftp], ports: [1]");
        List<String> entries = new ArrayList<>();
        for (String value : values) {
            String name = QuotingFormat.YAML.escapePlainText(value);
            String limit = limits.get((value.length() + entries.size()) % limits.size());
            entries.add(limit.isEmpty() ? name : "{host: " + name + limit + "}");
        }
        return entries.stream().collect(Collectors.joining(", ", "[", "]"));
    }

    private static String list(List<String> values) {
        return values.stream().map(QuotingFormat.YAML::escapePlainText).collect(Collectors.joining(", ", "[", "]"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
