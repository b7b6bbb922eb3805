package io.sentinel.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with Docker on a machine, each played by a script. */
class EngineProblemsTest {

    private static final String COMPOSE = "{\"version\":\"2.26.1-4\"}";
    private static final String NOT_AN_OPTION = "unknown flag: --format";

    @TempDir
    Path folder;

    @Test
    void factsWhenAllIsThereTakesTwoCalls() throws Exception {
        FakeDocker fake = new FakeDocker(folder).up().on("compose version*", COMPOSE, "", 0);
        EngineFacts facts = fake.docker(Map.of()).engineFacts();

        Version engine = new Version(20, 10, 24);
        assertThat(facts)
                .isEqualTo(new EngineFacts(
                        engine, engine, "20.10.24+dfsg1", "1.41", "linux", "amd64", "", new Version(2, 26, 1)));
        assertThat(fake.called()).hasSize(2);
    }

    @Test
    void factsWhenDockerIsNotOnPathSaysSo() {
        Docker docker = new Docker(
                new ProcessStarter(new HostEnvironment(Map.of("PATH", folder.toString())), EngineLog.SILENT));
        EngineException e = fails(docker::engineFacts);
        assertThat(e.fault()).isEqualTo(new EngineFault.ProgramMissing("docker", folder.toString()));
    }

    @Test
    void factsWhenNoEngineAnswersNamesTheEndpointAsked() throws Exception {
        FakeDocker fake = new FakeDocker(folder).down();
        assertThat(fails(fake.docker(Map.of())::engineFacts))
                .hasMessageContaining("unix:///var/run/docker.sock (the default)")
                .hasMessageContaining("Cannot connect, says this client");
        assertThat(fails(fake.docker(Map.of("DOCKER_HOST", "tcp://127.0.0.1:1", "DOCKER_CONTEXT", "c"))::engineFacts))
                .hasMessageContaining("tcp://127.0.0.1:1 (from DOCKER_HOST)");
        assertThat(fails(fake.docker(Map.of("DOCKER_CONTEXT", "lab"))::engineFacts))
                .hasMessageContaining("the context 'lab' (from DOCKER_CONTEXT)");
    }

    @Test
    void factsWhenTheServerIsAbsentIsTheSameAsNull() throws Exception {
        Docker docker = new FakeDocker(folder)
                .on("version*", "{\"Client\":{\"Context\":\"lab\"}}", "", 1)
                .docker(Map.of());
        assertThat(fails(docker::engineFacts).fault())
                .isEqualTo(new EngineFault.EngineSilent("the context 'lab' (from 'docker context use')", ""));
    }

    @Test
    void factsWhenThePluginIsAbsentSaysSo() throws Exception {
        Docker docker = withoutPlugin().docker(Map.of());
        assertThat(fails(docker::engineFacts).fault()).isEqualTo(new EngineFault.ComposeMissing());
    }

    @Test
    void factsWhenOnlyComposeOneIsThereNamesIt() throws Exception {
        Docker docker = withoutPlugin().beside("docker-compose", "1.29.2").docker(Map.of());
        assertThat(fails(docker::engineFacts).fault())
                .isEqualTo(new EngineFault.ComposeStandalone(
                        folder.resolve("docker-compose").toString(), "1.29.2"));
    }

    @Test
    void factsWhenTheEngineIsTooOldNamesBothVersions() throws Exception {
        Docker docker = new FakeDocker(folder)
                .on("version*", FakeDocker.UP.replace("20.10.24", "19.03.15"), "", 0)
                .docker(Map.of());
        assertThat(fails(docker::engineFacts)).hasMessageContaining("19.03.15").hasMessageContaining("20.10.0");
    }

    @Test
    void factsWhenTheEngineRunsOtherContainersThanLinuxOnesSaysSo() throws Exception {
        Docker docker = new FakeDocker(folder)
                .on("version*", FakeDocker.UP.replace("\"Os\":\"linux\"", "\"Os\":\"windows\""), "", 0)
                .docker(Map.of());
        assertThat(fails(docker::engineFacts).fault()).isEqualTo(new EngineFault.EngineNotLinux("windows"));
    }

    @Test
    void factsWhenComposeIsTooOldNamesBothVersions() throws Exception {
        Docker docker = new FakeDocker(folder)
                .up()
                .on("compose version*", "{\"version\":\"v2.25.9\"}", "", 0)
                .docker(Map.of());
        assertThat(fails(docker::engineFacts)).hasMessageContaining("v2.25.9").hasMessageContaining("2.26.0");
    }

    @Test
    void factsWhenAVersionCannotBeReadIsNotTakenForGood() throws Exception {
        Docker docker = new FakeDocker(folder)
                .up()
                .on("compose version*", "{\"version\":\"dev\"}", "", 0)
                .docker(Map.of());
        assertThat(fails(docker::engineFacts).fault()).isInstanceOf(EngineFault.AnswerUnreadable.class);
    }

