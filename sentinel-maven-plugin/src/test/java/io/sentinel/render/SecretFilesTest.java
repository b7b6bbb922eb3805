package io.sentinel.render;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFilesTest {

    @TempDir
    private Path temporary;

    private Path project;

    @BeforeEach
    void files() throws IOException {
        project = temporary.toRealPath();
        Files.createDirectories(project.resolve("agent"));
        Files.writeString(project.resolve("agent/token"), "x");
        Files.writeString(project.resolve("agent/code"), "x");
        Files.writeString(project.resolve("beside"), "x");
    }

    /** A layer would keep it, whichever way it is named. */
    @Test
    void refuseCopiedWhenAnImageWouldTakeTheFileRefuses() throws Exception {
        Files.createSymbolicLink(project.resolve("link"), project.resolve("agent"));
        for (String file : new String[] {project.resolve("agent/token").toString(), "link/token"}) {
            assertThatThrownBy(() -> refuseCopied(file))
                    .isInstanceOf(SandboxException.class)
                    .hasMessageContaining(":3:31: secrets[0].file: image.copy takes it into the image with agent,");
        }
        assertThatCode(() -> refuseCopied("beside")).doesNotThrowAnyException();
        assertThatCode(() -> refuseCopied("no/such/file")).doesNotThrowAnyException();
    }

    private void refuseCopied(String file) throws SandboxException, IOException {
        Path spec = project.resolve("sandbox.yaml");
        Files.writeString(
                spec,
                "name: box\nimage: {copy: [{from: agent, to: /opt/agent}]}\nsecrets: [{name: token, file: \"" + file
                        + "\"}]\n");
        Layout layout = new Layout(project, spec, project.resolve("b"), project.resolve("w"));
        Refusals refusals = new Refusals();
        SecretFiles.refuseCopied(layout, SpecFiles.readSpec(layout), refusals);
        refusals.throwIfAny(layout);
    }
}
