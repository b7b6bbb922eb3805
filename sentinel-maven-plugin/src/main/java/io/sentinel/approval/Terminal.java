package io.sentinel.approval;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/**
 * The terminal of this process, for as long as an agent runs that has nothing of it: what the agent says goes through
 * {@link #out} and {@link #err}, which keep it from painting over a question, and it gets no input. So nobody's keys for the
 * agent can answer a question, and a question is what it looks like.
 */
public final class Terminal implements Person {

    /** The terminal that this process belongs to, wherever its streams lead (tty(4)). */
    private static final Path DEVICE = Path.of("/dev/tty");

    private static final long LOOK_MILLIS = 50;
    private static final int LONGEST_ANSWER = 80;

    private final InputStream keys;
    private final OutputStream screen;
    private final HeldOutput out;
    private final HeldOutput err;

    /**
     * Takes it as it is.
     *
     * @param keys what is typed; tells what is there to be read at once
     * @param screen where questions are shown
     */
    Terminal(InputStream keys, OutputStream screen, OutputStream out, OutputStream err) {
        this.keys = keys;
        this.screen = screen;
        this.out = new HeldOutput(out);
        this.err = new HeldOutput(err);
    }

    /**
     * Opens it.
     *
     * @param out where the agent's output goes on to; not closed
     * @param err where its errors go on to; not closed
     * @throws IOException if this process has none
     */
    public static Terminal open(OutputStream out, OutputStream err) throws IOException {
        InputStream input = new FileInputStream(DEVICE.toFile());
        try {
            return new Terminal(input, new FileOutputStream(DEVICE.toFile(), true), out, err);
        } catch (IOException e) {
            input.close();
            throw e;
        }
    }

    /** For the agent's standard output. */
    public OutputStream out() {
        return out;
    }

    /** For the agent's standard error. */
    public OutputStream err() {
        return err;
    }

    @Override
    public Said ask(List<String> lines, Duration patience, BooleanSupplier over) throws InterruptedException {
        try {
            out.hold();
            err.hold();
            try {
                // What was typed before the question was there answers nothing.
                drain();
                say("\n" + String.join("\n", lines) + "\nAllow it? [y/N] ");
                Said said = listen(patience, over);
                say(
                        switch (said) {
                            case YES -> "Allowed for the rest of this run.\n";
                            case NO -> "Not allowed.\n";
                            case NOTHING -> "\nNot answered, so not allowed.\n";
                        });
                return said;
            } finally {
                out.release();
                err.release();
            }
        } catch (IOException e) {
            // A terminal that is gone answers nothing.
            return Said.NOTHING;
        }
    }

    private Said listen(Duration patience, BooleanSupplier over) throws IOException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        StringBuilder answer = new StringBuilder();
        while (System.nanoTime() < end && !over.getAsBoolean()) {
            while (keys.available() > 0) {
                int key = keys.read();
                if (key < 0) {
                    return Said.NOTHING;
                }
                if (key == '\n' || key == '\r') {
                    return isYes(answer.toString()) ? Said.YES : Said.NO;
                }
                if (answer.length() <= LONGEST_ANSWER) {
                    answer.append((char) key);
                }
            }
            Thread.sleep(LOOK_MILLIS);
        }
        return Said.NOTHING;
    }

    private static boolean isYes(String answer) {
        return List.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT));
    }

    private void drain() throws IOException {
        while (keys.available() > 0 && keys.read() >= 0) {
            continue; // each of them
        }
    }

    private void say(String text) throws IOException {
        screen.write(text.getBytes(StandardCharsets.UTF_8));
        screen.flush();
    }

    @Override
    public void close() {
        for (AutoCloseable one : List.of(out, err, keys, screen)) {
            try {
                one.close();
            } catch (Exception e) {
                // The run is over, and what it said was written as far as it went.
                continue;
            }
        }
    }
}
