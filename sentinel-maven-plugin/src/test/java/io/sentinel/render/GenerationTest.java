package io.sentinel.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What counts as unchanged, and what does not. */
class GenerationTest {

    @TempDir
    private Path project;

    private Layout layout;

    @BeforeEach
    void project() throws Exception {
        Path work = project.resolve("target/sentinel");
        layout = new Layout(project, project.resolve("src/main/sentinel/sandbox.yaml"), work.resolve("bundle"), work);
        Files.createDirectories(layout.spec().getParent());
        Files.createDirectory(project.resolve("agent"));
        Files.writeString(project.resolve("agent/main.py"), "1");
        spec("command: [\"a b\", \"c\\nd\", \"\"]");
    }

    @Test
    void generateWhenNothingChangedTellsTheSameFacts() throws Exception {
        Rendered first = generate().facts();
        Generation.Generated second = generate();
        assertThat(second.changed()).isEmpty();
        assertThat(second.facts()).isEqualTo(first);
        assertThat(first.command()).containsExactly("a b", "c\nd", "");
    }

    @Test
    void generateWhenTheSpecChangedRenders() throws Exception {
        generate();
        spec("command: [other]");
        assertThat(generate().changed()).containsExactly("docker-compose.yml", "sentinel.lock");
    }

    @Test
    void generateWhenACopiedFileChangedOrAppearedRenders() throws Exception {
        String first = generate().facts().image();
        Files.writeString(project.resolve("agent/main.py"), "2");
        Generation.Generated second = generate();
        assertThat(second.changed()).contains("context/0/main.py");
        assertThat(second.facts().image()).isNotEqualTo(first);
        Files.writeString(project.resolve("agent/more.py"), "3");
        assertThat(generate().changed()).contains("context/0/more.py");
    }

    @Test
    void generateWhenALockAppearedRenders() throws Exception {
        generate();
        String id = "sha256:" + "0".repeat(64);
        Files.writeString(
                layout.sandboxLock(),
                "schemaVersion: 1\nimage: {reference: \"other:1\", id: \"" + id + "\", entrypoint: [], command: []}\n");
        assertThatThrownBy(this::generate)
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("sandbox.lock pins the base image other:1, and the spec's image.from is base:1");
    }

    @Test
    void generateWhenTheBundleWasTouchedRenders() throws Exception {
        generate();
        for (String path : List.of("docker-compose.yml", "sentinel.lock", "seccomp/sentinel-seccomp.json")) {
            Files.writeString(layout.bundle().resolve(path), "{}");
            assertThat(generate().changed()).as(path).containsExactly(path);
        }
    }

    @Test
    void generateWhenTheStampIsDamagedRenders() throws Exception {
        Rendered facts = generate().facts();
        Path stamp = layout.work().resolve("bundle.stamp");
        for (String damage : List.of("", "\\u00zz", "key=x", "\0\0")) {
            Files.writeString(stamp, damage);
            assertThat(generate().facts()).isEqualTo(facts);
        }
    }

    private Generation.Generated generate() throws Exception {
        return new Generation(layout, "1").generate();
    }

    private void spec(String more) throws Exception {
        Files.writeString(
                layout.spec(),
                "name: x\nimage: {from: \"base:1\", copy: [{from: agent, to: /opt/agent}]}\n" + more + "\n");
    }
}
