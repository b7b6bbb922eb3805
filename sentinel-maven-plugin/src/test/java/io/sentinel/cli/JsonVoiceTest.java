package io.sentinel.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.sentinel.engine.Streams;
import io.sentinel.run.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Each event is one line, and of the form that docs/isolate-events.schema.json has for it. */
class JsonVoiceTest {

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final JsonVoice voice = new JsonVoice(new PrintStream(said, true, UTF_8));

    @Test
    void everyEventIsOneLineOfItsForm() throws Exception {
        voice.written(List.of("Dockerfile"));
        voice.building("box:1", "it is \"missing\"\nhere");
        voice.upToDate("box:1");
        voice.reaped(List.of("box-1"));
        voice.starting("host", "box:1");
        voice.warning("ä\u001b[0m");
        voice.logged(List.of("a", "b"));
        voice.ended(new Outcome(
                "host",
                "sentinel-strict",
                List.of("true"),
                OptionalInt.empty(),
                Outcome.Reason.REFUSED,
                Instant.EPOCH,
                Duration.ZERO,
                "",
                List.of("open"),
                Optional.of(new Outcome.Audit("target/sentinel/audit/x.jsonl", "0".repeat(64), 3, 1, true))));
        voice.failed("no", 77);
        voice.end();
        List<String> lines = said.toString(UTF_8).lines().toList();
        Schema schema = schema();
        assertThat(lines).allSatisfy(line -> assertThat(schema.validate(line, InputFormat.JSON))
                .as(line)
                .isEmpty());
        assertThat(lines)
                .extracting(line -> json(line).at("/event").asText())
                .containsExactly("written", "building", "reaped", "starting", "warning", "report", "error", "outcome");
        assertThat(json(lines.get(1)).at("/reason").asText()).isEqualTo("it is \"missing\"\nhere");
    }

    @Test
    void theProgressOfABuildIsAnEventALine() throws Exception {
        Streams.Pumped progress = (Streams.Pumped) voice.progress();
        progress.out().write("#1 one\r\n\n#2 t".getBytes(UTF_8));
        progress.out().write("wo ü\n".getBytes(UTF_8));
        assertThat(said.toString(UTF_8)
                        .lines()
                        .map(line -> json(line).at("/line").asText()))
                .containsExactly("#1 one", "#2 two ü");
    }

    @Test
    void theSchemaRefusesWhatIsNoEvent() throws Exception {
        Schema schema = schema();
        for (String line : List.of(
                "{}",
                "{\"schemaVersion\":1,\"event\":\"warning\"}",
                "{\"schemaVersion\":1,\"event\":\"warning\",\"message\":\"m\",\"more\":1}",
                "{\"schemaVersion\":1,\"event\":\"other\",\"message\":\"m\"}",
                "{\"schemaVersion\":2,\"event\":\"warning\",\"message\":\"m\"}",
                "{\"schemaVersion\":1,\"event\":\"outcome\",\"exitCode\":0}")) {
            assertThat(schema.validate(line, InputFormat.JSON)).as(line).isNotEmpty();
        }
    }

    private static JsonNode json(String line) {
        try {
            return new ObjectMapper().readTree(line);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Schema schema() throws Exception {
        String outcome = Files.readString(Path.of("../docs/outcome.schema.json"));
        return SchemaRegistry.withDefaultDialect(
                        SpecificationVersion.DRAFT_2020_12,
                        builder -> builder.schemas(Map.of("urn:sentinel:outcome:1", outcome)))
                .getSchema(Files.readString(Path.of("../docs/isolate-events.schema.json")), InputFormat.JSON);
    }
}
