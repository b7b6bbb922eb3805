package io.sentinel.verify.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.seccomp.Architecture;
import io.sentinel.verify.evidence.LiveView.Attempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real program on the real kernel: without a filter, and under the profiles that bundles carry. */
class ConfinementTest {

    private static final List<String> FILTER = List.of("SEC-5", "SEC-6", "SEC-7", "SEC-8");

    /** A kernel can be set to refuse these to everybody without capabilities. */
    private static final Set<String> SETTINGS = Set.of(
            "unshare(CLONE_NEWUSER)",
            "clone(CLONE_NEWUSER | SIGCHLD)",
            "io_uring_setup(no entries)",
            "io_uring_enter(no descriptor)",
            "io_uring_register(no descriptor)");

    @TempDir
    Path folder;

    @BeforeEach
    void openFolder() throws IOException {
        assertThat(ProbeRun.machine().isPresent())
                .as("the probe is built for x86_64 and aarch64")
                .isTrue();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void withoutAFilterEachTellingAttemptIsAnsweredAsItsRowSays() throws Exception {
        assertThat(Files.readString(Path.of("/proc/self/status")).contains("\nSeccomp:\t0\n"))
                .as("this process itself has a filter")
                .isTrue();
        Trials trials = filter();
        ProbeAnswers answers = ProbeRun.unfiltered(folder).answers(trials.table());
        Map<String, String> others = new TreeMap<>();
        for (Trial trial : trials.all()) {
            String answer =
                    trial.answered(answers.of(trial.row().id())).answer().orElse("none");
            // A kernel that was built without the call cannot tell either.
            boolean lacks = answer.equals("ENOSYS") || SETTINGS.contains(trial.what()) && answer.equals("EPERM");
            if (trial.telling() && !lacks && !trial.tells().orElseThrow().equals(answer)) {
                others.put(trial.what(), answer + ", not " + trial.tells().get());
            }
        }
        assertThat(others).isEmpty();
        assertThat(trials.all().stream().filter(Trial::telling)).hasSizeGreaterThan(50);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"sentinel-seccomp", "sentinel-seccomp-datasci", "sentinel-seccomp-proxy", "sentinel-seccomp-log"
            })
    void underAProfileOfABundleEveryAnswerIsRight(String profile) throws Exception {
        Trials trials = filter();
        // A profile that only logs lets through what is not always denied: its own rule says so.
        boolean logs = profile.endsWith("-log");
        ProbeAnswers answers = ProbeRun.confined(folder, Path.of("../seccomp/profiles", profile + ".json"))
                .answers(trials.table());
        assertThat(trials.attempts(answers).byRule().values().stream()
                        .flatMap(List::stream)
                        .filter(attempt -> !attempt.right())
                        .filter(attempt -> !(logs && attempt.what().startsWith("personality"))))
                .isEmpty();
        assertThat(trials.attempts(answers).byRule().keySet()).containsAll(machineRules());
    }

    @Test
    void underAFilterThatLetsOneCallThroughThatOneIsWrong() throws Exception {
        Path open = folder.resolve("open.json");
        String strict = Files.readString(Path.of("../seccomp/profiles/sentinel-seccomp.json"));
        Files.writeString(
                open,
                strict.replaceFirst(
                        "\"syscalls\": \\[",
                        "\"syscalls\": [{\"names\": [\"keyctl\"], \"action\": \"SCMP_ACT_ALLOW\"},"));
        Trials trials = filter();
        ProbeAnswers answers = ProbeRun.confined(folder, open).answers(trials.table());
        assertThat(trials.attempts(answers).of("SEC-5").stream()
                        .filter(attempt -> !attempt.right())
                        .map(Attempt::what))
                .containsExactly("keyctl(unknown operation)");
    }

    @Test
    void whereNoProcessCanBeStartedNothingIsClaimed() throws Exception {
        Path profile = folder.resolve("no-process.json");
        Files.writeString(
                profile,
                """
                {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
                  {"names": ["clone"], "action": "SCMP_ACT_ERRNO", "errnoRet": 11}]}""");
        Trials trials = filter();
        ProbeAnswers answers =
                ProbeRun.confined(folder, profile).answers(trials.table().and(ProcessFiles.table()));
        assertThat(trials.attempts(answers).byRule().values().stream().flatMap(List::stream))
                .allMatch(attempt -> attempt.answer().isEmpty())
                .allMatch(attempt -> attempt.why().equals("no process could be started for it: EAGAIN"));
        // To look at itself the probe needs none.
        assertThat(ProcessFiles.facts(answers, new TreeMap<>()).status("Seccomp"))
                .containsExactly("2");
    }

    /** Else it would look as if the filter had killed each of the attempts. */
    @Test
    void whereAnAttemptsProcessIsKilledBeforeItNothingIsClaimed() throws Exception {
        Path profile = folder.resolve("no-timer.json");
        Files.writeString(
                profile,
                """
                {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
                  {"names": ["setitimer"], "action": "SCMP_ACT_KILL_PROCESS"}]}""");
        Trials trials = filter();
        ProbeAnswers answers = ProbeRun.confined(folder, profile).answers(trials.table());
        assertThat(trials.attempts(answers).byRule().values().stream().flatMap(List::stream))
                .allMatch(attempt -> attempt.answer().isEmpty())
                .allMatch(attempt -> attempt.why().equals("its process was killed by SIGSYS before it"));
    }

    /** What an attempt answered holds, whatever happens to its process after it. */
    @Test
    void whereAnAttemptsProcessIsKilledAfterItTheAnswerHolds() throws Exception {
        Path profile = folder.resolve("no-end.json");
        Files.writeString(
                profile,
                """
                {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
                  {"names": ["exit_group"], "action": "SCMP_ACT_KILL_PROCESS"}]}""");
        Trials trials = filter().forRules(List.of("SEC-6"));
        // Its own end is killed as well, after the whole answer was printed.
        ProbeRun.Ended ended =
                ProbeRun.confined(folder, profile).run(ProbeRun.machine().orElseThrow(), trials.table());
        assertThat(ended.code()).isEqualTo(128 + 31);
        assertThat(trials.attempts(ProbeAnswers.parse(ended.output(), trials.table()))
                        .of("SEC-6"))
                .noneMatch(Attempt::right);
    }

    @Test
    void anAttemptLeavesTheProbeAsItWas() throws Exception {
        Trials trials = filter();
        ProbeTable look = ProcessFiles.table();
        ProbeAnswers before = ProbeRun.unfiltered(folder).answers(look);
        ProbeAnswers after = ProbeRun.unfiltered(folder).answers(trials.table().and(look));
        List<String> names = List.of("ns/user", "ns/mnt", "uid_map", "attr/current", "cgroup");
        assertThat(names).allSatisfy(name -> assertThat(after.of(name)).isEqualTo(before.of(name)));
        assertThat(ProcessFiles.facts(after, new TreeMap<>()).status("CapEff")).containsExactly("0000000000000000");
    }

    private static Trials filter() {
        return Trials.of(ProbeRun.machine().orElseThrow()).forRules(FILTER);
    }

    private static List<String> machineRules() {
        return ProbeRun.machine().orElseThrow() == Architecture.X86_64 ? FILTER : List.of("SEC-5", "SEC-6", "SEC-8");
    }
}
