package io.sentinel.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A compose project on a real engine. */
@Timeout(120)
class ComposeIT {

    private static final String SERVICES =
            """
            services:
              idle: {image: "sentinel-base:1", scale: 0, network_mode: none}
              agent:
                image: sentinel-base:1
                profiles: [strict]
                network_mode: none
                init: true
                environment: {MODE: "${SENTINEL_MODE:-none}"}
                command: [sh, -c, 'echo "mode $$MODE"']
              ticker:
                image: sentinel-base:1
                profiles: [strict]
                network_mode: none
                command: [sh, -c, 'trap "" TERM; i=0; while :; do i=$$((i+1)); echo tick $$i; sleep 0.1; done']
              absent: {image: "engine-it-no-such-image:1", pull_policy: never, profiles: [strict], network_mode: none}
              proxy:
                image: sentinel-base:1
                profiles: [proxied]
                networks: [inside]
                init: true
                command: [sh, -c, 'echo proxy up; touch /tmp/ok; exec sleep 300']
                healthcheck: {test: [CMD, test, -e, /tmp/ok], interval: 1s}
              sick:
                image: sentinel-base:1
                profiles: [proxied]
                network_mode: none
                init: true
                command: [sleep, "300"]
                healthcheck: {test: [CMD, "false"], interval: 1s, retries: 1}
              client:
                image: sentinel-base:1
                profiles: [proxied]
                networks: [inside]
                depends_on: {proxy: {condition: service_healthy}}
                command: [echo, client]
            networks:
              inside: {internal: true}
            """;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Streams streams = new Streams.Pumped(out, err);
    private RealEngine engine;
    private Compose compose;

    @TempDir
    Path folder;

    @BeforeEach
    void findEngine() throws Exception {
        engine = new RealEngine();
        compose = engine.compose(folder, SERVICES);
    }

    @AfterEach
    void removeAll() throws Exception {
        engine.removeAll();
    }

    @Test
    void configJsonHasTheEnabledServicesAndNothingOfTheFolder() throws Exception {
        Files.writeString(folder.resolve(".env"), "SENTINEL_MODE=from-env-file\nCOMPOSE_PROFILES=proxied\n");
        Files.writeString(
                folder.resolve("docker-compose.override.yml"), "services: {agent: {image: other}, extra: {image: x}}");

        Json plain = Json.parse(compose.configJson());
        assertThat(plain.at("services", "idle").isObject()).isTrue();
        assertThat(plain.at("services", "agent").isObject()).isFalse();

        Json strict = Json.parse(compose.withProfiles(List.of("strict")).configJson());
        assertThat(strict.at("services", "extra").isObject()).isFalse();
        assertThat(strict.at("services", "proxy").isObject()).isFalse();
        assertThat(strict.at("services", "agent", "image").text()).contains(RealEngine.IMAGE);
        assertThat(strict.at("services", "agent", "environment", "MODE").text()).contains("none");
    }

    @Test
    void runPassesWordsVariablesAndTheExitCode() throws Exception {
        Compose withMode = new Compose(
                engine.docker,
                new ComposeProject(folder.resolve("docker-compose.yml"), folder, engine.name),
                Map.of("SENTINEL_MODE", "log"));
        RunRequest request = engine.request("agent", RealEngine.LIMIT)
                .running(List.of("sh", "-c", "cat; echo \"$MODE $1\"; exit 42", "-", "--rm $HOME"));

        assertThat(withMode.run(request, streams)).isEqualTo(new Ending.Exited(42));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("log --rm $HOME\n");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void runAtTheLimitKillsTheContainerAndKeepsItsLastOutput() throws Exception {
        Duration limit = Duration.ofSeconds(10);
        RunRequest request = engine.request("ticker", limit);
        long start = System.nanoTime();

        assertThat(compose.run(request, streams)).isEqualTo(new Ending.TimedOut(limit));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(25));
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("tick 1\ntick 2\n");
        ContainerFacts facts =
                engine.docker.inspectContainer(request.container()).orElseThrow();
        assertThat(facts.running()).isFalse();
        assertThat(facts.exitCode()).isEqualTo(137);
        // Everything that the program has said is here, not only what came before the limit was noticed.
        ByteArrayOutputStream logged = new ByteArrayOutputStream();
        engine.docker.logs(facts.id(), new Streams.Pumped(logged, logged));
        assertThat(out.toByteArray()).isEqualTo(logged.toByteArray());
    }

    @Test
    void runWhenTheImageIsMissingMakesNoContainerAndPullsNothing() throws Exception {
        RunRequest request = engine.request("absent", RealEngine.LIMIT);

        assertThat(compose.run(request, streams).succeeded()).isFalse();
        assertThat(engine.docker.inspectContainer(request.container())).isEmpty();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("engine-it-no-such-image");
    }

