package io.sentinel.verify.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written for the probe can be read by it. */
class ProbeTableTest {

    private static final Duration WAIT = Duration.ofMillis(1500);

    @Test
    void aRowIsALineOfWordsWithTabs() {
        ProbeTable table = new ProbeTable(List.of(
                Row.talk("a", "192.0.2.1", 3128, WAIT, "GET /ä\\ HTTP/1.1\r\n\t\r\n"),
                Row.resolve("b", "example.org", "-", WAIT),
                Row.connect("c", "::1", 80, WAIT)));
        assertThat(new String(table.bytes(), StandardCharsets.UTF_8))
                .isEqualTo(
                        "a\ttalk\t192.0.2.1\t3128\t1500\tGET\\x20/\\xc3\\xa4\\x5c\\x20HTTP/1.1\\x0d\\x0a\\x09\\x0d\\x0a\n"
                                + "b\tresolve\texample.org\t-\t1500\nc\tconnect\t::1\t80\t1500\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\tb", "a\nb", "a\0b", ""})
    void aWordThatWouldEndBeforeItsEndIsRefused(String word) {
        assertThatThrownBy(() -> new Row("a", List.of("read", word))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a\n", "", "ä"})
    void anIdThatAnAnswerCannotBeginWithIsRefused(String id) {
        assertThatThrownBy(() -> new Row(id, List.of("read", "/"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anIdTwiceIsRefused() {
        assertThatThrownBy(() -> new ProbeTable(List.of(Row.processes("a", 1), Row.processes("a", 2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the id a");
        ProbeTable one = new ProbeTable(List.of(Row.processes("a", 1)));
        assertThatThrownBy(() -> one.and(one)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTableThatTheProbeWouldNotReadIsRefused() {
        List<Row> rows = IntStream.range(0, 100)
                .mapToObj(i -> new Row("a" + i, List.of("read", "/" + "x".repeat(700))))
                .toList();
        assertThatThrownBy(() -> new ProbeTable(rows)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ProbeTable(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Row("a", Collections.nCopies(10, "x")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
