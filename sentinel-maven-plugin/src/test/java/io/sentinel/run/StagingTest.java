package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.engine.EngineException;
import io.sentinel.engine.FakeDocker;
import io.sentinel.render.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagingTest {

    private static final String DOWN = "compose*down*";
    /** What the two calls that list objects of a kind say where there are none. */
    private static final String LIST = "* ls *";

    @TempDir
    private Path temp;

    private Layout layout;
    private Owner own;
    private FakeDocker fake;

    @BeforeEach
    void project() throws IOException {
        Path work = temp.resolve("project/target/sentinel");
        layout = new Layout(
                temp.resolve("project"),
                temp.resolve("project/src/main/sentinel/sandbox.yaml"),
                work.resolve("bundle"),
                work);
        own = Owner.current(layout.project());
        fake = new FakeDocker(Files.createDirectory(temp.resolve("bin"))).up();
    }

    @Test
    void ofWhenItHasAFolderNobodyElseMayLookIntoIt() throws Exception {
        fake.on(DOWN, "", "", 0);
        try (Staging staging = staging()) {
            for (Path folder : new Path[] {staging.folder(), staging.folder().getParent()}) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                        .as(folder.toString())
                        .isEqualTo("rwx------");
            }
        }
    }

    @Test
    void closeWhenItHasFilesTakesThemWithIt() throws Exception {
        fake.on(DOWN, "", "", 0);
        Files.createDirectories(layout.work());
        Files.writeString(layout.work().resolve("outcome.json"), "{}");
        try (Staging staging = staging()) {
            Files.writeString(
                    Files.createDirectory(staging.folder().resolve("probe")).resolve("program"), "x");
        }
        assertThat(names(layout.work())).containsExactly("outcome.json");
    }

    @Test
    void closeWhenThisProcessHasAnotherLeavesThatOne() throws Exception {
        fake.on(DOWN, "", "", 0);
        try (Staging other = staging()) {
            staging().close();
            assertThat(other.composeFile()).isRegularFile();
        }
        assertThat(layout.work()).isEmptyDirectory();
    }

    /** A network that was made for an override is known to no other file. */
    @Test
    void closeWhenFilesWereLaidOverItsOwnEndsWhatTheyNamed() throws Exception {
        fake.on("compose*", "", "", 0);
        try (Staging staging = staging()) {
            Path override = Files.writeString(staging.folder().resolve("more.yaml"), "services: {}\n");
            staging.compose(List.of(override)).create(List.of("agent"));
        }
        assertThat(fake.called().get(1)).contains(" down ").contains("/more.yaml ");
    }

    @Test
    void reapWhenItsOwnerIsDeadTakesTheFolderAway() throws Exception {
        fake.on(LIST, "", "", 0).on(DOWN, "", "", 0);
        try (Staging staging = staging()) {
            Path dead = stage(new Owner(own.host(), own.project(), ended(), own.startMillis()));
            staging.reap();
            assertThat(dead).doesNotExist();
            assertThat(staging.folder()).isDirectory();
        }
    }

    /** Of a process that lives, of one of another machine, or of nobody that can be told. */
    @Test
    void reapWhenItsOwnerMayLiveKeepsTheFolder() throws Exception {
        fake.on(LIST, "", "", 0).on(DOWN, "", "", 0);
        try (Staging staging = staging()) {
            Path living = stage(Owner.current(temp.resolve("other")));
            Path elsewhere = stage(new Owner("0123456789ab", own.project(), ended(), own.startMillis()));
            Path strange = Files.createDirectory(layout.work().resolve("stage-mine"));
            Path other = Files.createDirectory(
                    layout.work().resolve(new Owner(own.host(), own.project(), ended(), own.startMillis()).label()));
            staging.reap();
            assertThat(living.resolve("verify/docker-compose.yml")).isRegularFile();
            assertThat(elsewhere.resolve("verify/docker-compose.yml")).isRegularFile();
            assertThat(strange).isDirectory();
            assertThat(other).isDirectory();
        }
    }

    @Test
    void closeWhenComposeHasEndedAllAsksForNothingMore() throws Exception {
        fake.on(DOWN, "", "", 0);
        staging().close();
        assertThat(fake.called()).singleElement().asString().contains(" down ");
    }

    /** What this process made goes by its label; what others made stays, of the same project too. */
    @Test
    void closeWhenComposeFailsRemovesWhatThisProcessMade() throws Exception {
        Owner dead = new Owner(own.host(), own.project(), ended(), own.startMillis());
        fake.on(DOWN, "", "no such file", 14)
                .on("container ls *", "c1\nc2\nc3", "", 0)
                .on(
                        "container inspect c1 c2 c3",
                        "[" + container("c1", own) + "," + container("c2", dead) + ","
                                + container("c3", Owner.current(temp.resolve("other"))) + "]",
                        "",
                        0)
                .on("network ls *", "n1\nn2", "", 0)
                .on("network inspect n1 n2", "[" + network("n1", own) + "," + network("n2", dead) + "]", "", 0)
                .on("volume ls *", "v1", "", 0)
                .on("volume inspect v1", "[{\"Name\":\"v1\"," + labels(own) + "}]", "", 0)
                .on("* rm *", "", "", 0);
        Staging staging = staging();
        assertThatThrownBy(staging::close).isInstanceOf(EngineException.class).hasMessageContaining("no such file");
        assertThat(fake.called().stream().filter(call -> call.contains(" rm ")))
                .containsExactly("container rm --force --volumes c1", "network rm n1", "volume rm v1");
        assertThat(layout.work()).isEmptyDirectory();
    }

    private Staging staging() throws IOException {
        return Staging.of(
                fake.docker(Map.of()),
                folder -> Files.writeString(folder.resolve("docker-compose.yml"), "services: {}\n"),
                layout.project(),
                "verify",
                Map.of(),
                layout);
    }

    /** The folder that a process has for what it looks at. */
    private Path stage(Owner owner) throws IOException {
        Path folder = layout.work().resolve("stage-" + owner.label());
        Files.writeString(Files.createDirectories(folder.resolve("verify")).resolve("docker-compose.yml"), "{}");
        return folder;
    }

    private static long ended() throws IOException, InterruptedException {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        return ended.pid();
    }

    private static String container(String id, Owner owner) {
        return "{\"Id\":\"" + id + "\",\"Name\":\"/" + id + "\",\"State\":{\"ExitCode\":0},\"Config\":{" + labels(owner)
                + "}}";
    }

    private static String network(String id, Owner owner) {
        return "{\"Id\":\"" + id + "\",\"Name\":\"" + id + "\"," + labels(owner) + "}";
    }

    private static String labels(Owner owner) {
        return "\"Labels\":{\"" + Owner.LABEL + "\":\"" + owner.label() + "\"}";
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
