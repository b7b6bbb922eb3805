package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.sentinel.spec.Profile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutcomeFileTest {

    private static final Outcome.Audit AUDIT =
            new Outcome.Audit("target/sentinel/audit/20260102T030405Z-7.jsonl", "ab".repeat(32), 12, 3, true);

    @TempDir
    private Path folder;

    @Test
    void theTrailThatIsNotedIsReadAgain() throws Exception {
        Path file = folder.resolve("outcome.json");
        assertThat(OutcomeFile.audit(file)).isEmpty();
        for (Optional<Outcome.Audit> audit : List.of(Optional.of(AUDIT), Optional.<Outcome.Audit>empty())) {
            OutcomeFile.write(
                    file, Outcome.refused(Profile.STRICT, List.of("true")).with(audit));
            assertThat(OutcomeFile.audit(file)).isEqualTo(audit);
            assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                            .getSchema(Files.readString(Path.of("../docs/outcome.schema.json")), InputFormat.JSON)
                            .validate(Files.readString(file), InputFormat.JSON))
                    .isEmpty();
        }
    }

    @Test
    void whatIsNotOfThisFormNotesNothing() throws Exception {
        Path file = folder.resolve("outcome.json");
        OutcomeFile.write(file, Outcome.refused(Profile.STRICT, List.of("true")).with(Optional.of(AUDIT)));
        String good = Files.readString(file);
        for (String records : List.of("\"twelve\"", "1.5", "-1", "99999999999999999999", "null", "[12]")) {
            String other = good.replace("\"records\" : 12", "\"records\" : " + records);
            assertThat(other).isNotEqualTo(good);
            Files.writeString(file, other);
            assertThat(OutcomeFile.audit(file)).as(records).isEmpty();
        }
        for (String text : List.of("", "{", "[]", "{} {}", "no JSON", good.substring(0, good.length() / 2))) {
            Files.writeString(file, text);
            assertThat(OutcomeFile.audit(file)).as(text).isEmpty();
        }
        Files.write(file, new byte[] {'"', (byte) 0xff, '"'});
        assertThat(OutcomeFile.audit(file)).isEmpty();
    }
}
