package io.sentinel.run;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Holds the end of this process up, when Ctrl-C or a signal asks for it, until the thread that made this has cleared away
 * what it started: that thread is interrupted, and closes this when it is done.
 */
final class Shutdown implements AutoCloseable {

    /** Then the process ends all the same, and the next run of Sentinel clears away what is left. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Thread worker = Thread.currentThread();
    private final Thread hook = new Thread(this::onShutdown, "sentinel-shutdown");
    private final CountDownLatch done = new CountDownLatch(1);
    private boolean clearing;
    private boolean ending;

    Shutdown() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * From here on the thread clears away, and is no longer interrupted.
     *
     * @return whether the process was told to end
     */
    synchronized boolean clearing() {
        clearing = true;
        Thread.interrupted();
        return ending;
    }

    private void onShutdown() {
        synchronized (this) {
            ending = true;
            if (!clearing) {
                worker.interrupt();
            }
        }
        try {
            done.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        done.countDown();
        synchronized (this) {
            if (!ending) {
                try {
                    Runtime.getRuntime().removeShutdownHook(hook);
                } catch (IllegalStateException e) {
                    // The process has just been told to end; the hook finds nothing left to wait for.
                    return;
                }
            }
        }
    }
}
