package io.sentinel.verify.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.engine.Json;
import io.sentinel.verify.evidence.Expected;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.evidence.Subject;
import io.sentinel.verify.rule.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compose projects in the style of well-known ones, judged as others' are: each folder of {@code verify/projects} has one,
 * with what Compose makes of it ({@link RecordedModelIT}) and with every finding there is, none more and none less.
 */
class ForeignProjectsTest {

    static List<String> projects() throws IOException {
        try (Stream<Path> folders = Files.list(RecordedModelIT.PROJECTS)) {
            return folders.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("projects")
    void everyFindingIsWhatAReviewerFinds(String name) throws Exception {
        Path folder = RecordedModelIT.PROJECTS.resolve(name);
        Object expected = RuleCase.yaml(Files.readString(folder.resolve("findings.yaml")));
        Map<String, Map<String, Object>> wanted = new TreeMap<>();
        Overlay.map(expected).forEach((subject, findings) -> wanted.put(subject, new TreeMap<>(Overlay.map(findings))));
        assertThat(findings(folder)).isEqualTo(wanted);
    }

    /** What is not held, by subject and rule. */
    static Map<String, Map<String, Object>> findings(Path folder) throws IOException {
        String real = RecordedModelIT.recordedFolder(folder);
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                texts.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        Json resolved = Json.parse(texts.remove("resolved.json"));
        Json written = Json.parse(texts.remove("written.json"));
        MemoryProject project = new MemoryProject(
                real, "compose.yaml", resolved, written, resolved, texts, Map.of(), Map.of(), Set.of());
        Map<String, Map<String, Object>> all = new TreeMap<>();
        for (String service : resolved.at("services").names()) {
            all.put(service, findings(Subject.agent(service, Optional.empty()), project));
            all.put("image of " + service, findings(Subject.of(Role.IMAGE, service), project));
        }
        all.put("project", findings(Subject.project(), project));
        return all;
    }

    private static Map<String, Object> findings(Subject subject, MemoryProject project) {
        Map<String, Object> found = new TreeMap<>();
        CaseJudge.judge(new StaticView(subject, Expected.ofOthers(project.folder()), project))
                .forEach((rule, verdict) -> {
                    if (verdict instanceof Verdict.Broken broken) {
                        found.put(rule, broken.found() + " (" + CaseJudge.place(broken.place(), subject) + ")");
                    } else if (verdict instanceof Verdict.Unknown unknown) {
                        found.put(rule, "unknown: " + unknown.why());
                    }
                });
        return found;
    }
}
