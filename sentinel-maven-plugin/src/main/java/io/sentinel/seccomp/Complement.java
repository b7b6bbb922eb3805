package io.sentinel.seccomp;

import java.util.ArrayList;
import java.util.List;

/**
 * "None of these values", said in masked equalities alone. libseccomp has "not equal", but it compares all 64 bits, and
 * runc reads two of them on one argument as alternatives, which always hold. So the values are taken out of the whole
 * range as a list of address blocks takes out addresses: bit by bit from the highest, keeping the halves without any of
 * them. The blocks do not overlap, so the order in which a runtime compiles them cannot matter.
 */
final class Complement {

    private final int argument;
    private final long mask;
    private final List<Comparison> blocks = new ArrayList<>();

    private Complement(int argument, long mask) {
        this.argument = argument;
        this.mask = mask;
    }

    /**
     * Comparisons of which exactly one holds when the masked argument is none of the values, and none otherwise.
     *
     * @param values each within the mask, at least one
     */
    static List<Comparison> of(int argument, long mask, List<Long> values) {
        Complement complement = new Complement(argument, mask);
        complement.split(0, Long.highestOneBit(mask), values);
        return List.copyOf(complement.blocks);
    }

    /** {@code decided} are the bits above {@code bit}; every value agrees with the others in them. */
    private void split(long decided, long bit, List<Long> values) {
        if (bit == 0) {
            return;
        }
        long next = Long.highestOneBit(mask & (bit - 1));
        for (long half : List.of(0L, bit)) {
            List<Long> inside = values.stream().filter(v -> (v & bit) == half).toList();
            if (inside.isEmpty()) {
                long prefix = (values.get(0) & decided) | half;
                blocks.add(new Comparison(argument, decided | bit, prefix));
            } else {
                split(decided | bit, next, inside);
            }
        }
    }
}
