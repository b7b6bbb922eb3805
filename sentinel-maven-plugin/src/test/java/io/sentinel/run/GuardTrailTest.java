package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.audit.AuditFolder;
import io.sentinel.audit.Trails;
import io.sentinel.render.Layout;
import io.sentinel.render.Rendered;
import io.sentinel.render.SandboxException;
import io.sentinel.spec.ContainerRuntime;
import io.sentinel.spec.GuardMode;
import io.sentinel.spec.SeccompChoice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardTrailTest {

    private static final List<String> WHOLE = Trails.good(9);
    private static final String NOT_PROPOSED = "the lines of the spec that would allow it cannot be proposed, since ";

    @TempDir
    private Path folder;

    private final Told events = new Told();
    private Layout layout;
    private Bundles bundles;
    private Path source;

    @BeforeEach
    void place() throws Exception {
        Path work = folder.resolve("target/sentinel");
        layout = new Layout(folder, folder.resolve("sandbox.yaml"), work.resolve("bundle"), work);
        bundles = new Bundles(layout, "0", new Invoker(1000, 1000, Map.of()), list -> List.of(), events);
        Files.createDirectories(layout.trail());
        source = Spool.file(layout, "run");
    }

    private GuardTrail followed(List<String> lines) throws Exception {
        Files.write(source, Trails.bytes(lines));
        return GuardTrail.follow(bundle(), layout, "run", false, Optional.empty(), events);
    }

    @Test
    void theGuardsOwnFileGoesOnceItIsCopiedAndTheContainerIsGone() throws Exception {
        Outcome.Audit audit = followed(WHOLE).end(true, events).orElseThrow();
        assertThat(source).doesNotExist();
        assertThat(audit.file()).startsWith("target/sentinel/" + AuditFolder.NAME);
        assertThat(audit.complete()).isTrue();
    }

    /** Its guard would write on to a file that has no name any more. */
    @Test
    void theGuardsOwnFileStaysWhereTheContainerMayStillBeThere() throws Exception {
        Outcome.Audit audit = followed(WHOLE).end(false, events).orElseThrow();
        assertThat(source).exists();
        assertThat(folder.resolve(audit.file())).exists();
    }

    @Test
    void whatTheSpecWouldHaveToSayIsProposed() throws Exception {
        Files.writeString(layout.spec(), "name: box\n");
        GuardTrail trail = followed(WHOLE);
        trail.end(true, events);
        trail.conclude(Optional.empty(), bundles, events);
        assertThat(events.warnings())
                .anyMatch(line -> line.startsWith("What the guard denied"))
                .noneMatch(line -> line.startsWith(NOT_PROPOSED));
    }

    /** Somebody edits it while the agent runs. */
    @Test
    void aSpecThatCannotBeReadAnyMoreIsNoFaultOfTheRun() throws Exception {
        Files.writeString(layout.spec(), "version: [");
        GuardTrail trail = followed(WHOLE);
        trail.end(true, events);
        trail.conclude(Optional.empty(), bundles, events);
        assertThat(events.warnings())
                .anyMatch(line -> line.startsWith(NOT_PROPOSED + "the spec cannot be read now: ")
                        && line.contains("sandbox.yaml"));
    }

    @Test
    void aTrailIsJudgedWhereTheSpecCannotBeReadAnyMore() throws Exception {
        GuardTrail trail = followed(WHOLE.subList(0, 7));
        trail.end(true, events);
        assertThatThrownBy(() -> trail.conclude(Optional.empty(), bundles, events))
                .isInstanceOf(SandboxException.class)
                .hasMessageStartingWith("the guard's audit trail of this run does not hold: ");
        assertThat(events.warnings()).anyMatch(line -> line.startsWith(NOT_PROPOSED));
    }

    private Rendered bundle() {
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
                folder.resolve("work"),
                Optional.empty(),
                List.of(),
                SeccompChoice.DEFAULT,
                new Rendered.Mounted(Path.of("sentinel.yaml"), "sha256:0"),
                false,
                GuardMode.ENFORCE,
                false,
                ContainerRuntime.RUNC,
                List.of(),
                List.of());
    }
}
