package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.run.Trail.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrailTest {

    @TempDir
    private Path temporary;

    private Path folder;
    private Path workspace;
    private Path file;

    @BeforeEach
    void files() throws IOException {
        folder = temporary.toRealPath();
        workspace = Files.createDirectory(folder.resolve("workspace"));
        file = Files.writeString(Files.createDirectory(folder.resolve("etc")).resolve("file"), "x");
    }

    @Test
    void ofAPlainFileIsTheFile() throws Exception {
        Trail trail = Trail.of(file);
        assertThat(trail.end()).isEqualTo(file);
        assertThat(trail.state()).isEqualTo(State.THERE);
        assertThat(trail.leadsThrough(folder.resolve("etc"))).isTrue();
        assertThat(trail.leadsThrough(workspace)).isFalse();
    }

    @Test
    void ofALinkThroughTheWorkspaceTellsThoughItsEndIsElsewhere() throws Exception {
        Files.createSymbolicLink(workspace.resolve("out"), Path.of("../etc"));
        Files.createSymbolicLink(folder.resolve("in"), Path.of("workspace/out"));
        Trail trail = Trail.of(folder.resolve("in/file"));
        assertThat(trail.end()).isEqualTo(file);
        assertThat(trail.leadsThrough(workspace)).isTrue();
    }

    @Test
    void ofTwoDotsGoesUpFromWhereALinkLed() throws Exception {
        Path other = Files.createDirectories(folder.resolve("other/deep"));
        Files.createSymbolicLink(folder.resolve("link"), other);
        assertThat(Trail.of(folder.resolve("link/../x")).steps()).endsWith(folder.resolve("other/x"));
    }

    @Test
    void ofWhatIsNotThereOrHasNoEndSaysSo() throws Exception {
        assertThat(Trail.of(folder.resolve("none/x")).state()).isEqualTo(State.MISSING);
        Path round = folder.resolve("round");
        Files.createSymbolicLink(round, round);
        assertThat(Trail.of(round).state()).isEqualTo(State.ENDLESS);
        Files.createSymbolicLink(folder.resolve("dangling"), workspace.resolve("none"));
        assertThat(Trail.of(folder.resolve("dangling")).leadsThrough(workspace)).isTrue();
    }
}
