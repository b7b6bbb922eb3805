package io.sentinel.engine;

import java.io.IOException;
import java.io.OutputStream;

/** Runs attached commands of the docker client that must succeed. */
final class Attached {

    private static final int KEPT = 8 * 1024;

    private final DockerClient client;

    Attached(DockerClient client) {
        this.client = client;
    }

    // A failed build tells the failed step's words on standard output, and only that it failed on the other.
    /** @throws EngineException if it fails, with the end of what it said where that went through this JVM */
    void succeed(Invocation invocation, Streams streams) throws EngineException, InterruptedException {
        Tail tail = new Tail(KEPT);
        Ending ending = client.starter().attach(invocation, keeping(streams, tail), AtLimit.DESTROY);
        if (!ending.succeeded()) {
            throw client.failure(invocation.words(), invocation.limit(), ending, tail.text());
        }
    }

    private static Streams keeping(Streams streams, Tail tail) {
        return streams instanceof Streams.Pumped pumped
                ? new Streams.Pumped(new Both(pumped.out(), tail), new Both(pumped.err(), tail))
                : streams;
    }

    /** Writes to two streams; the second never fails. */
    private static final class Both extends OutputStream {
        private final OutputStream shown;
        private final Tail kept;

        Both(OutputStream shown, Tail kept) {
            this.shown = shown;
            this.kept = kept;
        }

        @Override
        public void write(int b) throws IOException {
            kept.write(b);
            shown.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            kept.write(bytes, offset, length);
            shown.write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
            shown.flush();
        }
    }
}
