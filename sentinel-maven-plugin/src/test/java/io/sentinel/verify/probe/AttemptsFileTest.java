package io.sentinel.verify.probe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.sentinel.seccomp.Architecture;
import io.sentinel.seccomp.SeccompSource;
import io.sentinel.seccomp.ShippedStandings;
import io.sentinel.seccomp.SystemCalls;
import io.sentinel.spec.InvalidFileException;
import io.sentinel.spec.Profile;
import io.sentinel.spec.Spec;
import io.sentinel.spec.SpecReader;
import io.sentinel.verify.catalogue.Catalogue;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.Expected;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.Subject;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is tried, as data. */
class AttemptsFileTest {

    private static final String ASKED = "what the probe tried";

    /** Rules that look at the process first, and at what was tried after it. */
    private static final Set<String> BESIDE = Set.of("LSM-3", "MNT-1");

    private static final Expected OURS = ours();

    private static Expected ours() {
        try {
            Spec spec = SpecReader.read("sandbox.yaml", "name: ours".getBytes(UTF_8), new ShippedStandings());
            Expected others = Expected.ofOthers("/project");
            return new Expected(
                    Optional.of(spec),
                    others.files(),
                    others.states(),
                    others.services(),
                    others.handedOn(),
                    others.roots(),
                    others.images());
        } catch (InvalidFileException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @Test
    void everyRuleThatAsksTheProbeHasAttemptsHereOrIsTriedElsewhere() {
        Set<String> here =
                Trials.of(Architecture.X86_64).all().stream().map(Trial::rule).collect(Collectors.toSet());
        assertThat(here).doesNotContainAnyElementsOf(Trials.ELSEWHERE.keySet()).containsAll(BESIDE);
        Set<String> either = new TreeSet<>(here);
        either.addAll(Trials.ELSEWHERE.keySet());
        assertThat(either).containsAll(probed());
        assertThat(probed()).hasSize(15).containsAll(Trials.ELSEWHERE.keySet());
    }

    @Test
    void everyRuleHereIsOneOfTheLiveRing() {
        Set<String> live = Catalogue.rules().stream()
                .filter(rule -> rule.rings().contains(Ring.LIVE))
                .map(Rule::id)
                .collect(Collectors.toSet());
        assertThat(live)
                .containsAll(Trials.of(Architecture.X86_64).all().stream()
                        .map(Trial::rule)
                        .toList());
    }

    /** Those whose live check asks for attempts before anything else. */
    private static Set<String> probed() {
        List<Subject> subjects = Stream.concat(
                        Arrays.stream(Role.values()).map(role -> Subject.of(role, "one")),
                        Arrays.stream(Profile.values()).map(profile -> Subject.agent("one", Optional.of(profile))))
                .toList();
        return Catalogue.rules().stream()
                .filter(rule -> subjects.stream().anyMatch(subject -> asks(rule, subject)))
                .map(Rule::id)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean asks(Rule rule, Subject subject) {
        LiveView view = new LiveView(
                subject,
                OURS,
                () -> {
                    throw new CannotTell("the process");
                },
                () -> {
                    throw new CannotTell(ASKED);
                },
                () -> {
                    throw new CannotTell("the guard");
                },
                () -> {
                    throw new CannotTell("the engine");
                });
        return rule.judge(view) instanceof Verdict.Unknown unknown
                && unknown.why().equals(ASKED);
    }

    @ParameterizedTest
    @EnumSource
    void aRuleOfTheFilterRestsOnAttemptsThatTellItFromNone(Architecture architecture) {
        for (String rule : List.of("SEC-5", "SEC-6", "SEC-7", "SEC-8")) {
            long telling = Trials.of(architecture).forRules(List.of(rule)).all().stream()
                    .filter(Trial::telling)
                    .count();
            assertThat(telling).as(rule).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatTellsIsNoRightAnswer(Architecture architecture) {
        assertThat(Trials.of(architecture).all()).allSatisfy(trial -> assertThat(trial.tells().stream()
                        .filter(trial.expected()::contains)
                        .toList())
                .isEmpty());
    }

    @Test
    void aCallGetsTheNumberOfItsMachineAndSixArguments() {
        assertThat(line("a | call unshare 0x1 | EPERM |", Architecture.X86_64)
                        .row()
                        .words())
                .containsExactly("call", "272", "0x1", "0", "0", "0", "0", "0");
        assertThat(line("a | call unshare 0x1 | EPERM |", Architecture.AARCH64)
                        .row()
                        .words())
                .startsWith("call", "97");
        assertThat(line("a | x32 getpid | EPERM |", Architecture.X86_64).row().words())
                .startsWith("call", Integer.toString(0x4000_0027));
    }

    @Test
    void whatAMachineLacksIsLeftOut() {
        String text = "rule R-1\na | call iopl 99 | EPERM |\nb | i386 20 | EPERM |\nc | x32 getpid | EPERM |\nd | call "
                + "setns -1 | EPERM |\ne | arm32 | ENOEXEC |\n";
        assertThat(parse(text).on(Architecture.X86_64).all()).hasSize(4);
        assertThat(parse(text).on(Architecture.AARCH64).all())
                .extracting(Trial::what, trial -> trial.row().id())
                .containsExactly(tuple("d", "R-1/4"), tuple("e", "R-1/5"));
    }

    @Test
    void theColumnsAreReadFromTheEnd() {
        Trial trial = line("one | two | call setns -1 | refused, ok | EBADF", Architecture.X86_64);
        assertThat(trial.what()).isEqualTo("one | two");
        assertThat(trial.expected()).containsExactly("EPERM", "ENOSYS", "killed by SIGSYS", "ok");
        assertThat(trial.tells()).contains("EBADF");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "a | call setns -1 | EPERM; expected words",
                "a | call setnss -1 | EPERM |; no such system call: setnss",
                "a | call setns 1 2 3 4 5 6 7 | EPERM |; no such action",
                "a | call | EPERM |; no such action",
                "a | open /etc | EPERM |; no such action",
                "a | burn /etc | EPERM |; no such action",
                "a | i386 getpid | EPERM |; no such action",
                "a | arm32 getpid | EPERM |; no such action"
            })
    void aFaultNamesItsLine(String line, String message) {
        assertThatThrownBy(() -> parse("# a comment\nrule R-1\n\n" + line + "\n"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("attempts.txt:4: ")
                .hasMessageContaining(message);
    }

    private static Trial line(String line, Architecture architecture) {
        return parse("rule R-1\n" + line + "\n").on(architecture).all().get(0);
    }

    private static AttemptsFile parse(String text) {
        return AttemptsFile.parse(text, SystemCalls.read(SeccompSource.classPath()));
    }
}
