package io.sentinel.verify.probe;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the probe is told to do in one run, in this order.
 *
 * @param rows with an id each; one at least
 */
public record ProbeTable(List<Row> rows) {

    /** The probe refuses a larger file. */
    private static final int MOST_BYTES = (1 << 16) - 1;

    public ProbeTable {
        rows = List.copyOf(rows);
        Set<String> seen = new HashSet<>();
        rows.forEach(row -> {
            if (!seen.add(row.id())) {
                throw new IllegalArgumentException("two rows of a table have the id " + row.id());
            }
        });
        int size = bytes(rows).length;
        if (rows.isEmpty() || size > MOST_BYTES) {
            throw new IllegalArgumentException("a table has a row at least and " + MOST_BYTES
                    + " bytes at most; this one has " + rows.size() + " and " + size);
        }
    }

    /** Both in one run; the ids of both together are different ones. */
    public ProbeTable and(ProbeTable other) {
        return new ProbeTable(Stream.concat(rows.stream(), other.rows.stream()).toList());
    }

    /** The file that the probe reads. */
    byte[] bytes() {
        return bytes(rows);
    }

    private static byte[] bytes(List<Row> rows) {
        return rows.stream().map(Row::line).collect(Collectors.joining()).getBytes(StandardCharsets.UTF_8);
    }
}
