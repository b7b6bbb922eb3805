package io.sentinel.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class QuotingFormatTest {

    @Test
    void composeValueKeepsDollarsFromInterpolation() {
        assertThat(QuotingFormat.COMPOSE.escapePlainText("${HOME} $x $$")).isEqualTo("\"$${HOME} $$x $$$$\"");
    }

    @Test
    void yamlValueIsOneAsciiScalar() {
        assertThat(QuotingFormat.YAML.escapePlainText("a: \"b\"\\\n\t- é\u202E\uD83D\uDE00"))
                .isEqualTo("\"a: \\\"b\\\"\\\\\\n\\u0009- \\u00e9\\u202e\\U0001f600\"");
    }

    @Test
    void dockerfileValueOpensNoHereDocument() {
        assertThat(QuotingFormat.DOCKERFILE.escapePlainText("cat <<EOF")).isEqualTo("\"cat <\\u003cEOF\"");
    }

    @Test
    void dockerfileValueBeyondTheBasicPlaneIsASurrogatePair() {
        assertThat(QuotingFormat.DOCKERFILE.escapePlainText("\uD83D\uDE00")).isEqualTo("\"\\ud83d\\ude00\"");
    }

    @Test
    void shellValueIsOneWord() {
        assertThat(QuotingFormat.SHELL.escapePlainText("it's $(x) `y`")).isEqualTo("'it'\\''s $(x) `y`'");
    }

    @Test
    void shellValueWithAControlCharacterIsRefused() {
        assertThatThrownBy(() -> QuotingFormat.SHELL.escapePlainText("a\nb"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void squidTakesNoQuotedValue() {
        assertThatThrownBy(() -> QuotingFormat.SQUID.escapePlainText("a")).isInstanceOf(IllegalArgumentException.class);
    }
}
