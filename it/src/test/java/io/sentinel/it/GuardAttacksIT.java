package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.it.GuardSession.Plan;
import io.sentinel.spec.Profile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The attempts of {@code it/guard} to get around a policy, in sandboxes that the plugin builds and runs. Each is a test; those
 * of a language and a policy share a container. What came of them is in {@code target/guard}, a table for each kind of run.
 */
class GuardAttacksIT {

    private static final Path TABLES = Path.of("target", "guard").toAbsolutePath();
    private static final String UNGUARDED = "unguarded";
    private static final String UNHOOKED = "unhooked";

    @TempDir
    private static Path folder;

    private static List<GuardAttempt> all;

    @BeforeAll
    static void read() throws Exception {
        all = GuardAttempt.all();
        for (String name : List.of("strict", "standard", "proxied", UNHOOKED, UNGUARDED)) {
            Files.deleteIfExists(TABLES.resolve(name + ".tsv"));
        }
    }

    @Test
    void tableHasTheAttemptsThatTheProgramsHave() throws Exception {
        Set<String> programs = new TreeSet<>();
        for (GuardLanguage language : GuardLanguage.values()) {
            programs.addAll(GuardLanguage.ids(language.attempts()));
        }
        assertThat(all).extracting(GuardAttempt::id).containsExactlyInAnyOrderElementsOf(programs);
    }

    @Test
    void defaultBuildTriesEnoughInEachLanguage() {
        assertThat(count(GuardLanguage.PYTHON, attempt -> !attempt.isFull())).isGreaterThanOrEqualTo(120);
        for (GuardLanguage language : EnumSet.complementOf(EnumSet.of(GuardLanguage.PYTHON))) {
            assertThat(count(language, attempt -> !attempt.isFull()))
                    .as(language.name())
                    .isGreaterThanOrEqualTo(20);
        }
    }

    /** Beside what a policy's list of commands does not claim. */
    @Test
    void atMostTwoOfAHundredAndTwentyGetThrough() {
        for (GuardLanguage language : GuardLanguage.values()) {
            assertThat(count(language, GuardAttempt::isShortcoming) * 60)
                    .as(language.name())
                    .isLessThanOrEqualTo(count(language, attempt -> true));
        }
    }

    private static long count(GuardLanguage language, Predicate<GuardAttempt> which) {
        return all.stream()
                .filter(attempt -> attempt.language() == language)
                .filter(which)
                .count();
    }

    @TestFactory
    Stream<DynamicNode> guardStops() {
        return guarded(Profile.STANDARD, GuardAttempt::isDefault);
    }

    /** The kernel alone, as a program may leave the hook out; and in strict the supervisor judges no socket. */
    @TestFactory
    Stream<DynamicNode> guardStopsWithoutTheHookInStrict() {
        return unhooked(Profile.STRICT, GuardAttempt::isDefault);
    }

    @TestFactory
    @Tag("full")
    Stream<DynamicNode> guardStopsInProxied() {
        return guarded(Profile.PROXIED, GuardAttacksIT::isPython);
    }

    @TestFactory
    @Tag("full")
    Stream<DynamicNode> guardStopsTheOthers() {
        return Stream.concat(
                guarded(Profile.STANDARD, GuardAttempt::isFull),
                Stream.of(Profile.STRICT, Profile.PROXIED)
                        .flatMap(profile -> guarded(profile, attempt -> !isPython(attempt))));
    }

    @TestFactory
    @Tag("full")
    Stream<DynamicNode> guardStopsWithoutTheHook() {
        return unhooked(Profile.STANDARD, attempt -> true);
    }

    private static boolean isPython(GuardAttempt attempt) {
        return attempt.isDefault() && attempt.language() == GuardLanguage.PYTHON;
    }

    /** By the same eyes: no guard could be praised for what fails anyway. Those that end the container take long. */
    @TestFactory
    @Tag("full")
    Stream<DynamicNode> everyAttemptWorksWithoutAGuard() {
        return unguarded(GuardAttacksIT::isQuick);
    }

    @TestFactory
    @Tag("full")
    Stream<DynamicNode> everyOtherAttemptWorksWithoutAGuard() {
        return unguarded(attempt -> !isQuick(attempt));
    }

    private static boolean isQuick(GuardAttempt attempt) {
        return !attempt.isFull()
                && attempt.language() == GuardLanguage.PYTHON
                && !attempt.aim().equals("supervisor");
    }

    private static Stream<DynamicNode> guarded(Profile profile, Predicate<GuardAttempt> which) {
        return Stream.of(GuardLanguage.values()).flatMap(language -> Stream.of(GuardAttempt.Policy.values())
                .flatMap(policy -> group(
                        language + " under " + policy + " in " + profile.word(),
                        profile.word(),
                        Plan.guarded(language, policy, profile),
                        attempt -> attempt.language() == language
                                && attempt.policy() == policy
                                && attempt.isIn(profile.word())
                                && which.test(attempt))));
    }

    private static Stream<DynamicNode> unhooked(Profile profile, Predicate<GuardAttempt> which) {
        return Stream.of(GuardAttempt.Policy.values())
                .flatMap(policy -> group(
                        "PYTHON without the hook under " + policy + " in " + profile.word(),
                        UNHOOKED,
                        Plan.unhooked(policy, profile),
                        attempt -> attempt.language() == GuardLanguage.PYTHON
                                && attempt.policy() == policy
                                && attempt.isIn(profile.word())
                                && which.test(attempt)));
    }

    private static Stream<DynamicNode> unguarded(Predicate<GuardAttempt> which) {
        return Stream.of(GuardLanguage.values())
                .flatMap(language -> group(
                        language + " without a guard",
                        UNGUARDED,
                        Plan.unguarded(language),
                        attempt -> attempt.language() == language && which.test(attempt)));
    }

    /** A container's attempts, a test each; the last one waits for what comes late, and ends the run. */
    private static Stream<DynamicNode> group(String name, String kind, Plan plan, Predicate<GuardAttempt> which) {
        List<GuardAttempt> attempts = all.stream().filter(which).toList();
        if (attempts.isEmpty()) {
            return Stream.empty();
        }
        GuardJudge judge = new GuardJudge(
                folder.resolve((name + attempts.size()).toLowerCase(Locale.ROOT).replace(' ', '-')), plan, all);
        List<DynamicNode> tests = new ArrayList<>();
        for (GuardAttempt attempt : attempts) {
            tests.add(DynamicTest.dynamicTest(attempt.id(), () -> expect(judge, attempt, judge.judge(attempt), kind)));
        }
        tests.add(DynamicTest.dynamicTest("what came late", () -> {
            try {
                judge.concluded();
                judge.tell(TABLES.resolve(kind + ".tsv"));
                for (GuardAttempt attempt : attempts) {
                    expect(judge, attempt, List.copyOf(judge.found(attempt)), kind);
                }
                judge.end();
            } finally {
                judge.close();
            }
        }));
        return Stream.of(DynamicContainer.dynamicContainer(name, tests));
    }

    private static void expect(GuardJudge judge, GuardAttempt attempt, List<String> found, String kind) {
        String told = attempt + "\nit said: " + judge.answer(attempt);
        boolean unguarded = kind.equals(UNGUARDED);
        if (unguarded && !attempt.held().isEmpty()) {
            return; // it counts for nothing, with a guard neither
        }
        if (unguarded || attempt.getsThrough(!kind.equals(UNHOOKED))) {
            assertThat(found).as(told).isNotEmpty();
        } else {
            assertThat(found).as(told).isEmpty();
        }
    }
}
