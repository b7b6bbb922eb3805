package io.sentinel.audit;

import io.sentinel.audit.AuditFault.Kind;
import io.sentinel.audit.AuditRecord.Decision;
import io.sentinel.text.SafeText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Follows the trail of a living run: verifies each record as it comes and copies the bytes to a file of the host's own,
 * which nothing in the container can reach. What was copied is the anchor: the supervisor's file may be changed later, and
 * {@link #finish} sees that.
 *
 * <p>The copy is the supervisor's file byte for byte, faulty lines too: they are evidence, and {@code mvn sentinel:audit}
 * tells of the copy what was told of the original.
 *
 * <p>It never throws: what goes wrong is in the summary, and what follows from that is its caller's to decide.
 */
public final class AuditFollower {

    /**
     * The file is looked at this often, by asking for its length. A WatchService would hear of a change sooner, but not of
     * one that another kernel makes (an engine in a virtual machine, a network file system), and of none at all where the
     * user's inotify instances are used up; a look costs some microseconds.
     */
    static final Duration POLL = Duration.ofMillis(200);

    /** For the last look, which compares two files of any length; the caller is not held up for longer. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int CHUNK = 64 * 1024;

    /** Of what was denied, in the summary. */
    private static final int TOP = 20;

    private final Path source;
    private final Path folder;
    private final String owner;
    private final Instant start;
    private final String shown;
    private final Consumer<AuditRecord> listener;
    private final Semaphore woken = new Semaphore(0);
    private final Thread thread;

    // Of the thread alone.
    private final AuditTally denials = new AuditTally();
    private final AuditTrail trail;
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    private Optional<Path> copy = Optional.empty();
    private long denied;
    private long read;
    private boolean copying;
    private boolean rewritten;
    private boolean copied;

    private volatile boolean stopping;

    // What others may see of it.
    private volatile Optional<AuditFault> fault = Optional.empty();
    private volatile Optional<AuditSummary> summary = Optional.empty();

    private AuditFollower(Path source, Path folder, String owner, Instant start, Consumer<AuditRecord> listener) {
        this.source = source;
        this.folder = folder;
        this.owner = owner;
        this.start = start;
        this.shown = source.toString();
        this.listener = listener;
        this.trail = new AuditTrail(shown, this::count);
        this.thread = new Thread(this::follow, "sentinel-audit");
        thread.setDaemon(true);
    }

    /**
     * Begins to follow. The file may come later; a run without one is told in the summary.
     *
     * @param source the supervisor's file, as the host sees it
     * @param folder for the copy; made where it lacks
     * @param owner a part of the copy's name, such as the process ID: see {@link AuditFolder}
     * @param start of the run, for the copy's name
     * @param listener told each record that has its place in the chain, as it comes, on a thread of the follower's own; not to
     *     take long
     */
    public static AuditFollower start(
            Path source, Path folder, String owner, Instant start, Consumer<AuditRecord> listener) {
        AuditFollower follower = new AuditFollower(source, folder, owner, start, listener);
        follower.thread.start();
        return follower;
    }

    /** What is known to be wrong so far, for a caller that wants to end the run for it. */
    public Optional<AuditFault> fault() {
        return fault;
    }

    /** Has it look now rather than at its next time: by {@link #finish} there is less left to do. */
    public void look() {
        woken.release();
    }

    /**
     * Reads what is left, compares the file with what had come of it, and stops. To be called when the container has ended;
     * each further call gives the same.
     */
    public AuditSummary finish() {
        stopping = true;
        woken.release();
        boolean interrupted = false;
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (long left = PATIENCE.toNanos(); left > 0 && thread.isAlive(); left = end - System.nanoTime()) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(thread, left);
            } catch (InterruptedException e) {
                // The trail of a run that was told to end is wanted too, and is there in a moment.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return summary.orElseGet(this::unfinished);
    }

    private AuditSummary unfinished() {
        AuditFault late = new AuditFault(
                Kind.UNREADABLE,
                shown,
                0,
                "to be read to its end in " + PATIENCE.toSeconds() + " s",
                "a file, or a disk, that is slower");
        return new AuditSummary(Optional.empty(), false, 0, 0, List.of(), AuditRecord.NO_PREV, false, List.of(late));
    }

    private void follow() {
        try (Copy target = Copy.open(folder, start, owner)) {
            copying = target.isOpen();
            copy = target.file();
            target.problem().ifPresent(this::notCopied);
            read(target);
            target.sync().ifPresent(this::notCopied);
        } catch (IOException | RuntimeException e) {
            wrong(new AuditFault(Kind.UNREADABLE, shown, 0, "a file that can be read", told(e)));
        }
        AuditTrail.Reading reading = trail.reading();
        List<AuditSummary.Denied> top =
                denials.rows().stream().limit(TOP).map(AuditSummary.Denied::of).toList();
        summary = Optional.of(new AuditSummary(
                copy, copied, reading.records(), denied, top, reading.lastHash(), reading.holds(), reading.faults()));
    }

    private void read(Copy target) throws IOException {
        boolean last = false;
        Optional<FileChannel> open = Optional.empty();
        try {
            while (!last) {
                last = awaitLook();
                if (open.isEmpty() && Files.isRegularFile(source, LinkOption.NOFOLLOW_LINKS)) {
                    open = Optional.of(FileChannel.open(source, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
                }
                if (open.isPresent() && !rewritten) {
                    drain(open.get(), target);
                }
            }
            if (open.isEmpty()) {
                wrong(new AuditFault(
                        Kind.UNREADABLE,
                        shown,
                        0,
                        "the file that the supervisor writes",
                        Files.exists(source, LinkOption.NOFOLLOW_LINKS) ? "something that is no plain file" : "none"));
                return;
            }
            trail.end();
            publish();
            compare();
        } finally {
            if (open.isPresent()) {
                open.get().close();
            }
        }
    }

    /** Reads on, as far as the file is now: one that grows without end cannot keep it from stopping. */
    private void drain(FileChannel in, Copy target) throws IOException {
        long size = in.size();
        if (size < read) {
            rewritten = true;
            wrong(new AuditFault(Kind.REWRITTEN, shown, 0, "at least " + read + " bytes", size + " bytes"));
        }
        while (read < size) {
            chunk.clear().limit((int) Math.min(CHUNK, size - read));
            int count = in.read(chunk, read);
            if (count <= 0) {
                return;
            }
            read += count;
            trail.accept(chunk.array(), count);
            if (copying) {
                Optional<IOException> problem = target.write(chunk.flip());
                problem.ifPresent(this::notCopied);
                copying = problem.isEmpty();
            }
        }
        publish();
    }

    /** Looks whether the file at its path still is what was read of it, byte for byte. */
    private void compare() throws IOException {
        if (rewritten || !copying) {
            return;
        }
        if (!Files.isRegularFile(source, LinkOption.NOFOLLOW_LINKS)) {
            wrong(new AuditFault(Kind.REWRITTEN, shown, 0, "the file that was read", "none"));
            return;
        }
        long differs = Files.mismatch(copy.orElseThrow(), source);
        copied = differs < 0;
        if (differs >= 0) {
            long size = Files.size(source);
            wrong(new AuditFault(
                    Kind.REWRITTEN,
                    shown,
                    Copy.lineAt(copy.get(), differs),
                    "the " + read + " bytes that were read while the run lived",
                    differs == read
                            ? size - read + " bytes more"
                            : differs == size
                                    ? "only the first " + size + " of them"
                                    : "others from byte " + (differs + 1)));
        }
    }

    /** @return whether the next look is the last one */
    private boolean awaitLook() {
        try {
            woken.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS);
            return stopping;
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody knows this thread", e);
        }
    }

    private void count(AuditRecord record, long line, boolean holds) {
        if (holds) {
            listener.accept(record);
        }
        // What was answered shows in the call that asked.
        if (record.decision() == Decision.DENIED && !record.isAnswer()) {
            denied++;
            denials.add(record);
        }
    }

    private void notCopied(IOException problem) {
        wrong(new AuditFault(Kind.NOT_COPIED, shown, 0, "a copy in " + folder, told(problem)));
    }

    private void wrong(AuditFault found) {
        trail.add(found);
        publish();
    }

    private void publish() {
        fault = trail.firstFault();
    }

    private static String told(Exception e) {
        return SafeText.line(e.toString());
    }
}
