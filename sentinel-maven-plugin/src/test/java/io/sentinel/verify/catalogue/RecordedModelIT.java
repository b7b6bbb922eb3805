package io.sentinel.verify.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.sentinel.engine.BareProject;
import io.sentinel.engine.Compose;
import io.sentinel.engine.ComposeProject;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineLog;
import io.sentinel.engine.HostEnvironment;
import io.sentinel.engine.ProcessStarter;
import io.sentinel.render.Generation;
import io.sentinel.render.Layout;
import io.sentinel.spec.GuardMode;
import io.sentinel.spec.Overrides;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What Compose makes of the good bundle and of others' projects is what was recorded of it. Needs Compose, and no engine.
 *
 * <p>{@code -Dsentinel.golden.accept} records it anew, and fails, so that somebody reads the difference.
 */
class RecordedModelIT {

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, SerializationFeature.INDENT_OUTPUT);

    static final Path PROJECTS = Path.of("src/test/resources/verify/projects");

    @TempDir
    private Path folder;

    private final Docker docker =
            new Docker(new ProcessStarter(new HostEnvironment(System.getenv()), EngineLog.SILENT));

    @Test
    void theRecordedModelsAreWhatComposeMakesOfTheGoodBundle() throws Exception {
        compareGood(Overrides.NONE, Bundles.GOOD);
    }

    @Test
    void theRecordedModelsAreWhatComposeMakesOfTheSameWithAGuard() throws Exception {
        compareGood(Bundles.with(GuardMode.ENFORCE), Bundles.GUARDED);
    }

    private void compareGood(Overrides overrides, Path kept) throws Exception {
        Path project = folder.toRealPath().resolve("project");
        for (String name : List.of("sandbox.yaml", "sandbox.lock")) {
            Path file = project.resolve("src/main/sentinel").resolve(name);
            Files.createDirectories(file.getParent());
            Files.copy(Bundles.GOOD.resolve("project/src/main/sentinel").resolve(name), file);
        }
        Layout layout = Bundles.layout(project);
        new Generation(layout, overrides, Bundles.VERSION, Bundles.NONE).generate();
        Compose compose = new Compose(
                        docker, new ComposeProject(layout.composeFile(), layout.bundle(), Bundles.NAME), Map.of())
                .withProfiles(List.of("*"));
        Map<String, String> now = Map.of(
                "resolved.json", recorded(compose.configJson(), project, Bundles.PROJECT),
                "written.json", recorded(compose.writtenJson(), project, Bundles.PROJECT),
                "docker-compose.yml", Bundles.withoutDigests(Files.readString(layout.composeFile())));
        compare(now, kept);
    }

    @ParameterizedTest
    @MethodSource("io.sentinel.verify.catalogue.ForeignProjectsTest#projects")
    void theModelsOfOthersProjectsAreWhatComposeMakesOfThem(String name) throws Exception {
        Path kept = PROJECTS.resolve(name);
        Path project = Files.createDirectory(folder.toRealPath().resolve(name));
        for (String file : List.of("compose.yaml", "agent.env")) {
            if (Files.exists(kept.resolve(file))) {
                Files.copy(kept.resolve(file), project.resolve(file));
            }
        }
        BareProject bare = new BareProject(docker, project, Map.of());
        compare(
                Map.of(
                        "resolved.json",
                        recorded(bare.configJson(Optional.empty(), true), project, recordedFolder(kept)),
                        "written.json",
                        recorded(bare.configJson(Optional.empty(), false), project, recordedFolder(kept))),
                kept);
    }

    /** What stands for a project's folder in what was recorded of it. */
    static String recordedFolder(Path kept) {
        return "/projects/" + kept.getFileName();
    }

    private static void compare(Map<String, String> now, Path kept) throws IOException {
        if (System.getProperty("sentinel.golden.accept") != null) {
            for (Map.Entry<String, String> file : now.entrySet()) {
                Files.writeString(kept.resolve(file.getKey()), file.getValue());
            }
            fail("recorded what Compose says now; read the difference, then run without -Dsentinel.golden.accept");
        }
        for (Map.Entry<String, String> file : now.entrySet()) {
            assertThat(file.getValue()).as(file.getKey()).isEqualTo(Files.readString(kept.resolve(file.getKey())));
        }
    }

    private static String recorded(String json, Path project, String stands) throws Exception {
        return JSON.writeValueAsString(
                        JSON.readValue(Bundles.withoutDigests(json.replace(project.toString(), stands)), Object.class))
                + "\n";
    }
}
