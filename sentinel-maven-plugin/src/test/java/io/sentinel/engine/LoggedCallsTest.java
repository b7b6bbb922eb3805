package io.sentinel.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.engine.LoggedCalls.Kind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoggedCallsTest {

    private static final String ID = "0123456789abcdef".repeat(4);

    @Test
    void readsAllThatIsSaidOfACall() {
        LoggedCalls calls =
                LoggedCalls.parse("call 3 " + ID + " 10001 c000003e 162 6e616d65 2f62696e2f66\nend whole\n");
        assertThat(calls)
                .isEqualTo(new LoggedCalls(
                        List.of(new Kind(3, Optional.of(ID), 10001, 0xC000003E, 162, "name", "/bin/f")), true));
    }

    @Test
    void readsWhatIsNotKnown() {
        LoggedCalls calls = LoggedCalls.parse("call 1 - 4294967295 40000003 -1 - -\nend lossy\n");
        assertThat(calls)
                .isEqualTo(new LoggedCalls(
                        List.of(new Kind(1, Optional.empty(), 4294967295L, 0x40000003, -1, "?", "?")), false));
    }

    @Test
    void namesKeepNothingThatSteersATerminal() {
        Kind kind = Kind.parse("call 1 host 0 c000003e 1 1b5b33316d0a7f 5cc3a9" + "202e");
        assertThat(kind.name()).isEqualTo("\\x1b[31m\\x0a\\x7f");
        assertThat(kind.file()).isEqualTo("\\x5c\\xc3\\xa9 .");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "call 1 host 0 c000003e 1 61 61\n",
                "call 1 host 0 c000003e 1 61\nend whole\n",
                "call x host 0 c000003e 1 61 61\nend whole\n",
                "call 1 host 0 c000003e 1 6 61\nend whole\n",
                "other 1 host 0 c000003e 1 61 61\nend whole\n"
            })
    void refusesWhatIsNotWhole(String text) {
        assertThatThrownBy(() -> LoggedCalls.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
