package io.sentinel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ComplementTest {

    @Test
    void ofOneValueHasOneBlockForEachBitInTheOrderOfTheirValues() {
        assertThat(Complement.of(0, 0b111, List.of(0b101L)))
                .containsExactly(
                        new Comparison(0, 0b100, 0b000),
                        new Comparison(0, 0b111, 0b100),
                        new Comparison(0, 0b110, 0b110));
    }

    @Test
    void ofZeroUnderAMaskSaysThatAnyOfItsBitsIsSet() {
        assertThat(Complement.of(0, 0x0A, List.of(0L)))
                .containsExactly(new Comparison(0, 0x0A, 0x02), new Comparison(0, 0x08, 0x08));
    }

    @Test
    void ofAllValuesIsEmpty() {
        assertThat(Complement.of(0, 0b1, List.of(0L, 1L))).isEmpty();
    }
}
