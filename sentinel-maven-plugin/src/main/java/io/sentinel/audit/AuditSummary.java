package io.sentinel.audit;

import io.sentinel.audit.AuditTally.Kind;
import io.sentinel.audit.AuditTally.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What following a trail came to.
 *
 * @param copy the host's own file; empty where none could be made
 * @param copied whether that is the supervisor's file byte for byte, faults and all
 * @param records that came
 * @param denied of them
 * @param topDenied what was denied most, as {@link Denied} says; at most as many as were asked for
 * @param lastHash of the last record: with it a trail that is written anew as a whole shows
 * @param complete whether it came to its end record, and holds
 * @param faults the first of what is wrong with it, in the order in which it was seen; none where it is complete
 */
public record AuditSummary(
        Optional<Path> copy,
        boolean copied,
        long records,
        long denied,
        List<Denied> topDenied,
        String lastHash,
        boolean complete,
        List<AuditFault> faults) {

    private static final int NAME = 100;

    public AuditSummary {
        topDenied = List.copyOf(topDenied);
        faults = List.copyOf(faults);
        if (complete != faults.isEmpty()) {
            throw new IllegalArgumentException("a trail is complete where nothing is wrong with it: " + faults);
        }
    }

    /**
     * Alike denials. The texts are an agent's, and not safe to show.
     *
     * @param byHook whether the Python hook told it, which proves nothing
     */
    public record Denied(long count, String action, String key, String target, boolean byHook) {

        static Denied of(Row row) {
            Kind kind = row.kind();
            return new Denied(
                    row.count(), kind.action(), kind.key(), kind.target(), kind.source() == AuditRecord.Source.PYTHON);
        }
    }

    /** What is wrong with it first. */
    public Optional<AuditFault> fault() {
        return faults.stream().findFirst();
    }

    /**
     * For the end of a run, line by line, safe to show; none where nothing was denied and nothing is wrong.
     *
     * @param file where each record stands, as a person would write it
     */
    public List<String> lines(String file) {
        List<String> lines = new ArrayList<>();
        if (denied > 0) {
            lines.add("What the guard denied (count, action, target, key of the policy); each record stands in " + file
                    + ":");
            for (Denied one : topDenied) {
                lines.add(String.format(
                                Locale.ROOT,
                                "  %8d  %-8s  %s  %s%s",
                                one.count(),
                                AuditTable.cut(one.action(), 20),
                                AuditTable.cut(one.target(), NAME),
                                AuditTable.cut(one.key(), NAME),
                                one.byHook() ? "  (the Python hook says so)" : "")
                        .stripTrailing());
            }
            long rest = denied - topDenied.stream().mapToLong(Denied::count).sum();
            if (rest > 0) {
                lines.add(String.format(Locale.ROOT, "  %8d  more, of other kinds", rest));
            }
        }
        fault().ifPresent(fault -> {
            lines.add("The audit trail is not whole: " + fault.sentence() + ".");
            lines.add("  " + fault.kind().remedy() + ".");
        });
        return lines;
    }
}