    @Test
    void runWhenTheProgramIsMissingLeavesAContainerThatNeverStarted() throws Exception {
        RunRequest request = engine.request("agent", RealEngine.LIMIT).running(List.of("/no/such/program"));

        compose.run(request, streams);
        ContainerFacts facts =
                engine.docker.inspectContainer(request.container()).orElseThrow();
        // With the engine's init in between, it is that one that says so.
        assertThat(facts.exitCode()).isEqualTo(127);
    }

    @Test
    void runPutsAProgramInTheEntrypointsPlace() throws Exception {
        RunRequest request = engine.request("agent", RealEngine.LIMIT)
                .running(List.of("a", "b"))
                .entering("/bin/echo");

        assertThat(compose.run(request, streams).succeeded()).isTrue();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("a b\n");
    }

    @Test
    void runStartsHealthyDependenciesUnlessToldNotTo() throws Exception {
        assertThat(compose.run(engine.request("client", RealEngine.LIMIT), streams)
                        .succeeded())
                .isTrue();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("client\n");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(engine.mine()).hasSize(2);

        ByteArrayOutputStream logged = new ByteArrayOutputStream();
        compose.logs("proxy", new Streams.Pumped(logged, logged));
        assertThat(logged.toString(StandardCharsets.UTF_8)).isEqualTo("proxy up\n");

        compose.down(Duration.ofSeconds(1));
        compose.run(engine.request("client", RealEngine.LIMIT).withoutDependencies(), streams);
        assertThat(engine.mine()).hasSize(1);
    }

    @Test
    void downRemovesOneOffContainersServicesOfAnyProfileAndNetworks() throws Exception {
        compose.run(engine.request("agent", RealEngine.LIMIT), streams);
        compose.up(List.of("proxy"), RealEngine.LIMIT);
        assertThat(engine.mine()).hasSize(2);
        assertThat(networks()).hasSize(1).allMatch(NetworkFacts::internal);

        compose.down(Duration.ofSeconds(1));
        assertThat(engine.mine()).isEmpty();
        assertThat(networks()).isEmpty();
        compose.down(Duration.ofSeconds(1));
    }

    @Test
    void upWhenAServiceIsNotHealthyFails() {
        EngineException e =
                catchThrowableOfType(EngineException.class, () -> compose.up(List.of("sick"), Duration.ofSeconds(10)));
        assertThat(e.fault()).isInstanceOf(EngineFault.CommandFailed.class);
        assertThat(e).hasMessageContaining("unhealthy");
    }

    @Test
    void createMakesContainersAndStartsNone() throws Exception {
        compose.create(List.of("agent", "client"));

        assertThat(engine.mine()).hasSize(2).noneMatch(ContainerFacts::running);
        assertThat(engine.mine()).allMatch(container -> container.startedAt().isEmpty());
    }

    @Test
    void removeNetworksWhenAContainerIsOnItFails() throws Exception {
        compose.up(List.of("proxy"), RealEngine.LIMIT);
        List<String> ids = networks().stream().map(NetworkFacts::id).toList();

        EngineException e = catchThrowableOfType(EngineException.class, () -> engine.docker.removeNetworks(ids));
        assertThat(e.fault()).isInstanceOf(EngineFault.CommandFailed.class);
    }

    @Test
    void buildWhenAStepFailsShowsItAndTellsItsLastLines() throws Exception {
        Files.writeString(folder.resolve("Dockerfile"), "FROM sentinel-base:1\nRUN echo from the step && exit 3\n");
        Compose building = engine.compose(
                folder, "services: {made: {image: engine-it-made:1, scale: 0, build: {context: ., network: none}}}");

        EngineException e =
                catchThrowableOfType(EngineException.class, () -> building.build(List.of(), streams, RealEngine.LIMIT));
        assertThat(e.fault()).isInstanceOf(EngineFault.CommandFailed.class);
        assertThat(e).hasMessageContaining("from the step");
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("from the step");
    }

    @Test
    void everyCommandWhenNoEngineListensSaysSo() {
        Map<String, String> environment = new TreeMap<>(System.getenv());
        environment.put("DOCKER_HOST", "unix://" + folder + "/no.sock");
        Docker nowhere = new Docker(new ProcessStarter(new HostEnvironment(environment), EngineLog.SILENT));
        Compose lost = new Compose(
                nowhere, new ComposeProject(folder.resolve("docker-compose.yml"), folder, engine.name), Map.of());

        EngineException e = catchThrowableOfType(EngineException.class, () -> lost.down(Duration.ofSeconds(1)));
        assertThat(e.fault()).isInstanceOf(EngineFault.EngineSilent.class);
    }

    private List<NetworkFacts> networks() throws Exception {
        return engine.docker.listNetworks(List.of(LabelFilter.is(Compose.PROJECT_LABEL, engine.name)));
    }
}
