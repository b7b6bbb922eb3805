package io.sentinel.approval;

import io.sentinel.text.SafeText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * An agent's output on its way to the terminal that asks questions about it. What drives a terminal is shown and not sent, so
 * that the agent can neither paint over a question nor hide one; and while one is open nothing is written at all: what comes is
 * kept, up to a bound, and written afterwards.
 */
final class HeldOutput extends OutputStream {

    /** Above it whoever writes has to wait, for as long as a question is open. */
    static final int MOST_KEPT = 1 << 20;

    private final OutputStream out;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    // The beginning of a character whose end has not come yet.
    private ByteBuffer rest = ByteBuffer.allocate(0);
    private boolean held;

    HeldOutput(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        while (held && kept.size() + length > MOST_KEPT) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("told to end while a question was open");
            }
        }
        if (held) {
            kept.write(bytes, offset, length);
        } else {
            show(ByteBuffer.wrap(bytes, offset, length), false);
        }
    }

    @Override
    public synchronized void flush() throws IOException {
        if (!held) {
            out.flush();
        }
    }

    /** From here on nothing is written. */
    synchronized void hold() throws IOException {
        out.flush();
        held = true;
    }

    /** Writes what was kept, and what comes. */
    synchronized void release() throws IOException {
        held = false;
        notifyAll();
        show(ByteBuffer.wrap(kept.toByteArray()), false);
        kept.reset();
        out.flush();
    }

    /** Writes what is left, and does not close what is behind it. */
    @Override
    public synchronized void close() throws IOException {
        release();
        show(ByteBuffer.allocate(0), true);
        out.flush();
    }

    private void show(ByteBuffer bytes, boolean end) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(rest.remaining() + bytes.remaining())
                .put(rest)
                .put(bytes)
                .flip();
        CharBuffer text = CharBuffer.allocate(all.remaining() + 1);
        decoder.decode(all, text, end);
        if (end) {
            decoder.flush(text);
            decoder.reset();
        }
        rest = ByteBuffer.wrap(new byte[all.remaining()]).put(all).flip();
        // A return would let the agent write over what stands in the line.
        String lines = text.flip().toString().replace("\r\n", "\n").replace('\r', '\n');
        out.write(SafeText.lines(lines).getBytes(StandardCharsets.UTF_8));
    }
}
