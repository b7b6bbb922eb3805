package io.sentinel.approval;

import io.sentinel.approval.Person.Said;
import io.sentinel.audit.AuditRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * The host's side of what a guard asks: takes the questions out of the trail as it comes, has each answered, one after another,
 * and writes the answers where the guard reads them. It stands in the folder of the trails, which the agent can neither open
 * nor replace. The guard has the last word: an answer that is late, or of another question, counts for nothing there.
 */
public final class Questions implements AutoCloseable {

    private record Waiting(Question question, long since) {}

    private static final String SUFFIX = ".answers";

    /**
     * Of this process. A lock of fcntl(2) ends as soon as its process closes any descriptor of the file, so none of these is
     * opened a second time, not even to look at its lock.
     */
    private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

    private final Path answers;
    private final FileChannel channel;
    private final Person person;
    private final Consumer<String> warnings;
    private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
    private final Set<String> decided = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean over;

    private Questions(Path answers, FileChannel channel, Person person, Consumer<String> warnings) {
        this.answers = answers;
        this.channel = channel;
        this.person = person;
        this.warnings = warnings;
        this.thread = new Thread(this::answer, "sentinel-questions");
        thread.setDaemon(true);
    }

    /**
     * Begins to answer. A new file tells the guard that somebody can be asked; it is gone again once this is closed. What a
     * killed process left of the kind is removed.
     *
     * @param folder of the trails
     * @param name of the run's
     * @param person who is asked; not closed
     * @param warnings told what was left and cannot be removed; and once, where an answer cannot be given on
     * @throws IOException if the file cannot be made, or is there already
     */
    public static Questions open(Path folder, String name, Person person, Consumer<String> warnings)
            throws IOException {
        Path real = folder.toRealPath();
        reap(real, warnings);
        Path answers = real.resolve(name + SUFFIX);
        if (!IN_USE.add(answers)) {
            throw new FileAlreadyExistsException(answers.toString());
        }
        try {
            Questions questions = new Questions(answers, made(answers), person, warnings);
            questions.thread.start();
            return questions;
        } catch (IOException e) {
            IN_USE.remove(answers);
            throw e;
        }
    }

    private static FileChannel made(Path answers) throws IOException {
        FileChannel channel = FileChannel.open(
                answers, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        try {
            // Held for as long as this process lives: by it another one tells that the file is in use.
            channel.tryLock();
            // Whatever the umask: the guard is another user where the invoker is root. It says nothing that is secret.
            Files.setPosixFilePermissions(answers, PosixFilePermissions.fromString("rw-r--r--"));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Takes a record of the trail that has its place in the chain. */
    public void hear(AuditRecord record) {
        Question.of(record).ifPresent(question -> waiting.add(new Waiting(question, System.nanoTime())));
        if (record.isAnswer()) {
            decided.add(record.target());
        }
        if (record.isEnd()) {
            over = true;
        }
    }

    private void answer() {
        try {
            while (!over) {
                answer(waiting.take());
            }
        } catch (InterruptedException e) {
            // The run is over.
            return;
        } catch (IOException e) {
            warnings.accept("what was answered cannot be given to the guard, which allows nothing more: " + e);
        }
    }

    private void answer(Waiting next) throws IOException, InterruptedException {
        Question question = next.question();
        Duration left = Question.PATIENCE.minusNanos(System.nanoTime() - next.since());
        boolean late = left.toSeconds() < 1 || over || decided.contains(question.target());
        Said said = late
                ? Said.NOTHING
                : person.ask(question.lines(left), left, () -> over || decided.contains(question.target()));
        if (said != Said.NOTHING) {
            channel.write(ByteBuffer.wrap(question.answer(said == Said.YES).getBytes(StandardCharsets.US_ASCII)));
        }
    }

    /** Answers no more. */
    @Override
    public void close() {
        over = true;
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true; // it is on its way out
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        try (channel) {
            Files.deleteIfExists(answers);
        } catch (IOException e) {
            warnings.accept(answers + " cannot be removed: " + e);
        } finally {
            IN_USE.remove(answers);
        }
    }

    /** What cannot be removed takes nothing away from this run, whose file has another name. */
    private static void reap(Path folder, Consumer<String> warnings) {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path file : left) {
                // No link, and no pipe, which would wait to be opened by somebody else too: nothing that a run leaves.
                if (!IN_USE.contains(file) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    remove(file, warnings);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            warnings.accept(folder + " cannot be searched for what killed runs left: " + e);
        }
    }

    private static void remove(Path file, Consumer<String> warnings) {
        try (FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock lock = other.tryLock()) {
            if (lock != null) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException | OverlappingFileLockException e) {
            return; // of a run that has just ended, or that another class loader of this process has
        } catch (IOException e) {
            warnings.accept(file + ", which a killed run left, cannot be removed: " + e);
        }
    }
}
