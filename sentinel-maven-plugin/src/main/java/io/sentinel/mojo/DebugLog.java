package io.sentinel.mojo;

import io.sentinel.engine.Ending;
import io.sentinel.engine.EngineLog;
import java.time.Duration;
import java.util.List;
import org.apache.maven.plugin.logging.Log;

/** Docker commands, on Maven's debug level. */
record DebugLog(Log log) implements EngineLog {

    @Override
    public void starting(List<String> words) {
        log.debug("starting " + words);
    }

    @Override
    public void ended(List<String> words, Ending ending, Duration took) {
        log.debug("ended " + words.get(0) + " after " + took.toMillis() + " ms: " + ending);
    }
}
