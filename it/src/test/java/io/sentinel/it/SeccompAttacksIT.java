package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.it.AttackRun.Judged;
import io.sentinel.it.AttackRun.Judgement;
import io.sentinel.seccomp.Action;
import io.sentinel.seccomp.Architecture;
import io.sentinel.seccomp.DockerDefault;
import io.sentinel.seccomp.OciProfile;
import io.sentinel.seccomp.OciRule;
import io.sentinel.seccomp.Presets;
import io.sentinel.seccomp.SeccompSource;
import io.sentinel.seccomp.SystemCalls;
import io.sentinel.spec.SeccompChoice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Dangerous variants of system calls ({@code it/attacks/variants.c}) in containers that differ in their filter only:
 * which ones reach the kernel. The rows go to {@code target/seccomp-attacks.md}.
 */
class SeccompAttacksIT {

    /** What strict lets through, and why. */
    private static final Map<String, String> LET_THROUGH_BY_STRICT = Map.of(
            "sched_setscheduler",
            "the kernel asks for CAP_SYS_NICE or a limit that is 0; the JVM and OpenMP set ordinary policies with it",
            "splice",
            "Go and CPython copy between sockets and files with it",
            "prctl PR_SET_MM",
            "it changes the caller's own memory map only, and that by CAP_SYS_RESOURCE or within its own mappings; a"
                    + " condition would make each prctl run the filter");

    /** What datasci lets through beyond that. */
    private static final Map<String, String> LET_THROUGH_BY_DATASCI_TOO = Map.of(
            "memfd_create",
            "numerical libraries and ZGC share memory through it",
            "memfd_create MFD_EXEC",
            "as above",
            "memfd_create MFD_EXEC, high bits set",
            "as above",
            "memfd_create MFD_ALLOW_SEALING",
            "as above",
            "memfd_create MFD_HUGETLB",
            "as above, in huge pages",
            "mbind",
            "places memory on the node that uses it",
            "set_mempolicy",
            "places memory on the node that uses it",
            "mlockall",
            "bounded by the memlock limit",
            "process_madvise",
            "advice on its own memory; on another process's the kernel asks for CAP_SYS_NICE");

    /** Debian 12's libseccomp (2.5.4-1+deb12u1) knows no number above this one; a runtime skips the names of those. */
    private static final int NEWEST_KNOWN_TO_LIBSECCOMP = 456;

    private static final int LONGEST_FILTER = 500;

    @TempDir
    private static Path folder;

    private static final Map<String, AttackRun> RUNS = new LinkedHashMap<>();

    @BeforeAll
    static void runAll() throws Exception {
        AttackProgram program = AttackProgram.build();
        List<String> none = List.of("--security-opt=seccomp=unconfined");
        List<AttackProgram.Attempt> unfiltered = program.attempts(none);
        Map<String, List<String>> filters = new LinkedHashMap<>();
        filters.put("none", none);
        filters.put("Docker's default", List.of());
        for (SeccompChoice.Mode mode : SeccompChoice.Mode.FILTERING) {
            for (SeccompChoice.Preset preset : SeccompChoice.Preset.SHIPPED) {
                Path file = folder.resolve(OciProfile.fileName(SeccompChoice.of(preset, mode)));
                Files.write(file, profile(preset, mode).toJson());
                filters.put(name(preset, mode), List.of("--security-opt=seccomp=" + file));
            }
        }
        for (Map.Entry<String, List<String>> filter : filters.entrySet()) {
            RUNS.put(filter.getKey(), AttackRun.of(program, filter.getKey(), filter.getValue(), unfiltered));
        }
        AttackReport report = new AttackReport(List.copyOf(RUNS.values()));
        Files.writeString(Path.of("target/seccomp-attacks.md"), report.markdown());
        System.out.println(report.summary());
    }

    private static OciProfile profile(SeccompChoice.Preset preset, SeccompChoice.Mode mode) {
        return Presets.read(SeccompSource.classPath()).compile(SeccompChoice.of(preset, mode));
    }

    private static String name(SeccompChoice.Preset preset, SeccompChoice.Mode mode) {
        return mode == SeccompChoice.Mode.ENFORCE ? preset.word() : preset.word() + ", log";
    }

