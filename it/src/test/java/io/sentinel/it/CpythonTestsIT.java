package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.spec.SeccompChoice.Preset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CPython's own tests of what it asks of an operating system: none fails that passes under the engine's own filter. */
@Tag("full")
class CpythonTestsIT {

    private static final List<String> MODULES = List.of(
            "test_os", "test_posix", "test_subprocess", "test_threading", "test_socket", "test_resource", "test_pty");
    private static final Pattern FAILED = Pattern.compile("^(?:FAIL|ERROR): (.+)$", Pattern.MULTILINE);
    private static final Pattern RAN = Pattern.compile("^Ran (\\d+) tests? in", Pattern.MULTILINE);

    @TempDir
    private static Path folder;

    private static String image;
    private static Path workspace;
    private static Outcome engineDefault;

    /** How many tests each module ran, and which did not pass. */
    private record Outcome(List<String> counts, Set<String> failed) {}

    @BeforeAll
    static void runUnderTheEnginesOwnFilter() throws Exception {
        image = Workload.image();
        workspace = Workload.workspace(folder);
        engineDefault = run(Hardened.withEngineDefault(image));
    }

    @Test
    void strictFailsNoneButTheExecutableMemoryOnlyFile() throws Exception {
        Outcome strict = run(Hardened.withShipped(image, Preset.STRICT, folder));
        assertThat(strict.counts()).isEqualTo(engineDefault.counts());
        assertThat(strict.failed()).contains("test_memfd_create (test.test_os.MemfdCreateTests.test_memfd_create)");
        strict.failed().removeIf(name -> name.startsWith("test_memfd_create "));
        assertThat(strict.failed()).isSubsetOf(engineDefault.failed());
    }

    @Test
    void datasciFailsNone() throws Exception {
        Outcome datasci = run(Hardened.withShipped(image, Preset.DATASCI, folder));
        assertThat(datasci.counts()).isEqualTo(engineDefault.counts());
        assertThat(datasci.failed()).isSubsetOf(engineDefault.failed());
    }

    private static Outcome run(Hardened container) throws Exception {
        List<String> words = new ArrayList<>(List.of("sh", "/opt/workloads/run.sh", "python3", "-m", "test", "-v"));
        words.addAll(MODULES);
        String output = container
                .mounting(workspace, "/workspace")
                .run(words.toArray(String[]::new))
                .output();
        assertThat(output).contains("== Tests result: ");
        List<String> counts = all(RAN, output);
        assertThat(counts).as(output).hasSize(MODULES.size());
        return new Outcome(counts, new TreeSet<>(all(FAILED, output)));
    }

    private static List<String> all(Pattern pattern, String output) {
        List<String> found = new ArrayList<>();
        for (Matcher matcher = pattern.matcher(output); matcher.find(); ) {
            found.add(matcher.group(1));
        }
        return found;
    }
}
