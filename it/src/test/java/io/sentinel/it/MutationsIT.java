package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A good bundle, weakened in each of the ways of {@code mutations/*.yaml}: the static ring must catch every one before
 * anything starts, by the rule that is about it. Changes that harm nothing must raise no alarm. Real files and the real
 * {@code docker compose config}; what became of each stands in {@code target/mutations/kill-table.md}.
 */
@Tag("full")
class MutationsIT {

    private static final Path DATA = Path.of("src/test/resources/mutations");
    private static final Path TABLE = Path.of("target/mutations");
    /** A pattern of titles, for whoever works at a few: the tests about numbers are red then. */
    private static final String ONLY = System.getProperty("sentinel.mutations.only", ".*");

    private static final int FEWEST_MUTANTS = 150;
    private static final int FEWEST_HARMLESS = 20;
    /** Each asks Compose three things at once. */
    private static final int THREADS = 2;

    @TempDir
    private static Path folder;

    private static Report good;
    private static List<Judged> mutants;
    private static List<Judged> harmless;

    @BeforeAll
    static void judgeAll() throws Exception {
        Box box = Box.at(folder.resolve("good"));
        Trees.copy(DATA.resolve("project"), box.folder);
        // The folder that a person works in; what it holds is nobody's business here.
        Files.createDirectories(box.folder.resolve("sandbox-workspace"));
        Files.writeString(box.folder.resolve("sandbox-workspace/notes.txt"), "What the agent works on.\n");
        box.generate();
        good = StaticRing.own(box);
        mutants = judge(
                box.folder,
                Mutation.read(
                        DATA,
                        "privileges.yaml",
                        "filters.yaml",
                        "files.yaml",
                        "networks.yaml",
                        "limits.yaml",
                        "environment.yaml",
                        "builds.yaml",
                        "proxy.yaml",
                        "projects.yaml",
                        "guard.yaml"));
        harmless = judge(box.folder, Mutation.read(DATA, "harmless.yaml"));
        new KillTable(mutants, harmless).write(TABLE);
    }

    private static List<Judged> judge(Path project, List<Mutation> all) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<Judged>> running = new ArrayList<>();
            for (Mutation mutation : all) {
                if (!mutation.title().matches(ONLY)) {
                    continue;
                }
                running.add(threads.submit(() -> judge(project, mutation)));
            }
            List<Judged> judged = new ArrayList<>();
            for (Future<Judged> one : running) {
                judged.add(one.get());
            }
            return judged;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private static Judged judge(Path project, Mutation mutation) throws IOException {
        Path top = Files.createTempDirectory(folder, "mutant");
        try {
            Box box = Box.at(top.resolve("project"));
            Trees.copy(project, box.folder);
            for (Edit edit : mutation.edits()) {
                edit.apply(box.layout.bundle());
            }
            return new Judged(mutation, StaticRing.against(StaticRing.own(box)), Optional.empty());
        } catch (Exception e) {
            // One that could not be made or judged is one that was not caught: its own test says so.
            return new Judged(mutation, List.of(), Optional.of(e));
        }
    }

    /** What a rule says of a mutant proves nothing where it says the same of what is good. */
    @Test
    void theGoodBundleHasNoFinding() {
        assertThat(StaticRing.against(good)).isEmpty();
        assertThat(good.findings()).hasSizeGreaterThan(300);
    }

    @Test
    void thereAreManyOfBoth() {
        assertThat(mutants.stream()
                        .filter(one -> one.isKilled() && !one.mutation().by().isEmpty()))
                .hasSizeGreaterThanOrEqualTo(FEWEST_MUTANTS);
        assertThat(harmless.stream().filter(Judged::isQuiet)).hasSizeGreaterThanOrEqualTo(FEWEST_HARMLESS);
    }

    /** One that no mutant names may be broken by nothing at all. Where its mutants survive, that is said in the data. */
    @Test
    void eachRuleWithAStaticCheckIsNamedByAMutant() {
        assertThat(KillTable.staticRules())
                .allSatisfy(rule -> assertThat(mutants).as(rule).anyMatch(one -> one.names(rule)));
    }

    @TestFactory
    Stream<DynamicTest> aMutantIsCaught() {
        return mutants.stream()
                .map(one -> dynamicTest(one.mutation().title(), () -> {
                    assertThat(one.isSpoilt()).as(one.toString()).isFalse();
                    assertThat(one.isKilled())
                            .as("%s%n  must be broken: %s", one, one.mutation().by())
                            .isEqualTo(one.mutation().survives().isEmpty());
                    noneStumbles(one.against());
                }));
    }

    @TestFactory
    Stream<DynamicTest> aChangeThatHarmsNothingRaisesNoAlarm() {
        return harmless.stream()
                .map(one -> dynamicTest(one.mutation().title(), () -> {
                    assertThat(one.failure()).as(one.toString()).isEmpty();
                    assertThat(one.isQuiet())
                            .as(one.toString())
                            .isEqualTo(one.mutation().survives().isEmpty());
                    noneStumbles(one.against());
                }));
    }

    private static void noneStumbles(List<Finding> findings) {
        assertThat(findings).noneMatch(StaticRing::stumbled);
    }
}
