package io.sentinel.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.FakeDocker;
import io.sentinel.render.SandboxException;
import io.sentinel.spec.SourceText;
import io.sentinel.verify.evidence.Expected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetTest {

    @TempDir
    private Path folder;

    @Test
    void linesWhenTheComposeFileIsTooLongSaysSoAndWhatToDo() throws IOException {
        Path file = folder.resolve("compose.yaml");
        Files.writeString(file, "#".repeat(SourceText.MAX_BYTES + 1));
        ComposeFiles files = new ComposeFiles(folder, file, new ComposeFiles.Models(null, null, null));
        Target target = new Target("x", files, file, Expected.ofOthers(files.folder()), List.of());
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(target::lines)
                .withMessageContainingAll(
                        file.toString(), "longer than " + SourceText.MAX_BYTES + " bytes", "keep data in files");
    }

    /** Compose says the whole of a value that it does not take. */
    @Test
    void ofOthersWhenComposeRefusesSaysWhereAndNotTheValue() throws IOException {
        assertThat(refusal("invalid interpolation format for services.a.command.\n"
                        + "You may need to escape any $ with another $.\nrun --key ${hunter2"))
                .contains("invalid interpolation format for services.a.command", "docker compose config")
                .doesNotContain("hunter2");
    }

    @Test
    void ofOthersWhenTheValueHasMoreLinesThanAreKeptSaysNoneOfThem() throws IOException {
        String warning = "time=\"2026-11-25\" level=warning msg=\"X is not set\"\n";
        String value = "invalid interpolation format for services.a.command.\n" + "hunter2\n".repeat(20);
        assertThat(refusal(value)).contains("docker compose config").doesNotContain("hunter2");
        assertThat(refusal(warning.repeat(20) + "services.a.image must be a string"))
                .contains("services.a.image must be a string");
    }

    private String refusal(String stderr) throws IOException {
        Files.writeString(folder.resolve("compose.yaml"), "services: {}\n");
        Docker docker = new FakeDocker(Files.createTempDirectory(folder, "path"))
                .up()
                .on("compose*config*", "", stderr, 15)
                .docker(Map.of());
        try {
            Target.ofOthers(folder, List.of(), docker, Map.of());
            return "nothing";
        } catch (SandboxException e) {
            return e.getMessage();
        } catch (EngineException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
