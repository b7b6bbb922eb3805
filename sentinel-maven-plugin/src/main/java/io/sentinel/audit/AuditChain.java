package io.sentinel.audit;

import io.sentinel.audit.AuditFault.Kind;
import java.util.Optional;

/**
 * How the records of a trail hang together: each names the hash of the one before, and they are numbered without gaps. After
 * a fault it goes on from what is there, so that one change is told once and a second one too.
 */
final class AuditChain {

    private final String file;

    /** The number that comes next. */
    private long next = 1;

    private long records;
    private long lastLine;
    private Optional<AuditRecord> last = Optional.empty();

    /** What the next one may name as the one before: of a changed record both the hash it states and the one it has. */
    private String hash = AuditRecord.NO_PREV;

    private String otherHash = hash;

    private String firstHash = "";

    /** The one before, where it was out of place. */
    private Optional<AuditRecord> aside = Optional.empty();

    /** Lines since the last record that were none: each may have been one, and was told. */
    private long unreadable;

    /** @param file as a person would write it */
    AuditChain(String file) {
        this.file = file;
    }

    /** A line that is no record. */
    void addUnreadable() {
        unreadable++;
    }

    /** What is wrong with a record where it stands; it has to be read in the file's order. */
    Optional<AuditFault> add(AuditLine read, long line) {
        AuditRecord record = read.record();
        Optional<AuditFault> wrong = read.holds()
                ? Optional.empty()
                : Optional.of(AuditLine.changed(read.computed(), record.hash()).at(file, line));
        if (wrong.isEmpty() && continuesAside(record)) {
            follow(read, line, record.seq() + 1);
            return Optional.empty();
        }
        Optional<AuditFault> fault = wrong.or(() -> link(record, line));
        if (fault.filter(found -> found.kind() == Kind.MISPLACED).isPresent()) {
            records++;
            aside = Optional.of(record);
        } else {
            // A number that was changed tells less than the place does.
            follow(read, line, wrong.isEmpty() ? record.seq() + 1 : next + 1);
        }
        return fault;
    }

    private void follow(AuditLine read, long line, long following) {
        if (read.record().prev().equals(AuditRecord.NO_PREV)) {
            firstHash = read.record().hash();
        }
        records++;
        next = following;
        hash = read.record().hash();
        otherHash = read.computed();
        unreadable = 0;
        last = Optional.of(read.record());
        lastLine = line;
        aside = Optional.empty();
    }

    /** Of several records out of place the first is told, where the others hang on it. */
    private boolean continuesAside(AuditRecord record) {
        return !record.prev().equals(hash)
                && aside.filter(before -> record.seq() == before.seq() + 1
                                && record.prev().equals(before.hash()))
                        .isPresent();
    }

    private Optional<AuditFault> link(AuditRecord record, long line) {
        boolean first = record.seq() == 1 && record.prev().equals(AuditRecord.NO_PREV);
        String seq = "seq " + record.seq();
        if (first && last.isPresent()) {
            boolean repeated = record.hash().equals(firstHash) && !ended();
            return repeated
                    ? fault(Kind.MISPLACED, line, "seq " + next, "the first record a second time")
                    : fault(
                            Kind.CONCATENATED,
                            line,
                            "one trail",
                            "the first record of another, behind one that "
                                    + (ended() ? "has its end" : "ends at seq " + (next - 1) + " without an end"));
        }
        if (ended()) {
            return fault(
                    Kind.MISPLACED,
                    line,
                    "nothing behind the end record of line " + lastLine,
                    seq + ", action " + record.action());
        }
        if (record.seq() < next) {
            return fault(Kind.MISPLACED, line, "seq " + next, seq + ", which has been");
        }
        boolean linked = record.prev().equals(hash) || record.prev().equals(otherHash);
        if (record.seq() > next + unreadable) {
            String missing = record.seq() - next == 1
                    ? "record " + next + " is missing"
                    : "records " + next + " to " + (record.seq() - 1) + " are missing";
            String how = linked ? ", although prev fits: numbers or hashes were made anew" : "";
            return fault(Kind.REMOVED, line, "seq " + next, seq + ": " + missing + how);
        }
        if (linked || unreadable > 0) {
            return Optional.empty();
        }
        return last.isEmpty()
                ? fault(Kind.REMOVED, line, "a first record with a prev of zeros", "prev " + record.prev())
                : fault(
                        Kind.CHANGED,
                        line,
                        "prev " + hash + ", the hash of line " + lastLine,
                        record.prev() + ", so one of the two was written anew");
    }

    /** What is wrong with a trail that ends here, after that many lines. */
    Optional<AuditFault> end(long lines) {
        if (last.isEmpty()) {
            return fault(
                    Kind.CUT, lines, "a last record of action end", lines == 0 ? "an empty file" : "no record at all");
        }
        return ended()
                ? Optional.empty()
                : fault(
                        Kind.CUT,
                        lines,
                        "a last record of action end",
                        "seq " + last.get().seq() + ", action " + last.get().action());
    }

    long records() {
        return records;
    }

    /** The hash of the last record that has its place; of none {@link AuditRecord#NO_PREV}. */
    String lastHash() {
        return hash;
    }

    private boolean ended() {
        return last.filter(AuditRecord::isEnd).isPresent();
    }

    private Optional<AuditFault> fault(Kind kind, long line, String expected, String found) {
        return Optional.of(new AuditFault(kind, file, line, expected, found));
    }
}