    private static AttackRun run(SeccompChoice.Preset preset) {
        return RUNS.get(name(preset, SeccompChoice.Mode.ENFORCE));
    }

    @Test
    void noVariantIsUndecided() {
        assertThat(RUNS.values()).allSatisfy(run -> {
            assertThat(run.attacks()).hasSizeGreaterThanOrEqualTo(125);
            assertThat(run.controls()).hasSizeGreaterThanOrEqualTo(15);
            assertThat(run.variants().values().stream().filter(variant -> variant.judgement() == Judgement.UNDECIDED))
                    .isEmpty();
        });
    }

    @Test
    void withoutAFilterAllThatTheKernelHasIsReached() {
        AttackRun run = RUNS.get("none");
        assertThat(run.filters()).isEmpty();
        assertThat(run.letThrough()).hasSize(run.attacks().size());
        assertThat(run.attacks().stream().filter(variant -> variant.judgement() == Judgement.REACHED))
                .hasSizeGreaterThanOrEqualTo(200);
    }

    @Test
    void dockersDefaultLetsManyThrough() {
        AttackRun run = RUNS.get("Docker's default");
        assertThat(run.letThrough()).hasSizeBetween(30, run.attacks().size() - 30);
    }

    @Test
    void strictLetsNoneThroughButTheNamedOnes() {
        assertThat(LET_THROUGH_BY_STRICT).hasSizeLessThanOrEqualTo(4);
        assertThat(run(SeccompChoice.Preset.STRICT).letThrough())
                .containsExactlyInAnyOrderElementsOf(LET_THROUGH_BY_STRICT.keySet());
    }

    @Test
    void datasciLetsNoneThroughButTheNamedOnes() {
        Map<String, String> named = new TreeMap<>(LET_THROUGH_BY_STRICT);
        named.putAll(LET_THROUGH_BY_DATASCI_TOO);
        assertThat(named).hasSizeLessThanOrEqualTo(12);
        assertThat(run(SeccompChoice.Preset.DATASCI).letThrough()).containsExactlyInAnyOrderElementsOf(named.keySet());
    }

    @Test
    void allControlsReachTheKernel() {
        for (SeccompChoice.Preset preset : SeccompChoice.Preset.SHIPPED) {
            assertThat(run(preset).controls())
                    .allSatisfy(control ->
                            assertThat(control.judgement()).as("%s", control).isEqualTo(Judgement.REACHED));
        }
    }

    /** So that the filters' evaluation is not believed alone: most variants answer otherwise when they are filtered. */
    @Test
    void mostJudgementsAreSeenInTheAnswerAlone() {
        assertThat(RUNS.values())
                .allSatisfy(run -> assertThat(run.attacks().stream().filter(Judged::seenInItsAnswer))
                        .hasSizeGreaterThan(run.attacks().size() * 3 / 4));
    }

    @Test
    void filtersAreShort() {
        for (SeccompChoice.Preset preset : SeccompChoice.Preset.SHIPPED) {
            assertThat(run(preset).filters()).isNotEmpty().allSatisfy(filter -> assertThat(filter.program())
                    .hasSizeLessThanOrEqualTo(LONGEST_FILTER));
        }
    }

    @Test
    void whatIsAlwaysDeniedIsDeniedInLogModeToo() {
        for (SeccompChoice.Preset preset : SeccompChoice.Preset.SHIPPED) {
            List<OciRule> refusals = profile(preset, SeccompChoice.Mode.LOG).rules().stream()
                    .filter(rule -> rule.action() instanceof Action.Refuse)
                    .toList();
            AttackRun run = RUNS.get(name(preset, SeccompChoice.Mode.LOG));
            List<Judged> named = run.attacks().stream()
                    .filter(variant -> !isNative(variant.attempt())
                            || refusals.stream().anyMatch(rule -> isAbout(rule, variant.attempt())))
                    .toList();
            assertThat(named).hasSizeGreaterThan(220);
            assertThat(named.stream().filter(variant -> variant.judgement().letThrough()))
                    .allSatisfy(variant -> assertThat(variant.attempt().number())
                            .as("%s", variant)
                            .isGreaterThan(NEWEST_KNOWN_TO_LIBSECCOMP));
        }
    }

