package io.sentinel.text;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class WrapTest {

    @Test
    void wordsGoToTheNextLineAndALongOneIsCut() {
        assertThat(Wrap.lines("one two three", 7)).containsExactly("one two", "three");
        assertThat(Wrap.lines("one twothreefour five", 5)).containsExactly("one", "twoth", "reefo", "ur", "five");
        assertThat(Wrap.lines("one\n\ntwo", 7)).containsExactly("one", "", "two");
        assertThat(Wrap.lines("", 7)).containsExactly("");
        assertThat(Wrap.lines("\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00", 2))
                .containsExactly("\uD83D\uDE00\uD83D\uDE00", "\uD83D\uDE00");
    }

    @Property
    void noLineIsTooLongAndNoLetterIsLost(@ForAll String text, @ForAll @IntRange(min = 1, max = 40) int width) {
        assertThat(Wrap.lines(text, width)).allMatch(line -> line.codePointCount(0, line.length()) <= width);
        assertThat(String.join("", Wrap.lines(text, width)).replace(" ", ""))
                .isEqualTo(text.replace(" ", "").replace("\n", ""));
    }
}
