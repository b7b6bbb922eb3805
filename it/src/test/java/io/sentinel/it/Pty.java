package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command at a terminal of its own, as script(1) makes one, and a person who reads and types there. */
final class Pty implements AutoCloseable {

    private static final long LIMIT_MINUTES = 3;

    private final Process process;
    private final StringBuffer said = new StringBuffer();
    private final Thread reader;

    private Pty(Process process) {
        this.process = process;
        this.reader = new Thread(this::read);
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts it.
     *
     * @param variables each as {@code NAME=VALUE}
     * @param words the command, without blanks or quotes
     */
    static Pty start(Path folder, List<String> variables, List<String> words) throws IOException {
        List<String> all = new ArrayList<>(List.of("env"));
        all.addAll(variables);
        all.addAll(words);
        return new Pty(new ProcessBuilder("script", "-qec", String.join(" ", all), "/dev/null")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start());
    }

    private void read() {
        byte[] block = new byte[4096];
        try (InputStream in = process.getInputStream()) {
            for (int count = in.read(block); count >= 0; count = in.read(block)) {
                // A byte a character: what is looked for is ASCII.
                said.append(new String(block, 0, count, StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            said.append(e);
        }
    }

    /** All that was shown, with plain line ends. */
    String shown() {
        return said.toString().replace("\r\n", "\n");
    }

    /** Waits until a text was shown so often. */
    Pty showing(String text, int times) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(LIMIT_MINUTES);
        while (shown().split(java.util.regex.Pattern.quote(text), -1).length <= times) {
            if (System.nanoTime() > deadline || !process.isAlive() && !reader.isAlive()) {
                throw new AssertionError("never showed \"" + text + "\":\n" + shown());
            }
            Thread.sleep(20);
        }
        return this;
    }

    Pty type(String keys) throws IOException {
        process.getOutputStream().write(keys.getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
        return this;
    }

    /** Waits for the end, and gives all that was shown. */
    String ended(int code) throws InterruptedException {
        assertThat(process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)).as(shown()).isTrue();
        reader.join();
        assertThat(process.exitValue()).as(shown()).isEqualTo(code);
        return shown();
    }

    /** What was started at the terminal. */
    List<ProcessHandle> processes() {
        return process.descendants().toList();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
