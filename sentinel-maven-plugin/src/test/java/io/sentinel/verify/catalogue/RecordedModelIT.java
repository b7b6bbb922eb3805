package io.sentinel.verify.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.sentinel.engine.Compose;
import io.sentinel.engine.ComposeProject;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineLog;
import io.sentinel.engine.HostEnvironment;
import io.sentinel.engine.ProcessStarter;
import io.sentinel.render.Generation;
import io.sentinel.render.Layout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Compose makes of the good bundle is what {@code verify/good} has recorded of it. Needs Compose, and no engine.
 *
 * <p>{@code -Dsentinel.golden.accept} records it anew, and fails, so that somebody reads the difference.
 */
class RecordedModelIT {

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, SerializationFeature.INDENT_OUTPUT);

    @TempDir
    private Path folder;

    @Test
    void theRecordedModelsAreWhatComposeMakesOfTheGoodBundle() throws Exception {
        Path project = folder.toRealPath().resolve("project");
        for (String name : List.of("sandbox.yaml", "sandbox.lock")) {
            Path file = project.resolve("src/main/sentinel").resolve(name);
            Files.createDirectories(file.getParent());
            Files.copy(Bundles.GOOD.resolve("project/src/main/sentinel").resolve(name), file);
        }
        Layout layout = Bundles.layout(project);
        new Generation(layout, Bundles.VERSION, Bundles.NONE).generate();
        Docker docker = new Docker(new ProcessStarter(new HostEnvironment(System.getenv()), EngineLog.SILENT));
        Compose compose = new Compose(
                        docker, new ComposeProject(layout.composeFile(), layout.bundle(), Bundles.NAME), Map.of())
                .withProfiles(List.of("*"));
        Map<String, String> now = Map.of(
                "resolved.json", recorded(compose.configJson(), project),
                "written.json", recorded(compose.writtenJson(), project),
                "docker-compose.yml", Bundles.withoutDigests(Files.readString(layout.composeFile())));
        if (System.getProperty("sentinel.golden.accept") != null) {
            for (Map.Entry<String, String> file : now.entrySet()) {
                Files.writeString(Bundles.GOOD.resolve(file.getKey()), file.getValue());
            }
            fail("recorded what Compose says now; read the difference, then run without -Dsentinel.golden.accept");
        }
        now.forEach((name, text) -> assertThat(text).as(name).isEqualTo(Bundles.read(name)));
    }

    private static String recorded(String json, Path project) throws Exception {
        return JSON.writeValueAsString(JSON.readValue(
                        Bundles.withoutDigests(json.replace(project.toString(), Bundles.PROJECT)), Object.class))
                + "\n";
    }
}
