package io.sentinel.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MasksTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ADD https://user:pw@example.org/x /x       | ADD https://***@example.org/x /x
                    curl -H 'Authorization: Bearer abc.def' -d | curl -H 'Authorization: Bearer ***' -d
                    Proxy-Authorization: dTpw                  | Proxy-Authorization: ***
                    o=addr=10.0.0.1,password=hunter2,rw        | o=addr=10.0.0.1,password=***,rw
                    {"splunk-token": "abc"}                    | {"splunk-token": ***}
                    --api-key=abc --x                          | --api-key=*** --x
                    """)
    void ofWhenTextHasASecretHidesIt(String text, String masked) {
        assertThat(Masks.of(text)).isEqualTo(masked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.org/a@b",
                "a digest, or the image's ID in the lock",
                "GITHUB_TOKEN has the name of a secret",
                "Uid is 0 0 0 0",
                "seccomp:unconfined"
            })
    void ofWhenTextHasNoneLeavesIt(String text) {
        assertThat(Masks.of(text)).isEqualTo(text);
    }
}
