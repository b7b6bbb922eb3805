package io.sentinel.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.sentinel.seccomp.ShippedStandings;
import io.sentinel.spec.DecisionJudge.Decision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * {@code guard/decisions.yaml}: every policy there compiles to the text that it says, every case follows from that text,
 * and what is broken is refused with the problem that it says.
 */
class PolicyDecisionsTest {

    static final Path TABLE = Path.of("../guard/decisions.yaml");

    /** What the tests of the launcher and of the Python hook read. */
    private static final Path FLAT = Path.of("target/guard-decisions");

    private static final Set<String> CASE_KEYS = Set.of("ask", "target", "port", "learned", "decision", "key");

    private final JsonNode table = new YAMLMapper()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .readTree(Files.readString(TABLE));

    PolicyDecisionsTest() throws IOException {}

    @TestFactory
    Stream<DynamicContainer> everyPolicyDecidesAsItSays() {
        DecisionJudge.World world = world();
        return stream(table.path("policies"))
                .map(policy -> DynamicContainer.dynamicContainer(
                        policy.path("name").asText(),
                        Stream.concat(
                                Stream.of(DynamicTest.dynamicTest("compiled", () -> assertThat(compiled(policy))
                                        .isEqualTo(expected(policy)))),
                                stream(policy.path("cases"))
                                        .map(one -> DynamicTest.dynamicTest(
                                                one.toString(), () -> assertThat(decided(policy, one, world))
                                                        .isEqualTo(decision(one)))))));
    }

    @TestFactory
    Stream<DynamicTest> everyBrokenPolicyIsRefused() {
        return stream(table.path("broken"))
                .map(broken -> DynamicTest.dynamicTest(broken.path("name").asText(), () -> {
                    String problem = broken.path("problem").asText();
                    assertThat(problem).isNotBlank();
                    assertThat(catchThrowableOfType(
                                    InvalidFileException.class,
                                    () -> read(broken.path("yaml").asText())))
                            .hasMessageContaining(problem);
                }));
    }

    @Test
    void theTableIsLargeAndEachOfItsEntriesIsWellFormed() {
        List<JsonNode> cases = stream(table.path("policies"))
                .flatMap(policy -> stream(policy.path("cases")))
                .toList();
        assertThat(table.path("policies").size()).isGreaterThanOrEqualTo(25);
        assertThat(cases.size()).isGreaterThanOrEqualTo(200);
        assertThat(table.path("broken").size()).isGreaterThanOrEqualTo(30);

        List<String> names = Stream.concat(stream(table.path("policies")), stream(table.path("broken")))
                .map(entry -> entry.path("name").asText())
                .toList();
        assertThat(names).doesNotHaveDuplicates().allMatch(name -> name.matches("[a-z0-9-]+"));
        assertThat(cases).allSatisfy(one -> {
            Set<String> keys = new HashSet<>();
            one.fieldNames().forEachRemaining(keys::add);
            assertThat(CASE_KEYS).containsAll(keys);
            assertThat(one.path("target").asText()).doesNotContain("\t", "\n").isNotEmpty();
            assertThat(one.path("ask").asText().equals("connect")).isEqualTo(one.has("port"));
            assertThat(one.path("decision").asText()).isIn("allowed", "denied");
        });
    }

    /** Each key decides both ways where it can, and no question is left out. */
    @Test
    void everyKeyDecidesSomewhere() {
        Set<String> decided = stream(table.path("policies"))
                .flatMap(policy -> stream(policy.path("cases")))
                .map(one -> one.path("ask").asText() + " "
                        + one.path("decision").asText() + " " + one.path("key").asText())
                .collect(Collectors.toSet());
        assertThat(decided)
                .containsExactlyInAnyOrder(
                        "write allowed allowed_paths",
                        "write allowed -",
                        "write denied allowed_paths",
                        "write denied blocked_paths",
                        "read allowed allowed_paths",
                        "read allowed readable_paths",
                        "read allowed -",
                        "read denied readable_paths",
                        "read denied blocked_paths",
                        "exec allowed allowed_commands",
                        "exec allowed allowed_interpreters",
                        "exec denied allowed_commands",
                        "exec denied allowed_interpreters",
                        "exec denied blocked_command_bases",
                        "resolve allowed allowed_hosts",
                        "resolve allowed network_failsafe.socket_connect",
                        "resolve denied allowed_hosts",
                        "resolve denied network_failsafe.blocked_hosts",
                        "connect allowed allowed_hosts",
                        "connect allowed network_failsafe.allowed_ips",
                        "connect allowed network_failsafe.socket_connect",
                        "connect denied allowed_hosts",
                        "connect denied network_failsafe.allowed_ips",
                        "connect denied network_failsafe.blocked_ips",
                        "connect denied network_failsafe.allow_private_network");
    }

    @Test
    void theTableKnowsTheSameInterpretersAndRangesAsTheReader() {
        assertThat(texts(table.path("interpreters"))).isEqualTo(Programs.INTERPRETERS);
        assertThat(texts(table.path("private")))
                .isEqualTo(IpRange.PRIVATE.stream().map(IpRange::toString).toList());
        assertThat(texts(table.path("wrapped")))
                .isEqualTo(IpRange.WRAPPERS.stream().map(IpRange::toString).toList());
    }

