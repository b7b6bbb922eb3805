package io.sentinel.engine;

import java.io.OutputStream;
import java.util.Objects;

/** Where the streams of an attached process go. */
public sealed interface Streams {

    /**
     * The process has this JVM's own standard input, output and error: the real terminal, where there is one, even under
     * a Maven that redirects {@code System.out}.
     */
    record Inherited() implements Streams {}

    /**
     * The bytes of the process are written on as they come and flushed; its standard input is empty. A stream that
     * refuses a write gets no more of them, and the process goes on.
     *
     * @param out for its standard output; not closed
     * @param err for its standard error; not closed
     */
    record Pumped(OutputStream out, OutputStream err) implements Streams {

        public Pumped {
            Objects.requireNonNull(out, "out");
            Objects.requireNonNull(err, "err");
        }
    }
}
