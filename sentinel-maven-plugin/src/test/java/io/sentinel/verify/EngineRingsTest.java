package io.sentinel.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.engine.Docker;
import io.sentinel.engine.FakeDocker;
import io.sentinel.engine.Json;
import io.sentinel.render.Layout;
import io.sentinel.verify.catalogue.Catalogue;
import io.sentinel.verify.evidence.Expected;
import io.sentinel.verify.evidence.InspectView;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineRingsTest {

    @TempDir
    private Path folder;

    /** Compose would run that program as soon as the project is created, and once more when it is removed. */
    @Test
    void lookWhenAServiceHasAProviderPutsNothingOnTheEngineAndTellsNothing() throws Exception {
        FakeDocker fake = new FakeDocker(Files.createDirectory(folder.resolve("path")))
                .up()
                .on("compose version*", "{\"version\":\"v2.36.0\"}", "", 0)
                .on("info*", "{}", "", 0);
        Docker docker = fake.docker(Map.of());
        Model model = new Model(
                Json.parse(
                        "{\"services\": {\"web\": {\"image\": \"a:1\"}, \"db\": {\"provider\": {\"type\": \"awesomecloud\"}}}}"));
        Path file = folder.resolve("compose.yaml");
        ComposeFiles files = new ComposeFiles(folder, file, new ComposeFiles.Models(model, model, model));
        Target target = new Target(
                "shop",
                files,
                file,
                Expected.ofOthers(files.folder()),
                Subjects.ofOthers(model.json(), List.of("web")));
        Path work = folder.resolve("work");
        Layout layout = new Layout(folder, folder.resolve("sandbox.yaml"), work.resolve("bundle"), work);
        EngineRings.Seen seen = new EngineRings(docker, target, new OthersStages(docker, target, layout), work)
                .look(Set.of(Ring.INSPECT, Ring.LIVE));

        InspectView web = seen.inspected().get(0);
        Verdict verdict = Catalogue.rule("CAP-1").orElseThrow().judge(web);
        assertThat(verdict).isInstanceOf(Verdict.Unknown.class).asString().contains("service db has a provider");
        assertThat(seen.living()).hasSize(1);
        assertThat(fake.called()).noneMatch(call -> call.contains("create") || call.contains("down"));
        assertThat(stages()).isEmpty();
    }

    private List<Path> stages() throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(path -> path.getFileName().toString().startsWith("stage-"))
                    .toList();
        }
    }

    private record Model(Json json) implements ComposeFiles.Model {

        @Override
        public String text() {
            return json.toString();
        }
    }
}
