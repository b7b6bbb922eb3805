package io.sentinel.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.sentinel.seccomp.ShippedStandings;
import io.sentinel.spec.Policy.NetworkFailsafe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The published schema says the same as the reader, as far as a schema can say it. */
class SpecSchemaTest {

    private static final Path FILE = Path.of("../docs/sandbox.schema.json");
    private static final Path POLICY = Path.of("../docs/policy.schema.json");
    private static final Path ONLY_THE_READER = Path.of("src/test/resources/only-the-reader-refuses.txt");

    private final JsonNode json = new ObjectMapper().readTree(Files.readString(FILE));
    private final Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Files.readString(FILE), InputFormat.JSON);

    SpecSchemaTest() throws IOException {}

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"LOCK", "LOCKED_IMAGE", "LOCKED_ORIGINS"})
    void schemaAndReaderKnowTheSameKeys(Section section) {
        List<String> working = section.keys().stream()
                .filter(key -> key.instead().isEmpty())
                .map(Section.Key::name)
                .toList();
        JsonNode mapping = at(section.path());

        assertThat(mapping.path("properties").fieldNames()).toIterable().containsExactlyElementsOf(working);
        assertThat(mapping.path("additionalProperties").isBoolean()).isTrue();
        assertThat(mapping.path("additionalProperties").asBoolean()).isFalse();
        working.forEach(key -> assertThat(
                        mapping.at("/properties/" + key + "/description").asText())
                .as(key)
                .isNotBlank());
    }

    @Test
    void schemaAndReaderHaveTheSameDefaults() {
        Resources resources = Resources.DEFAULT;
        Policy policy = Policy.DEFAULT;
        NetworkFailsafe failsafe = policy.networkFailsafe();

        assertThat(defaultOf("image.from").asText()).isEqualTo(Image.DEFAULT_FROM);
        assertThat(defaultOf("workspace.path").asText()).isEqualTo(WorkspacePath.DEFAULT);
        assertThat(defaultOf("resources.memory").asText())
                .isEqualTo(resources.memory().toString());
        assertThat(defaultOf("resources.tmp").asText())
                .isEqualTo(resources.tmp().toString());
        assertThat(defaultOf("resources.run").asText())
                .isEqualTo(resources.run().toString());
        assertThat(defaultOf("resources.cpus").decimalValue()).isEqualByComparingTo(resources.cpus());
        assertThat(defaultOf("resources.pids").asInt()).isEqualTo(resources.pids());
        assertThat(defaultOf("resources.nofile").asInt()).isEqualTo(resources.nofile());
        assertThat(defaultOf("resources.timeout").asText())
                .isEqualTo(resources.timeout().toMinutes() + "m");
        assertThat(defaultOf("seccomp.preset").asText())
                .isEqualTo(SeccompChoice.DEFAULT.preset().word());
        assertThat(defaultOf("seccomp.mode").asText())
                .isEqualTo(SeccompChoice.DEFAULT.mode().word());
        assertThat(texts("policy.allowed_paths")).isEqualTo(policy.allowedPaths());
        assertThat(texts("policy.readable_paths")).isEqualTo(policy.readablePaths());
        assertThat(texts("policy.allowed_commands")).isEqualTo(policy.allowedCommands());
        assertThat(texts("policy.allowed_interpreters")).isEqualTo(policy.allowedInterpreters());
        assertThat(texts("policy.blocked_paths")).isEqualTo(policy.blockedPaths());
        assertThat(texts("policy.blocked_command_bases")).isEqualTo(policy.blockedCommandBases());
        assertThat(texts("policy.allowed_hosts")).isEmpty();
        assertThat(policy.allowedHosts()).isEmpty();
        assertThat(defaultOf("policy.on_block").asText())
                .isEqualTo(policy.onBlock().word());
        assertThat(defaultOf("policy.host_match_mode").asText())
                .isEqualTo(policy.hostMatchMode().word());
        assertThat(defaultOf("policy.policy_integrity.tamper_detection").asBoolean())
                .isEqualTo(policy.tamperDetection());
        assertThat(defaultOf("policy.audit.on_failure").asText())
                .isEqualTo(policy.onAuditFailure().word());
        assertThat(defaultOf("guard").asText()).isEqualTo(GuardMode.ENFORCE.word());
        assertThat(defaultOf("policy.network_failsafe.socket_connect").asBoolean())
                .isEqualTo(failsafe.socketConnect());
        assertThat(defaultOf("policy.network_failsafe.allow_private_network").asBoolean())
                .isEqualTo(failsafe.allowPrivateNetwork());
    }

    /** A policy stands in a spec, and in a file of its own. */
    @Test
    void theSchemaOfAPolicyIsThatOfItsPlaceInASpec() throws IOException {
        ObjectNode own = (ObjectNode) new ObjectMapper().readTree(Files.readString(POLICY));
        assertThat(own.remove("$schema")).isEqualTo(json.path("$schema"));
        assertThat(own.remove("title").asText()).isNotBlank();
        ObjectNode inSpec = at("policy").deepCopy();
        assertThat(own.remove("description").asText())
                .endsWith(inSpec.remove("description").asText().replaceFirst("^[^.]*\\. ", ""));
        assertThat(own).isEqualTo(inSpec);
    }

    @TestFactory
    Stream<DynamicTest> schemaTakesEveryGoodSpec() throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.list(SpecReaderTest.GOOD)) {
            files = found.sorted().toList();
        }
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    SpecReader.read("sandbox.yaml", Files.readAllBytes(file), new ShippedStandings());
                    assertThat(schema.validate(parsed(Files.readString(file)).orElseThrow()))
                            .isEmpty();
                }));
    }

    /**
     * The schema refuses what the reader refuses, but for a list of exceptions that a person has looked at. A broken
     * spec that is no YAML, or that looks different once YAML was parsed, is not the schema's to judge.
     */
    @Test
    void schemaRefusesEveryBrokenSpecButTheListedOnes() throws IOException {
        List<String> taken = new ArrayList<>();
        for (Path file : BrokenSpecsTest.files()) {
            for (BrokenSpecsTest.Broken broken : BrokenSpecsTest.cases(file)) {
                Optional<JsonNode> node = parsed(broken.yaml());
                if (node.isPresent() && schema.validate(node.get()).isEmpty()) {
                    taken.add(broken.title());
                }
            }
        }
        assertThat(taken).containsExactlyElementsOf(Files.readAllLines(ONLY_THE_READER));
    }

    private static Optional<JsonNode> parsed(String yaml) {
        try {
            return Optional.of(new YAMLMapper().readTree(yaml));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private JsonNode defaultOf(String path) {
        JsonNode value = at(path).path("default");
        assertThat(value.isMissingNode()).as(path).isFalse();
        return value;
    }

    private List<String> texts(String path) {
        List<String> texts = new ArrayList<>();
        defaultOf(path).forEach(text -> texts.add(text.asText()));
        return texts;
    }

    /** The one of several shapes of an item that is a mapping. */
    private static JsonNode mapping(JsonNode items) {
        for (JsonNode shape : items.path("oneOf")) {
            if (shape.path("type").asText().equals("object")) {
                return shape;
            }
        }
        return items;
    }

    private JsonNode at(String path) {
        JsonNode node = json;
        for (String part : path.isEmpty() ? new String[0] : path.split("\\.")) {
            node = node.path("properties").path(part.replace("[]", ""));
            node = part.endsWith("[]") ? mapping(node.path("items")) : node;
        }
        return node;
    }
}
