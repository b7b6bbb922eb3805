package io.sentinel.verify.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Report;
import io.sentinel.verify.rule.Severity;
import io.sentinel.verify.rule.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code terminal-*.txt} are whole reports. {@code -Dsentinel.golden.accept} writes what is told now as what is expected,
 * and fails, so that somebody reads the difference.
 */
class TerminalReportTest {

    private static final Path GOLDEN = Path.of("src/test/resources/verify/report");
    private static final String PAGE = "target/sentinel/verify/report.html";

    @ParameterizedTest
    @ValueSource(strings = {"rich", "clean", "static"})
    void theWholeReport(String name) throws Exception {
        String told = String.join("\n", TerminalReport.lines(report(name), false, PAGE)) + "\n";
        Path expected = GOLDEN.resolve("terminal-" + name + ".txt");
        if (System.getProperty("sentinel.golden.accept") != null) {
            Files.writeString(expected, told);
            fail("accepted what is told now; read the difference, then run without -Dsentinel.golden.accept");
        }
        assertThat(told).isEqualTo(Files.readString(expected));
    }

    private static Report report(String name) {
        return switch (name) {
            case "rich" -> Samples.rich();
            case "clean" -> Samples.clean(EnumSet.allOf(Ring.class));
            default -> Samples.clean(EnumSet.of(Ring.STATIC));
        };
    }

    @Test
    void coloursChangeNoWord() {
        List<String> plain = TerminalReport.lines(Samples.rich(), false, PAGE);
        List<String> coloured = TerminalReport.lines(Samples.rich(), true, PAGE);
        assertThat(coloured).isNotEqualTo(plain);
        assertThat(coloured.stream().map(line -> line.replaceAll("\u001B\\[[0-9;]*m", "")))
                .containsExactlyElementsOf(plain);
    }

    @Test
    void noLineIsTooLongAndNoCharacterMovesTheCursor() {
        String longWord = "x".repeat(700);
        Verdict broken = Verdict.broken("a " + longWord, Samples.HOSTILE.repeat(40), Place.NOWHERE);
        List<String> lines = TerminalReport.lines(
                Samples.report(
                        Set.of(Ring.LIVE),
                        Severity.LOW,
                        List.of(Samples.finding("ENV-1", "agent-" + Samples.HOSTILE, Ring.LIVE, broken)),
                        Samples.rich().canaries(),
                        Samples.rich().drifts(),
                        Samples.rich().waivers(),
                        List.of(longWord + " " + Samples.HOSTILE)),
                false,
                PAGE);
        for (String line : lines) {
            assertThat(line.codePointCount(0, line.length())).as(line).isLessThanOrEqualTo(TerminalReport.WIDTH);
            assertThat(line.codePoints().noneMatch(c -> Character.isISOControl(c) || c == 0x202E))
                    .as(line)
                    .isTrue();
            // What an engine says never stands at the start of a line, where our own words do.
            assertThat(line).doesNotStartWith("::");
        }
    }

    @Test
    void theSameFaultIsToldOnce() {
        Verdict one = Verdict.broken("none", "SYS_ADMIN", Place.NOWHERE);
        Verdict other = Verdict.broken("none", "NET_RAW", Place.NOWHERE);
        List<String> lines = TerminalReport.lines(
                Samples.report(
                        EnumSet.allOf(Ring.class),
                        Severity.HIGH,
                        List.of(
                                Samples.finding("CAP-2", "a", Ring.STATIC, one),
                                Samples.finding("CAP-2", "a", Ring.INSPECT, one),
                                Samples.finding("CAP-2", "b", Ring.STATIC, one),
                                Samples.finding("CAP-2", "c", Ring.STATIC, other)),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of()),
                false,
                PAGE);
        assertThat(lines.stream().filter(line -> line.startsWith("BROKEN  CAP-2")))
                .hasSize(2);
        assertThat(lines).contains("  in        a (static, inspect), b (static)", "  in        c (static)");
    }

    /** One of two rules is told with its rule; of three and more, once for all of them. */
    @Test
    void aReasonOfManyRulesIsToldOnce() {
        Verdict dark = new Verdict.Unknown("Compose gives no model: it is no YAML");
        Verdict other = new Verdict.Unknown("no engine answers");
        List<String> lines = TerminalReport.lines(
                Samples.report(
                        EnumSet.allOf(Ring.class),
                        Severity.HIGH,
                        List.of(
                                Samples.finding("CAP-1", "a", Ring.STATIC, dark),
                                Samples.finding("CAP-1", "b", Ring.STATIC, dark),
                                Samples.finding("CAP-2", "a", Ring.STATIC, dark),
                                Samples.finding("NNP-1", "a", Ring.STATIC, dark),
                                Samples.finding("NNP-1", "a", Ring.INSPECT, other),
                                Samples.finding("CAP-1", "a", Ring.INSPECT, other)),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of()),
                false,
                PAGE);
        assertThat(lines)
                .containsOnlyOnce("  not told  Compose gives no model: it is no YAML")
                .containsSequence(
                        "COULD NOT TELL  3 rules, with 4 findings",
                        "  not told  Compose gives no model: it is no YAML",
                        "  in        a (static), b (static)",
                        "  rules     CAP-1, CAP-2, NNP-1")
                .contains("COULD NOT TELL  NNP-1 (high)", "COULD NOT TELL  CAP-1 (high)");
        assertThat(lines.stream().filter(line -> line.equals("  not told  no engine answers")))
                .hasSize(2);
    }

    @Test
    void theEndSaysWhetherItPassedAndWhy() {
        List<String> ends = new ArrayList<>();
        for (Severity threshold : Severity.values()) {
            Verdict broken = Verdict.broken("64 MiB or less", "2 GiB", Place.NOWHERE);
            List<String> lines = TerminalReport.lines(
                    Samples.report(
                            Set.of(Ring.STATIC),
                            threshold,
                            List.of(
                                    Samples.finding("CAP-1", "a", Ring.STATIC, Verdict.held("ALL")),
                                    Samples.finding("RES-1", "a", Ring.STATIC, broken)),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of()),
                    false,
                    PAGE);
            ends.add(lines.get(lines.size() - 2));
        }
        String counts = "2 rules, 2 findings: 1 held, 1 broken, 0 could not be told; ";
        assertThat(ends)
                .containsExactly(
                        counts + "failed at threshold low by 1 finding",
                        counts + "failed at threshold medium by 1 finding",
                        counts + "failed at threshold high by 1 finding",
                        counts + "passed at threshold critical");
    }
}
