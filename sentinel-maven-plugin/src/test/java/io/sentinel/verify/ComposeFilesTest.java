package io.sentinel.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sentinel.spec.SourceText;
import io.sentinel.verify.evidence.Bind;
import io.sentinel.verify.evidence.CannotTell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComposeFilesTest {

    private static final String NO_MODEL = "{}";

    @TempDir
    private Path temp;

    private Path project;

    @BeforeEach
    void project() throws IOException {
        project = Files.createDirectory(temp.toRealPath().resolve("project"));
        Files.createDirectory(project.resolveSibling("outside"));
    }

    @Test
    void folderWhenALinkLeadsToItIsWhereItIs() throws IOException {
        Path link = Files.createSymbolicLink(project.resolveSibling("link"), project);
        Files.writeString(project.resolve("compose.yaml"), "");
        ComposeFiles files = MemoryModels.files(link, link.resolve("compose.yaml"), NO_MODEL);
        assertThat(files.folder()).isEqualTo(project.toString());
        assertThat(files.composeFile()).isEqualTo("compose.yaml");
    }

    @Test
    void composeFileWhenItIsALinkOutOfTheFolderIsNamedInFull() throws IOException {
        Path real = Files.writeString(project.resolveSibling("outside/compose.yaml"), "");
        Path link = Files.createSymbolicLink(project.resolve("compose.yaml"), real);
        assertThat(MemoryModels.files(project, link, NO_MODEL).composeFile()).isEqualTo(real.toString());
    }

    @Test
    void bindsWhenThereAreOtherMountsKeepTheirPlaceInTheList() throws IOException {
        Files.createSymbolicLink(project.resolve("out"), project.resolveSibling("outside"));
        ComposeFiles files = files(
                """
                {"services": {"agent": {"volumes": [
                  {"type": "volume", "source": "data", "target": "/data"},
                  {"type": "bind", "source": "%s/out/deep/new", "target": "/a", "read_only": true,
                   "bind": {"propagation": "rshared"}},
                  {"type": "tmpfs", "target": "/t"},
                  {"type": "bind", "source": "%s", "target": "/b"}]}}}"""
                        .formatted(project, project));
        assertThat(files.binds("agent"))
                .containsExactly(
                        new Bind(
                                1,
                                project + "/out/deep/new",
                                project.resolveSibling("outside") + "/deep/new",
                                "/a",
                                true,
                                "rshared"),
                        new Bind(3, project.toString(), project.toString(), "/b", false, ""));
        assertThat(files.binds("other")).isEmpty();
    }

    /** Docker would make the folder at the other end. */
    @Test
    void realWhenALinkLeadsToWhatIsNotThereIsThatAllTheSame() throws IOException {
        Files.createSymbolicLink(project.resolve("one"), Path.of("two"));
        Files.createSymbolicLink(project.resolve("two"), Path.of("../outside/new"));
        assertThat(files(NO_MODEL).real("one/x")).isEqualTo(project.resolveSibling("outside/new/x") + "");
    }

    /** Whoever makes the folder later decides where it leads: outside. */
    @Test
    void realWhenALinkGoesBackFromAFolderThatIsNotThereIsNotInsideTheProject() throws IOException {
        Files.createSymbolicLink(project.resolve("back"), Path.of("gone/../../outside"));
        assertThat(files(NO_MODEL).real("back"))
                .isEqualTo(project.resolveSibling("outside").toString());
    }

    @Test
    void realWhenLinksLeadInACircleEnds() throws IOException {
        Files.createSymbolicLink(project.resolve("one"), Path.of("two"));
        Files.createSymbolicLink(project.resolve("two"), Path.of("one"));
        assertThat(files(NO_MODEL).real("one")).startsWith(project.toString());
    }

    @Test
    void realWhenItIsNoPathCannotTell() {
        assertThatExceptionOfType(CannotTell.class)
                .isThrownBy(() -> files(NO_MODEL).real("a\0b"))
                .withMessageContaining("is no path");
    }

    @Test
    void mountedWhenSeveralBindsCoverItReadsTheDeepest() throws IOException {
        Files.writeString(Files.createDirectory(project.resolve("wide")).resolve("rules"), "wide");
        Path rules = Files.writeString(project.resolve("rules"), "narrow");
        ComposeFiles files = files(
                """
                {"services": {"agent": {"volumes": [
                  {"type": "bind", "source": "%s/wide", "target": "/etc/agent/"},
                  {"type": "bind", "source": "%s", "target": "/etc/agent/narrow"}]}}}"""
                        .formatted(project, rules));
        assertThat(files.mounted("agent", "/etc/agent/rules").orElseThrow().text())
                .isEqualTo("wide");
        assertThat(files.mounted("agent", "/etc/agent/narrow").orElseThrow().text())
                .isEqualTo("narrow");
        assertThat(files.mounted("agent", "/etc/agent/gone")).isEmpty();
        assertThat(files.mounted("agent", "/etc/agents")).isEmpty();
        assertThat(files.mounted("other", "/etc/agent/rules")).isEmpty();
    }

    @Test
    void fileWhenItIsThereIsReadOnceAndNamedFromTheFolder() throws IOException {
        Path inside = Files.writeString(project.resolve("a.env"), "A=1");
        Path outside = Files.writeString(project.resolveSibling("outside/b.env"), "B=1");
        ComposeFiles files = files(NO_MODEL);
        assertThat(files.file("./x/../a.env").orElseThrow().name()).isEqualTo("a.env");
        assertThat(files.file(outside.toString()).orElseThrow().name()).isEqualTo(outside.toString());
        Files.writeString(inside, "A=2");
        assertThat(files.file("a.env").orElseThrow().text()).isEqualTo("A=1");
        assertThat(files.file("gone.env")).isEmpty();
    }

    @Test
    void fileWhenItCannotBeReadWholeCannotTell() throws IOException {
        Files.writeString(project.resolve("long"), "#".repeat(SourceText.MAX_BYTES + 1));
        assertThatExceptionOfType(CannotTell.class)
                .isThrownBy(() -> files(NO_MODEL).file("long"))
                .withMessageContaining("long is longer than " + SourceText.MAX_BYTES);
        assertThatExceptionOfType(CannotTell.class)
                .isThrownBy(() ->
                        files(NO_MODEL).file(project.resolveSibling("outside").toString()))
                .withMessageContaining("is no file");
    }

    @Test
    void odditiesWhenFilesAreSetIdOrLinksLeaveNamesThem() throws IOException {
        Path box = Files.createDirectory(project.resolve("box"));
        for (String[] file : new String[][] {{"suid", "4755"}, {"sgid", "2755"}, {"plain", "755"}}) {
            Files.writeString(box.resolve(file[0]), "x");
            Files.setAttribute(box.resolve(file[0]), "unix:mode", Integer.parseInt(file[1], 8));
        }
        // A folder's set-group-ID bit hands a group on, and runs nothing.
        Files.setAttribute(Files.createDirectory(box.resolve("shared")), "unix:mode", 02775);
        Files.createSymbolicLink(box.resolve("shared/in"), Path.of("../plain"));
        Files.createSymbolicLink(box.resolve("later"), Path.of("shared/new"));
        Files.createSymbolicLink(box.resolve("up"), Path.of(".."));
        Files.createSymbolicLink(box.resolve("away"), project.resolveSibling("outside"));
        Files.createSymbolicLink(box.resolve("through"), Path.of("up/outside"));
        Files.createSymbolicLink(box.resolve("laterout"), Path.of("../../new"));
        assertThat(files(NO_MODEL).oddities("box"))
                .containsExactlyInAnyOrder(
                        "set-id file suid",
                        "set-id file sgid",
                        "link that leaves it: up",
                        "link that leaves it: away",
                        "link that leaves it: laterout");
        Files.createDirectory(project.resolve("outside"));
        assertThat(files(NO_MODEL).oddities("box")).contains("link that leaves it: through");
    }

    @Test
    void odditiesWhenThereIsADeviceNamesIt() {
        assertThat(files(NO_MODEL).oddities("/dev/null")).containsExactly("device ");
    }

    @Test
    void odditiesWhenTheFolderIsNotThereCannotTell() {
        assertThatExceptionOfType(CannotTell.class)
                .isThrownBy(() -> files(NO_MODEL).oddities("gone"))
                .withMessageContaining("gone cannot be looked through");
    }

    private ComposeFiles files(String model) {
        return MemoryModels.files(project, project.resolve("compose.yaml"), model);
    }
}
