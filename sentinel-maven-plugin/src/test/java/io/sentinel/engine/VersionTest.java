package io.sentinel.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionTest {

    @ParameterizedTest
    @CsvSource({
        "20.10.24+dfsg1, 20.10.24",
        "2.26.1-4, 2.26.1",
        "v2.29.0, 2.29.0",
        "28.2.2, 28.2.2",
        "v5.0, 5.0.0",
        "2.29.1-desktop.1, 2.29.1",
        "26.1.5+dfsg1-9, 26.1.5"
    })
    void parseWhenDistributorsAppendTheirOwnKeepsTheNumbers(String text, String expected) {
        assertThat(Version.parse(text)).map(Version::toString).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "dev", "2", "v", "a1.2", "2.", "1.2.3.4", "9999999999.1.1", "-1.2.3"})
    void parseWhenItIsNoVersionIsEmpty(String text) {
        assertThat(Version.parse(text)).isEmpty();
    }

    @Test
    void atLeastComparesNumbersNotText() {
        assertThat(new Version(20, 10, 9).atLeast(new Version(20, 9, 10))).isTrue();
        assertThat(new Version(2, 26, 0).atLeast(new Version(2, 26, 0))).isTrue();
        assertThat(new Version(2, 9, 9).atLeast(new Version(2, 26, 0))).isFalse();
        assertThat(new Version(19, 3, 99).atLeast(new Version(20, 10, 0))).isFalse();
    }
}
