package io.sentinel.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.audit.AuditFault.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/audit.md} is what people read who were told that a trail does not hold. */
class AuditPageTest {

    private static final Path PAGE = Path.of("../docs/audit.md");

    @Test
    void thePageHasEveryKindOfFaultInTheCodesOrder() throws Exception {
        List<String> told = Pattern.compile("(?m)^\\| \\*\\*(.*?)\\*\\* \\|")
                .matcher(Files.readString(PAGE))
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(told).isEqualTo(Stream.of(Kind.values()).map(Kind::word).toList());
    }

    @Test
    void thePageHasEveryPropertyOfTheGoal() throws Exception {
        String mojo = Files.readString(Path.of("src/main/java/io/sentinel/mojo/AuditMojo.java"));
        List<String> properties = Pattern.compile("property = \"(sentinel\\.audit\\.[a-z]+)\"")
                .matcher(mojo)
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(properties).hasSize(10);
        List<String> told = Pattern.compile("(?m)^\\| `(sentinel\\.audit\\.[a-z]+)` \\|")
                .matcher(Files.readString(PAGE))
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(told).containsExactlyInAnyOrderElementsOf(properties);
    }
}
