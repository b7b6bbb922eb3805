package io.sentinel.audit;

import io.sentinel.audit.AuditRecord.Decision;
import io.sentinel.audit.AuditRecord.Source;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Counts records that are alike to a reader. An agent can make any number of names, so the room for them is bounded: what
 * comes when it is used up is counted as one.
 */
final class AuditTally {

    /** In characters, of all names that are kept. */
    private static final long ROOM = 4_000_000;

    /** What an entry takes besides its characters. */
    private static final int ENTRY = 100;

    private final Map<Kind, Row> rows = new HashMap<>();
    private long room;
    private long others;

    AuditTally() {
        this(ROOM);
    }

    AuditTally(long room) {
        this.room = room;
    }

    /** What makes records alike. */
    record Kind(String target, Decision decision, String action, String key, Source source) {}

    /**
     * Records that are alike.
     *
     * @param last the time of the last of them in the file
     */
    record Row(Kind kind, long count, Instant last) {

        private static final Comparator<Row> ORDER = Comparator.comparing(
                        (Row row) -> row.kind().decision())
                .thenComparing(Comparator.comparingLong(Row::count).reversed())
                .thenComparing(row -> row.kind().target())
                .thenComparing(row -> row.kind().action())
                .thenComparing(row -> row.kind().key())
                .thenComparing(row -> row.kind().source());
    }

    /**
     * All that happened to one target.
     *
     * @param rows denied ones first, then by count
     */
    record Target(String name, List<Row> rows) {

        private static final Comparator<Target> ORDER = Comparator.comparingLong((Target target) -> target.denied())
                .thenComparingLong(Target::count)
                .reversed()
                .thenComparing(Target::name);

        private long denied() {
            return rows.stream()
                    .filter(row -> row.kind().decision() == Decision.DENIED)
                    .mapToLong(Row::count)
                    .sum();
        }

        long count() {
            return rows.stream().mapToLong(Row::count).sum();
        }
    }

    void add(AuditRecord record) {
        Kind kind = new Kind(record.target(), record.decision(), record.action(), record.key(), record.source());
        Optional<Row> known = Optional.ofNullable(rows.get(kind));
        long needed = known.isPresent()
                ? 0
                : (long) ENTRY
                        + kind.target().length()
                        + kind.action().length()
                        + kind.key().length();
        if (needed > room) {
            others++;
            return;
        }
        room -= needed;
        rows.put(kind, new Row(kind, known.map(Row::count).orElse(0L) + 1, record.ts()));
    }

    /** Denied ones first, then by count. */
    List<Row> rows() {
        return rows.values().stream().sorted(Row.ORDER).toList();
    }

    /** Those with most denials first, then by count. */
    List<Target> targets() {
        return rows().stream().collect(Collectors.groupingBy(row -> row.kind().target())).entrySet().stream()
                .map(entry -> new Target(entry.getKey(), entry.getValue()))
                .sorted(Target.ORDER)
                .toList();
    }

    /** Records of further kinds, which are in no row. */
    long others() {
        return others;
    }
}
