package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.engine.LabelFilter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide's own commands, as written, in a bundle's folder with nothing but Docker. */
class GuideCommandsIT {

    @TempDir
    private Path folder;

    private Path bundle;

    @BeforeEach
    void render() throws Exception {
        // The step makes an image of this test's own, so that a build which builds nothing shows.
        Box box = Box.of(
                folder,
                """
                name: guide
                image: {from: "sentinel-base:1", run: ["echo %s >/made"]}
                policy: {allowed_commands: [ls, tr]}
                command: [sh, -c, 'echo "in the sandbox: $(ls /sys/class/net | tr "\\\\n" " ")"']
                """
                        .formatted(folder.getFileName()));
        Command.goal(folder, "generate").output(0);
        bundle = box.layout.bundle();
    }

    @AfterEach
    void clear() throws Exception {
        compose("--profile", "*", "down", "--remove-orphans", "--volumes").ended();
        List<LabelFilter> ours = List.of(LabelFilter.is("com.docker.compose.project", "sentinel-guide"));
        assertThat(Box.docker().listContainers(ours)).isEmpty();
        for (String image : images()) {
            Command.docker(folder, "image", "rm", "--force", image).ended();
        }
    }

    @Test
    void buildReallyBuilds() throws Exception {
        assertThat(images()).isEmpty();
        compose("build").output(0);
        assertThat(images()).hasSize(1);
    }

    @Test
    void strictRuns() throws Exception {
        compose("build").output(0);
        assertThat(compose("--profile", "strict", "run", "--rm", "sentinel-strict")
                        .output(0))
                .contains("in the sandbox: lo ");
    }

    @Test
    void standardRuns() throws Exception {
        compose("build").output(0);
        assertThat(compose("--profile", "standard", "run", "--rm", "sentinel-standard")
                        .output(0))
                .contains("in the sandbox: eth0 lo ");
    }

    @Test
    void proxiedRunsWithItsSidecar() throws Exception {
        String said = compose("--profile", "proxied", "up", "--build", "--abort-on-container-exit", "sentinel-proxied")
                .output(0);
        assertThat(said).contains("in the sandbox: eth0 lo ").contains("sentinel-proxied-1 exited with code 0");
    }

    @Test
    void aMissingWorkspaceStopsTheStart() throws Exception {
        compose("build").output(0);
        Files.delete(folder.resolve("sandbox-workspace/sentinel.yaml"));
        Files.delete(folder.resolve("sandbox-workspace"));
        Command run =
                compose("--profile", "strict", "run", "--rm", "sentinel-strict").ended();
        assertThat(run.output()).contains("sandbox-workspace");
        assertThat(run.output()).doesNotContain("in the sandbox");
        assertThat(folder.resolve("sandbox-workspace")).doesNotExist();
    }

    @Test
    void rootIsRefusedByTheEntrypoint() throws Exception {
        compose("build").output(0);
        assertThat(compose("--profile", "strict", "run", "--rm", "--user", "0:0", "sentinel-strict")
                        .output(78))
                .contains("sentinel: refused: it runs as root");
    }

    @Test
    void theRootGroupIsRefusedByTheEntrypoint() throws Exception {
        compose("build").output(0);
        assertThat(compose("--profile", "strict", "run", "--rm", "--user", "10001:0", "sentinel-strict")
                        .output(78))
                .contains("sentinel: refused: it runs as root");
    }

    @Test
    void aMisspeltYesIsNoNoToTheEntrypoint() throws Exception {
        compose("build").output(0);
        assertThat(compose("--profile", "strict", "run", "--rm", "-e", "SENTINEL_PRODUCTION=enabled", "sentinel-strict")
                        .output(78))
                .contains("sentinel: refused: SENTINEL_PRODUCTION is set");
    }

    private Command compose(String... words) throws Exception {
        return Command.docker(
                bundle,
                java.util.stream.Stream.concat(java.util.stream.Stream.of("compose"), java.util.Arrays.stream(words))
                        .toArray(String[]::new));
    }

    private List<String> images() throws Exception {
        return Command.docker(folder, "image", "ls", "--quiet", "localhost/sentinel/guide")
                .output(0)
                .lines()
                .toList();
    }
}
