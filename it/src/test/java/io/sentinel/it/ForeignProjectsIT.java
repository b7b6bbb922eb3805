package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sentinel.render.SandboxException;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each folder of {@code foreign/} is a compose project as others write them, and {@code findings.txt} beside it what the
 * static ring has against it: one line for each rule, with the services, {@code *} where it is all of several. Whoever changes
 * a line has read the project. Lines at its head that begin with {@code #} say what is missed, or doubtful. Real files and the real {@code docker compose config}.
 *
 * <p>{@code -Dsentinel.foreign.accept} writes what is found now as what is expected, and fails, so that somebody reads the
 * difference.
 */
class ForeignProjectsIT {

    private static final Path PROJECTS = Path.of("src/test/resources/foreign");
    private static final String EXPECTED = "findings.txt";

    @TempDir
    private Path folder;

    static List<String> projects() throws IOException {
        try (Stream<Path> folders = Files.list(PROJECTS)) {
            return folders.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("projects")
    void theFindingsAreThoseThatWereReviewed(String name) throws Exception {
        Path project = folder.resolve(name);
        Trees.copy(PROJECTS.resolve(name), project);
        Files.deleteIfExists(project.resolve(EXPECTED));
        String found = judge(project);
        Path expected = PROJECTS.resolve(name).resolve(EXPECTED);
        List<String> lines = Files.exists(expected) ? Files.readAllLines(expected) : List.of();
        if (System.getProperty("sentinel.foreign.accept") != null) {
            Files.writeString(expected, joined(lines.stream().filter(ForeignProjectsIT::isRemark)) + found);
            fail("accepted what is found now; read the difference, then run without -Dsentinel.foreign.accept");
        }
        assertThat(found).isEqualTo(joined(lines.stream().filter(line -> !isRemark(line))));
    }

    private static boolean isRemark(String line) {
        return line.startsWith("#");
    }

    private static String joined(Stream<String> lines) {
        return lines.map(line -> line + "\n").collect(Collectors.joining());
    }

    private static String judge(Path project) throws Exception {
        Report report;
        try {
            report = StaticRing.ofOthers(project, Map.of());
        } catch (SandboxException e) {
            assertThat(e).hasMessageContaining("Compose does not take the project");
            return "refused: Compose does not take the project\n";
        }
        List<Finding> against = StaticRing.against(report);
        assertThat(against).noneMatch(StaticRing::stumbled);
        SortedSet<String> all = report.findings().stream()
                .filter(finding -> finding.subject().role() == Role.AGENT)
                .map(finding -> finding.subject().service())
                .collect(Collectors.toCollection(TreeSet::new));
        SortedMap<String, SortedSet<String>> lines = new TreeMap<>();
        for (Finding finding : against) {
            String line = finding.rule().id() + (StaticRing.isBroken(finding) ? " broken:" : " cannot tell:");
            lines.computeIfAbsent(line, key -> new TreeSet<>())
                    .add(finding.subject().service());
        }
        return joined(lines.entrySet().stream()
                .map(line -> line.getKey() + " "
                        + (all.size() > 1 && line.getValue().equals(all) ? "*" : String.join(" ", line.getValue()))));
    }
}