    /** Other tables than the machine's own are killed in every mode. */
    private static boolean isNative(AttackProgram.Attempt attempt) {
        return attempt.architecture() == 0xC000_003E && (attempt.number() & 0x4000_0000) == 0;
    }

    private static boolean isAbout(OciRule rule, AttackProgram.Attempt attempt) {
        return rule.names().contains(attempt.call())
                && rule.args().stream()
                        .allMatch(comparison -> (attempt.arguments().get(comparison.argument()) & comparison.mask())
                                == comparison.value());
    }

    /** Some arguments that a filter may tell apart: none, all bits, and those of Docker's conditions and their opposites. */
    private static final List<Long> ARGUMENTS = List.of(0L, -1L, 1L, 8L, 16L, 40L, 0x20000L, 0x7E020000L, 0xFFFFFFFFL);

    /**
     * How the default of an engine is unlike that of the data.
     *
     * @param more calls that it lets through whatever their arguments
     * @param less calls that it does not, or on conditions only
     * @param onConditions calls that it lets through with some arguments
     */
    private record Difference(Set<String> more, Set<String> less, Set<String> onConditions) {}

    /** The engines that were measured; for another one there is nothing to compare with, and the test fails. */
    private static final Map<String, Difference> ENGINES = Map.of(
            "20.10",
            new Difference(Set.of(), Set.of(), Set.of()),
            "26.1",
            new Difference(
                    Set.of(
                            "cachestat",
                            "fchmodat2",
                            "futex_requeue",
                            "futex_wait",
                            "futex_wake",
                            "map_shadow_stack",
                            "name_to_handle_at",
                            "pkey_alloc",
                            "pkey_free",
                            "pkey_mprotect",
                            "process_vm_readv",
                            "process_vm_writev"),
                    Set.of("io_uring_enter", "io_uring_register", "io_uring_setup", "socket"),
                    Set.of("socket")));

    @Test
    void theDataSaysWhatDockersDefaultLetsThrough() throws Exception {
        DockerDefault data = DockerDefault.read(SeccompSource.classPath());

        List<SeccompFilter> filters = RUNS.get("Docker's default").filters();
        SystemCalls calls = SystemCalls.read(SeccompSource.classPath());
        Set<String> allowed = new TreeSet<>();
        Set<String> onConditions = new TreeSet<>();
        for (String call : calls.served().toList()) {
            if (calls.number(Architecture.X86_64, call).isEmpty()) {
                continue;
            }
            int number = calls.number(Architecture.X86_64, call).getAsInt();
            long passing = ARGUMENTS.stream()
                    .filter(argument -> SeccompFilter.verdict(filters, AttackProgram.Attempt.of(number, argument))
                            .letsThrough())
                    .count();
            if (passing > 0) {
                (passing == ARGUMENTS.size() ? allowed : onConditions).add(call);
            }
        }
        Difference here = ENGINES.get(engine());
        assertThat(here).as("what is known of engine " + engine()).isNotNull();
        Set<String> expected = new TreeSet<>(data.allowed());
        expected.removeAll(here.less());
        expected.addAll(here.more());
        assertThat(allowed).isEqualTo(expected);
        Set<String> expectedOnConditions = new TreeSet<>(data.onConditions());
        expectedOnConditions.addAll(here.onConditions());
        assertThat(onConditions).isEqualTo(expectedOnConditions);
    }

    /** Its version without the last number. */
    private static String engine() throws Exception {
        String version = Command.docker(folder, "version", "--format", "{{.Server.Version}}")
                .output(0);
        return version.substring(0, version.indexOf('.', version.indexOf('.') + 1));
    }

    /** The README has a table for each engine that was measured, since their defaults differ. */
    @Test
    void theReadmeHasTheNumbersOfThisEngine() throws Exception {
        assertThat(Files.readString(Path.of("../README.md")))
                .contains("engine " + engine() + ":\n\n" + new AttackReport(List.copyOf(RUNS.values())).summary());
    }
}
