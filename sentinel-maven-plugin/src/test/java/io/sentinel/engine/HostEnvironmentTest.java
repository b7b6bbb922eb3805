package io.sentinel.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostEnvironmentTest {

    @Test
    void withGivesOnlyAllowedVariablesAndTheCallers() {
        HostEnvironment environment = new HostEnvironment(Map.of(
                "PATH", "/bin",
                "DOCKER_HOST", "unix:///x",
                "COMPOSE_FILE", "other.yml",
                "COMPOSE_PROFILES", "all",
                "DOCKER_BUILDKIT", "0",
                "AWS_SECRET_ACCESS_KEY", "secret",
                "LD_PRELOAD", "/evil.so"));

        assertThat(environment.with(Map.of("SENTINEL_MODE", "log")))
                .containsOnlyKeys("PATH", "DOCKER_HOST", "SENTINEL_MODE", "COMPOSE_IGNORE_ORPHANS")
                .containsEntry("SENTINEL_MODE", "log");
    }

    @ParameterizedTest
    @ValueSource(strings = {"COMPOSE_FILE", "DOCKER_HOST", "BUILDX_BUILDER", "BUILDKIT_PROGRESS"})
    void withWhenAnAdditionSteersDockerIsRefused(String name) {
        HostEnvironment environment = new HostEnvironment(Map.of());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> environment.with(Map.of(name, "x")))
                .withMessageContaining(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A=B", "1A", "A-B", "A B", "Ä"})
    void withWhenAnAdditionIsNoNameIsRefused(String name) {
        HostEnvironment environment = new HostEnvironment(Map.of());
        assertThatIllegalArgumentException().isThrownBy(() -> environment.with(Map.of(name, "x")));
    }

    @Test
    void valueWhenEmptyIsAbsent() {
        assertThat(new HostEnvironment(Map.of("DOCKER_HOST", "")).value("DOCKER_HOST"))
                .isEmpty();
    }

    @Test
    void findTakesTheFirstExecutableFile(@TempDir Path folder) throws IOException {
        Path notExecutable = Files.createDirectories(folder.resolve("a"));
        Files.writeString(notExecutable.resolve("tool"), "");
        Path isFolder = folder.resolve("b");
        Files.createDirectories(isFolder.resolve("tool"));
        Path first = executable(folder.resolve("c"));
        Path second = executable(folder.resolve("d"));

        String path = String.join(
                ":", "/nowhere", notExecutable.toString(), isFolder.toString(), first.toString(), second.toString());
        assertThat(new HostEnvironment(Map.of("PATH", path)).find("tool")).contains(first.resolve("tool"));
    }

    @Test
    void findPassesOverRelativeFoldersOfPath(@TempDir Path folder) throws IOException {
        executable(folder);
        Path relative = Path.of("").toAbsolutePath().relativize(folder.toAbsolutePath());

        assertThat(relative.resolve("tool")).exists();
        assertThat(new HostEnvironment(Map.of("PATH", relative + "::.")).find("tool"))
                .isEmpty();
    }

    private static Path executable(Path folder) throws IOException {
        Path file = Files.createDirectories(folder).resolve("tool");
        Files.writeString(file, "#!/bin/sh\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return folder;
    }
}
