package io.sentinel.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.engine.FakeDocker;
import io.sentinel.engine.Json;
import io.sentinel.render.Layout;
import io.sentinel.run.Staging;
import io.sentinel.verify.evidence.Expected;
import io.sentinel.verify.evidence.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

class OthersStagesTest {

    private static final String MODEL =
            """
            {"name": "shop", "services": {
              "web": {"container_name": "shop-web", "build": {"context": "/x"}, "healthcheck": {"test": ["CMD", "x"]}},
              "on": {"image": "a:1", "healthcheck": {"test": ["CMD", "x"]}},
              "db": {"image": "b:1"}}}""";

    @TempDir
    private Path folder;

    private OthersStages stages;

    @BeforeEach
    void project() throws IOException {
        Path composeFile = folder.resolve("compose.yaml");
        ComposeFiles files = MemoryModels.files(folder, composeFile, MODEL);
        List<Subject> subjects = Subjects.ofOthers(files.model(), List.of("web", "on"));
        Target target = new Target("shop", files, composeFile, Expected.ofOthers(files.folder()), subjects);
        Path work = folder.resolve("target/sentinel");
        FakeDocker docker = new FakeDocker(Files.createDirectory(folder.resolve("bin")))
                .up()
                .on("compose*down*", "", "", 0);
        stages = new OthersStages(
                docker.docker(Map.of()),
                target,
                new Layout(folder, folder.resolve("sandbox.yaml"), work.resolve("bundle"), work));
    }

    /** A health check is a program of theirs; whom nobody looks at is not started, and needs no override. */
    @Test
    void whileRunningWhenServicesAreLookedAtTurnsTheirHealthChecksOff() throws Exception {
        try (Staging staging = stages.open()) {
            List<Path> overrides = stages.whileRunning(staging);
            assertThat(overrides).singleElement().satisfies(file -> assertThat(file)
                    .hasParent(staging.folder()));
            Map<String, Object> off = Map.of("healthcheck", Map.of("disable", true));
            assertThat(new Yaml().<Object>load(Files.readString(overrides.get(0))))
                    .isEqualTo(Map.of("services", Map.of("web", off, "on", off)));
        }
    }

    @Test
    void openWhenItIsStagedHasTheModelUnderANameOfOurs() throws Exception {
        try (Staging staging = stages.open()) {
            assertThat(staging.name()).startsWith("sentinel-verify-");
            assertThat(staging.composeFile()).hasParent(staging.folder());
            assertThat(Json.parse(Files.readString(staging.composeFile())))
                    .isEqualTo(Json.parse(StagedModel.of(MODEL, Json.parse(MODEL))));
        }
    }
}
