package io.sentinel.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @Test
    void atFindsWhatIsThere() throws IOException {
        Json json = Json.parse("{\"a\":{\"b\":[{\"c\":\"x\"},null,[]]},\"n\":137,\"t\":true,\"z\":null}");

        assertThat(json.at("a", "b").elements().get(0).at("c").text()).contains("x");
        assertThat(json.at("a", "b").elements()).hasSize(3);
        assertThat(json.at("n").text()).contains("137");
        assertThat(json.at("t").isTrue()).isTrue();
    }

    @Test
    void atWhenAbsentNullOrOfAnotherTypeIsEmpty() throws IOException {
        Json json = Json.parse("{\"s\":\"true\",\"z\":null,\"t\":true}");

        assertThat(json.at("z").isObject()).isFalse();
        assertThat(json.at("z", "y").text()).isEmpty();
        assertThat(json.at("s", "y").elements()).isEmpty();
        assertThat(json.at("s").isTrue()).isFalse();
        assertThat(json.at("t").text()).isEmpty();
        assertThat(json.at("none").textMembers()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[1,", "{} {}", "nope", "{\"a\":}", "\"unclosed"})
    void parseWhenItIsNotOneValueIsRefused(String text) {
        assertThatIOException().isThrownBy(() -> Json.parse(text));
    }
}
