package io.sentinel.verify.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Report;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReportJsonTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void whatIsWrittenFitsTheSchema() throws Exception {
        for (Report report : List.of(
                Samples.rich(), Samples.clean(EnumSet.of(Ring.STATIC)), Samples.clean(EnumSet.allOf(Ring.class)))) {
            String json = new String(ReportJson.of(report), StandardCharsets.UTF_8);
            assertThat(schema().validate(json, InputFormat.JSON)).isEmpty();
        }
    }

    static Stream<Named<Consumer<ObjectNode>>> mistakes() {
        return Stream.of(
                mistake("no version of the schema", report -> report.remove("schemaVersion")),
                mistake("another version", report -> report.put("schemaVersion", 2)),
                mistake("a field that nobody knows", report -> report.put("surprise", true)),
                mistake("no findings", report -> report.remove("findings")),
                mistake("a threshold that is none", report -> report.put("threshold", "severe")),
                mistake("a digest that is none", report -> report.put("bundleDigest", "sha256:1")),
                mistake("a verdict that is none", report -> finding(report).put("verdict", "passed")),
                mistake("a broken rule without what was expected", report -> first(report, "broken")
                        .putNull("expected")),
                mistake("a held rule with a reason", report -> first(report, "held")
                        .put("reason", "x")),
                mistake("an unknown one with something found", report -> first(report, "unknown")
                        .put("found", "x")),
                mistake("no remedy", report -> finding(report).remove("remedy")),
                mistake("line 0", report -> finding(report)
                        .putObject("location")
                        .put("file", "x")
                        .put("line", 0)),
                mistake("a waiver without an end", report -> ((ObjectNode) report.at("/waivers/0")).remove("until")),
                mistake("a drift without who lost it", report -> ((ObjectNode) report.at("/drifts/0"))
                        .remove("lostBy")),
                mistake("a canary that says no word", report -> ((ObjectNode) report.at("/canaries/0"))
                        .put("worked", "yes")));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void theSchemaRefusesWhatIsNoReport(Consumer<ObjectNode> mistake) throws Exception {
        ObjectNode report = (ObjectNode) JSON.readTree(ReportJson.of(Samples.rich()));
        mistake.accept(report);
        assertThat(schema().validate(report.toString(), InputFormat.JSON)).isNotEmpty();
    }

    @Test
    void aFindingHasWhatToolsAskFor() throws Exception {
        JsonNode report = JSON.readTree(ReportJson.of(Samples.rich()));
        ObjectNode broken = first((ObjectNode) report, "broken");
        assertThat(broken.toString())
                .isEqualTo(
                        "{\"rule\":\"CAP-2\",\"family\":\"CAP\",\"claim\":\"No capability is added\",\"why\":\"one alone"
                                + " can be the way out: SYS_ADMIN, DAC_READ_SEARCH, SYS_PTRACE\",\"cis\":[\"5.4\"],"
                                + "\"severity\":\"critical\",\"service\":\"sentinel-strict\",\"role\":\"agent\","
                                + "\"profile\":\"strict\",\"ring\":\"static\",\"verdict\":\"broken\",\"expected\":\"none\","
                                + "\"found\":\"SYS_ADMIN, NET_RAW\",\"reason\":null,\"location\":{\"file\":\""
                                + Samples.COMPOSE + "\",\"line\":41},\"remedy\":\"remove cap_add\",\"waiver\":null}");
        assertThat(report.at("/waivers").findValuesAsText("use")).containsExactly("used", "unused", "ended");
        assertThat(report.at("/passed").asBoolean()).isFalse();
    }

    @Test
    void countsAreThoseOfTheFindings() throws Exception {
        JsonNode report = JSON.readTree(ReportJson.of(Samples.rich()));
        List<JsonNode> findings = StreamSupport.stream(report.get("findings").spliterator(), false)
                .toList();
        for (String verdict : List.of("held", "broken", "unknown")) {
            assertThat(report.at("/counts/" + verdict).asLong())
                    .isPositive()
                    .isEqualTo(findings.stream()
                            .filter(finding -> finding.get("verdict").asText().equals(verdict))
                            .count());
        }
        assertThat(report.at("/counts/waived").asLong())
                .isPositive()
                .isEqualTo(findings.stream()
                        .filter(finding -> finding.get("waiver").isObject())
                        .count());
        assertThat(report.at("/counts/failing").asInt())
                .isEqualTo(Samples.rich().failing().size());
        assertThat(report.at("/counts/rules").asInt()).isEqualTo(117);
    }

    @Test
    void textsAreAsTheyCame() throws Exception {
        JsonNode report = JSON.readTree(ReportJson.of(Samples.rich()));
        assertThat(report.at("/canaries/2/told").asText()).isEqualTo(Samples.HOSTILE);
    }

    private static Named<Consumer<ObjectNode>> mistake(String name, Consumer<ObjectNode> mistake) {
        return Named.of(name, mistake);
    }

    private static ObjectNode finding(ObjectNode report) {
        return (ObjectNode) report.at("/findings/0");
    }

    private static ObjectNode first(ObjectNode report, String verdict) {
        return (ObjectNode) StreamSupport.stream(report.get("findings").spliterator(), false)
                .filter(finding -> finding.get("verdict").asText().equals(verdict))
                .findFirst()
                .orElseThrow();
    }

    private static Schema schema() throws IOException {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(Path.of("../docs/verify.schema.json")), InputFormat.JSON);
    }
}
