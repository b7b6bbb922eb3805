package io.sentinel.render;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusalsTest {

    @Test
    void whatASpecNamesAndIsNotThereIsToldAtOnceAndWhere(@TempDir Path temporary) throws Exception {
        Path project = temporary.toRealPath();
        Path spec = project.resolve("sandbox.yaml");
        Files.writeString(
                spec,
                """
                name: a
                image:
                  copy:
                    - {from: no1, to: /opt/a}
                    - {to: /opt/b, from: no2}
                seccomp: {preset: custom, file: nothere.json}
                """);
        Layout layout = new Layout(project, spec, project.resolve("t/bundle"), project.resolve("t"));
        Generation generation = new Generation(layout, "1", named -> List.of());

        assertThatThrownBy(generation::generate)
                .isInstanceOf(SandboxException.class)
                .hasMessage(
                        """
                sandbox.yaml has 3 problems:
                sandbox.yaml:4:14: image.copy[0].from: there is no %1$s/no1; paths start from %1$s
                sandbox.yaml:5:26: image.copy[1].from: there is no %1$s/no2; paths start from %1$s
                sandbox.yaml:6:33: seccomp.file: there is no file nothere.json in %1$s; write the profile there, or \
                choose a preset that ships"""
                                .formatted(project));
    }
}