    @Test
    void theTableIsWrittenAsFlatLinesForTheOtherReaders() throws Exception {
        Files.createDirectories(FLAT);
        try (Stream<Path> old = Files.list(FLAT)) {
            for (Path file : old.toList()) {
                Files.delete(file);
            }
        }
        writeFlat(FLAT);
        assertThat(Files.readString(FLAT.resolve("ports.cases")))
                .contains("connect\t192.0.2.1\t80\ta.example\tdenied\tallowed_hosts\n")
                .contains("resolve\ta.example\t-\t-\tallowed\tallowed_hosts\n");
        assertThat(Files.readString(FLAT.resolve("world"))).contains("same\t/usr/bin/vi\t/usr/bin/busybox\n");
    }

    /** @param folder one that is empty */
    void writeFlat(Path folder) throws Exception {
        for (JsonNode policy : table.path("policies")) {
            String name = policy.path("name").asText();
            Files.writeString(folder.resolve(name + ".policy"), compiled(policy));
            Files.writeString(
                    folder.resolve(name + ".cases"),
                    stream(policy.path("cases")).map(PolicyDecisionsTest::line).collect(Collectors.joining()));
        }
        JsonNode world = table.path("world");
        List<String> facts = new ArrayList<>();
        world.path("path").forEach(one -> facts.add("path\t" + one.asText()));
        world.path("files").forEach(file -> facts.add("file\t" + file.asText()));
        for (String kind : List.of("links", "same")) {
            world.path(kind)
                    .properties()
                    .forEach(entry -> facts.add(kind.replaceAll("s$", "") + "\t" + entry.getKey() + "\t"
                            + entry.getValue().asText()));
        }
        Files.writeString(
                folder.resolve("world"), facts.stream().map(fact -> fact + "\n").collect(Collectors.joining()));
    }

    private static String line(JsonNode one) {
        return Stream.of("ask", "target", "port", "learned", "decision", "key")
                .map(key -> one.path(key).asText("-"))
                .map(word -> word.isEmpty() ? "-" : word)
                .collect(Collectors.joining("\t", "", "\n"));
    }

    private static Decision decision(JsonNode one) {
        return new Decision(
                one.path("decision").asText().equals("allowed"), one.path("key").asText());
    }

    private static Decision decided(JsonNode policy, JsonNode one, DecisionJudge.World world) throws Exception {
        DecisionJudge judge = new DecisionJudge(compiled(policy), world);
        String target = one.path("target").asText();
        return switch (one.path("ask").asText()) {
            case "write" -> judge.write(target);
            case "read" -> judge.read(target);
            case "exec" -> {
                assertThat(world.files().containsKey(target) || world.links().containsKey(target))
                        .as(target + " is in the world")
                        .isTrue();
                yield judge.exec(target);
            }
            case "resolve" -> judge.resolve(target);
            case "connect" ->
                judge.connect(
                        target,
                        one.path("port").intValue(),
                        Optional.ofNullable(one.get("learned")).map(JsonNode::asText));
            default -> throw new AssertionError("an unknown question: " + one);
        };
    }

    private DecisionJudge.World world() {
        JsonNode world = table.path("world");
        Map<String, String> files = new HashMap<>();
        world.path("files").forEach(file -> files.put(file.asText(), file.asText()));
        Map<String, String> links = new HashMap<>();
        world.path("links")
                .properties()
                .forEach(link -> links.put(link.getKey(), link.getValue().asText()));
        world.path("same")
                .properties()
                .forEach(same -> files.put(same.getKey(), same.getValue().asText()));
        assertThat(files.keySet()).containsAll(links.values()).containsAll(files.values());
        return new DecisionJudge.World(
                texts(world.path("path")),
                files,
                links,
                texts(table.path("interpreters")),
                texts(table.path("private")),
                texts(table.path("wrapped")));
    }

    private static String expected(JsonNode policy) throws Exception {
        String body = "sentinel-policy 1\nsource " + sha256(policy.path("yaml").asText()) + "\n"
                + policy.path("compiled").asText();
        return body + "end " + body.lines().count() + "\n";
    }

    private static String compiled(JsonNode policy) throws Exception {
        String yaml = policy.path("yaml").asText();
        GuardMode mode = policy.path("mode").asText("enforce").equals("audit") ? GuardMode.AUDIT : GuardMode.ENFORCE;
        return PolicyCompiler.compile(read(yaml), mode, sha256(yaml), texts(policy.path("copied")));
    }

    static Policy read(String yaml) throws InvalidFileException {
        Overrides overrides = new Overrides(
                List.of(),
                Optional.of(new Overrides.PolicyFile("sentinel.yaml", yaml, Optional.empty())),
                Optional.empty());
        return SpecReader.read(
                        "sandbox.yaml", "name: a".getBytes(StandardCharsets.UTF_8), new ShippedStandings(), overrides)
                .policy();
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Stream<JsonNode> stream(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    private static List<String> texts(JsonNode list) {
        return stream(list).map(JsonNode::asText).toList();
    }
}
