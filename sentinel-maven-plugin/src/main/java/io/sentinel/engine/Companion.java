package io.sentinel.engine;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A program that goes on beside the caller, and ends when its standard input does: so it never outlives this JVM, however
 * that ends.
 */
final class Companion implements AutoCloseable {

    private static final long POLL_MILLIS = 10;

    private final Process process;
    private final Head out;
    private final Tail err = new Tail(ProcessStarter.STDERR_LIMIT);
    private final Running running;
    private final Runnable forget;

    /**
     * @param outLimit bytes of standard output that are kept
     * @param forget what to do when it is over
     */
    Companion(Process process, int outLimit, Runnable forget) {
        this.process = process;
        this.out = new Head(outLimit);
        this.running = Running.of(process, new Streams.Pumped(out, err));
        this.forget = forget;
    }

    /** Writes to its input; what a program that has ended would have got is dropped. */
    void tell(String text) {
        try {
            OutputStream input = process.getOutputStream();
            input.write(text.getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            // It has ended, and what it said tells why.
            return;
        }
    }

    /** Waits for a line of its output, or its end; gives the output so far. */
    String awaitLine(Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (out.text().indexOf('\n') < 0 && process.isAlive() && System.nanoTime() < deadline) {
            Thread.sleep(POLL_MILLIS);
        }
        return out.text();
    }

    /** Ends its input and waits for its end; gives all that it said. */
    Captured finish(Duration within) throws EngineException, InterruptedException {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // It has ended, which is what this is for.
            process.destroy();
        }
        Ending ending = running.await(within, AtLimit.DESTROY);
        return new Captured(ending, out.text(), err.text(), out.truncated());
    }

    /** Destroys it where it still runs. */
    @Override
    public void close() {
        try {
            running.end();
        } catch (InterruptedException e) {
            // It is killed by then; whoever waits next shall know.
            Thread.currentThread().interrupt();
        } finally {
            forget.run();
        }
    }
}
