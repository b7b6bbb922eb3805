package io.sentinel.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A signal that reaches the JVM alone, as from a CI system: its shutdown hook must leave nothing behind. */
@Timeout(120)
class ShutdownIT {

    private RealEngine engine;

    @TempDir
    Path folder;

    @BeforeEach
    void findEngine() throws Exception {
        engine = new RealEngine();
    }

    @AfterEach
    void removeAll() throws Exception {
        engine.removeAll();
    }

    @Test
    void hookRemovesTheContainerAndNoClientIsLeft() throws Exception {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName(),
                        folder.toString(),
                        engine.name)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
        try {
            awaitRunning();
            List<ProcessHandle> clients = jvm.descendants().toList();
            assertThat(clients).isNotEmpty();

            jvm.toHandle().destroy();

            assertThat(jvm.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(Files.readString(folder.resolve("said"))).isEqualTo("hook done\n");
            assertThat(engine.mine()).isEmpty();
            assertThat(clients).noneMatch(ProcessHandle::isAlive);
        } finally {
            jvm.destroyForcibly();
        }
    }

    private void awaitRunning() throws Exception {
        while (engine.mine().stream().noneMatch(ContainerFacts::running)) {
            Thread.sleep(100);
        }
    }

    /** Runs a service that ignores SIGTERM, and cleans up in a hook: folder and project name are its arguments. */
    static final class Program {

        private Program() {}

        public static void main(String[] args) throws Exception {
            Path folder = Path.of(args[0]);
            Path file = Files.writeString(
                    folder.resolve("docker-compose.yml"),
                    "services: {deaf: {image: 'sentinel-base:1', network_mode: none, command: [sleep, '300']}}");
            ProcessStarter starter = new ProcessStarter(new HostEnvironment(System.getenv()), EngineLog.SILENT);
            Docker docker = new Docker(starter);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> cleanUp(starter, docker, args[1])));
            OutputStream nowhere = OutputStream.nullOutputStream();
            new Compose(docker, new ComposeProject(file, folder, args[1]), Map.of())
                    .run(
                            RunRequest.of("deaf", args[1] + "-deaf", Map.of(), Duration.ofMinutes(2)),
                            new Streams.Pumped(nowhere, nowhere));
        }

        private static void cleanUp(ProcessStarter starter, Docker docker, String project) {
            try {
                List<ContainerFacts> left =
                        docker.listContainers(List.of(LabelFilter.is(Compose.PROJECT_LABEL, project)));
                docker.removeContainers(left.stream().map(ContainerFacts::id).toList());
                starter.destroyAll();
                System.out.println("hook done");
            } catch (EngineException | InterruptedException e) {
                System.out.println(e);
            }
        }
    }
}
