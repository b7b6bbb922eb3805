package io.sentinel.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images and containers on a real engine. */
@Timeout(120)
class DockerIT {

    private static final String SERVICES =
            """
            services:
              quick: {image: "sentinel-base:1", network_mode: none, command: [sh, -c, "echo out; echo err >&2; exit 7"]}
              sleeper: {image: "sentinel-base:1", network_mode: none, command: [sleep, "300"], init: true}
              greedy:
                image: sentinel-base:1
                network_mode: none
                mem_limit: 16m
                memswap_limit: 16m
                command: [sh, -c, 'head -c 200000000 /dev/zero | tail -c 190000000 >/dev/null; exec tail /dev/zero']
            """;

    private RealEngine engine;
    private Docker docker;

    @TempDir
    Path folder;

    @BeforeEach
    void findEngine() throws Exception {
        engine = new RealEngine();
        docker = engine.docker;
    }

    @AfterEach
    void removeAll() throws Exception {
        engine.removeAll();
    }

    @Test
    void engineFactsAreOfAnEngineThatIsNewEnough() throws Exception {
        EngineFacts facts = docker.engineFacts();

        assertThat(facts.server().atLeast(EngineFacts.OLDEST_ENGINE)).isTrue();
        assertThat(facts.compose().atLeast(EngineFacts.OLDEST_COMPOSE)).isTrue();
        assertThat(facts.os()).isEqualTo("linux");
        assertThat(facts.kernel()).isNotEmpty();
        assertThat(Json.parse(docker.infoJson()).at("ServerVersion").text()).contains(facts.serverVersion());
    }

    @Test
    void inspectImageTellsOnePresentFromOneMissing() throws Exception {
        List<Optional<ImageFacts>> images =
                docker.inspectImages(List.of("engine-it-no-such-image:1", RealEngine.IMAGE));

        assertThat(images.get(0)).isEmpty();
        ImageFacts image = images.get(1).orElseThrow();
        assertThat(image.id()).matches("sha256:[0-9a-f]{64}");
        assertThat(image.layers()).isNotEmpty().allMatch(layer -> layer.startsWith("sha256:"));
        assertThat(docker.inspectImage(image.id())).contains(image);
    }

    @Test
    void everyCallWhenNoEngineListensNamesTheSocket() {
        Map<String, String> environment = new TreeMap<>(System.getenv());
        environment.put("DOCKER_HOST", "unix://" + folder + "/no.sock");
        Docker nowhere = new Docker(new ProcessStarter(new HostEnvironment(environment), EngineLog.SILENT));

        assertSilent(catchThrowableOfType(EngineException.class, nowhere::engineFacts));
        assertSilent(catchThrowableOfType(EngineException.class, () -> nowhere.inspectImage(RealEngine.IMAGE)));
        assertSilent(catchThrowableOfType(EngineException.class, () -> nowhere.kill("x")));
        assertSilent(catchThrowableOfType(EngineException.class, () -> nowhere.removeContainers(List.of("x"))));
        assertSilent(
                catchThrowableOfType(EngineException.class, () -> nowhere.listNetworks(List.of(LabelFilter.has("x")))));
    }

    private void assertSilent(EngineException e) {
        assertThat(e.fault()).isInstanceOf(EngineFault.EngineSilent.class);
        assertThat(e).hasMessageContaining(folder + "/no.sock (from DOCKER_HOST)");
    }

