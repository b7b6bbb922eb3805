package io.sentinel.approval;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.approval.Person.Said;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked, answered, and shown of an agent meanwhile, without a terminal's device. */
@Timeout(60)
class TerminalTest {

    /** Longer than any test lasts. */
    private static final Duration LONG = Duration.ofMinutes(10);

    private final PipedOutputStream typed = new PipedOutputStream();
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private Terminal terminal;

    @BeforeEach
    void open() throws Exception {
        terminal = new Terminal(new PipedInputStream(typed, 4096), screen, screen, screen);
    }

    @AfterEach
    void close() {
        terminal.close();
    }

    private void type(String text) throws Exception {
        typed.write(text.getBytes(StandardCharsets.UTF_8));
        typed.flush();
    }

    private String shown() {
        return screen.toString(StandardCharsets.UTF_8);
    }

    private void await(String text) throws Exception {
        while (!shown().contains(text)) {
            Thread.sleep(5);
        }
    }

    private CompletableFuture<Said> ask(AtomicBoolean over) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return terminal.ask(List.of("first", "second"), LONG, over::get);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private Said answer(String keys) throws Exception {
        CompletableFuture<Said> said = ask(new AtomicBoolean());
        await("[y/N] ");
        type(keys);
        return said.get();
    }

    @ParameterizedTest
    @ValueSource(strings = {"y\n", "Y\r", " yes \n", "YES\n"})
    void yesIsSaidInSoManyWords(String keys) throws Exception {
        assertThat(answer(keys)).isEqualTo(Said.YES);
        assertThat(shown())
                .startsWith("\nfirst\nsecond\nAllow it? [y/N] ")
                .contains("Allowed for the rest of this run");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "n\n", "no\n", "ye\n", "yess\n", "yes please\n", "1\n", "true\n", "yn\n", "ｙ\n"})
    void everythingElseIsANo(String keys) throws Exception {
        assertThat(answer(keys)).isEqualTo(Said.NO);
        assertThat(shown()).contains("Not allowed.");
    }

    @Test
    void anEndlessLineIsANoToo() throws Exception {
        assertThat(answer("y".repeat(4000) + "\n")).isEqualTo(Said.NO);
    }

    @Test
    void whatWasTypedBeforeAnswersNothing() throws Exception {
        type("y\nyes\ny");
        CompletableFuture<Said> said = ask(new AtomicBoolean());
        await("[y/N] ");
        Thread.sleep(200);
        assertThat(said).isNotDone();
        type("\n");
        assertThat(said.get()).isEqualTo(Said.NO);
    }

    @Test
    void nothingSaidInTimeIsNothing() throws Exception {
        assertThat(terminal.ask(List.of("first"), Duration.ofMillis(100), () -> false))
                .isEqualTo(Said.NOTHING);
        assertThat(shown()).contains("Not answered, so not allowed.");
    }

    @Test
    void questionThatIsOverEnds() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Said> said = ask(over);
        await("[y/N] ");
        over.set(true);
        assertThat(said.get()).isEqualTo(Said.NOTHING);
    }

    /** Whatever the agent says while a question is open comes after it. */
    @Test
    void agentSaysNothingWhileAQuestionIsOpen() throws Exception {
        terminal.out().write("before\n".getBytes(StandardCharsets.UTF_8));
        CompletableFuture<Said> said = ask(new AtomicBoolean());
        await("[y/N] ");
        terminal.out().write("\u001B[2K\rother target\n".getBytes(StandardCharsets.UTF_8));
        terminal.err().write("errors\n".getBytes(StandardCharsets.UTF_8));
        terminal.out().flush();
        Thread.sleep(200);
        assertThat(shown()).isEqualTo("before\n\nfirst\nsecond\nAllow it? [y/N] ");
        type("n\n");
        said.get();
        await("errors");
        assertThat(shown()).endsWith("Not allowed.\n\\u001B[2K\nother target\nerrors\n");
    }

    @Test
    void whatDrivesATerminalIsShown() throws Exception {
        byte[] text = "größe\u001B]0;x\u0007\u009B2J\u202Eback\r\nnext\rline\t|\u0000\u007F 🐢\n"
                .getBytes(StandardCharsets.UTF_8);
        for (byte one : text) {
            terminal.out().write(one);
        }
        terminal.out().write(new byte[] {(byte) 0x9B, 'J', '\n', (byte) 0xC3});
        terminal.close();
        assertThat(shown())
                .isEqualTo("größe\\u001B]0;x\\u0007\\u009B2J\\u202Eback\n\nnext\nline    |\\u0000\\u007F 🐢\n"
                        + "\uFFFDJ\n\uFFFD");
    }

    /** The run's end waits for whoever writes the output, and must not wait for an answer. */
    @Test
    void whatComesMeanwhileIsKeptUpToABound() throws Exception {
        CompletableFuture<Said> said = ask(new AtomicBoolean());
        await("[y/N] ");
        terminal.out().write(new byte[HeldOutput.MOST_KEPT]);
        CompletableFuture<Void> more = CompletableFuture.runAsync(() -> {
            try {
                terminal.out().write('z');
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        Thread.sleep(200);
        assertThat(more).isNotDone();
        type("y\n");
        said.get();
        more.get();
        assertThat(shown()).endsWith("z");
    }

    @Test
    void terminalThatIsGoneAnswersNothing() throws Exception {
        OutputStream gone = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("gone");
            }
        };
        Terminal closed = new Terminal(new PipedInputStream(new PipedOutputStream()), gone, screen, screen);
        assertThat(closed.ask(List.of("first"), LONG, () -> false)).isEqualTo(Said.NOTHING);
        type("y\n");
    }
}
