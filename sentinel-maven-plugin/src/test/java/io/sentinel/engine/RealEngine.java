package io.sentinel.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The engine that the environment names, and a compose project of one test's own on it. Without an engine, tests fail. */
final class RealEngine {

    static final String IMAGE = "sentinel-base:1";
    static final String LABEL = "io.sentinel.engine-it";
    static final Duration LIMIT = Duration.ofMinutes(1);

    final String name = "engine-it-" + UUID.randomUUID().toString().substring(0, 8);
    final ProcessStarter starter = new ProcessStarter(new HostEnvironment(System.getenv()), EngineLog.SILENT);
    final Docker docker = new Docker(starter);

    RealEngine() throws EngineException, InterruptedException {
        assertThat(docker.inspectImage(IMAGE))
                .as("the image %s: start an engine that has it (scripts/engine, scripts/base-image)", IMAGE)
                .isPresent();
    }

    Compose compose(Path folder, String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("docker-compose.yml"), yaml);
        return new Compose(docker, new ComposeProject(file, folder, name), Map.of());
    }

    /** A run with this test's label, in a container named after it. */
    RunRequest request(String service, Duration limit) {
        return RunRequest.of(service, name + "-" + service, Map.of(LABEL, name), limit);
    }

    List<ContainerFacts> mine() throws EngineException, InterruptedException {
        return docker.listContainers(List.of(LabelFilter.is(Compose.PROJECT_LABEL, name)));
    }

    void removeAll() throws EngineException, InterruptedException {
        docker.removeContainers(mine().stream().map(ContainerFacts::id).toList());
        List<NetworkFacts> networks = docker.listNetworks(List.of(LabelFilter.is(Compose.PROJECT_LABEL, name)));
        docker.removeNetworks(networks.stream().map(NetworkFacts::id).toList());
        assertThat(mine()).isEmpty();
    }
}
