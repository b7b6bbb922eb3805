package io.sentinel.audit;

import static io.sentinel.audit.Trails.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.sentinel.render.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuditReportTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> GOOD = Trails.good(9);

    @TempDir
    private Path folder;

    /** {@code -Dsentinel.golden.accept} writes what is shown now, and fails, so that somebody reads the difference. */
    @ParameterizedTest
    @ValueSource(strings = {"whole", "broken", "filtered"})
    void theReportIsTheGoldenOne(String name) throws Exception {
        List<String> lines =
                switch (name) {
                    case "broken" -> with(GOOD.subList(0, 8), 4, line -> line.replace("\"denied\"", "\"allowed\""));
                    default -> GOOD;
                };
        AuditQuery query =
                name.equals("filtered") ? query("denied", "connect,open", "*7*", "2026-01-02", null) : AuditQuery.ALL;
        String told = String.join("\n", report(lines, query).lines(3, false)) + "\n";
        Path golden = Path.of("src/test/resources/audit/" + name + ".txt");
        if (System.getProperty("sentinel.golden.accept") != null) {
            Files.writeString(golden, told);
            fail("accepted what is shown now; read the difference, then run without -Dsentinel.golden.accept");
        }
        assertThat(told).isEqualTo(Files.readString(golden));
    }

    @Test
    void coloursAreEscapesAroundTheSameWords() throws Exception {
        AuditReport report = report(GOOD, AuditQuery.ALL);
        List<String> coloured = report.lines(3, true);
        assertThat(coloured).anyMatch(line -> line.contains("\u001B[1;31mdenied"));
        assertThat(coloured.stream()
                        .map(line -> line.replaceAll("\u001B\\[[0-9;]*m", "").stripTrailing())
                        .toList())
                .isEqualTo(report.lines(3, false).stream()
                        .map(String::stripTrailing)
                        .toList());
    }

    @Test
    void ofVeryManyRecordsTheLastAreShownAndAllAreCounted() throws Exception {
        List<String> printed = new ArrayList<>();
        Path file = Files.write(folder.resolve("many.jsonl"), Trails.bytes(Trails.good(1_000)));
        List<String> lines =
                AuditReport.read(file, "f", AuditQuery.ALL, printed::add).lines(2, false);
        assertThat(lines)
                .contains("  records    1000, from 2026-01-02 03:00:01.000 to 2026-01-02 03:16:40.001 UTC")
                .contains("Records, the last 200", "  800 before these; -Dsentinel.audit.format=jsonl prints all")
                .contains("By target, the first 2 of 1000")
                .contains("  998 records of more targets; -Dsentinel.audit.top=2 sets how many are shown");
        assertThat(lines.stream().filter(line -> line.matches("[ 0-9]{8}  2026-.*")))
                .hasSize(200);
        assertThat(printed).hasSize(1_000);
    }

    @Test
    void nothingFoundTellsWhatThereIs() throws Exception {
        assertThat(report(GOOD, query(null, "unlink", null, null, null)).lines(20, false))
                .contains("  asked for  action unlink")
                .contains("  found      none; the actions in it: connect, end, exec, open, policy, start");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
            allowed         | -       | -          | -                    | -                    | 2 3 6
            denied,observed | -       | -          | -                    | -                    | 1 4 5 7 8 9
            ' denied , '    | connect | -          | -                    | -                    | 4 7
            -               | -       | 10.0.0.?:* | -                    | -                    | 4 7
            -               | -       | *tool*     | -                    | -                    | 3 6
            -               | -       | 10.0.0     | -                    | -                    | ''
            -               | -       | -          | 2026-01-02T03:00:04Z | -                    | 4 5 6 7 8 9
            -               | -       | -          | -                    | 2026-01-02T03:00:04Z | 1 2 3
            -               | -       | -          | 2026-01-02T05:00:04+02:00 | 2026-01-02T03:00:06.000006Z | 4 5
            -               | -       | -          | 2026-01-02           | 2026-01-02           | 1 2 3 4 5 6 7 8 9
            -               | -       | -          | 2026-01-03           | -                    | ''
            -               | ''      | ''         | ''                   | ''                   | 1 2 3 4 5 6 7 8 9
            """)
    void recordsAreThoseThatAreAskedFor(
            String decision, String action, String target, String since, String until, String expected)
            throws Exception {
        List<String> found = new ArrayList<>();
        AuditReport.read(written(GOOD), "f", query(decision, action, target, since, until), line -> found.add(line));
        List<String> numbers = new ArrayList<>();
        for (String line : found) {
            numbers.add(JSON.readTree(line).get("seq").asText());
        }
        assertThat(String.join(" ", numbers)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
            deny | - | - | sentinel.audit.decision has "deny"; it takes denied, observed, allowed, one or several with commas between
            - | yesterday | - | sentinel.audit.since is "yesterday"; it takes a time with its zone such as 2026-01-02T03:04:05Z, or a day such as 2026-01-02
            - | 2026-01-02T03:04:05 | - | sentinel.audit.since is "2026-01-02T03:04:05"; it takes a time with its zone such as 2026-01-02T03:04:05Z, or a day such as 2026-01-02
            - | - | 2026-02-30 | sentinel.audit.until is "2026-02-30"; it takes a time with its zone such as 2026-01-02T03:04:05Z, or a day such as 2026-01-02
            - | 2026-01-03 | 2026-01-02 | sentinel.audit.since is 2026-01-03T00:00:00Z, which is not before 2026-01-03T00:00:00Z, to which sentinel.audit.until leads; swap them
            """)
    void whatIsNoQuestionIsRefused(String decision, String since, String until, String message) {
        assertThatThrownBy(() -> query(decision, null, null, since, until))
                .isInstanceOf(SandboxException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', true", "'', a, false", "*, '', true", "*, a/b, true", "a*, ba, false", "*a, ba, true",
                "a*c, abbc, true",
        "a*c, ab, false", "?, a, true", "?, '', false", "a?c*, abc, true", "**, x, true", "a.c, abc, false",
                "[a], a, false"
    })
    void aPatternIsOfTheWholeText(String pattern, String text, boolean matches) {
        assertThat(new Glob(pattern).matches(text)).isEqualTo(matches);
    }

    @Test
    void aHostilePatternIsQuick() {
        String text = "a".repeat(30_000);
        assertThat(new Glob("*a".repeat(200) + "b").matches(text)).isFalse();
    }

    @Test
    void aLastHashThatWasKeptIsCompared() throws Exception {
        AuditReport report = report(GOOD, AuditQuery.ALL);
        String last = Trails.hash(GOOD.get(8));
        assertThat(report.failure(Optional.empty())).isEmpty();
        assertThat(report.failure(Optional.of(last))).isEmpty();
        assertThat(report.failure(Optional.of("0".repeat(64))).orElseThrow())
                .isEqualTo(
                        "the audit trail does not hold: f: rewritten after it was read: expected a last record with the"
                                + " hash " + "0".repeat(64) + ", found " + last
                                + "; the file was changed behind the supervisor;"
                                + " believe the copy that the host made while the run lived");
    }

    /** What the tests' own writer makes, what the reader takes and what the goal prints are all what the schema says. */
    @Test
    void recordsAreWhatTheSchemaSays() throws Exception {
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(Path.of("../docs/audit.schema.json")), InputFormat.JSON);
        List<String> printed = new ArrayList<>();
        AuditReport.read(written(GOOD), "f", AuditQuery.ALL, printed::add);
        assertThat(printed).hasSize(9).allMatch(line -> line.matches("[ -~]*"));
        for (int i = 0; i < GOOD.size(); i++) {
            assertThat(schema.validate(GOOD.get(i), InputFormat.JSON))
                    .as(GOOD.get(i))
                    .isEmpty();
            assertThat(schema.validate(printed.get(i), InputFormat.JSON))
                    .as(printed.get(i))
                    .isEmpty();
            JsonNode node = JSON.readTree(printed.get(i));
            assertThat(node).isEqualTo(JSON.readTree(GOOD.get(i)));
        }
        List<String> wrong = List.of(
                GOOD.get(3).replace("\"pid\":7,", ""),
                GOOD.get(3).replace("\"pid\":7", "\"pid\":-7"),
                GOOD.get(3).replace("\"pid\":7", "\"pid\":7,\"x\":1"),
                GOOD.get(3).replace("\"seq\":4", "\"seq\":0"),
                GOOD.get(3).replace("\"denied\"", "\"maybe\""),
                GOOD.get(3).replace("\"guard\"", "\"agent\""),
                GOOD.get(3).replace("\"connect\"", "\"Connect !\""),
                GOOD.get(3).replace("T03:00:04.000004Z", "T03:00:04Z"),
                GOOD.get(3).replace("\"hash\":\"", "\"hash\":\"0"));
        for (String line : wrong) {
            assertThat(schema.validate(line, InputFormat.JSON)).as(line).isNotEmpty();
            assertThatThrownBy(() ->
                            AuditLine.parse(line.getBytes(java.nio.charset.StandardCharsets.UTF_8), line.length()))
                    .isInstanceOf(AuditLine.Refused.class);
        }
    }

    @Test
    void theNewestTrailIsChosenByItsName() throws Exception {
        for (String name : List.of("20260102T030405Z-9.jsonl", "20260102T030406Z-1.jsonl", "notes.txt", "zz.jsonl")) {
            Files.writeString(folder.resolve(name), "");
        }
        Files.createDirectory(folder.resolve("20270102T030406Z-1.jsonl"));
        assertThat(AuditFolder.choose(folder, "f", Optional.empty())).hasFileName("20260102T030406Z-1.jsonl");
        assertThat(AuditFolder.choose(folder, "f", Optional.of(folder.resolve("notes.txt"))))
                .hasFileName("notes.txt");
    }

    @Test
    void whereThereIsNoTrailItSaysWhatToDo() {
        assertThatThrownBy(() -> AuditFolder.choose(folder.resolve("none"), "target/sentinel/audit", Optional.empty()))
                .isInstanceOf(SandboxException.class)
                .hasMessage(
                        "there is no audit trail in target/sentinel/audit: each guarded run leaves one there; run the"
                                + " agent first, or name a file with -Dsentinel.audit.file");
        assertThatThrownBy(() -> AuditFolder.choose(folder, "f", Optional.of(folder)))
                .isInstanceOf(SandboxException.class)
                .hasMessage("sentinel.audit.file names " + folder + ", which is no plain file");
    }

    @Test
    void aFormThatThereIsNotIsRefused() {
        assertThatThrownBy(() -> AuditForm.of("csv", 20))
                .hasMessage("sentinel.audit.format is \"csv\"; it is table or jsonl");
        assertThatThrownBy(() -> AuditForm.of("table", 0))
                .hasMessage("sentinel.audit.top is 0; the summary shows at least 1 target");
    }

    private AuditReport report(List<String> lines, AuditQuery query) throws IOException {
        return AuditReport.read(written(lines), "f", query, line -> {});
    }

    private Path written(List<String> lines) throws IOException {
        return Files.write(folder.resolve("trail.jsonl"), Trails.bytes(lines));
    }

    private static AuditQuery query(String decision, String action, String target, String since, String until)
            throws SandboxException {
        return AuditQuery.of(
                Optional.ofNullable(decision),
                Optional.ofNullable(action),
                Optional.ofNullable(target),
                Optional.ofNullable(since),
                Optional.ofNullable(until));
    }
}
