package io.sentinel.engine;

import java.time.Duration;

/** How a process ended. */
public sealed interface Ending {

    /**
     * The process ended by itself.
     *
     * @param code its exit code; 128 plus the signal's number when a signal ended it
     */
    record Exited(int code) implements Ending {}

    /**
     * The process was still running at its time limit; it and its descendants were destroyed.
     *
     * @param limit the time that it was given
     */
    record TimedOut(Duration limit) implements Ending {}

    /** Whether the process ended by itself with exit code 0. */
    default boolean succeeded() {
        return this instanceof Exited exited && exited.code() == 0;
    }
}
