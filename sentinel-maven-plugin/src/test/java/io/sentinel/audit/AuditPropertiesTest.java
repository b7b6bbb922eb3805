package io.sentinel.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** Names are an agent's: whatever they hold, a record is one record, and says what it said. */
class AuditPropertiesTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What somebody would put into a name who wants a line, a record or a terminal of their own. */
    private static final String[] HOSTILE = {
        "\n",
        "\r\n",
        "\"",
        "\\",
        "\\\"",
        "\\u000a",
        "\u0000",
        "\u001B[2J",
        "\u009B2J",
        "\u007F",
        "\u202E",
        "\u2028",
        "\uFEFF",
        "\uFFFD",
        "\uD83D\uDE00",
        "\",\"decision\":\"allowed",
        "\"}\n{\"seq\":",
        "\"prev\":\"" + "0".repeat(64) + "\"",
        ",\"hash\":\"" + "a".repeat(64) + "\"}",
        "/usr/bin/",
        "größe",
        " ",
        "*"
    };

    record Name(String exe, String target, String reason, String hookAction) {}

    @Provide
    Arbitrary<Name> names() {
        Arbitrary<String> text = Arbitraries.oneOf(
                        Arbitraries.of(HOSTILE), Arbitraries.strings().ofMaxLength(6))
                .list()
                .ofMaxSize(12)
                .map(parts -> wellFormed(String.join("", parts)));
        return net.jqwik.api.Combinators.combine(text, text, text, text).as(Name::new);
    }

    @Property(tries = 400)
    void aHostileNameIsOneRecordOfATrailThatHolds(@ForAll("names") @Size(min = 1) Name name) throws Exception {
        Trails trail = new Trails()
                .add("guard", "start", "x", "observed", "", "")
                .add(name.exe(), "guard", "exec", name.target(), "denied", "allowed_commands", name.reason())
                .add(name.exe(), "python", name.hookAction(), name.target(), "denied", name.reason(), name.reason())
                .add("guard", "end", "0", "observed", "", "");
        Path file = Files.createTempFile("trail", ".jsonl");
        try {
            Files.write(file, Trails.bytes(trail.lines()));
            List<String> printed = new ArrayList<>();
            AuditReport report = AuditReport.read(file, "f", AuditQuery.ALL, printed::add);
            assertThat(report.failure(java.util.Optional.empty())).isEmpty();
            assertThat(printed).hasSize(4).allMatch(line -> line.matches("[ -~]*"));
            assertThat(JSON.readTree(printed.get(1)).get("target").asText()).isEqualTo(name.target());
            assertThat(JSON.readTree(printed.get(2)).get("exe").asText()).isEqualTo(name.exe());
            assertThat(report.lines(20, false))
                    .allSatisfy(line -> {
                        assertThat(line.codePoints().filter(AuditPropertiesTest::drivesATerminal))
                                .isEmpty();
                        assertThat(line.codePointCount(0, line.length())).isLessThanOrEqualTo(AuditTable.WIDTH);
                    })
                    .filteredOn(line -> line.startsWith("The chain holds"))
                    .hasSize(1);
        } finally {
            Files.delete(file);
        }
    }

    /** Bytes of any sort are read to their end, and none of them is taken for a trail. */
    @Property(tries = 300)
    void anyBytesAreReadToTheirEnd(@ForAll @Size(max = 2000) byte[] bytes) {
        AuditTrail trail = new AuditTrail("f", (record, line, holds) -> {});
        trail.accept(bytes, bytes.length);
        AuditTrail.Reading reading = trail.end();
        assertThat(reading.holds()).isFalse();
        assertThat(reading.faults()).allSatisfy(fault -> assertThat(
                        fault.sentence().codePoints().filter(AuditPropertiesTest::drivesATerminal))
                .isEmpty());
    }

    private static boolean drivesATerminal(int c) {
        int type = Character.getType(c);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.SURROGATE;
    }

    /** Half of a pair is no UTF-8, which the supervisor replaces. */
    private static String wellFormed(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
