package io.sentinel.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.approval.Person.Said;
import io.sentinel.audit.AuditRecord;
import io.sentinel.audit.AuditRecord.Decision;
import io.sentinel.audit.AuditRecord.Source;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a trail's questions, with a person in the place of the terminal's. */
@Timeout(60)
class QuestionsTest {

    @TempDir
    private Path folder;

    private final Scripted person = new Scripted();
    private final List<String> warnings = new ArrayList<>();
    private Questions questions;

    @BeforeEach
    void open() throws Exception {
        questions = Questions.open(folder, "run", person, warnings::add);
    }

    @AfterEach
    void close() {
        questions.close();
        assertThat(folder).isEmptyDirectory();
        assertThat(warnings).isEmpty();
    }

    /** Says what it was told to, once for each question; without a word it waits until the answer is not wanted. */
    private static final class Scripted implements Person {
        private final BlockingQueue<List<String>> asked = new LinkedBlockingQueue<>();
        private final BlockingQueue<Said> says = new LinkedBlockingQueue<>();
        private final List<String> timed = new CopyOnWriteArrayList<>();
        private final CountDownLatch aborted = new CountDownLatch(1);

        @Override
        public Said ask(List<String> lines, Duration patience, BooleanSupplier over) throws InterruptedException {
            assertThat(patience).isPositive().isLessThanOrEqualTo(Question.PATIENCE);
            asked.add(lines);
            timed.add("A yes holds for the rest of this run; no answer in " + patience.toSeconds() + " s is a no.");
            while (!over.getAsBoolean()) {
                Said said = says.poll();
                if (said != null) {
                    return said;
                }
                Thread.sleep(5);
            }
            aborted.countDown();
            return Said.NOTHING;
        }

        @Override
        public void close() {}
    }

    private static AuditRecord record(long seq, Source source, String action, String target, Decision decision) {
        return new AuditRecord(
                seq,
                Instant.EPOCH,
                7,
                "/usr/bin/curl",
                source,
                action,
                target,
                decision,
                "allowed_hosts",
                "the name is not listed",
                AuditRecord.NO_PREV,
                String.format("%064x", seq));
    }

    private static AuditRecord question(long seq, String target) {
        return record(seq, Source.GUARD, "ask", target, Decision.OBSERVED);
    }

    private List<String> answers(int count) throws Exception {
        List<String> lines = List.of();
        while (lines.size() < count) {
            Thread.sleep(5);
            lines = Files.readAllLines(folder.resolve("run.answers"));
        }
        return lines;
    }

    @Test
    void answersRepeatTheNumberAndHashOfTheRecordThatAsks() throws Exception {
        questions.hear(question(5, "files.example.com"));
        questions.hear(question(6, "203.0.113.1:443"));
        person.says.addAll(List.of(Said.YES, Said.NO));
        assertThat(answers(2)).containsExactly("5 " + "0".repeat(63) + "5 allow", "6 " + "0".repeat(63) + "6 deny");
        assertThat(person.asked).hasSize(2).extracting(lines -> lines.get(4)).containsExactlyElementsOf(person.timed);
    }

    @Test
    void fileIsThereBeforeAnythingIsAskedAndReadableToTheGuard() throws Exception {
        assertThat(folder.resolve("run.answers")).isEmptyFile();
        assertThat(Files.getPosixFilePermissions(folder.resolve("run.answers")))
                .isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
    }

    @Test
    void whoPretendsToBeTheGuardAsksNothing() throws Exception {
        questions.hear(record(4, Source.PYTHON, "ask", "evil.example", Decision.OBSERVED));
        questions.hear(record(5, Source.GUARD, "connect", "evil.example", Decision.OBSERVED));
        questions.hear(record(6, Source.GUARD, "ask", "answered.example", Decision.DENIED));
        questions.hear(question(7, "good.example"));
        person.says.add(Said.YES);
        assertThat(answers(1)).singleElement().asString().startsWith("7 ");
        assertThat(person.asked).singleElement().asString().contains("good.example");
    }

    @Test
    void questionThatTheGuardHasDecidedIsNotAskedAnyMore() throws Exception {
        questions.hear(question(5, "late.example"));
        while (person.asked.isEmpty()) {
            Thread.sleep(5);
        }
        questions.hear(question(6, "later.example"));
        questions.hear(record(7, Source.GUARD, "ask", "later.example", Decision.DENIED));
        questions.hear(record(8, Source.GUARD, "ask", "late.example", Decision.DENIED));
        person.aborted.await();
        questions.hear(question(9, "next.example"));
        person.says.add(Said.NO);
        assertThat(answers(1)).singleElement().asString().startsWith("9 ");
        assertThat(person.asked).hasSize(2);
    }

