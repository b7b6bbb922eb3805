package io.sentinel.approval;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Whoever can be asked. */
public interface Person extends AutoCloseable {

    /** What they said. */
    enum Said {
        YES,
        NO,
        /** Nothing in time, or it was not needed any more. */
        NOTHING
    }

    /**
     * Asks one question.
     *
     * @param lines the question, safe to show
     * @param patience how long they have
     * @param over asked now and then: whether the answer is not wanted any more
     */
    Said ask(List<String> lines, Duration patience, BooleanSupplier over) throws InterruptedException;

    /** Asks no more. */
    @Override
    void close();
}
