package io.sentinel.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTextTest {

    @ParameterizedTest
    @ValueSource(strings = {"plain", "größe", "日本語", "a \uD83D\uDE00 b", "<b> & \"q\" 'q' `x` $(y)", ""})
    void whatCanBeSeenStays(String text) {
        assertThat(SafeText.lines(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0x00, 0x07, 0x08, 0x0C, 0x0D, 0x1B, 0x7F, 0x85, 0x9B, 0xA0, 0xAD, 0x200B, 0x200E, 0x2028, 0x2029,
                0x202E, 0x2066, 0xD800, 0xDFFF, 0xE000, 0xFEFF, 0xFFFE, 0xFFFF
            })
    void whatCannotBeSeenIsShownByItsNumber(int c) {
        assertThat(SafeText.lines("a" + Character.toString(c) + "b"))
                .isEqualTo("a" + String.format(Locale.ROOT, "\\u%04X", c) + "b");
    }

    @Test
    void aCharacterBeyondTheFirstPlaneHasEightDigits() {
        assertThat(SafeText.lines(Character.toString(0xE0001))).isEqualTo("\\U000E0001");
    }

    @Test
    void lineBreaksStayAndTabsAreBlanks() {
        assertThat(SafeText.lines("a\r\nb\n\tc")).isEqualTo("a\nb\n    c");
        assertThat(SafeText.line(" a\r\nb\n\tc\n")).isEqualTo("a b     c");
    }

    @ParameterizedTest
    @CsvSource({"abcdef, 6, abcdef", "abcdefg, 6, abc...", "ab defg, 6, ab..."})
    void aLongLineIsCut(String text, int longest, String expected) {
        assertThat(SafeText.line(text, longest)).isEqualTo(expected);
    }
}
