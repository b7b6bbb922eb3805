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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked, answered, and shown of an agent meanwhile, without a terminal's device. */
@Timeout(60)
class TerminalTest {

    /** Longer than any test lasts. */
    private static final Duration LONG = Duration.ofMinutes(10);

    private static final String WORD = "kqzt";
    private static final String PROMPT = "Type kqzt and Enter to allow it, anything else denies: ";

    private final PipedOutputStream typed = new PipedOutputStream();
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private Terminal terminal;

    @BeforeEach
    void open() throws Exception {
        terminal = new Terminal(new PipedInputStream(typed, 4096), screen, screen, screen, () -> WORD);
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
        await(PROMPT);
        type(keys);
        return said.get();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kqzt\n", "kqzt\r", " kqzt \n"})
    void yesIsTheWordThatIsShown(String keys) throws Exception {
        assertThat(answer(keys)).isEqualTo(Said.YES);
        assertThat(shown()).startsWith("\nfirst\nsecond\n" + PROMPT).endsWith("Answered: yes.\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n",
                "n\n",
                "no\n",
                "y\n",
                "yes\n",
                "1\n",
                "kqz\n",
                "kqztt\n",
                "kqzt please\n",
                "kqzt kqzt\n",
                "KQZT\n",
                "ykqzt\n",
                "y kqzt\n",
                "tzqk\n",
                "ｋqzt\n"
            })
    void everythingElseIsANo(String keys) throws Exception {
        assertThat(answer(keys)).isEqualTo(Said.NO);
        assertThat(shown()).endsWith("Answered: no.\n");
    }

    @Test
    void anEndlessLineIsANoToo() throws Exception {
        assertThat(answer("kqzt".repeat(1000) + "\n")).isEqualTo(Said.NO);
    }

    @Test
    void whatWasTypedBeforeAnswersNothing() throws Exception {
        type("kqzt\nyes\nkqzt");
        CompletableFuture<Said> said = ask(new AtomicBoolean());
        await(PROMPT);
        Thread.sleep(200);
        assertThat(said).isNotDone();
        type("\n");
        assertThat(said.get()).isEqualTo(Said.NO);
    }

    /** As a terminal has it: what was begun before the question comes with the Enter at it, and not a moment sooner. */
    @ParameterizedTest
    @CsvSource({"y,''", "yes,''", "y,kqzt", "yes,kqzt", "kqz,kqzt", "'y ',kqzt"})
    void halfALineFromBeforeSpoilsTheAnswer(String before, String answer) throws Exception {
        assertThat(answer(before + answer + "\n")).isEqualTo(Said.NO);
    }

    @Test
    void eachQuestionHasAWordOfItsOwn() {
        Set<String> words = Stream.generate(Terminal::word).limit(200).collect(Collectors.toSet());
        assertThat(words).hasSizeGreaterThan(150).allMatch(word -> word.matches("[a-z&&[^aeiouyl]]{4}"));
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
        await(PROMPT);
        over.set(true);
        assertThat(said.get()).isEqualTo(Said.NOTHING);
    }

    /** Whatever the agent says while a question is open comes after it. */
    @Test
    void agentSaysNothingWhileAQuestionIsOpen() throws Exception {
        terminal.out().write("before\n".getBytes(StandardCharsets.UTF_8));
        CompletableFuture<Said> said = ask(new AtomicBoolean());
        await(PROMPT);
        terminal.out().write("\u001B[2K\rother target\n".getBytes(StandardCharsets.UTF_8));
        terminal.err().write("errors\n".getBytes(StandardCharsets.UTF_8));
        terminal.out().flush();
        Thread.sleep(200);
        assertThat(shown()).isEqualTo("before\n\nfirst\nsecond\n" + PROMPT);
        type("n\n");
        said.get();
        await("errors");
        assertThat(shown()).endsWith("Answered: no.\n\\u001B[2K\nother target\nerrors\n");
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
        await(PROMPT);
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
        type(WORD + "\n");
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
        Terminal closed = new Terminal(new PipedInputStream(new PipedOutputStream()), gone, screen, screen, () -> WORD);
        assertThat(closed.ask(List.of("first"), LONG, () -> false)).isEqualTo(Said.NOTHING);
    }

    /** One of the two streams is gone, before the question or during it: what goes through the other one is not kept for ever. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void outputGoesOnAfterAQuestionThatCouldNotBeShown(int flushes) throws Exception {
        for (boolean first : List.of(true, false)) {
            OutputStream gone = new ByteArrayOutputStream() {
                private int left = flushes;

                @Override
                public void flush() throws IOException {
                    if (left-- <= 0) {
                        throw new IOException("gone");
                    }
                }
            };
            PipedInputStream keys = new PipedInputStream(new PipedOutputStream());
            try (Terminal half = new Terminal(keys, screen, first ? gone : screen, first ? screen : gone, () -> WORD)) {
                assertThat(half.ask(List.of("first"), LONG, () -> true)).isEqualTo(Said.NOTHING);
                (first ? half.err() : half.out()).write("goes on".getBytes(StandardCharsets.UTF_8));
                assertThat(shown()).endsWith("goes on");
                screen.reset();
            }
        }
    }
}
