package io.sentinel.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Moves the bytes of one stream of a process to a target as they come, on a thread of its own. */
final class Pump {

    private static final int BLOCK = 8 * 1024;

    private final InputStream source;
    private final OutputStream target;
    private final Thread thread;
    private volatile boolean abandoned;
    private boolean refused;

    private Pump(String name, InputStream source, OutputStream target) {
        this.source = source;
        this.target = target;
        this.thread = new Thread(this::move, name);
        thread.setDaemon(true);
    }

    static Pump start(String name, InputStream source, OutputStream target) {
        Pump pump = new Pump(name, source, target);
        pump.thread.start();
        return pump;
    }

    /**
     * Waits for the end of the stream.
     *
     * @param millis at most this long; 0 only looks
     * @return whether the stream has ended
     */
    boolean await(long millis) throws InterruptedException {
        if (millis > 0) {
            thread.join(millis);
        }
        return !thread.isAlive();
    }

    /** From here on nothing more is written to the target, even if something still holds the stream open. */
    void abandon() {
        abandoned = true;
    }

    private void move() {
        byte[] block = new byte[BLOCK];
        try (source) {
            for (int length = source.read(block); length >= 0 && !abandoned; length = source.read(block)) {
                write(block, length);
            }
        } catch (IOException e) {
            // The stream of a process that was destroyed breaks off: that is its end.
            abandon();
        }
    }

    // A target that fails must not block the process: what it would have got is dropped.
    private void write(byte[] block, int length) {
        if (refused) {
            return;
        }
        try {
            target.write(block, 0, length);
            target.flush();
        } catch (IOException e) {
            refused = true;
        }
    }
}
