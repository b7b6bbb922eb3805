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

/**
 * CPython's own tests of what it asks of an operating system: none fails that passes under the engine's own filter, but
 * those of what the presets refuse on purpose.
 */
@Tag("full")
class CpythonTestsIT {

    private static final List<String> MODULES = List.of(
            "test_os", "test_posix", "test_subprocess", "test_threading", "test_socket", "test_resource", "test_pty");
    /** Memory-only files that could be executed: see {@code seccomp/groups/memfd-sealed.yaml}. */
    private static final String EXECUTABLE_MEMORY_FILES = "test.test_os.MemfdCreateTests.test_memfd_create";
    /** A protocol that nobody uses, and code of the kernel that would be reached: {@code seccomp/groups/sockets.yaml}. */
    private static final String UDP_LITE = "UDPLITE";

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
    void strictFailsNoOthersThanThoseOfWhatItRefusesOnPurpose() throws Exception {
        failsOnly(Preset.STRICT, EXECUTABLE_MEMORY_FILES, UDP_LITE);
    }

    @Test
    void datasciFailsNoOthersThanThoseOfWhatItRefusesOnPurpose() throws Exception {
        failsOnly(Preset.DATASCI, UDP_LITE);
    }

    /** Each of the exceptions must still occur: one that does not is to be taken off. */
    private static void failsOnly(Preset preset, String... refused) throws Exception {
        Outcome outcome = run(Hardened.withShipped(image, preset, folder));
        assertThat(outcome.counts()).isEqualTo(engineDefault.counts());
        Set<String> more = new TreeSet<>(outcome.failed());
        more.removeAll(engineDefault.failed());
        for (String name : refused) {
            assertThat(more).as(name).anyMatch(failed -> failed.contains(name));
            more.removeIf(failed -> failed.contains(name));
        }
        assertThat(more).isEmpty();
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
