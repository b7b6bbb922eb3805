package io.sentinel.engine;

import java.time.Duration;
import java.util.List;

/**
 * What this package tells about its work, as named events. Each is meant for the debug level: argument lists may name
 * the user's files and programs. Values of environment variables are never among them.
 */
public interface EngineLog {

    /** Tells nothing. */
    EngineLog SILENT = new EngineLog() {
        @Override
        public void starting(List<String> words) {}

        @Override
        public void ended(List<String> words, Ending ending, Duration took) {}
    };

    /**
     * A process is about to start.
     *
     * @param words the program as it was found on PATH, then its arguments
     */
    void starting(List<String> words);

    /**
     * A process is over, by itself or at its time limit.
     *
     * @param words those of {@link #starting}
     * @param ending how it ended
     * @param took wall-clock time from start to end
     */
    void ended(List<String> words, Ending ending, Duration took);
}
