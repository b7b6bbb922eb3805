package io.sentinel.engine;

/**
 * What a program in a container came to.
 *
 * @param exitCode its own, or the docker client's where it was not started
 * @param stdout its standard output
 * @param lastErrors the end of its error output, bounded and without control characters
 */
public record Executed(int exitCode, String stdout, String lastErrors) {

    /** Whether it ended well. */
    public boolean succeeded() {
        return exitCode == 0;
    }
}