    @Test
    void factsWhenDockerAnswersNoJsonSaysWhatWasExpected() throws Exception {
        Docker docker = new FakeDocker(folder).on("version*", "hello", "", 0).docker(Map.of());
        assertThat(fails(docker::engineFacts))
                .hasMessageContaining("answered 'hello'")
                .hasMessageContaining("JSON");
    }

    @Test
    void inspectImageWhenTheEngineIsDownIsNotTakenForAMissingImage() throws Exception {
        Docker docker = new FakeDocker(folder)
                .down()
                .on("image inspect*", "[]", "Cannot connect", 1)
                .docker(Map.of());
        assertThat(fails(() -> docker.inspectImage("a")).fault()).isInstanceOf(EngineFault.EngineSilent.class);
    }

    @Test
    void inspectImageWhenItIsMissingIsEmpty() throws Exception {
        FakeDocker fake = new FakeDocker(folder).up().on("image inspect*", "[]", "No such image", 1);
        assertThat(fake.docker(Map.of()).inspectImage("a")).isEmpty();
    }

    @Test
    void inspectImagesWhenOneIsMissingTellsWhich() throws Exception {
        Docker docker = new FakeDocker(folder)
                .up()
                .on("image inspect a b", "[{\"Id\":\"sha256:b\"}]", "No such image: a", 1)
                .on("image inspect a", "[]", "No such image", 1)
                .on("image inspect b", "[{\"Id\":\"sha256:b\"}]", "", 0)
                .docker(Map.of());
        List<Optional<ImageFacts>> images = docker.inspectImages(List.of("a", "b"));

        assertThat(images.get(0)).isEmpty();
        assertThat(images.get(1)).map(ImageFacts::id).contains("sha256:b");
    }

    @Test
    void inspectImageWhenTheAnswerHasNoIdIsUnreadable() throws Exception {
        Docker docker =
                new FakeDocker(folder).up().on("image inspect*", "[{}]", "", 0).docker(Map.of());
        assertThat(fails(() -> docker.inspectImage("a")).fault()).isInstanceOf(EngineFault.AnswerUnreadable.class);
    }

    @Test
    void commandWhenItFailsOnALivingEngineTellsItsWordsCodeAndLastLines() throws Exception {
        Docker docker = new FakeDocker(folder)
                .up()
                .on("container ls*", "", "first\nlast", 5)
                .docker(Map.of());
        assertThat(fails(() -> docker.listContainers(List.of(LabelFilter.has("x")))))
                .hasMessageContaining("'docker container ls --quiet --no-trunc --all --filter label=x'")
                .hasMessageContaining("exit code 5")
                .hasMessageEndingWith("first\nlast");
    }

    @Test
    void listContainersWhenNoneIsThereTakesOneCall() throws Exception {
        FakeDocker fake = new FakeDocker(folder).on("container ls*", "", "", 0);
        assertThat(fake.docker(Map.of()).listContainers(List.of(LabelFilter.has("x"))))
                .isEmpty();
        assertThat(fake.called()).hasSize(1);
    }

    @Test
    void removeNetworksWhenTheyAreGoneIsFine() throws Exception {
        Docker docker = new FakeDocker(folder)
                .up()
                .on("network rm*", "", "not found", 1)
                .on("network inspect*", "[]", "", 1)
                .docker(Map.of());
        docker.removeNetworks(List.of("a", "b"));
    }

    @Test
    void removeNetworksWhenOneIsInUseFails() throws Exception {
        Docker docker = new FakeDocker(folder)
                .up()
                .on("network rm*", "", "has active endpoints", 1)
                .on("network inspect*", "[{\"Id\":\"1\",\"Name\":\"a\"}]", "", 0)
                .docker(Map.of());
        assertThat(fails(() -> docker.removeNetworks(List.of("a")))).hasMessageContaining("has active endpoints");
    }

    @Test
    void removeContainersWhenThereAreNoneStartsNothing() throws Exception {
        FakeDocker fake = new FakeDocker(folder);
        fake.docker(Map.of()).removeContainers(List.of());
        assertThat(fake.called()).isEmpty();
    }

    @Test
    void killWhenItDoesNotRunIsFineAndWhenItStillRunsFails() throws Exception {
        Docker docker = new FakeDocker(folder)
                .up()
                .on("container kill*", "", "cannot kill", 1)
                .on("container inspect ended", container(false), "", 0)
                .on("container inspect running", container(true), "", 0)
                .docker(Map.of());
        docker.kill("ended");
        assertThat(fails(() -> docker.kill("running"))).hasMessageContaining("cannot kill");
    }

    private static String container(boolean running) {
        return "[{\"Id\":\"1\",\"State\":{\"Running\":" + running + ",\"ExitCode\":0}}]";
    }

    private FakeDocker withoutPlugin() {
        return new FakeDocker(folder).up().on("compose*", "", NOT_AN_OPTION, 125);
    }

    private static EngineException fails(ThrowingCallable call) {
        EngineException e = catchThrowableOfType(EngineException.class, call);
        assertThat(e).isNotNull();
        return e;
    }
}
