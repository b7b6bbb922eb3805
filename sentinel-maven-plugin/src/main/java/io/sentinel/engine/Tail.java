package io.sentinel.engine;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Keeps the last bytes that were written to it. */
final class Tail extends OutputStream {

    private final byte[] ring;
    private long written;

    Tail(int limit) {
        ring = new byte[limit];
    }

    @Override
    public synchronized void write(int b) {
        ring[(int) (written++ % ring.length)] = (byte) b;
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        // Only the end of a block that is longer than the ring can stay in it.
        for (int i = Math.max(0, length - ring.length); i < length; i++) {
            write(bytes[offset + i]);
        }
    }

    synchronized String text() {
        int kept = (int) Math.min(written, ring.length);
        byte[] bytes = new byte[kept];
        for (int i = 0; i < kept; i++) {
            bytes[i] = ring[(int) ((written - kept + i) % ring.length)];
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
