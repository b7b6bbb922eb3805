package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.audit.Trails;
import io.sentinel.engine.FakeDocker;
import io.sentinel.render.Layout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReapingTest {

    @TempDir
    private Path folder;

    private final Told events = new Told();
    private Layout layout;
    private Process other;
    private Path cut;

    /** Another run of the project, the trail of which has no end. */
    @BeforeEach
    void another() throws Exception {
        Path work = folder.resolve("target/sentinel");
        layout = new Layout(folder, folder.resolve("sandbox.yaml"), work.resolve("bundle"), work);
        Files.createDirectories(layout.trail());
        other = new ProcessBuilder("sleep", "600").start();
        Owner own = Owner.current(folder);
        long start = other.info().startInstant().orElseThrow().toEpochMilli();
        Owner owner = new Owner(own.host(), own.project(), other.pid(), start);
        cut = Spool.file(layout, Spool.name(owner, "one"));
        Files.write(cut, Trails.bytes(Trails.good(9).subList(0, 5)));
    }

    @AfterEach
    void kill() throws Exception {
        other.destroyForcibly().waitFor();
    }

    private FakeDocker engine() {
        return new FakeDocker(folder).up();
    }

    @Test
    void whatARunLeftThatWasKilledBeforeItIsTakenOver() throws Exception {
        kill();
        try (Reaping reaping =
                Reaping.start(engine().on("container ls*", "", "", 0).docker(Map.of()), layout, false)) {
            reaping.conclude(events);
        }
        assertThat(cut).doesNotExist();
        assertThat(events.warnings()).singleElement().asString().contains("the run was killed");
    }

    /** When it was looked for, its container was a living run's; so that one is still there, and its guard writes on. */
    @Test
    void whatARunLeavesThatIsKilledMeanwhileStays() throws Exception {
        try (Reaping reaping =
                Reaping.start(engine().on("container ls*", "", "", 0).docker(Map.of()), layout, false)) {
            kill();
            reaping.conclude(events);
        }
        assertThat(cut).exists();
        assertThat(events.warnings())
                .singleElement()
                .asString()
                .contains(" has no end: its container may still be running");
    }

    @Test
    void whereNothingCouldBeRemovedNothingIsTakenOver() throws Exception {
        kill();
        try (Reaping reaping =
                Reaping.start(engine().on("container ls*", "", "no", 1).docker(Map.of()), layout, false)) {
            reaping.conclude(events);
        }
        assertThat(cut).exists();
        assertThat(events.warnings())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("what a killed run had left could not be removed: "))
                .anyMatch(line -> line.contains(" has no end: its container may still be running"));
    }
}
