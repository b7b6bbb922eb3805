package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.sentinel.it.Isolated.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code sentinel-isolate --json} says: docs/isolate-events.schema.json. */
@Timeout(300)
class IsolateJsonIT {

    private static final String NAME = "json-it";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @BeforeEach
    void aSandbox() throws Exception {
        Box.of(folder, "name: " + NAME + "\nresources: {memory: 200m, tmp: 8m, run: 8m}\n");
        assertThat(start("--build-if-missing", "--", "true").ended().code()).isZero();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        assertThat(Isolated.left(NAME)).isEmpty();
    }

    @Test
    void asJsonEachWordIsAnEventAndTheOutcomeTheLast() throws Exception {
        Ran ran = start("--json", "--seccomp-mode", "off", "--", "sh", "-c", "echo '{\"mine\": 1}'; exit 3")
                .ended();
        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.out()).isEqualTo("{\"mine\": 1}\n");
        List<JsonNode> events = events(ran.err());
        assertThat(events).extracting(event -> event.at("/event").asText()).contains("warning", "starting");
        JsonNode last = events.get(events.size() - 1);
        assertThat(last.at("/event").asText()).isEqualTo("outcome");
        assertThat(last.at("/exitCode").asInt()).isEqualTo(3);
        JsonNode file = outcome();
        file.fieldNames().forEachRemaining(name -> assertThat(last.get(name)).isEqualTo(file.get(name)));
    }

    @Test
    void asJsonAFailureHasItsExitCode() throws Exception {
        for (String[] words : new String[][] {
            {"--json", "--no-such-flag"}, {"--memory", "1q", "--json", "--", "true"}, {"--json"},
        }) {
            Ran ran = start(words).ended();
            assertThat(ran.code()).isEqualTo(64);
            List<JsonNode> events = events(ran.err());
            assertThat(events.get(0).at("/event").asText()).isEqualTo("error");
            assertThat(events.get(0).at("/exitCode").asInt()).isEqualTo(64);
        }
        Ran refused = start("--json", "--runtime", "kata", "--", "true").ended();
        List<JsonNode> events = events(refused.err());
        assertThat(events.subList(events.size() - 2, events.size()))
                .extracting(event -> event.at("/event").asText())
                .containsExactly("error", "outcome");
    }

    @Test
    void asJsonTheBuildIsProgressAndTheSettingsAreAnObject() throws Exception {
        Box.of(folder, "name: " + NAME + "\nimage: {from: \"" + Box.BASE + "\", run: [\"echo " + folder + "\"]}\n");
        Ran built = start("--json", "--build-if-missing", "--", "true").ended();
        assertThat(events(built.err()))
                .extracting(event -> event.at("/event").asText())
                .contains("building", "progress");
        Ran explained =
                start("--json", "--explain", "--memory", "1g", "--env", "A=b").ended();
        List<JsonNode> settings = events(explained.out());
        assertThat(settings).hasSize(1);
        assertThat(settings.get(0).toString())
                .contains("--memory: memory is 1g", "{\"name\":\"env\",\"value\":\"A\",\"origin\":\"--env\"}");
        assertThat(explained.err()).isEmpty();
    }

    private static List<JsonNode> events(String lines) throws Exception {
        Schema schema = schema("isolate-events");
        List<JsonNode> events = new ArrayList<>();
        for (String line : lines.split("\n")) {
            assertThat(schema.validate(line, InputFormat.JSON)).as(line).isEmpty();
            events.add(JSON.readTree(line));
        }
        return events;
    }

    static Schema schema(String name) throws IOException {
        String outcome = Files.readString(Path.of("../docs/outcome.schema.json"));
        return SchemaRegistry.withDefaultDialect(
                        SpecificationVersion.DRAFT_2020_12,
                        builder -> builder.schemas(Map.of("urn:sentinel:outcome:1", outcome)))
                .getSchema(Files.readString(Path.of("../docs/" + name + ".schema.json")), InputFormat.JSON);
    }

    private JsonNode outcome() throws IOException {
        return JSON.readTree(folder.resolve("target/sentinel/outcome.json").toFile());
    }

    private Isolated start(String... words) throws Exception {
        return Isolated.start(folder, List.of(), List.of(words));
    }
}
