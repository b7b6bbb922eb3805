package io.sentinel.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ComposeCommandTest {

    private static final Docker DOCKER =
            new Docker(new ProcessStarter(new HostEnvironment(Map.of()), EngineLog.SILENT));
    private static final ComposeProject PROJECT =
            new ComposeProject(Path.of("/b/docker-compose.yml"), Path.of("/b"), "p-1");
    private static final Compose COMPOSE = new Compose(DOCKER, PROJECT, Map.of());
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final RunRequest REQUEST =
            RunRequest.of("agent", "p-1-run", Map.of("run", "a=b", "owner", "me"), MINUTE);

    static Stream<Arguments> commands() {
        String labels = "run --name p-1-run --label owner=me --label run=a=b ";
        return Stream.of(
                Arguments.of(new ComposeCommand.Config(true), "quiet", "config --format json"),
                Arguments.of(new ComposeCommand.Config(false), "quiet", "config --format json --no-interpolate"),
                Arguments.of(new ComposeCommand.Build(List.of(), ComposeCommand.Progress.PLAIN), "plain", "build"),
                Arguments.of(
                        new ComposeCommand.Build(List.of("a", "b"), ComposeCommand.Progress.PLAIN),
                        "plain",
                        "build a b"),
                Arguments.of(new ComposeCommand.Run(REQUEST), "quiet", labels + "--no-TTY --interactive=false agent"),
                Arguments.of(
                        new ComposeCommand.Run(REQUEST.on(Console.PIPED).running(List.of("--help", "a b"))),
                        "quiet",
                        labels + "--no-TTY --interactive=true agent --help a b"),
                Arguments.of(
                        new ComposeCommand.Run(REQUEST.on(Console.TERMINAL).withoutDependencies()),
                        "quiet",
                        labels + "--interactive=true --no-deps agent"),
                Arguments.of(
                        new ComposeCommand.Run(REQUEST.entering("/.probe").as("0:0")),
                        "quiet",
                        labels + "--no-TTY --interactive=false --entrypoint /.probe --user 0:0 agent"),
                Arguments.of(
                        new ComposeCommand.Up(List.of("proxy"), Duration.ofMillis(1)),
                        "quiet",
                        "up --detach --no-build --pull never --wait --wait-timeout 1 proxy"),
                Arguments.of(
                        new ComposeCommand.Create(List.of("agent")),
                        "quiet",
                        "up --no-start --no-build --pull never --no-deps agent"),
                Arguments.of(
                        new ComposeCommand.Down(Duration.ZERO),
                        "quiet",
                        "down --remove-orphans --volumes --timeout 0"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void wordsBindEveryCommandToItsProject(ComposeCommand command, String progress, String words) {
        assertThat(String.join(" ", COMPOSE.words(command)))
                .isEqualTo("compose --file /b/docker-compose.yml --project-name p-1 --project-directory /b"
                        + " --env-file /dev/null --ansi never --progress " + progress + " " + words);
    }

    @Test
    void everyCommandHasItsWordsTested() {
        Set<Class<?>> tested =
                commands().map(arguments -> arguments.get()[0].getClass()).collect(Collectors.toSet());
        assertThat(tested).containsExactlyInAnyOrder(ComposeCommand.class.getPermittedSubclasses());
    }

    @Test
    void wordsWhenProfilesAreEnabledNameThem() {
        assertThat(COMPOSE.withProfiles(List.of("strict", "proxied")).words(new ComposeCommand.Config(true)))
                .containsSequence("--profile", "strict", "--profile", "proxied", "config");
    }

    @Test
    void buildWhenOnATerminalMayDraw() {
        assertThat(COMPOSE.words(new ComposeCommand.Build(List.of(), ComposeCommand.Progress.AUTO)))
                .containsSequence("--ansi", "auto", "--progress", "auto");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "-a", "a b", "a/b", "_a"})
    void projectWhenItsNameIsNotComposesIsRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ComposeProject(Path.of("/b/c.yml"), Path.of("/b"), name));
    }

    @Test
    void composeWhenAVariableWouldSteerItIsRefusedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Compose(DOCKER, PROJECT, Map.of("COMPOSE_PROFILES", "all")));
    }

    @Test
    void requestWhenAPathWouldSplitIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> REQUEST.entering("/p q"));
        assertThatIllegalArgumentException().isThrownBy(() -> REQUEST.as("root"));
    }

    @Test
    void runWhenInputHasNowhereToComeFromIsRefused() {
        OutputStream nowhere = OutputStream.nullOutputStream();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> COMPOSE.run(REQUEST.on(Console.PIPED), new Streams.Pumped(nowhere, nowhere)));
    }
}
