package io.sentinel.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freemarker.template.Configuration;
import freemarker.template.TemplateHashModel;
import io.sentinel.spec.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplatesTest {

    private static final Path FOLDER = Path.of("..", "templates");

    static List<Path> templates() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("templates")
    void templateNamesItsFormatAndNeverBypassesIt(Path template) throws IOException {
        String text = Files.readString(template);
        assertThat(text).startsWith("<#ftl output_format=\"");
        assertThat(text).doesNotContain("no_esc", "<#noautoesc", "<#outputformat", "?interpret", "?eval");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a\nb", "a\"b", "${x}", "a#b", "a'b", "é", "a:b c", "*", "!x", "{a}", "[a]"})
    void plainRefusesWhatNeedsQuoting(String value) {
        assertThatThrownBy(() -> new Templates()
                        .render(
                                "allowed-domains.txt",
                                Map.of("version", value, "spec", Map.of("name", "x", "allow", List.of()))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("plain() of a value that needs quoting");
    }

    /** {@code ?has_content} would take it for an empty value. */
    @Test
    void whatAnObjectDoesNotHaveIsNoEmptyValue() {
        Map<String, Object> model = Map.of(
                "version", "1", "spec", Map.of("name", "x"), "allowed", new Hosts(List.of()), "origins", Map.of());
        assertThatThrownBy(() -> new Templates().render("allowed-domains.txt", model))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("there is no public method")
                .hasMessageContaining("Hosts.limited()");
    }

    @Test
    void whatEveryObjectHasAndWhatIsStaticIsNothingForATemplate() throws Exception {
        TemplateHashModel seen =
                (TemplateHashModel) new Members.Wrapper(Configuration.VERSION_2_3_34).wrap(new Hosts(List.of()));
        assertThat(seen.get("standard")).isNotNull();
        for (String member : List.of("getClass", "notifyAll", "none")) {
            assertThatThrownBy(() -> seen.get(member)).hasMessageContaining("nothing that a template may ask for");
        }
    }

    /** Without the {@code limited} that the template asks for. */
    public record Hosts(List<String> standard) {

        public static String none() {
            return "";
        }
    }

    /** The entrypoint carries it as text, since it needs it where nothing of the bundle is mounted. */
    @Test
    void entrypointsDefaultPolicyIsThePolicyOfASpecWithoutOne() throws IOException {
        Matcher text = Pattern.compile("<<'POLICY'.*?\n(.*?)POLICY\n", Pattern.DOTALL)
                .matcher(Files.readString(FOLDER.resolve("entrypoint.sh.ftl")));
        assertThat(text.find()).isTrue();
        String rendered = new Templates()
                .render("sentinel.yaml", Map.of("version", "1", "spec", Map.of("name", "x", "policy", Policy.DEFAULT)));
        assertThat(text.group(1)).isEqualTo(rendered.replaceAll("(?m)^ *#.*\n|^\n", ""));
    }
}
