package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.render.Layout;
import io.sentinel.render.SandboxException;
import io.sentinel.spec.User;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceTest {

    private static final Invoker PERSON = new Invoker(1000, 1000, Map.of());
    private static final User AGENT = new User(1000, 1000);

    @TempDir
    private Path temp;

    private Path project;
    private Path workspace;

    @BeforeEach
    void project() throws Exception {
        project = Files.createDirectory(temp.resolve("project"));
        workspace = project.resolve("box");
    }

    @Test
    void prepareWhenMissingMakesItWithAPlaceForThePolicy() throws Exception {
        prepare(layout("target/sentinel"));
        assertThat(workspace.resolve("sentinel.yaml")).isEmptyFile();
    }

    @Test
    void prepareWhenItLeadsOutOfTheProjectRefuses() throws Exception {
        Files.createSymbolicLink(workspace, Files.createDirectory(temp.resolve("outside")));
        assertThatThrownBy(() -> prepare(layout("target/sentinel")))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("by a symbolic link");
        assertThat(temp.resolve("outside")).isEmptyDirectory();
    }

    @Test
    void prepareWhenAParentIsALinkOutOfTheProjectRefusesAndMakesNothing() throws Exception {
        Files.createSymbolicLink(project.resolve("link"), Files.createDirectory(temp.resolve("outside")));
        workspace = project.resolve("link/box");
        assertThatThrownBy(() -> prepare(layout("target/sentinel"))).isInstanceOf(SandboxException.class);
        assertThat(temp.resolve("outside")).isEmptyDirectory();
    }

    /** Inside the project too: .mvn and .git/hooks are code that the host runs. */
    @Test
    void prepareWhenItIsALinkInsideTheProjectRefuses() throws Exception {
        Files.createSymbolicLink(workspace, Files.createDirectory(project.resolve(".mvn")));
        assertThatThrownBy(() -> prepare(layout("target/sentinel")))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("by a symbolic link");
        assertThat(project.resolve(".mvn")).isEmptyDirectory();
    }

    @Test
    void prepareWhenItLiesInTheBundleRefuses() {
        workspace = project.resolve("target/sentinel/bundle/seccomp");
        assertThatThrownBy(() -> prepare(layout("target/sentinel")))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("which Sentinel replaces");
    }

    @Test
    void prepareWhenItHoldsTheBundleRefuses() throws Exception {
        assertThatThrownBy(() -> prepare(layout("box/work")))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("could change its own sandbox");
    }

    @Test
    void prepareWhenThePolicyIsALinkRefuses() throws Exception {
        Files.createDirectory(workspace);
        Files.createSymbolicLink(workspace.resolve("sentinel.yaml"), Path.of("/etc/passwd"));
        assertThatThrownBy(() -> prepare(layout("target/sentinel")))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("is no plain file");
    }

    private Layout layout(String work) {
        return new Layout(
                project, project.resolve("sandbox.yaml"), project.resolve(work + "/bundle"), project.resolve(work));
    }

    private void prepare(Layout layout) throws Exception {
        new Workspace(layout, workspace).prepare(PERSON, AGENT);
    }
}
