package io.sentinel.verify.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.seccomp.Architecture;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.LiveView;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the probe said is taken whole or not at all. */
class ProbeAnswersTest {

    private static final ProbeTable TABLE = new ProbeTable(List.of(
            new Row("A/1", List.of("call", "1")), Row.file("status", "/s"), new Row("C", List.of("read", "/r"))));

    private static final String WHOLE =
            "sentinel-probe 1 aarch64\nA/1 value -1\nstatus text Name:\\x09a\\x5c\\xc3\\xa4\nC signal 31\nend\n";

    @Test
    void parseWhenWholeHasEveryAnswer() {
        ProbeAnswers answers = parse(WHOLE);
        assertThat(answers.architecture()).isEqualTo(Architecture.AARCH64);
        assertThat(answers.of("A/1")).isEqualTo(new Answer.Value(-1));
        assertThat(answers.of("status")).isEqualTo(new Answer.Text("Name:\ta\\ä"));
        assertThat(answers.of("C")).isEqualTo(new Answer.Killed(31));
        assertThat(parse(WHOLE.replace("C signal 31", "C untried -11")).of("C"))
                .isEqualTo(Answer.Untried.noProcess(11));
        assertThat(parse(WHOLE.replace("C signal 31", "C untried 31")).of("C"))
                .isEqualTo(Answer.Untried.killedBefore(31));
        assertThat(parse(WHOLE.replace("C signal 31", "C text ")).of("C")).isEqualTo(new Answer.Text(""));
    }

