package io.sentinel.audit;

import io.sentinel.audit.AuditRecord.Decision;
import io.sentinel.audit.AuditTrail.Reading;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * One reading of a trail for a person: verified as a whole, and of its records those that were asked for. All that can be
 * read is there, also of a trail that does not hold.
 */
public final class AuditReport {

    /** Of the records that a terminal shows: the last ones, since the end of a run is what people look for. */
    static final int SHOWN = 200;

    /** Of the words that are offered to whoever asked for another. */
    private static final int OFFERED = 30;

    private final String file;
    private final AuditQuery query;
    private final Consumer<String> json;
    private final AuditTally tally = new AuditTally();
    private final Map<Decision, Long> decisions = new EnumMap<>(Decision.class);
    private final TreeSet<String> actions = new TreeSet<>();
    private final Deque<Entry> records = new ArrayDeque<>();
    private long matching;
    private Optional<Reading> reading = Optional.empty();

    /** A record as it is kept to be shown: texts of any length would be too many of them. */
    record Entry(AuditRecord record, boolean holds) {}

    private AuditReport(String file, AuditQuery query, Consumer<String> json) {
        this.file = file;
        this.query = query;
        this.json = json;
    }

    /**
     * Reads it.
     *
     * @param shown the file as a person would write it
     * @param json takes each record that was asked for, as a line of JSON in ASCII
     * @throws IOException if the file cannot be read
     */
    public static AuditReport read(Path file, String shown, AuditQuery query, Consumer<String> json)
            throws IOException {
        AuditReport report = new AuditReport(shown, query, json);
        report.reading = Optional.of(AuditTrail.read(file, shown, report::add));
        return report;
    }

    private void add(AuditRecord record, long line, boolean holds) {
        if (actions.size() < OFFERED) {
            actions.add(AuditTable.cut(record.action()));
        }
        if (!query.matches(record)) {
            return;
        }
        matching++;
        decisions.merge(record.decision(), 1L, Long::sum);
        json.accept(AuditJson.line(record));
        tally.add(record);
        records.addLast(new Entry(AuditTable.shortened(record), holds));
        if (records.size() > SHOWN) {
            records.removeFirst();
        }
    }

    /**
     * The report, line by line, safe to show.
     *
     * @param top the most targets of the summary
     * @param colours whether words are emphasised by escape sequences; for a terminal only
     */
    public List<String> lines(int top, boolean colours) {
        return new AuditTable(this, top, colours).lines();
    }

    /**
     * Why the trail is no evidence of a whole run, in one sentence; empty where it is.
     *
     * @param lastHash the hash of the last record as it was kept elsewhere; empty where nobody kept it
     */
    public Optional<String> failure(Optional<String> lastHash) {
        Reading read = reading();
        if (!read.holds()) {
            AuditFault fault = read.faults().get(0);
            String more = read.faultCount() == 1 ? "" : " (and " + (read.faultCount() - 1) + " more, above)";
            return Optional.of("the audit trail does not hold: " + fault.sentence() + more + "; "
                    + fault.kind().remedy());
        }
        return lastHash.filter(kept -> !kept.equals(read.lastHash()))
                .map(kept -> "the audit trail does not hold: "
                        + new AuditFault(
                                        AuditFault.Kind.REWRITTEN,
                                        file,
                                        0,
                                        "a last record with the hash " + kept,
                                        read.lastHash())
                                .sentence()
                        + "; " + AuditFault.Kind.REWRITTEN.remedy());
    }

    Reading reading() {
        return reading.orElseThrow();
    }

    String file() {
        return file;
    }

    AuditQuery query() {
        return query;
    }

    AuditTally tally() {
        return tally;
    }

    /** How many of those asked for were decided so. */
    long count(Decision decision) {
        return decisions.getOrDefault(decision, 0L);
    }

    long matching() {
        return matching;
    }

    /** The actions that records have, or the first of very many. */
    List<String> actions() {
        return List.copyOf(actions);
    }

    /** The last ones of those asked for. */
    List<Entry> records() {
        return new ArrayList<>(records);
    }
}