    @Test
    void endOfTheRunEndsTheQuestion() throws Exception {
        questions.hear(question(5, "open.example"));
        while (person.asked.isEmpty()) {
            Thread.sleep(5);
        }
        questions.hear(record(6, Source.GUARD, "end", "0", Decision.OBSERVED));
        person.aborted.await();
        assertThat(folder.resolve("run.answers")).isEmptyFile();
    }

    @Test
    void whatAKilledProcessLeftIsRemovedAndWhatIsInUseIsNot() throws Exception {
        Files.writeString(folder.resolve("killed.answers"), "1 2 allow\n");
        Questions another = Questions.open(folder, "another", person, warnings::add);
        assertThat(folder.resolve("killed.answers")).doesNotExist();
        assertThat(folder.resolve("run.answers")).exists();
        another.close();
    }

    /** Another process sees what is in use by its lock, which a second look from within the same process would have ended. */
    @Test
    void nextRunLeavesTheLocksOfOthersAlone() throws Exception {
        Questions another = Questions.open(folder, "another", person, warnings::add);
        assertThat(lockIsHeld("run.answers")).isTrue();
        assertThat(lockIsHeld("another.answers")).isTrue();
        Files.createFile(folder.resolve("killed.answers"));
        assertThat(lockIsHeld("killed.answers")).isFalse();
        Files.delete(folder.resolve("killed.answers"));
        another.close();
    }

    private boolean lockIsHeld(String name) throws Exception {
        Path classes = Path.of(
                Locked.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        classes.toString(),
                        Locked.class.getName(),
                        folder.resolve(name).toString())
                .inheritIO()
                .start();
        int code = other.waitFor();
        assertThat(code).isIn(Locked.HELD, Locked.FREE);
        return code == Locked.HELD;
    }

    /** Another process: says by its exit code whether it finds a file locked. */
    static final class Locked {

        static final int HELD = 10;
        static final int FREE = 11;

        private Locked() {}

        public static void main(String[] words) throws Exception {
            try (FileChannel channel = FileChannel.open(Path.of(words[0]), StandardOpenOption.WRITE);
                    FileLock lock = channel.tryLock()) {
                System.exit(lock == null ? HELD : FREE);
            }
        }
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a pipe that waits heeds no interrupt
    void whatIsNoFileIsPassedOver() throws Exception {
        Path pipe = folder.resolve("pipe.answers");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
        Path link = Files.createSymbolicLink(folder.resolve("link.answers"), Path.of("elsewhere"));
        Path within = Files.createDirectory(folder.resolve("folder.answers"));
        Questions.open(folder, "another", person, warnings::add).close();
        for (Path one : List.of(pipe, link, within)) {
            assertThat(Files.deleteIfExists(one)).as(one.toString()).isTrue();
        }
    }

    /** A program that runs is not opened for writing, whoever asks. */
    @Test
    void whatCannotBeRemovedIsAWarningAndStopsNoRun() throws Exception {
        Path busy = Files.copy(Path.of("/bin/sh").toRealPath(), folder.resolve("busy.answers"));
        Process running = new ProcessBuilder(busy.toString(), "-c", "read line").start();
        try {
            Questions another = Questions.open(folder, "another", person, warnings::add);
            assertThat(folder.resolve("another.answers")).exists();
            another.close();
        } finally {
            running.destroyForcibly().waitFor();
        }
        assertThat(warnings).singleElement().asString().contains(busy + ", which a killed run left, cannot be removed");
        warnings.clear();
        Files.delete(busy);
    }

    @Test
    void nameThatIsInUseIsRefusedAndStaysInUse() throws Exception {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> Questions.open(folder, "run", person, warnings::add))
                    .isInstanceOf(FileAlreadyExistsException.class);
        }
        assertThat(lockIsHeld("run.answers")).isTrue();
    }

    @Test
    void questionThatWaitedSaysWhatIsLeft() {
        Question question = new Question(1, "h", "good.example", "allowed_hosts", "why", "", 0);
        assertThat(question.lines(Duration.ofMillis(7900)))
                .last()
                .isEqualTo("A yes holds for the rest of this run; no answer in 7 s is a no.");
    }

    @Test
    void questionIsOfLinesThatNoNameCanAddTo() {
        Question hostile = new Question(
                1,
                "h",
                "good.example",
                "allowed_hosts",
                "why\n",
                "/tmp/x\n  target   good.example\u001B[2K\u202E" + "y".repeat(5000),
                7);
        assertThat(hostile.lines(Question.PATIENCE)).hasSize(5).allMatch(line -> line.length() < 400);
        assertThat(String.join("", hostile.lines(Question.PATIENCE)))
                .contains("  program  /tmp/x   target   good.example\\u001B[2K\\u202Eyyy")
                .doesNotContain("\n", "\u001B", "\u202E");
    }
}
