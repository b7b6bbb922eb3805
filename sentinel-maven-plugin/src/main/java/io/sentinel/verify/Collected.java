package io.sentinel.verify;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

/** Keeps what a probe says, bounded, and lets somebody wait until it has said its last word. */
final class Collected extends OutputStream {

    private static final int MOST_BYTES = 8 * 1024 * 1024;

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final byte[] last;
    private final CountDownLatch said = new CountDownLatch(1);

    /** @param last the line after which nothing more is expected */
    Collected(String last) {
        this.last = (last + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public synchronized void write(int b) throws IOException {
        if (kept.size() == MOST_BYTES) {
            throw new IOException("more than " + MOST_BYTES + " bytes");
        }
        kept.write(b);
        line.write(b);
        if (b == '\n') {
            if (isLast()) {
                said.countDown();
            }
            line.reset();
        }
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        for (int i = 0; i < length; i++) {
            write(bytes[offset + i]);
        }
    }

    /** Whether the line that has just ended is the last one. */
    private boolean isLast() {
        return line.size() == last.length && Arrays.equals(line.toByteArray(), last);
    }

    /** Nothing more comes: whoever waits goes on. */
    void over() {
        said.countDown();
    }

    /** Waits for the last word, or for {@link #over}. */
    void await() throws InterruptedException {
        said.await();
    }

    synchronized byte[] bytes() {
        return kept.toByteArray();
    }
}