    @Test
    void containerGoesFromAbsentToEndedToAbsent() throws Exception {
        Compose compose = engine.compose(folder, SERVICES);
        RunRequest request = engine.request("quick", RealEngine.LIMIT);
        assertThat(docker.inspectContainer(request.container())).isEmpty();

        Instant before = Instant.now().minus(Duration.ofSeconds(2));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        assertThat(compose.run(request, new Streams.Pumped(out, err))).isEqualTo(new Ending.Exited(7));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("out\n");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("err\n");

        ContainerFacts ended = docker.inspectContainer(request.container()).orElseThrow();
        assertThat(ended.running()).isFalse();
        assertThat(ended.exitCode()).isEqualTo(7);
        assertThat(ended.oomKilled()).isFalse();
        assertThat(ended.name()).isEqualTo(request.container());
        assertThat(ended.labels()).containsEntry(RealEngine.LABEL, engine.name);
        assertThat(ended.startedAt().orElseThrow()).isAfter(before);
        assertThat(ended.finishedAt().orElseThrow()).isAfter(before);
        assertThat(docker.listContainers(List.of(LabelFilter.is(RealEngine.LABEL, engine.name))))
                .containsExactly(ended);

        docker.removeContainers(List.of(ended.id(), "engine-it-never-was"));
        assertThat(docker.inspectContainer(request.container())).isEmpty();
        docker.removeContainers(List.of(ended.id()));
        docker.kill(ended.id());
    }

    @Test
    void outOfMemoryIsToldFromAnyOtherKill() throws Exception {
        Compose compose = engine.compose(folder, SERVICES);
        RunRequest greedy = engine.request("greedy", RealEngine.LIMIT);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        assertThat(compose.run(greedy, new Streams.Pumped(all, all))).isEqualTo(new Ending.Exited(137));

        ContainerFacts facts = docker.inspectContainer(greedy.container()).orElseThrow();
        assertThat(facts.oomKilled()).isTrue();
        assertThat(facts.exitCode()).isEqualTo(137);

        // The control: the same exit code without the lack of memory.
        compose.up(List.of("sleeper"), RealEngine.LIMIT);
        ContainerFacts sleeper = only("sleeper");
        docker.kill(sleeper.id());
        ContainerFacts killed = docker.inspectContainer(sleeper.id()).orElseThrow();
        assertThat(killed.exitCode()).isEqualTo(137);
        assertThat(killed.oomKilled()).isFalse();
    }

    @Test
    void copyIntoBringsAFolderIntoAContainerThatNeverStarted() throws Exception {
        Files.writeString(Files.createDirectory(folder.resolve("a b")).resolve("file"), "text");
        Compose compose = engine.compose(folder, SERVICES);
        compose.create(List.of("quick"));
        String container = compose.containers("quick").get(0).id();
        docker.copyInto(folder.resolve("a b"), container, "/srv");
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        docker.export(container, tar, Duration.ofMinutes(1));
        assertThat(tar.toString(StandardCharsets.ISO_8859_1)).contains("srv/file");
    }

    @Test
    void stopEndsWhatRunsAndIsFineWithWhatDoesNot() throws Exception {
        engine.compose(folder, SERVICES).up(List.of("sleeper"), RealEngine.LIMIT);
        ContainerFacts sleeper = only("sleeper");
        assertThat(sleeper.running()).isTrue();

        docker.stop(sleeper.id(), Duration.ofSeconds(5));
        docker.stop(sleeper.id(), Duration.ofSeconds(5));
        docker.kill(sleeper.id());
        assertThat(docker.inspectContainer(sleeper.id()).orElseThrow().running())
                .isFalse();
    }

    @Test
    void pullWhenTheRegistryIsNotThereFailsWithItsWords() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        // Port 9 of loopback: refused at once, and nothing leaves the machine.
        EngineException e = catchThrowableOfType(
                EngineException.class,
                () -> docker.pullImage("127.0.0.1:9/nothing:1", new Streams.Pumped(all, all), RealEngine.LIMIT));
        assertThat(e.fault()).isInstanceOf(EngineFault.CommandFailed.class);
        assertThat(e).hasMessageContaining("docker image pull 127.0.0.1:9/nothing:1");
        assertThat(((EngineFault.CommandFailed) e.fault()).lastLines()).isNotEmpty();
    }

    private ContainerFacts only(String service) throws Exception {
        List<ContainerFacts> found = docker.listContainers(List.of(
                LabelFilter.is(Compose.PROJECT_LABEL, engine.name), LabelFilter.is(Compose.SERVICE_LABEL, service)));
        assertThat(found).hasSize(1);
        return found.get(0);
    }
}
