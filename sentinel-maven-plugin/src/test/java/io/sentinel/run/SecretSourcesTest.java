package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sentinel.render.Layout;
import io.sentinel.render.Rendered;
import io.sentinel.render.SandboxException;
import io.sentinel.spec.ContainerRuntime;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretSourcesTest {

    private static final String CONTENT = "hunter2-hunter2";

    @TempDir
    private Path temp;

    private Path project;
    private Path home;
    private Path workspace;

    @BeforeEach
    void folders() throws IOException {
        Path real = temp.toRealPath();
        project = Files.createDirectories(real.resolve("project"));
        home = Files.createDirectories(real.resolve("home"));
        workspace = Files.createDirectories(project.resolve("sandbox-workspace"));
        Files.writeString(home.resolve(".token"), CONTENT);
    }

    @Test
    void aFileIsReadWhereverItIs() throws Exception {
        Files.writeString(Files.createDirectory(project.resolve("keys")).resolve("a"), "relative");
        Files.createSymbolicLink(project.resolve("link"), Path.of("keys/../link2"));
        Files.createSymbolicLink(project.resolve("link2"), home);
        Files.writeString(home.resolve("empty"), "");
        var read = read(
                new Secret("home", "~/.token"),
                new Secret("relative", "keys/a"),
                new Secret("absolute", home.resolve(".token").toString()),
                new Secret("linked", "link/.token"),
                new Secret("empty", "~/empty"));
        assertThat(new TreeMap<>(Map.of(
                        "home", CONTENT, "relative", "relative", "absolute", CONTENT, "linked", CONTENT, "empty", "")))
                .allSatisfy(
                        (name, text) -> assertThat(read.get(name)).asString().isEqualTo(text))
                .hasSameSizeAs(read);
    }

    @Test
    void oneOfTheGreatestSizeIsRead() throws Exception {
        Files.write(home.resolve("key"), new byte[SecretSources.MAX_BYTES]);
        assertThat(read(new Secret("key", "~/key")).get("key")).hasSize(SecretSources.MAX_BYTES);
    }

    @Test
    void allThatCannotBeGivenAreToldAtOnce() throws Exception {
        Files.write(home.resolve("long"), new byte[SecretSources.MAX_BYTES + 1]);
        Files.createSymbolicLink(home.resolve("loop"), Path.of("loop"));
        Files.createDirectory(home.resolve("folder"));
        new ProcessBuilder("mkfifo", home.resolve("pipe").toString()).start().waitFor();
        assertThat(problems(
                        new Secret("fine", "~/.token"),
                        new Secret("gone", "~/gone"),
                        new Secret("below", "~/.token/x"),
                        new Secret("folder", "~/folder"),
                        new Secret("pipe", "~/pipe"),
                        new Secret("device", "/dev/null"),
                        new Secret("loop", "~/loop"),
                        new Secret("long", "~/long")))
                .containsExactly(
                        "the secret gone cannot be given: \"~/gone\" is not there, or in a folder that is not yours to"
                                + " read; write it, or correct the path",
                        "the secret below cannot be given: \"~/.token/x\" is not there, or in a folder that is not yours"
                                + " to read; write it, or correct the path",
                        "the secret folder cannot be given: \"~/folder\" is no plain file; name one",
                        "the secret pipe cannot be given: \"~/pipe\" is no plain file; name one",
                        "the secret device cannot be given: \"/dev/null\" is no plain file; name one",
                        "the secret loop cannot be given: \"~/loop\" leads through more than 40 links; name the file"
                                + " itself",
                        "the secret long cannot be given: \"~/long\" is longer than 1 MiB; a secret is a key or a token,"
                                + " and data goes into the workspace");
    }

    /** The agent could replace each of these by a link to any file of this machine. */
    @Test
    void nothingIsReadFromTheWorkspaceOrThroughIt() throws Exception {
        Files.writeString(workspace.resolve("a"), CONTENT);
        Files.createSymbolicLink(workspace.resolve("out"), home);
        Files.createSymbolicLink(project.resolve("in"), workspace);
        Files.createSymbolicLink(home.resolve("hop"), project.resolve("in/out/.token"));
        Files.createSymbolicLink(temp.resolve("other-way"), project);
        List<String> ways = List.of(
                "sandbox-workspace/a",
                workspace.resolve("a").toString(),
                "sandbox-workspace/out/.token",
                "in/a",
                "~/hop",
                temp.resolve("other-way/sandbox-workspace/a").toString(),
                "sandbox-workspace");
        for (String way : ways) {
            assertThat(problems(new Secret("a", way)))
                    .as(way)
                    .singleElement()
                    .asString()
                    .contains("lies in the workspace or leads through it");
        }
    }

    @Test
    void aHomeThatNobodyKnowsIsRefused() throws Exception {
        for (Map<String, String> environment :
                List.of(Map.<String, String>of(), Map.of("HOME", ""), Map.of("HOME", "x"))) {
            SandboxException refused = catchThrowableOfType(
                    SandboxException.class,
                    () -> SecretSources.read(
                            bundle(new Secret("a", "~/.token")),
                            Optional.empty(),
                            layout(),
                            new Invoker(0, 0, environment)));
            assertThat(refused)
                    .hasMessage("the secret a cannot be given: \"~/.token\" begins with ~, and HOME is not set to a"
                            + " folder; set it, or write the path out");
        }
    }

    private Map<String, byte[]> read(Secret... secrets) throws Exception {
        return SecretSources.read(
                bundle(secrets), Optional.empty(), layout(), new Invoker(0, 0, Map.of("HOME", home.toString())));
    }

    private List<String> problems(Secret... secrets) {
        SandboxException refused = catchThrowableOfType(SandboxException.class, () -> read(secrets));
        assertThat(refused.getMessage()).doesNotContain(CONTENT);
        return refused.getMessage().lines().toList();
    }

    private Layout layout() {
        return new Layout(
                project, project.resolve("sandbox.yaml"), project.resolve("target/b"), project.resolve("target"));
    }

    private Rendered bundle(Secret... secrets) {
        Rendered.Base base = new Rendered.Base("base:1", Optional.empty());
        return new Rendered(
                "sha256:0",
                "box",
                "box:0",
                "box-proxy:0",
                base,
                base,
                List.of(),
                Duration.ofMinutes(1),
                new TreeMap<>(),
                false,
                workspace,
                Optional.empty(),
                List.of(),
                SeccompChoice.DEFAULT,
                new Rendered.Mounted(Path.of("sentinel.yaml"), "sha256:0"),
                false,
                io.sentinel.spec.GuardMode.OFF,
                false,
                ContainerRuntime.RUNC,
                List.of(),
                List.of(secrets));
    }
}
