package io.sentinel.approval;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The terminal of this process, for as long as an agent runs that has nothing of it: what the agent says goes through
 * {@link #out} and {@link #err}, which keep it from painting over a question, and it gets no input. So nobody's keys for the
 * agent can answer a question, and a question is what it looks like.
 *
 * <p>A yes is a word that the question itself shows, another one each time. Lines that were finished before are dropped, but
 * half a line is not ours yet: the kernel keeps it until Enter, and neither counts it nor gives it away (termios(3), canonical
 * mode). So whatever somebody had begun to type, its end alone allows nothing.
 */
public final class Terminal implements Person {

    /** The terminal that this process belongs to, wherever its streams lead (tty(4)). */
    private static final Path DEVICE = Path.of("/dev/tty");

    private static final long LOOK_MILLIS = 50;
    private static final int LONGEST_ANSWER = 80;

    /** No vowels, so that it is no word that somebody types anyway; and no l, which is taken for a digit. */
    private static final String LETTERS = "bcdfghjkmnpqrstvwxz";

    private static final int WORD_LETTERS = 4;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final InputStream keys;
    private final OutputStream screen;
    private final HeldOutput out;
    private final HeldOutput err;
    private final Supplier<String> words;

    /**
     * Takes it as it is.
     *
     * @param keys what is typed; tells what is there to be read at once
     * @param screen where questions are shown
     * @param words gives the word that allows, for each question
     */
    Terminal(InputStream keys, OutputStream screen, OutputStream out, OutputStream err, Supplier<String> words) {
        this.keys = keys;
        this.screen = screen;
        this.out = new HeldOutput(out);
        this.err = new HeldOutput(err);
        this.words = words;
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
            return new Terminal(input, new FileOutputStream(DEVICE.toFile(), true), out, err, Terminal::word);
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
            try {
                out.hold();
                err.hold();
                // What was typed before the question was there answers nothing.
                drain();
                String word = words.get();
                say("\n" + String.join("\n", lines) + "\nType " + word
                        + " and Enter to allow it, anything else denies: ");
                Said said = listen(word, patience, over);
                // What comes of it the guard decides, by whether it was in time.
                say(
                        switch (said) {
                            case YES -> "Answered: yes.\n";
                            case NO -> "Answered: no.\n";
                            case NOTHING -> "\nNot answered, so not allowed.\n";
                        });
                return said;
            } finally {
                release();
            }
        } catch (IOException e) {
            // A terminal that is gone answers nothing.
            return Said.NOTHING;
        }
    }

    /** Both, whatever becomes of the first. */
    private void release() throws IOException {
        try {
            out.release();
        } finally {
            err.release();
        }
    }

    private Said listen(String word, Duration patience, BooleanSupplier over) throws IOException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        StringBuilder answer = new StringBuilder();
        while (System.nanoTime() < end && !over.getAsBoolean()) {
            while (keys.available() > 0) {
                int key = keys.read();
                if (key < 0) {
                    return Said.NOTHING;
                }
                if (key == '\n' || key == '\r') {
                    return answer.toString().strip().equals(word) ? Said.YES : Said.NO;
                }
                if (answer.length() <= LONGEST_ANSWER) {
                    answer.append((char) key);
                }
            }
            Thread.sleep(LOOK_MILLIS);
        }
        return Said.NOTHING;
    }

    /** One that nobody can have typed before. */
    static String word() {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < WORD_LETTERS; i++) {
            word.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
        }
        return word.toString();
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
