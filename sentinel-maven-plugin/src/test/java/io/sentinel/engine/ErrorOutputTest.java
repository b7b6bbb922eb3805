package io.sentinel.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ErrorOutputTest {

    @Test
    void lastLinesKeepsTheEndAndNoBlankOnes() {
        String text =
                IntStream.rangeClosed(1, 50).mapToObj(i -> "line " + i + "\n\n").collect(Collectors.joining());
        assertThat(ErrorOutput.lastLines(text).lines()).hasSize(12).endsWith("line 49", "line 50");
        assertThat(ErrorOutput.lastLine(text)).isEqualTo("line 50");
        assertThat(ErrorOutput.lastLine(" \n")).isEmpty();
    }

    @Test
    void oneLineCannotSteerATerminal() {
        assertThat(ErrorOutput.oneLine("a\u001b[2Jb\rc")).isEqualTo("a [2Jb c");
    }

    @Test
    void oneLineIsBounded() {
        assertThat(ErrorOutput.oneLine("x".repeat(1000))).hasSize(241).endsWith("…");
    }

    @Test
    void tailKeepsTheEndOfAnyBlock() {
        Tail tail = new Tail(4);
        byte[] block = "abcdefghij".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        tail.write(block, 0, 2);
        assertThat(tail.text()).isEqualTo("ab");
        tail.write(block, 0, 10);
        assertThat(tail.text()).isEqualTo("ghij");
        tail.write('k');
        assertThat(tail.text()).isEqualTo("hijk");
    }

    @Test
    void headKeepsTheBeginningAndSaysThatThereWasMore() {
        Head head = new Head(3);
        head.write("abc".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, 3);
        assertThat(head.truncated()).isFalse();
        head.write('d');
        assertThat(head.text()).isEqualTo("abc");
        assertThat(head.truncated()).isTrue();
    }
}
