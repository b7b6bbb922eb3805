package io.sentinel.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.spec.Image;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContextReaderTest {

    @TempDir
    private Path project;

    private static final String WORKSPACE = "sub/workspace";

    private Path agent;

    @BeforeEach
    void agent() throws Exception {
        agent = Files.createDirectory(project.resolve("agent"));
        Files.writeString(agent.resolve("main.py"), "x");
        Files.createDirectory(project.resolve("sub"));
        Files.writeString(project.resolve("sub/beside"), "x");
        Files.writeString(project.resolve("s.yaml"), "name: x");
    }

    @Test
    void readOfAFolderTakesItsFilesAndLeavesGitOut() throws Exception {
        Files.createDirectories(agent.resolve(".git/objects"));
        Files.writeString(agent.resolve(".git/config"), "x");
        Files.createSymbolicLink(agent.resolve("link.py"), Path.of("main.py"));

        ContextReader.CopiedTree tree = read("agent", "/opt/agent");

        assertThat(tree.source()).isEqualTo("context/0/");
        assertThat(tree.target()).isEqualTo("/opt/agent/");
        assertThat(tree.files())
                .extracting(BundleFile::path)
                .containsExactlyInAnyOrder("context/0/main.py", "context/0/link.py");
    }

    @Test
    void readOfAFileToAFolderKeepsItsName() throws Exception {
        assertThat(read("agent/main.py", "/opt/").target()).isEqualTo("/opt/main.py");
        assertThat(read("agent/main.py", "/opt/other.py").target()).isEqualTo("/opt/other.py");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".env",
                ".ENV.local",
                ".netrc",
                "id_ed25519_work",
                ".ssh",
                "server.key",
                "store.JKS",
                "tls-key.pem",
                ".docker",
                ".m2",
                ".env.production",
                ".envrc",
                "id_rsa.bak",
                "new\nline.key"
            })
    void readWhenACredentialWouldBeCopiedRefuses(String name) throws Exception {
        Files.createDirectories(agent.resolve("deep"));
        Files.writeString(agent.resolve("deep").resolve(name), "s3cret");
        refuses("agent", "would be in a layer of the image");
    }

    /** Also where it is not its own name that says so, but that of a folder above it, or of what a link leads to. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                ".aws",
                ".aws/credentials",
                ".ssh/deploy",
                ".git",
                ".git/config",
                "harmless",
                "agent/.aws/deep/file"
            })
    void readWhenACredentialIsNamedRefuses(String from) throws Exception {
        for (String file : new String[] {".aws/credentials", ".ssh/deploy", ".git/config", "agent/.aws/deep/file"}) {
            Files.createDirectories(project.resolve(file).getParent());
            Files.writeString(project.resolve(file), "s3cret");
        }
        Files.createSymbolicLink(project.resolve("harmless"), Path.of(".aws/credentials"));
        refuses(from, "would be in a layer of the image");
    }

    @Test
    void readTakesACertificateAndNoKeyBesideIt() throws Exception {
        Files.writeString(agent.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----\n");
        assertThat(read("agent", "/opt/agent").files()).hasSize(2);
        Files.writeString(agent.resolve("server.pem"), "-----BEGIN CERTIFICATE-----\n-----BEGIN EC PRIVATE KEY-----\n");
        refuses("agent", "server.pem would be in a layer");
        refuses("agent/server.pem", "server.pem would be in a layer");
    }

    /** What an agent wrote would be run as root, with the network, when the image is built anew. */
    @Test
    void readTakesNothingOfTheWorkspace() throws Exception {
        Files.createDirectories(project.resolve(WORKSPACE + "/deep"));
        Files.writeString(project.resolve(WORKSPACE + "/deep/setup.py"), "x");
        Files.createSymbolicLink(project.resolve("link"), Path.of(WORKSPACE, "deep"));
        refuses(WORKSPACE, "is of the workspace");
        refuses(WORKSPACE + "/deep/setup.py", "is of the workspace");
        refuses("link", "is of the workspace");
        refuses("sub", "or holds it");
        Files.createSymbolicLink(project.resolve("all"), Path.of("sub"));
        refuses("all", "or holds it");
    }

    @Test
    void readWhenAPipeIsNamedRefuses() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", project.resolve("pipe").toString())
                        .start()
                        .waitFor())
                .isZero();
        refuses("pipe", "is neither a file nor a folder");
    }

    /** Folders that projects have, and what is there to be read. */
    @Test
    void readTakesWhatOnlyResemblesCredentials() throws Exception {
        for (String file :
                List.of("../.docker/php/Dockerfile", ".env.production.example", "public-key.pem", "keys.py")) {
            Files.createDirectories(agent.resolve(file).getParent());
            Files.writeString(agent.resolve(file), "-----BEGIN PUBLIC KEY-----");
        }
        assertThat(read("agent", "/opt/agent").files()).hasSize(4);
        assertThat(read(".docker", "/opt/docker").files()).hasSize(1);
        Files.writeString(project.resolve(".docker/config.json"), "{}");
        refuses(".docker", ".docker/config.json would be in a layer");
        refuses(".docker/config.json", ".docker/config.json would be in a layer");
    }

    /** By its letters agent/sub/beside, and in truth sub/beside. */
    @Test
    void readWhenALinkOverALinkLeadsOutRefuses() throws Exception {
        Files.createDirectory(agent.resolve("d"));
        Files.createSymbolicLink(agent.resolve("d/b"), Path.of("."));
        Files.createSymbolicLink(agent.resolve("d/a"), Path.of("b/../../sub/beside"));
        refuses("agent", "leads out of what is copied");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "../../outside", "..", "sub/../../x"})
    void readWhenALinkLeadsOutRefuses(String target) throws Exception {
        Files.createSymbolicLink(agent.resolve("link"), Path.of(target));
        refuses("agent", "leads out of what is copied");
    }

    @Test
    void readWhenTheFolderItselfLeadsOutRefuses(@TempDir Path outside) throws Exception {
        Files.writeString(outside.resolve("file"), "x");
        Files.createSymbolicLink(project.resolve("away"), outside);
        refuses("away", "leads out of the project");
    }

    @Test
    void readWhenTheBundleIsInsideRefuses() throws Exception {
        refuses("target", "there is no");
        Files.createSymbolicLink(project.resolve("everything"), Path.of("."));
        refuses("everything", "holds the bundle itself");
        assertThatThrownBy(() -> Files.createDirectories(project.resolve("target/sentinel/bundle"))
                        .resolve(read("target", "/opt/x").source()))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("holds the bundle itself");
    }

    @Test
    void readWhenNothingIsThereRefuses() throws Exception {
        refuses("missing", "there is no");
        Files.createDirectory(project.resolve("empty"));
        refuses("empty", "is an empty folder");
    }

    private void refuses(String from, String why) {
        assertThatThrownBy(() -> read(from, "/opt/x"))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining(why);
    }

    private ContextReader.CopiedTree read(String from, String to) throws Exception {
        Path work = project.resolve("target/sentinel");
        Layout layout = new Layout(project, project.resolve("s.yaml"), work.resolve("bundle"), work);
        Refusals refusals = new Refusals();
        List<ContextReader.CopiedTree> trees =
                new ContextReader(layout, project.resolve(WORKSPACE)).read(List.of(new Image.Copy(from, to)), refusals);
        refusals.throwIfAny(layout);
        return trees.get(0);
    }
}
