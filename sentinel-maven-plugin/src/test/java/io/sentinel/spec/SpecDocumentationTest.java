package io.sentinel.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sentinel.seccomp.ShippedStandings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The documentation names the keys and defaults that the reader has. */
class SpecDocumentationTest {

    private static final Pattern EXAMPLE = Pattern.compile("(?s)```yaml\n(.*?)```");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\| (.*?) \\|");

    private final String page = Files.readString(Path.of("../docs/spec.md"));
    private final JsonNode schema =
            new ObjectMapper().readTree(Files.readString(Path.of("../docs/sandbox.schema.json")));

    SpecDocumentationTest() throws IOException {}

    @Test
    void theExampleIsValidAndShowsEveryKey() throws Exception {
        Matcher example = EXAMPLE.matcher(page);
        assertThat(example.find()).isTrue();
        String yaml = example.group(1);

        assertThat(SpecReader.read("sandbox.yaml", yaml.getBytes(StandardCharsets.UTF_8), new ShippedStandings())
                        .resources())
                .isEqualTo(Resources.DEFAULT);
        Section.SPEC.keys().stream().filter(key -> key.instead().isEmpty()).forEach(key -> assertThat(yaml)
                .containsPattern("(?m)^" + key.name() + ":"));
        assertThat(example.find()).as("a second example").isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"LOCK", "LOCKED_IMAGE", "LOCKED_ORIGINS"})
    void everySectionHasATableOfItsKeys(Section section) {
        List<String> working = section.keys().stream()
                .filter(key -> key.instead().isEmpty())
                .map(Section.Key::name)
                .toList();

        assertThat(rows(section).keySet()).containsExactlyElementsOf(working);
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.INCLUDE,
            names = {"IMAGE", "WORKSPACE", "RESOURCES", "SECCOMP", "PROXIED", "POLICY", "FAILSAFE", "INTEGRITY", "AUDIT"
            })
    void everyDefaultIsThatOfTheSchema(Section section) {
        String pointer = "/properties/" + section.path().replace(".", "/properties/") + "/properties/";
        rows(section).forEach((key, shown) -> {
            JsonNode value = schema.at(pointer + key + "/default");
            String expected = value.isMissingNode()
                    ? "see below"
                    : "`" + value.toString().replace("\"", "").replace(",", ", ") + "`";
            assertThat(shown).as(key).isEqualTo(expected);
        });
    }

    @Test
    void everyKeyThatIsRefusedByNameIsListed() {
        String refused = page.substring(page.indexOf("## Refused by name"));
        for (Section section : Section.values()) {
            section.keys().stream().filter(key -> key.instead().isPresent()).forEach(key -> assertThat(refused)
                    .contains("`" + key.name() + "`"));
        }
    }

    private Map<String, String> rows(Section section) {
        String heading = section == Section.SPEC ? "### The file\n" : "### `" + section.path() + "`\n";
        assertThat(page).contains(heading);
        String text = page.substring(page.indexOf(heading) + heading.length()).split("(?m)^##")[0];
        Map<String, String> rows = new LinkedHashMap<>();
        Matcher row = ROW.matcher(text);
        while (row.find()) {
            rows.put(row.group(1), row.group(2));
        }
        return rows;
    }
}
