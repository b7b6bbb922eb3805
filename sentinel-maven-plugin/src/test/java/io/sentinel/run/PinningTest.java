package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PinningTest {

    @ParameterizedTest
    @CsvSource({
        "python:3.12-slim, python",
        "python, python",
        "docker.io/library/python:3.12, python",
        "docker.io/team/agent:1, team/agent",
        "registry.example:5000/team/agent:1, registry.example:5000/team/agent",
        "registry.example:5000/team/agent, registry.example:5000/team/agent",
        "team/agent:1@sha256:00, team/agent"
    })
    void repositoryIsTheReferenceAsTheEngineShortensIt(String reference, String repository) {
        assertThat(Pinning.repository(reference)).isEqualTo(repository);
    }
}
