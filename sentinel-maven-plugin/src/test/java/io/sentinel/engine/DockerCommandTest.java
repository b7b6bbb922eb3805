package io.sentinel.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DockerCommandTest {

    static Stream<Arguments> commands() {
        return Stream.of(
                Arguments.of(new DockerCommand.ClientAndServer(), "version --format {{json .}}"),
                Arguments.of(new DockerCommand.ComposeVersion(), "compose version --format json"),
                Arguments.of(new DockerCommand.Info(), "info --format {{json .}}"),
                Arguments.of(
                        new DockerCommand.Inspect(ObjectKind.IMAGE, List.of("a:1", "b:2")), "image inspect a:1 b:2"),
                Arguments.of(new DockerCommand.Inspect(ObjectKind.CONTAINER, List.of("c")), "container inspect c"),
                Arguments.of(
                        new DockerCommand.ListIds(
                                ObjectKind.CONTAINER, List.of(LabelFilter.has("owner"), LabelFilter.is("run", "7=7"))),
                        "container ls --quiet --no-trunc --all --filter label=owner --filter label=run=7=7"),
                Arguments.of(
                        new DockerCommand.ListIds(ObjectKind.NETWORK, List.of(LabelFilter.has("owner"))),
                        "network ls --quiet --no-trunc --filter label=owner"),
                Arguments.of(
                        new DockerCommand.Remove(ObjectKind.CONTAINER, List.of("a", "b")),
                        "container rm --force --volumes a b"),
                Arguments.of(new DockerCommand.Remove(ObjectKind.NETWORK, List.of("n")), "network rm n"),
                Arguments.of(
                        new DockerCommand.ListIds(ObjectKind.VOLUME, List.of(LabelFilter.has("owner"))),
                        "volume ls --quiet --filter label=owner"),
                Arguments.of(new DockerCommand.Remove(ObjectKind.VOLUME, List.of("v")), "volume rm v"),
                Arguments.of(
                        new DockerCommand.History("a:1"), "image history --no-trunc --format {{json .CreatedBy}} a:1"),
                Arguments.of(new DockerCommand.Export("c", Duration.ofMinutes(1)), "container export c"),
                Arguments.of(new DockerCommand.Copy(Path.of("/a b"), "c", "/d"), "container cp /a b/. c:/d"),
                Arguments.of(new DockerCommand.Kill("c"), "container kill c"),
                Arguments.of(new DockerCommand.Signal("c", "INT"), "container kill --signal INT c"),
                Arguments.of(new DockerCommand.Stop("c", Duration.ofMillis(1500)), "container stop -t 2 c"),
                Arguments.of(new DockerCommand.Pull("a@sha256:0", Duration.ofMinutes(1)), "image pull a@sha256:0"),
                Arguments.of(new DockerCommand.Logs("c"), "container logs c"),
                Arguments.of(
                        new DockerCommand.Exec("c", List.of("cat", "/a b"), Duration.ofMinutes(1)),
                        "container exec c cat /a b"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void wordsAreThoseOfTheDockerClient(DockerCommand<?> command, String words) {
        assertThat(String.join(" ", command.words())).isEqualTo(words);
    }

    @Test
    void everyCommandHasItsWordsTested() {
        Set<Class<?>> tested =
                commands().map(arguments -> arguments.get()[0].getClass()).collect(Collectors.toSet());
        assertThat(tested).containsExactlyInAnyOrder(DockerCommand.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "--all", "-f"})
    void inspectWhenANameCouldBeAnOptionIsRefused(String ref) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DockerCommand.Inspect(ObjectKind.IMAGE, List.of("a", ref)));
    }

    @Test
    void listIdsWhenNothingIsFilteredIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DockerCommand.ListIds(ObjectKind.CONTAINER, List.of()));
    }

    @Test
    void removeWhenItIsAnImageIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new DockerCommand.Remove(ObjectKind.IMAGE, List.of("a")));
    }
}