    @Test
    void aMissingRowIsNotAnswered() {
        assertThatThrownBy(() -> parse(WHOLE).of("D"))
                .isInstanceOf(CannotTell.class)
                .hasMessage("the probe was not asked for D");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sentinel-probe 1|sentinel-probe 2|what ran is not this version's probe: it began with \"sentinel-probe 2 aarch64\"",
                "aarch64|riscv64|what ran is not this version's probe",
                "sentinel-probe|hello|what ran is not this version's probe",
                "C signal 31~|''|the probe gave no answer to C and 0 more",
                "end~|C value 0~end~|the probe answers more than it was asked",
                "end~|''|the probe's answer is cut off after 4 lines",
                "end~|end|the probe's answer is cut off after 4 lines",
                "end~|end~more~|the probe's answer is cut off",
                "A/1 value -1|A/2 value -1|the probe answered to A/1 by another line",
                "A/1 value -1|A/1 malformed|the probe does not understand the row A/1",
                "A/1 value -1|A/1 value 99999999999999999999|by another line",
                "A/1 value -1|A/1 value 9999999999999999999|by a number that is none",
                "A/1 value -1|A/1 value|by another line",
                "C signal 31|C signal 0|by a number that cannot be",
                "C signal 31|C signal 65|by a number that cannot be",
                "C signal 31|C untried 65|by a number that cannot be",
                "C signal 31|C untried -9223372036854775808|by a number that cannot be",
                "\\x5c|\\x5|by a text with a wrong escape",
                "\\x5c|\\x5C|by a text with a wrong escape",
                "\\xa4|\\x|by a text with a wrong escape",
                "'status text '|'status text'|by another line",
                "Name|é|by a text that is no plain one: \"status text"
            })
    void parseWhenNotWholeCannotTell(String part, String instead, String message) {
        String broken = WHOLE.replace(part.replace('~', '\n'), instead.replace('~', '\n'));
        assertThat(broken).isNotEqualTo(WHOLE);
        assertThatThrownBy(() -> parse(broken)).isInstanceOf(CannotTell.class).hasMessageContaining(message);
    }

    @Test
    void aTextIsAsLongAsTheProbesBound() {
        String escapes = "\\x00".repeat(1 << 18);
        assertThat(parse(WHOLE.replace("C signal 31", "C untried 31")).of("C"))
                .isEqualTo(Answer.Untried.killedBefore(31));
        assertThat(parse(WHOLE.replace("C signal 31", "C text " + escapes)).of("C"))
                .isEqualTo(new Answer.Text("\0".repeat(1 << 18)));
    }

    @Test
    void parseWhenSilentSaysSo() {
        assertThatThrownBy(() -> parse("")).isInstanceOf(CannotTell.class).hasMessage("the probe said nothing");
    }

    @Test
    void aMessageShowsNoControlCharacters() {
        assertThatThrownBy(() -> parse("\u001b[31m" + "x".repeat(500)))
                .hasMessageContaining("\"?[31mxxx")
                .hasMessageMatching("[ -~…]{1,140}");
    }

    @Property
    void anyBytesGiveAnswersOrCannotTell(@ForAll byte[] bytes) {
        isAnsweredOrCannotTell(bytes);
    }

    @Property
    void anyLinesThatLookLikeItGiveAnswersOrCannotTell(@ForAll("outputs") String output) {
        isAnsweredOrCannotTell(output.getBytes(StandardCharsets.UTF_8));
    }

    @Property
    void noBeginningOfAnAnswerIsTakenForTheWhole(@ForAll("cuts") int length) {
        byte[] cut = Arrays.copyOf(WHOLE.getBytes(StandardCharsets.UTF_8), length);
        assertThatThrownBy(() -> ProbeAnswers.parse(cut, TABLE)).isInstanceOf(CannotTell.class);
    }

    @Provide
    Arbitrary<Integer> cuts() {
        return Arbitraries.integers().between(0, WHOLE.length() - 1);
    }

    @Provide
    Arbitrary<String> outputs() {
        Arbitrary<String> rest = Arbitraries.strings()
                .withChars("-0123456789 \\xabcdef\u00e9\u0000\t")
                .ofMaxLength(30);
        Arbitrary<String> line = Arbitraries.of("A/1 value ", "status text ", "C signal ", "C untried ", "C text ", "")
                .flatMap(start -> rest.map(end -> start + end));
        return line.list()
                .ofMaxSize(5)
                .map(lines -> "sentinel-probe 1 x86_64\n" + String.join("\n", lines) + "\nend\n");
    }

    private static void isAnsweredOrCannotTell(byte[] bytes) {
        try {
            assertThat(ProbeAnswers.parse(bytes, TABLE).byId()).hasSize(3);
        } catch (CannotTell e) {
            assertThat(e).hasMessageMatching("[ -~…]+");
        }
    }

    @Test
    void anAttemptHasItsAnswerInWords() {
        Trial call = trial("call", "1");
        assertThat(call.answered(new Answer.Value(-1)).right()).isTrue();
        assertThat(call.answered(new Answer.Value(-14)).answer()).contains("EFAULT");
        assertThat(call.answered(new Answer.Value(7)).answer()).contains("ok");
        assertThat(call.answered(new Answer.Value(-4000)).answer()).contains("errno 4000");
        assertThat(call.answered(new Answer.Value(Long.MIN_VALUE)).right()).isFalse();
        assertThat(call.answered(new Answer.Killed(31)).answer()).contains("killed by SIGSYS");
        assertThat(trial("read", "/r").answered(new Answer.Value(0)).answer()).contains("empty");
        assertThat(trial("list", "/r").answered(new Answer.Value(3)).answer()).contains("content");
    }

    @Test
    void whatWasNotTriedIsNoAnswer() {
        Trial call = trial("call", "1");
        assertThat(call.answered(Answer.Untried.noProcess(11)))
                .returns(Optional.empty(), LiveView.Attempt::answer)
                .returns("no process could be started for it: EAGAIN", LiveView.Attempt::why);
        assertThat(call.answered(new Answer.Killed(14)))
                .returns(Optional.empty(), LiveView.Attempt::answer)
                .returns("it came to no end", LiveView.Attempt::why);
    }

    private static Trial trial(String... words) {
        return new Trial("R-1", "words", new Row("R-1/1", List.of(words)), List.of("EPERM"), Optional.empty());
    }

    private static ProbeAnswers parse(String output) {
        return ProbeAnswers.parse(output.getBytes(StandardCharsets.UTF_8), TABLE);
    }
}
