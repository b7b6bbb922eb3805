package io.sentinel.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
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
                    error decoding 'services[a].mem_limit': invalid size: 'hunter2' | error decoding 'services[a].mem_limit': invalid size: ***
                    Atoi: parsing "hunter2": invalid syntax    | Atoi: parsing ***: invalid syntax
                    Invalid containerPort: hunter2             | Invalid containerPort: ***
                    invalid additional host, missing IP: hunter2 | invalid additional host, missing IP: ***
                    line 2: unexpected character "+" in variable name "PW+X=hunter2" | line 2: unexpected character "+" in variable name ***
                    line 4: unterminated quoted value "hunter2 | line 4: unterminated quoted value ***
                    Invalid template: "${hunter2"              | Invalid template: ***
                    """)
    void ofWhenTextHasASecretHidesIt(String text, String masked) {
        assertThat(Masks.of(text)).isEqualTo(masked);
    }

    /** Compose 2.26 says the whole value, on a line of its own. */
    @Test
    void ofWhenComposeRefusesAVariableHidesTheValueAndSaysWhere() {
        assertThat(Masks.of("invalid interpolation format for services.a.command.[].\n"
                        + "You may need to escape any $ with another $.\ncurl -H X-Auth:${sekret"))
                .isEqualTo("invalid interpolation format for services.a.command.[]: ***");
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
