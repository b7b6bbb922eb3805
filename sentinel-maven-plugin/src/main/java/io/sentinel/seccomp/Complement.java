package io.sentinel.seccomp;

import java.util.ArrayList;
import java.util.List;

/**
 * "None of these values", said in masked equalities alone. libseccomp has "not equal", but it compares all 64 bits, and
 * runc reads two of them on one argument as alternatives, which always hold. So the values are taken out of the whole
 * range as a list of address blocks takes out addresses: bit by bit, keeping the halves without any of them. The blocks do
 * not overlap, so the order in which a runtime compiles them cannot matter to what they mean.
 *
 * <p>It matters to what they cost. libseccomp tries the comparisons of one argument one after the other, those with the
 * higher value first. Bits that no value has come first here: the block "this bit is set" then has a low value, so it is
 * tried after the blocks near the values, where most calls fall (of ioctl: the terminal's other requests).
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
        complement.split(0, values);
        return List.copyOf(complement.blocks);
    }

    /** {@code decided} are the bits in which every value agrees with the others. */
    private void split(long decided, List<Long> values) {
        if (decided == mask) {
            return;
        }
        long bit = next(mask & ~decided, values);
        for (long half : List.of(0L, bit)) {
            List<Long> inside = values.stream().filter(v -> (v & bit) == half).toList();
            if (inside.isEmpty()) {
                long prefix = (values.get(0) & decided) | half;
                blocks.add(new Comparison(argument, decided | bit, prefix));
            } else {
                split(decided | bit, inside);
            }
        }
    }

    /** The highest bit that no value has, or that all have; otherwise the lowest. */
    private static long next(long undecided, List<Long> values) {
        long some = values.stream().reduce(0L, (a, b) -> a | b);
        long all = values.stream().reduce(some, (a, b) -> a & b);
        for (long bits : List.of(undecided & ~some, undecided & all)) {
            if (bits != 0) {
                return Long.highestOneBit(bits);
            }
        }
        return Long.lowestOneBit(undecided);
    }
}
