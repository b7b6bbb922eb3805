package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.it.GuardSession.Plan;
import io.sentinel.run.Outcome;
import io.sentinel.spec.Profile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The hardest things that can be asked of a guard, in the standard profile, where most is left open for its supervisor. Each
 * is tried from Python, whose attempts are those of its number in {@code it/guard/attempts.tsv}; they are tried without a
 * guard in {@link GuardAttacksIT}.
 */
class GuardHardestIT {

    @TempDir
    private static Path folder;

    private static final Map<GuardAttempt.Policy, GuardJudge> JUDGES = new EnumMap<>(GuardAttempt.Policy.class);
    private static List<GuardAttempt> all;

    @BeforeAll
    static void read() throws Exception {
        all = GuardAttempt.all();
        for (GuardAttempt.Policy policy : GuardAttempt.Policy.values()) {
            JUDGES.put(
                    policy,
                    new GuardJudge(
                            folder.resolve(policy.name()),
                            Plan.guarded(GuardLanguage.PYTHON, policy, Profile.STANDARD),
                            all));
        }
    }

    @AfterAll
    static void end() throws Exception {
        for (GuardJudge judge : JUDGES.values()) {
            judge.tell(Path.of("target", "guard", "hardest.tsv"));
            judge.close();
        }
    }

    private static void stops(String number) throws Exception {
        List<GuardAttempt> attempts =
                all.stream().filter(attempt -> attempt.set().equals(number)).toList();
        assertThat(attempts).hasSizeGreaterThanOrEqualTo(10);
        for (GuardAttempt attempt : attempts) {
            JUDGES.get(attempt.policy()).judge(attempt);
        }
        for (GuardJudge judge : JUDGES.values()) {
            judge.concluded();
        }
        List<String> through = new ArrayList<>();
        for (GuardAttempt attempt : attempts) {
            GuardJudge judge = JUDGES.get(attempt.policy());
            if (!attempt.getsThrough(true) && !judge.found(attempt).isEmpty()) {
                through.add(attempt + " " + judge.found(attempt) + " it said: " + judge.answer(attempt));
            }
        }
        assertThat(through).isEmpty();
    }

    /** {@code executable=}, another first word, a PATH of one's own, links, copies, renamed ones. */
    @Test
    void programIsTheFileThatItIsWhateverItIsCalled() throws Exception {
        stops("1");
    }

    /** {@code find -exec}, {@code tar --checkpoint-action}, aliases and pagers of git, {@code sed e}, {@code system()}. */
    @Test
    void allowedProgramStartsNoOther() throws Exception {
        stops("2");
    }

    @Test
    void loaderAndFilesInMemoryStartNothing() throws Exception {
        stops("3");
    }

    /** A shell that may start: a line end in {@code shell=True}, {@code >|}, {@code 1<>} and their like. */
    @Test
    void commandLineMayBeSpelledAsItLikes() throws Exception {
        stops("4");
    }

    /** Also those of other machines (x32, int 0x80) and through io_uring. */
    @Test
    void systemCallsMadeByHandAreHeld() throws Exception {
        stops("5");
    }

    /** 50 rounds each: an address, a message, a descriptor, a link, a path that changes while it is looked at. */
    @Test
    void raceIsLostEachOfFiftyTimes() throws Exception {
        stops("6");
    }

    /** sendmsg and sendmmsg, IPv6 that is IPv4, and allowed names that lead to addresses that nobody may reach. */
    @Test
    void datagramAndNameLeadToNoBlockedAddress() throws Exception {
        stops("7");
    }

    /** By absolute and relative path, through links and descriptors, and without a path. */
    @Test
    void localSocketOfAnotherIsOutOfReach() throws Exception {
        stops("8");
    }

    /** Through the C library too. */
    @Test
    void policyLogAndTrailAreNotReplaced() throws Exception {
        stops("9");
    }

    @Test
    void supervisorIsNeitherEndedNorStoppedNorChanged() throws Exception {
        stops("10");
    }

    /** What a hook cannot do is not done without it. */
    @Test
    void programWhoseHookIsBrokenDoesNotStart() throws Exception {
        Box box = Box.withPython(
                Files.createDirectory(folder.resolve("broken")),
                "name: broken-hook\ncommand: [python3, -c, \"print('started')\"]\n");
        box.build();
        assertThat(box.run(Profile.STRICT).out()).isEqualTo("started\n");
        Path bundle = box.layout.bundle();
        Files.writeString(bundle.resolve("guard/python/sentinel_guard/__init__.py"), "raise ImportError('broken')\n");
        List<String> compose = List.of("docker", "compose", "--progress", "quiet", "--profile", "strict");
        Command.start(
                        bundle,
                        Map.of(),
                        Stream.concat(compose.stream(), Stream.of("build")).toList())
                .output(0);
        List<String> run = List.of("run", "--rm", "-T", "sentinel-strict");
        assertThat(Command.start(
                                bundle,
                                Map.of(),
                                Stream.concat(compose.stream(), run.stream()).toList())
                        .output(78))
                .contains("the Python hook did not start")
                .doesNotContain("started");
    }

    /** Where somebody else ends it, from the host. */
    @Test
    void agentEndsWithItsSupervisor() throws Exception {
        Plan plan = Plan.guarded(GuardLanguage.PYTHON, GuardAttempt.Policy.BASE, Profile.STANDARD);
        GuardSession session = new GuardSession(Files.createDirectory(folder.resolve("killed")), plan);
        try {
            GuardAttempt attempt = all.stream()
                    .filter(one -> one.id().equals("py-later-orphan"))
                    .findFirst()
                    .orElseThrow();
            session.scene.before(attempt.id());
            // What it leaves behind would send a second later.
            session.ask(attempt.id(), 1);
            session.killSupervisor();
            assertThat(session.ended().reason()).isNotEqualTo(Outcome.Reason.TIMEOUT);
            Thread.sleep(1500);
            assertThat(session.arrivals()).isEmpty();
        } finally {
            session.close();
        }
    }
}
