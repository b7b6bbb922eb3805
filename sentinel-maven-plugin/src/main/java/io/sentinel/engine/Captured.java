package io.sentinel.engine;

import java.util.Objects;

/**
 * What a captured process said.
 *
 * @param ending how it ended
 * @param stdout the beginning of its standard output, at most {@link Invocation#captureLimit} bytes, read as UTF-8
 * @param stderr the end of its standard error, at most {@link ProcessStarter#STDERR_LIMIT} bytes, read as UTF-8
 * @param truncated whether standard output was longer than what is here
 */
public record Captured(Ending ending, String stdout, String stderr, boolean truncated) {

    public Captured {
        Objects.requireNonNull(ending, "ending");
        Objects.requireNonNull(stdout, "stdout");
        Objects.requireNonNull(stderr, "stderr");
    }
}
