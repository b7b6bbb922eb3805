package io.sentinel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ComplementTest {

    @Test
    void ofOneValueHasOneBlockForEachBitAndDecidesFirstThoseThatItDoesNotHave() {
        assertThat(Complement.of(0, 0b111, List.of(0b101L)))
                .containsExactlyInAnyOrder(
                        new Comparison(0, 0b010, 0b010),
                        new Comparison(0, 0b110, 0b000),
                        new Comparison(0, 0b111, 0b100));
    }

    @Test
    void bitsInWhichTheValuesDifferComeLast() {
        assertThat(Complement.of(0, 0b1111, List.of(0b0100L, 0b0111L)))
                .containsExactlyInAnyOrder(
                        new Comparison(0, 0b1000, 0b1000),
                        new Comparison(0, 0b1100, 0b0000),
                        new Comparison(0, 0b1111, 0b0110),
                        new Comparison(0, 0b1111, 0b0101));
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
