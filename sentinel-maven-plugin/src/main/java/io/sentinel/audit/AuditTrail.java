package io.sentinel.audit;

import io.sentinel.audit.AuditFault.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a trail as its bytes come, and verifies it: the form of each line, the hash of its bytes, the links and numbers of
 * the chain, and that it has its end. One line at a time is in memory, however long the file. What is wrong is a value and
 * never an exception, and reading goes on behind it, so that all that can be read is.
 *
 * <p>A chain shows that nothing was changed between two of its records. Whoever can write the whole file can also make a
 * whole new chain: what shows that is a hash of the last record that was kept elsewhere.
 */
public final class AuditTrail {

    /** Of one line, without its line feed. The supervisor cuts what would be longer. */
    public static final int LONGEST_LINE = 64 * 1024;

    /** Of the faults of one trail; the others are counted. */
    static final int TOLD = 20;

    private static final int CHUNK = 64 * 1024;

    private final String file;
    private final Visitor visitor;
    private final AuditChain chain;
    private final byte[] line = new byte[LONGEST_LINE];
    private final List<AuditFault> faults = new ArrayList<>();
    private long length;
    private long lines;
    private long faultCount;
    private Optional<Instant> first = Optional.empty();
    private Optional<Instant> last = Optional.empty();
    private Pause pause = new Pause(Duration.ZERO, 0);
    private long backwards;

    /** Whoever wants the records. */
    @FunctionalInterface
    public interface Visitor {

        /**
         * Called for each line that is a record, in the file's order.
         *
         * @param record what it says
         * @param line its line, from 1
         * @param holds whether its bytes are those that were hashed, and it has its place in the chain
         */
        void record(AuditRecord record, long line, boolean holds);
    }

    /**
     * The longest time in which nothing was written.
     *
     * @param length zero where there are fewer than two records
     * @param line the one that ended it
     */
    public record Pause(Duration length, long line) {}

    /**
     * What a trail came to.
     *
     * @param records lines that are records
     * @param faults the first of what is wrong with it, in the file's order; none where it holds and is whole
     * @param faultCount all that is wrong with it
     * @param lastHash of the last record that has its place: what to keep elsewhere
     * @param first the time of its first record
     * @param last the time of its last one
     * @param pause the longest one
     * @param backwards how often a record has an earlier time than the one before, as when a clock was set
     */
    public record Reading(
            long records,
            List<AuditFault> faults,
            long faultCount,
            String lastHash,
            Optional<Instant> first,
            Optional<Instant> last,
            Pause pause,
            long backwards) {

        public Reading {
            faults = List.copyOf(faults);
        }

        /** Whether it is a whole chain from its first record to its end. */
        public boolean holds() {
            return faultCount == 0;
        }
    }

    /**
     * A trail that comes.
     *
     * @param file as a person would write it
     */
    AuditTrail(String file, Visitor visitor) {
        this.file = file;
        this.visitor = visitor;
        this.chain = new AuditChain(file);
    }

    /**
     * Reads a whole file.
     *
     * @param file a plain file: a link, a pipe or a folder is none
     * @param shown as a person would write it
     * @throws IOException if it is not there or cannot be read
     */
    public static Reading read(Path file, String shown, Visitor visitor) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("no plain file: " + file);
        }
        AuditTrail trail = new AuditTrail(shown, visitor);
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] chunk = new byte[CHUNK];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                trail.accept(chunk, count);
            }
        }
        return trail.end();
    }

    /** Takes the bytes that follow. */
    void accept(byte[] bytes, int count) {
        int start = 0;
        for (int i = 0; i < count; i++) {
            if (bytes[i] == '\n') {
                keep(bytes, start, i - start);
                endLine();
                start = i + 1;
            }
        }
        keep(bytes, start, count - start);
    }

    private void keep(byte[] bytes, int from, int count) {
        if (length < LONGEST_LINE) {
            System.arraycopy(bytes, from, line, (int) length, (int) Math.min(count, LONGEST_LINE - length));
        }
        length += count;
    }

    private void endLine() {
        lines++;
        if (length > LONGEST_LINE) {
            chain.addUnreadable();
            add(new AuditFault(Kind.TOO_LONG, file, lines, "at most " + LONGEST_LINE + " bytes", length + " bytes"));
        } else {
            try {
                AuditLine read = AuditLine.parse(line, (int) length);
                Optional<AuditFault> fault = chain.add(read, lines);
                fault.ifPresent(this::add);
                time(read.record().ts());
                visitor.record(read.record(), lines, fault.isEmpty());
            } catch (AuditLine.Refused e) {
                chain.addUnreadable();
                add(e.at(file, lines));
            }
        }
        length = 0;
    }

    private void time(Instant ts) {
        if (last.isPresent()) {
            Duration since = Duration.between(last.get(), ts);
            if (since.isNegative()) {
                backwards++;
            } else if (since.compareTo(pause.length()) > 0) {
                pause = new Pause(since, lines);
            }
        }
        first = first.or(() -> Optional.of(ts));
        last = Optional.of(ts);
    }

    /** Says that nothing follows. */
    Reading end() {
        if (length > 0) {
            // Each record was written with its line feed, so this is the beginning of one; it may be all but that.
            long found = length;
            long before = chain.records();
            endLine();
            boolean whole = chain.records() > before;
            if (!whole) {
                faults.removeIf(fault -> fault.line() == lines);
                faultCount--;
            }
            add(new AuditFault(
                    Kind.CUT,
                    file,
                    lines,
                    "a line feed at its end",
                    whole ? "a record without it" : found + " bytes of a record"));
        } else {
            chain.end(lines).ifPresent(this::add);
        }
        return reading();
    }

    /** What it came to so far, which lacks an end unless that has come. */
    Reading reading() {
        return new Reading(chain.records(), faults, faultCount, chain.lastHash(), first, last, pause, backwards);
    }

    /** What was wrong first. */
    Optional<AuditFault> firstFault() {
        return faults.stream().findFirst();
    }

    /** Notes what somebody else found wrong with it. */
    void add(AuditFault fault) {
        faultCount++;
        if (faults.size() < TOLD) {
            faults.add(fault);
        }
    }
}
