package io.sentinel.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComposeToolsTest {

    @TempDir
    private Path folder;

    private Path plugin;
    private HostEnvironment environment;
    private ComposeTools tools;

    @BeforeEach
    void install() throws Exception {
        Path client =
                Files.writeString(Files.createDirectory(folder.resolve("bin")).resolve("docker"), "client");
        client.toFile().setExecutable(true);
        plugin = Files.createDirectories(folder.resolve("config/cli-plugins")).resolve("docker-compose");
        Files.writeString(plugin, "plugin");
        environment = new HostEnvironment(Map.of(
                "PATH",
                folder.resolve("bin").toString(),
                "DOCKER_CONFIG",
                folder.resolve("config").toString()));
        tools = new ComposeTools(folder.resolve("work/compose.stamp"));
    }

    @Test
    void recallWhenNothingChangedTellsWhatWasRemembered() {
        assertThat(tools.recall(environment)).isEmpty();
        tools.remember(environment, "2.26.1-4");
        assertThat(tools.recall(environment)).contains("2.26.1-4");
    }

    @Test
    void recallWhenThePluginOrTheClientChangedTellsNothing() throws Exception {
        tools.remember(environment, "2.26.1-4");
        Files.writeString(plugin, "another plugin");
        assertThat(tools.recall(environment)).isEmpty();
        tools.remember(environment, "2.27.0");
        Files.writeString(folder.resolve("bin/docker"), "another client");
        assertThat(tools.recall(environment)).isEmpty();
    }

    @Test
    void recallWhenPluginsMayStandElsewhereTellsNothing() throws Exception {
        tools.remember(environment, "2.26.1-4");
        Files.writeString(folder.resolve("config/config.json"), "{\"cliPluginsExtraDirs\": [\"/elsewhere\"]}");
        assertThat(tools.recall(environment)).isEmpty();
    }

    @Test
    void recallWhenThePluginIsGoneTellsNothing() throws Exception {
        tools.remember(environment, "2.26.1-4");
        Files.delete(plugin);
        assertThat(tools.recall(environment)).isEmpty();
    }
}
