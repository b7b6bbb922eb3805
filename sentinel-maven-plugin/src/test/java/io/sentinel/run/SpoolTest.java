package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.audit.AuditFolder;
import io.sentinel.audit.Trails;
import io.sentinel.render.Layout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {

    private static final List<String> WHOLE = Trails.good(9);

    @TempDir
    private Path folder;

    private Layout layout;
    private final Told events = new Told();
    private final List<String> told = events.warnings();

    @BeforeEach
    void place() throws Exception {
        Path work = folder.resolve("target/sentinel");
        layout = new Layout(folder, folder.resolve("sandbox.yaml"), work.resolve("bundle"), work);
        Files.createDirectories(layout.trail());
    }

    /** Of a process that is no more: its ID is another one's now, which started at another time. */
    private Owner dead() {
        Owner own = Owner.current(folder);
        return new Owner(own.host(), own.project(), own.pid(), own.startMillis() - 3_600_000);
    }

    private Path left(String name, List<String> lines) throws Exception {
        return Files.write(layout.trail().resolve(name + ".jsonl"), Trails.bytes(lines));
    }

    private List<String> taken() throws Exception {
        Path copies = layout.work().resolve(AuditFolder.NAME);
        if (!Files.exists(copies)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(copies)) {
            List<String> texts = new ArrayList<>();
            for (Path file : files.toList()) {
                texts.add(Files.readString(file));
            }
            return texts;
        }
    }

    @Test
    void whatAKilledRunLeftIsCopiedToldAndRemoved() throws Exception {
        List<String> cut = WHOLE.subList(0, 5);
        Path file = left(Spool.name(dead(), "one"), cut);
        Spool.takeOver(layout, Spool.ofDead(layout), events);
        assertThat(file).doesNotExist();
        assertThat(taken()).containsExactly(String.join("\n", cut) + "\n");
        assertThat(told)
                .singleElement()
                .asString()
                .startsWith("the audit trail of an earlier run was left in target/sentinel/trail/")
                .contains("target/sentinel/audit/")
                .contains("is not whole");
        Spool.takeOver(layout, Spool.ofDead(layout), events);
        assertThat(told).hasSize(1);
    }

    /** Whoever was killed left a container too, and its guard writes on. */
    @Test
    void whatMayStillBeWrittenStaysUntilItsContainerIsGone() throws Exception {
        Path cut = left(Spool.name(dead(), "one"), WHOLE.subList(0, 5));
        Path whole = left(Spool.name(dead(), "two"), WHOLE);
        Spool.takeOver(layout, Set.of(), events);
        assertThat(cut).exists();
        assertThat(whole).doesNotExist();
        assertThat(told).anyMatch(line -> line.contains(cut.getFileName() + " of an earlier run has no end"));
        Spool.takeOver(layout, Spool.ofDead(layout), events);
        assertThat(cut).doesNotExist();
    }

    @Test
    void ofTheDeadAreThoseWhoseProcessIsGone() throws Exception {
        Path file = left(Spool.name(dead(), "one"), WHOLE);
        left(Spool.name(folder, "two"), WHOLE);
        left("2026-01-02T03-04-05-678901", WHOLE);
        assertThat(Spool.ofDead(layout)).containsExactly(file);
        Files.delete(file);
        assertThat(Spool.ofDead(layout)).isEmpty();
    }

    @Test
    void theTrailOfALivingRunStays() throws Exception {
        Path file = left(Spool.name(folder, "one"), WHOLE);
        Spool.takeOver(layout, Spool.ofDead(layout), events);
        assertThat(file).exists();
        assertThat(taken()).isEmpty();
        assertThat(told).isEmpty();
    }

    @Test
    void ofARunByHandAWholeTrailIsTakenAndOneThatMayGoOnStays() throws Exception {
        Path whole = left("2026-01-02T03-04-05-678901", WHOLE);
        Path open = left("2026-01-02T03-04-05-678902", WHOLE.subList(0, 5));
        Spool.takeOver(layout, Spool.ofDead(layout), events);
        assertThat(whole).doesNotExist();
        assertThat(open).exists();
        assertThat(taken()).containsExactly(String.join("\n", WHOLE) + "\n");
    }

    @Test
    void linksAreLeftAlone() throws Exception {
        Path elsewhere = Files.write(folder.resolve("elsewhere"), Trails.bytes(WHOLE));
        Path link = Files.createSymbolicLink(layout.trail().resolve(Spool.name(dead(), "one") + ".jsonl"), elsewhere);
        Spool.takeOver(layout, Spool.ofDead(layout), events);
        assertThat(link).isSymbolicLink();
        assertThat(elsewhere).exists();
        assertThat(taken()).isEmpty();
    }

    @Test
    void aNameIsOneThatAGuardTakes() {
        assertThat(Spool.name(folder, "one")).matches("[a-z0-9-]{1,200}");
    }
}
