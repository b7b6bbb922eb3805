package io.sentinel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SeccompChoice.Adjustments;
import io.sentinel.spec.SeccompChoice.Mode;
import io.sentinel.spec.SeccompChoice.Preset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogReportTest {

    private static final int X86_64 = 0xC000003E;
    private static final int AARCH64 = 0xC00000B7;
    private static final int I386 = 0x40000003;

    private static final int SYNC = 162;
    private static final int MSGGET = 68;
    private static final int CLONE = 56;
    private static final int BPF = 321;

    private static final String HEAD =
            "Seccomp mode log: enforce would have denied these calls of this run (count, call, programs):";
    private static final String DENIED = "What mode log denies as well is not in the kernel's log, and not here.";
    private static final String SPEC = "The spec allows them with this:";
    private static final String SPEC_DOTS = "The spec allows them with this, and a reason in place of the dots:";

    private final SeccompChoice present = present(Preset.STRICT, List.of(), List.of(), Optional.empty());

    @Test
    void nothingLogged() {
        assertThat(lines(present))
                .containsExactly("Seccomp mode log: enforce would have denied nothing of what this run did.", DENIED);
    }

    @Test
    void nothingLoggedAndRecordsLostIsNoGoodNews() {
        assertThat(new LogReport(SeccompSource.classPath(), present).lines(List.of(), false))
                .containsExactly("Records were lost: calls that enforce would deny may be missing here.", DENIED);
    }

    @Test
    void callsByCountThenName() {
        assertThat(lines(present, call(SYNC, "/bin/b", 1), call(MSGGET, "/bin/a", 2), call(SYNC, "/bin/c", 3)))
                .containsExactly(
                        HEAD,
                        "        4  sync    /bin/c, /bin/b",
                        "        2  msgget  /bin/a",
                        DENIED,
                        SPEC,
                        "  seccomp: {preset: strict, allow: [msgget, sync]}");
    }

    @Test
    void oneCallOnTwoArchitecturesIsOne() {
        assertThat(lines(present, call(SYNC, "/bin/b", 1), new LoggedCall(AARCH64, 81, "/bin/b", 1, true)))
                .contains("        2  sync  /bin/b");
    }

    @Test
    void conditionalCallIsMarkedAndNeedsAReason() {
        assertThat(lines(present, call(CLONE, "/bin/a", 1)))
                .containsExactly(
                        HEAD,
                        "        1  clone  /bin/a (with these arguments; allowed on conditions)",
                        DENIED,
                        SPEC_DOTS,
                        "  seccomp: {preset: strict, allow: [clone], because: \"...\"}");
    }

    @Test
    void callThatEveryPresetDeniesNeedsAReason() {
        assertThat(lines(present, call(BPF, "/bin/a", 1)))
                .contains(SPEC_DOTS, "  seccomp: {preset: strict, allow: [bpf], because: \"...\"}");
    }

    @Test
    void whatTheSpecSaysAlreadyStays() {
        SeccompChoice more =
                present(Preset.DATASCI, List.of("semget", "msgget"), List.of("madvise"), Optional.of("for \"x\" \\ y"));
        assertThat(lines(more, call(MSGGET, "/bin/a", 1), call(CLONE, "/bin/a", 1)))
                .endsWith(
                        SPEC,
                        "  seccomp: {preset: datasci, allow: [clone, msgget, semget], deny: [madvise], because: \"for"
                                + " \\\"x\\\" \\\\ y\"}");
    }

    @Test
    void whatTheSpecDeniesIsNotAllowed() {
        SeccompChoice less = present(Preset.STRICT, List.of(), List.of("sync"), Optional.empty());
        assertThat(lines(less, call(SYNC, "/bin/a", 1)))
                .containsExactly(HEAD, "        1  sync  /bin/a (the spec denies it)", DENIED);
    }

    @Test
    void numbersThatNoTableHasAreShownAsNumbers() {
        assertThat(lines(
                        present,
                        call(-1, "/bin/a", 1),
                        call(9999, "/bin/a", 2),
                        call(0x4000_0000L + SYNC, "/bin/a", 3),
                        call((1L << 32) + SYNC, "/bin/a", 4),
                        new LoggedCall(I386, 36, "/bin/a", 5, true)))
                .containsExactly(
                        HEAD,
                        "        5  number 36 of architecture 40000003  /bin/a",
                        "        4  number 4294967458 of x86_64         /bin/a",
                        "        3  number 1073741986 of x86_64         /bin/a",
                        "        2  number 9999 of x86_64               /bin/a",
                        "        1  number -1 of x86_64                 /bin/a",
                        DENIED);
    }

    @Test
    void uncertainCallsAreCountedAndToldButNotAllowed() {
        assertThat(lines(
                        present,
                        new LoggedCall(X86_64, SYNC, "/bin/a", 2, false),
                        new LoggedCall(X86_64, MSGGET, "/bin/a", 1, false),
                        call(SYNC, "/bin/a", 1)))
                .containsExactly(
                        HEAD,
                        "        3  sync    /bin/a",
                        "        1  msgget  /bin/a (uncertain)",
                        "3 of them are uncertain: their processes had ended before it could be seen whether they ran in"
                                + " this container, and ran as the same user.",
                        DENIED,
                        SPEC,
                        "  seccomp: {preset: strict, allow: [sync]}");
    }

    @Test
    void lostRecordsAreTold() {
        assertThat(new LogReport(SeccompSource.classPath(), present).lines(List.of(call(SYNC, "/bin/a", 1)), false))
                .contains(
                        "Records were lost: counts are too low, and calls that enforce would deny may be missing here.");
    }

    @Test
    void manyProgramsAreCut() {
        assertThat(lines(
                        present,
                        call(SYNC, "a", 5),
                        call(SYNC, "b", 4),
                        call(SYNC, "c", 3),
                        call(SYNC, "d", 2),
                        call(SYNC, "e", 1)))
                .contains("       15  sync  a, b, c and 2 more");
    }

    private static List<String> lines(SeccompChoice present, LoggedCall... logged) {
        return new LogReport(SeccompSource.classPath(), present).lines(List.of(logged), true);
    }

    private static LoggedCall call(long number, String program, long count) {
        return new LoggedCall(X86_64, number, program, count, true);
    }

    @Test
    void profileOfTheProjectsOwnIsChangedByHand() {
        SeccompChoice custom =
                new SeccompChoice(Preset.CUSTOM, Mode.LOG, Optional.of("filters/mine.json"), Adjustments.NONE);
        assertThat(lines(custom, call(SYNC, "/bin/b", 1), call(MSGGET, "/bin/b", 1)))
                .last()
                .isEqualTo("filters/mine.json allows them with these names in a rule of its own: msgget, sync");
    }

    private static SeccompChoice present(
            Preset preset, List<String> allow, List<String> deny, Optional<String> because) {
        return new SeccompChoice(preset, Mode.LOG, Optional.empty(), new Adjustments(allow, deny, because));
    }
}
