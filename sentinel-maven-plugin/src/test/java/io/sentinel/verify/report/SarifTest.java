package io.sentinel.verify.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sentinel.verify.catalogue.Catalogue;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Location;
import io.sentinel.verify.rule.Report;
import io.sentinel.verify.rule.Severity;
import io.sentinel.verify.rule.Verdict;
import java.io.IOException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** What code scanning is told. Whether it is SARIF at all, it/report asks Microsoft's validator. */
class SarifTest {

    @Test
    void everyRuleIsDescribed() throws Exception {
        List<JsonNode> rules = list(run(Samples.clean(EnumSet.of(Ring.STATIC))).at("/tool/driver/rules"));
        assertThat(rules).hasSize(Catalogue.rules().size() + 2);
        JsonNode rule = rules.stream()
                .filter(one -> one.get("id").asText().equals("CAP-1"))
                .findFirst()
                .orElseThrow();
        assertThat(rule.toString())
                .isEqualTo("{\"id\":\"CAP-1\",\"shortDescription\":{\"text\":\"Every capability is dropped.\"},"
                        + "\"fullDescription\":{\"text\":\"Each of the engine's default capabilities is attack surface.\"},"
                        + "\"help\":{\"text\":\"Write cap_drop: [ALL].\"},\"defaultConfiguration\":{\"level\":\"error\"},"
                        + "\"properties\":{\"security-severity\":\"8.0\",\"problem.severity\":\"error\","
                        + "\"precision\":\"very-high\",\"tags\":[\"security\",\"sandbox\","
                        + "\"CIS Docker Benchmark 1.6: 5.4\"]}}");
    }

    @Test
    void everythingThatDoesNotHoldIsAResultAndNothingElse() throws Exception {
        Report report = Samples.rich();
        Counts counts = Counts.of(report.findings());
        assertThat(list(run(report).get("results"))).hasSize((int) (counts.broken() + counts.unknown()) + 1 + 2);
        assertThat(list(run(Samples.clean(EnumSet.allOf(Ring.class))).get("results")))
                .isEmpty();
    }

    @Test
    void aResultNamesItsRuleByIdAndIndex() throws Exception {
        JsonNode run = run(Samples.rich());
        for (JsonNode result : run.get("results")) {
            assertThat(run.at("/tool/driver/rules/" + result.get("ruleIndex").asInt() + "/id"))
                    .isEqualTo(result.get("ruleId"));
        }
    }

    @Test
    void aFindingPointsToItsLineAndOneWithoutALineToTheSource() throws Exception {
        JsonNode results = run(Samples.rich()).get("results");
        assertThat(of(results, "YML-2").at("/locations/0/physicalLocation").toString())
                .isEqualTo("{\"artifactLocation\":{\"uri\":\"compose.override.yaml\",\"uriBaseId\":\"%SRCROOT%\"},"
                        + "\"region\":{\"startLine\":3}}");
        assertThat(of(results, "SEC-10").at("/locations/0/physicalLocation").toString())
                .isEqualTo("{\"artifactLocation\":{\"uri\":\"" + Samples.SOURCE + "\",\"uriBaseId\":\"%SRCROOT%\"},"
                        + "\"region\":{\"startLine\":1}}");
        assertThat(of(results, "IMG-1")
                        .at("/locations/0/physicalLocation/artifactLocation/uri")
                        .asText())
                .isEqualTo("a%20b/compose%25.yml");
    }

    @Test
    void whatCouldNotBeToldHasTheLevelOfWhatIsBrokenAndSaysSo() throws Exception {
        JsonNode result = of(run(Samples.rich()).get("results"), "LSM-1");
        assertThat(result.get("level").asText()).isEqualTo("error");
        assertThat(result.at("/message/text").asText())
                .startsWith("AppArmor is not turned off, and is in force where the engine has it: could not be told: ")
                .endsWith("\\u001B[2JPermission denied (sentinel-strict, live ring).");
    }

    @Test
    void whatIsWaivedIsSuppressedWithItsReason() throws Exception {
        for (JsonNode result : run(Samples.rich()).get("results")) {
            boolean waived = result.get("ruleId").asText().equals("RES-7");
            assertThat(result.has("suppressions")).isEqualTo(waived);
            if (waived) {
                assertThat(result.get("suppressions").toString())
                        .isEqualTo("[{\"kind\":\"external\",\"status\":\"accepted\",\"justification\":\""
                                + Samples.USED.reason() + " (until 2027-01-31)\"}]");
            }
        }
    }

    @Test
    void aMessageHasNoPlaceholderAndNoLink() throws Exception {
        String text = of(run(Samples.rich()).get("results"), "ENV-1")
                .at("/message/text")
                .asText();
        assertThat(text).contains("{{0}}", "[click] (https://example.invalid/)").doesNotContain("\u001B", "](");
    }

    @Test
    void fingerprintsAreOfThemselvesAndStayWhereALineMoves() throws Exception {
        Set<String> seen = new HashSet<>();
        for (JsonNode result : run(Samples.rich()).get("results")) {
            String fingerprint =
                    result.at("/partialFingerprints/primaryLocationLineHash").asText();
            assertThat(fingerprint).matches("[0-9a-f]{16}:1");
            assertThat(seen.add(fingerprint)).as(result.toString()).isTrue();
        }
        assertThat(fingerprint(10)).isEqualTo(fingerprint(20));
    }

    private static String fingerprint(int line) throws IOException {
        Finding finding =
                Samples.finding("CAP-1", "agent", Ring.STATIC, Verdict.broken("ALL", "nothing", Place.NOWHERE));
        Finding there = new Finding(
                finding.rule(),
                finding.subject(),
                finding.ring(),
                finding.verdict(),
                Optional.of(new Location("compose.yaml", line)),
                Optional.empty());
        Report report = Samples.report(
                EnumSet.of(Ring.STATIC), Severity.LOW, List.of(there), List.of(), List.of(), List.of(), List.of());
        return run(report).at("/results/0/partialFingerprints").toString();
    }

    private static JsonNode run(Report report) throws IOException {
        return new ObjectMapper()
                .readTree(Sarif.of(report, Samples.SOURCE))
                .get("runs")
                .get(0);
    }

    private static JsonNode of(JsonNode results, String rule) {
        return list(results).stream()
                .filter(result -> result.get("ruleId").asText().equals(rule))
                .findFirst()
                .orElseThrow();
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }
}
