package io.sentinel.mojo;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.run.Outcome;
import io.sentinel.run.Outcome.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunMojoTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            7   | EXITED        | The agent ended with exit code 7
            78  | EXITED        | The agent ended with exit code 78: where the line above begins with "sentinel: refused", the sandbox refused to start it
            126 | EXITED        | The agent ended with exit code 126: the program of command is there and cannot be executed
            127 | EXITED        | The agent ended with exit code 127: the program of command was not found in the image
            137 | OUT_OF_MEMORY | The agent ended with exit code 137: it wanted more memory than resources.memory gives
            143 | SIGNAL        | The agent was ended by a signal, exit code 143
            124 | TIMEOUT       | The agent was stopped: its time (resources.timeout) was over
            """)
    void failureIsToldInASentence(int code, Reason reason, String sentence) {
        Outcome outcome = new Outcome(
                "strict",
                "sentinel-strict",
                List.of(),
                OptionalInt.of(code),
                reason,
                Instant.EPOCH,
                Duration.ZERO,
                "",
                List.of(),
                Optional.empty());
        assertThat(RunMojo.sentence(outcome)).isEqualTo(sentence);
    }
}
