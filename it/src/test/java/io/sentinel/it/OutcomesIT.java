package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.LabelFilter;
import io.sentinel.render.SandboxException;
import io.sentinel.run.Outcome;
import io.sentinel.spec.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a run ends is told truly, and nothing is left behind. */
class OutcomesIT {

    private static final Schema SCHEMA;

    static {
        try {
            SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(Files.readString(Path.of("../docs/outcome.schema.json")), InputFormat.JSON);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @TempDir
    private Path folder;

    @AfterEach
    void nothingIsLeft() throws Exception {
        List<LabelFilter> ours = List.of(LabelFilter.has("io.sentinel.owner"));
        assertThat(Box.docker().listContainers(ours)).isEmpty();
        assertThat(Box.docker().listNetworks(ours)).isEmpty();
    }

    @Test
    void exitCodeAndBothStreamsPassThrough() throws Exception {
        Box.Result result = box("[sh, -c, 'echo out; echo err >&2; exit 7']").run(Profile.STRICT);
        assertThat(result.outcome().exitCode()).hasValue(7);
        assertThat(result.outcome().reason()).isEqualTo(Outcome.Reason.EXITED);
        assertThat(result.out()).isEqualTo("out\n");
        assertThat(result.err()).isEqualTo("err\n");
    }

    @Test
    void standardProfileHasANetworkAndLeavesNone() throws Exception {
        Box.Result result = box("[sh, -c, 'ls /sys/class/net']").run(Profile.STANDARD);
        assertThat(result.out().lines()).containsExactly("eth0", "lo");
        assertThat(result.outcome().succeeded()).isTrue();
    }

    @Test
    void timeLimitEndsTheAgentAndItsLastWordsArrive() throws Exception {
        Box box = Box.of(
                folder,
                """
                name: box
                resources: {timeout: 2s}
                policy: {allowed_commands: [sleep]}
                command: [sh, -c, 'echo begun; sleep 600']
                """);
        Box.Result result = box.run(Profile.STRICT);
        assertThat(result.outcome().reason()).isEqualTo(Outcome.Reason.TIMEOUT);
        assertThat(result.outcome().exitCode()).hasValue(124);
        assertThat(result.out()).isEqualTo("begun\n");
    }

    @Test
    void aProgramEndedByItsOwnSignalIsToldApart() throws Exception {
        Box.Result result = box("[sh, -c, 'kill -KILL $$']").run(Profile.STRICT);
        assertThat(result.outcome().reason()).isEqualTo(Outcome.Reason.SIGNAL);
        assertThat(result.outcome().exitCode()).hasValue(137);
    }

    @Test
    void aMissingProgramIs127() throws Exception {
        Box.Result result = box("[no-such-program]").run(Profile.STRICT);
        assertThat(result.outcome().exitCode()).hasValue(127);
        assertThat(result.err()).contains("no-such-program: no such program");
    }

    @Test
    void outcomeFileSaysTheSame() throws Exception {
        Box box = box("[sh, -c, 'exit 3']");
        Outcome outcome = box.run(Profile.STRICT).outcome();
        JsonNode json = json(box);
        assertThat(SCHEMA.validate(json.toString(), InputFormat.JSON)).isEmpty();
        assertThat(json.get("schemaVersion").asInt()).isEqualTo(1);
        assertThat(json.get("profile").asText()).isEqualTo("strict");
        assertThat(json.get("service").asText()).isEqualTo("sentinel-strict");
        assertThat(json.get("command").toString()).isEqualTo("[\"sh\",\"-c\",\"exit 3\"]");
        assertThat(json.get("exitCode").asInt()).isEqualTo(3);
        assertThat(json.get("reason").asText()).isEqualTo("exited");
        assertThat(json.get("startedAt").asText()).isEqualTo(outcome.startedAt().toString());
        assertThat(json.get("durationMillis").asLong())
                .isEqualTo(outcome.duration().toMillis());
        assertThat(json.get("bundleDigest").asText()).matches("sha256:[0-9a-f]{64}");
    }

    @Test
    void aSpecWithoutACommandRunsTheImagesOwn() throws Exception {
        Box box = Box.of(folder, "name: box\n");
        // The base's own command is a shell, which ends at once without input.
        Box.Result result = box.run(Profile.STRICT);
        assertThat(result.outcome().succeeded()).isTrue();
        assertThat(result.outcome().command()).isNotEmpty();
    }

    @Test
    void aRefusedRunSaysSoInTheOutcomeFile() throws Exception {
        Box box = box("[id]");
        assertThatThrownBy(() -> box.run(Profile.STRICT, Box.invoker(0, 0, Map.of("SENTINEL_PRODUCTION", "true"))))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("SENTINEL_PRODUCTION");
        assertThat(SCHEMA.validate(json(box).toString(), InputFormat.JSON)).isEmpty();
        assertThat(json(box).get("reason").asText()).isEqualTo("refused");
        assertThat(json(box).get("exitCode").isNull()).isTrue();
    }

    @Test
    void aMissingSeccompFileStopsTheStart() throws Exception {
        Box box = box("[id]");
        box.run(Profile.STRICT);
        // Between rendering and start, as by another process; the bundle is rendered again by the next run.
        Path compose = box.layout.composeFile();
        String text = Files.readString(compose);
        Files.writeString(compose, text.replace("sentinel-seccomp.json", "gone.json"));
        Process bare = new ProcessBuilder(
                        "docker", "compose", "--profile", "strict", "run", "--rm", "-T", "sentinel-strict")
                .directory(box.layout.bundle().toFile())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(bare.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .contains("gone.json");
        assertThat(bare.waitFor()).isNotZero();
        assertThat(box.run(Profile.STRICT).outcome().succeeded()).isTrue();
    }

    @Test
    void aProxyThatMustBeUsedIsNotDoneWithout() throws Exception {
        Box box = box("[id]");
        assertThatThrownBy(() -> box.run(Profile.STANDARD, Box.invoker(0, 0, Map.of("SENTINEL_ENFORCE_PROXY", "true"))))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("SENTINEL_ENFORCE_PROXY");
        assertThat(box.run(Profile.STRICT, Box.invoker(0, 0, Map.of("SENTINEL_ENFORCE_PROXY", "true")))
                        .outcome()
                        .succeeded())
                .isTrue();
    }

    @Test
    void aBaseWithAVolumeIsRefusedAndAChangedBaseIsBuiltAnew() throws Exception {
        String base = "localhost/sentinel/it-base:1";
        try {
            base(base, "ENV MODE=old");
            Box box = Box.of(folder, "name: box\nimage: {from: \"" + base + "\"}\ncommand: [sh, -c, 'echo $MODE']\n");
            assertThat(box.run(Profile.STRICT).out()).isEqualTo("old\n");
            base(base, "ENV MODE=new");
            assertThat(box.run(Profile.STRICT).out()).isEqualTo("new\n");
            base(base, "VOLUME /data");
            assertThatThrownBy(() -> box.run(Profile.STRICT))
                    .isInstanceOf(SandboxException.class)
                    .hasMessageContaining("declares volumes (/data)");
        } finally {
            Command.docker(folder, "image", "rm", "--force", base).ended();
        }
    }

    @Test
    void aSidecarsBaseWithAVolumeIsRefusedToo() throws Exception {
        String base = "localhost/sentinel/it-sidecar-base:1";
        try {
            base(base, "VOLUME /data");
            Box box = Box.of(
                    folder,
                    "name: volume\ncommand: [id]\nprofiles: {proxied: {from: \"" + base
                            + "\", allow: [listed.invalid]}}\n");
            assertThatThrownBy(() -> box.run(Profile.PROXIED))
                    .isInstanceOf(SandboxException.class)
                    .hasMessageContaining("declares volumes (/data)");
        } finally {
            Command.docker(folder, "image", "rm", "--force", base).ended();
        }
    }

    private void base(String name, String line) throws Exception {
        Path context = Files.createDirectories(folder.resolve("base"));
        Files.writeString(context.resolve("Dockerfile"), "FROM " + Box.BASE + "\n" + line + "\n");
        Command.docker(context, "build", "--quiet", "--tag", name, ".").output(0);
    }

    @Test
    void anImageThatCannotBeBuiltIsTheEnginesFailure() throws Exception {
        Box box = Box.of(
                folder,
                """
                name: broken
                image: {from: "sentinel-base:1", run: ["exit 9"]}
                command: [id]
                """);
        assertThatThrownBy(() -> box.run(Profile.STRICT)).isInstanceOf(EngineException.class);
        assertThat(json(box).get("reason").asText()).isEqualTo("engine");
    }

    @Test
    void filesInTheWorkspaceBelongToTheInvoker() throws Exception {
        Box box = box("[sh, -c, 'id -u; echo x >workspace/made']");
        Path workspace = Files.createDirectories(folder.resolve("sandbox-workspace"));
        // As that user's own run would make them.
        for (Path own : List.of(workspace, Files.createDirectories(box.layout.trail()))) {
            Files.setAttribute(own, "unix:uid", 4321);
        }
        Box.Result result = box.run(Profile.STRICT, Box.invoker(4321, 4321, Map.of()));
        assertThat(result.out()).isEqualTo("4321\n");
        assertThat(Files.getAttribute(workspace.resolve("workspace/made"), "unix:uid"))
                .isEqualTo(4321);
    }

    @Test
    void rootsWorkspaceIsHandedOverButNotWhatALinkLeadsTo() throws Exception {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Path workspace = Files.createDirectories(folder.resolve("sandbox-workspace"));
        Path below = Files.createDirectory(workspace.resolve("below"));
        Files.writeString(below.resolve("file"), "x");
        Files.createSymbolicLink(workspace.resolve("link"), outside);
        box("['true']").run(Profile.STRICT);
        assertThat(uid(workspace)).isEqualTo(10001);
        assertThat(uid(below.resolve("file"))).isEqualTo(10001);
        assertThat(uid(outside)).isEqualTo(0);
    }

    private static int uid(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    private JsonNode json(Box box) throws IOException {
        return new ObjectMapper()
                .readTree(box.layout.work().resolve("outcome.json").toFile());
    }

    private Box box(String command) throws IOException {
        return Box.of(folder, "name: box\npolicy: {allowed_commands: [id, ls]}\ncommand: " + command + "\n");
    }
}
