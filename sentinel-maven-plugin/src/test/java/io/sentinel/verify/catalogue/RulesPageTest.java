package io.sentinel.verify.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Rule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/rules.md} is the catalogue as a page. {@code -Dsentinel.golden.accept} writes what it is now, and fails, so
 * that somebody reads the difference.
 */
class RulesPageTest {

    private static final Path PAGE = Path.of("../docs/rules.md");

    @Test
    void thePageHasEveryRule() throws Exception {
        String told = page();
        if (System.getProperty("sentinel.golden.accept") != null) {
            Files.writeString(PAGE, told);
            fail("accepted what is told now; read the difference, then run without -Dsentinel.golden.accept");
        }
        assertThat(told).isEqualTo(Files.readString(PAGE));
    }

    private static String page() {
        StringBuilder page = new StringBuilder(
                """
                # What `mvn sentinel:verify` proves

                Each rule with the rings that it is asked in: in the files (static), of what the engine creates (inspect), of the
                running container (live). CIS numbers are those of the CIS Docker Benchmark 1.6. Why a rule is there and what to do
                where it is broken stand in the report.

                | rule | what holds | severity | rings | CIS |
                |---|---|---|---|---|
                """);
        for (Rule rule : Catalogue.rules()) {
            page.append("| %s | %s | %s | %s | %s |\n"
                    .formatted(
                            rule.id(),
                            rule.claim().replace("|", "\\|"),
                            rule.severity().word(),
                            rule.rings().stream().sorted().map(Ring::word).collect(Collectors.joining(", ")),
                            rule.cis().isEmpty() ? "-" : String.join(", ", rule.cis())));
        }
        return page.toString();
    }
}
