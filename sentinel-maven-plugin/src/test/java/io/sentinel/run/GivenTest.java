package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.security.auth.module.UnixSystem;
import io.sentinel.engine.Json;
import io.sentinel.render.Rendered;
import io.sentinel.render.SandboxException;
import io.sentinel.spec.ContainerRuntime;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.Secret;
import io.sentinel.spec.User;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GivenTest {

    private static final Owner OWNER = Owner.current(Path.of("/project"));

    private final UnixSystem system = new UnixSystem();
    private final Invoker invoker =
            new Invoker(system.getUid(), system.getGid(), Map.of("GITHUB_TOKEN", "real", "LANG", "real"));

    @Test
    void placeholdersAreFilesInMemoryOfTheAgentAlone() throws Exception {
        Path folder;
        try (Given given = Given.placeholders(bundle(Optional.empty(), "token", "other"), invoker, OWNER)) {
            folder = given.folder().orElseThrow();
            for (String name : List.of("token", "other")) {
                Path file = folder.resolve(name);
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("r--------");
                assertThat(Files.getAttribute(file, "unix:uid"))
                        .isEqualTo(invoker.agent(Optional.empty()).uid());
            }
            assertThat(given.variables())
                    .containsEntry("SENTINEL_SECRETS", folder.toString())
                    .containsKeys("GITHUB_TOKEN", "LANG", "UNSET")
                    .doesNotContainValue("real");
        }
        assertThat(folder).doesNotExist();
    }

    @Test
    void withoutSecretsThereIsNoFolder() throws Exception {
        try (Given given = Given.placeholders(bundle(Optional.empty()), invoker, OWNER)) {
            assertThat(given.folder()).isEmpty();
            assertThat(given.variables()).doesNotContainKey("SENTINEL_SECRETS");
        }
    }

    @Test
    void aUserWhoIsNotRootGivesNothingToAnother() {
        Invoker person = new Invoker(1000, 1000, Map.of());
        assertThatThrownBy(
                        () -> Given.placeholders(bundle(Optional.of(new User(10001, 10001)), "token"), person, OWNER))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("the spec's user is 10001 where you are 1000");
    }

    /** What is remembered of a bundle has one run's folder as little as a value. */
    @Test
    void aModelGetsThisRunsFilesAndNoValue() throws Exception {
        Json model = Json.parse(
                """
                {"services": {"box": {"environment": {"A": "a", "LANG": "C", "GITHUB_TOKEN": "C"}},
                              "other": {"environment": {"LANG": "C"}}},
                 "secrets": {"token": {"name": "p_token", "file": "/dev/null/x/token"}}, "name": "p"}
                """);
        try (Given given = Given.placeholders(bundle(Optional.empty(), "token"), invoker, OWNER)) {
            Json own = given.in(model, "box");
            assertThat(own.at("secrets", "token", "file").text())
                    .contains(given.folder().orElseThrow().resolve("token").toString());
            assertThat(own.at("secrets", "token", "name").text()).contains("p_token");
            for (String name : List.of("LANG", "GITHUB_TOKEN", "UNSET")) {
                assertThat(own.at("services", "box", "environment", name).isNull())
                        .as(name)
                        .isTrue();
            }
            assertThat(own.at("services", "box", "environment", "A").text()).contains("a");
            assertThat(own.at("services", "other", "environment", "LANG").text())
                    .contains("C");
            assertThat(own.at("name").text()).contains("p");
        }
    }

    private static Rendered bundle(Optional<User> user, String... secrets) {
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
                Path.of("/project/work"),
                user,
                List.of(),
                SeccompChoice.DEFAULT,
                new Rendered.Mounted(Path.of("sentinel.yaml"), "sha256:0"),
                false,
                io.sentinel.spec.GuardMode.OFF,
                false,
                ContainerRuntime.RUNC,
                List.of("GITHUB_TOKEN", "LANG", "UNSET"),
                List.of(secrets).stream()
                        .map(name -> new Secret(name, "/no/such/file"))
                        .toList());
    }
}
