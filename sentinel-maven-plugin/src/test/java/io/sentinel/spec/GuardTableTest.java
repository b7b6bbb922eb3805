package io.sentinel.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The parts of the guard that are not of this module decide as {@code guard/decisions.yaml} says: the launcher's own
 * sources, under the compiler's sanitizers, and the Python hook on every Python of this machine.
 */
class GuardTableTest {

    private static final Path BUILD = Path.of("target/guard-sanitized");

    @TempDir
    private static Path table;

    @BeforeAll
    static void build() throws Exception {
        new PolicyDecisionsTest().writeFlat(table);
        assertThat(run(Path.of("../guard/launcher/build").toAbsolutePath().toString(), BUILD.toString(), "sanitized"))
                .isEmpty();
    }

    @Test
    void launcherDecidesAsTheTable() throws Exception {
        List<String> wrong = new ArrayList<>();
        long asked = 0;
        for (Path policy : policies()) {
            String cases = policy.toString().replaceAll("policy$", "cases");
            List<String> said = run(answers(), policy.toString(), cases).lines().toList();
            wrong.addAll(said.subList(0, said.size() - 1));
            asked += Long.parseLong(said.get(said.size() - 1).replaceAll(" asked, .*", ""));
        }
        assertThat(wrong).isEmpty();
        assertThat(asked).isGreaterThan(200);
    }

    /** Of every compiled policy each shorter one, and each with one line changed, is none. */
    @Test
    void launcherTakesNoPolicyThatWasCut() throws Exception {
        Path cut = table.resolve("cut");
        String whole = Files.readString(table.resolve("ports.policy"));
        for (int length = 0; length < whole.length(); length++) {
            Files.writeString(cut, whole.substring(0, length));
            assertThat(run(answers(), cut.toString())).startsWith("line ");
        }
        Files.writeString(cut, whole + "more\n");
        assertThat(run(answers(), cut.toString())).contains("as the last line");
        Files.writeString(cut, whole.replace("sentinel-policy 1", "sentinel-policy 2"));
        assertThat(run(answers(), cut.toString())).contains("another version");
        Files.writeString(cut, whole.replace("mode enforce", "mode off"));
        assertThat(run(answers(), cut.toString())).isEqualTo("line 3: expected enforce or audit\n");
        Files.writeString(cut, whole);
        assertThat(run(answers(), cut.toString())).isEmpty();
    }

    @Test
    void hookDecidesAsTheTableOnEveryPythonHere() throws Exception {
        String said =
                run(Path.of("../guard/python/tests/run").toAbsolutePath().toString(), "--decisions", table.toString());
        assertThat(said).endsWith("\nOK\n");
    }

    private static String answers() {
        return BUILD.resolve("guard-answers").toAbsolutePath().toString();
    }

    private static List<Path> policies() throws IOException {
        try (Stream<Path> files = Files.list(table)) {
            return files.filter(file -> file.toString().endsWith(".policy"))
                    .sorted()
                    .toList();
        }
    }

    private static String run(String... words) throws Exception {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(15, TimeUnit.MINUTES)).isTrue();
        return said;
    }
}
