package io.sentinel.seccomp;

/**
 * Holds when the low 32 bits of one argument, masked, equal a value ({@code SCMP_CMP_MASKED_EQ}). Arguments are compared
 * as 32 bits because the kernel reads an {@code int} argument so: a comparison of all 64 bits is walked around by
 * setting a bit above them.
 *
 * @param argument from 0 to 5
 * @param mask the bits that count: from 1 to 0xFFFFFFFF
 * @param value within the mask
 */
public record Comparison(int argument, long mask, long value) implements Comparable<Comparison> {

    /** All bits of an {@code int}. */
    public static final long INT = 0xFFFF_FFFFL;

    private static final int LAST_ARGUMENT = 5;

    public Comparison {
        if (argument < 0 || argument > LAST_ARGUMENT) {
            throw new IllegalArgumentException("a system call's arguments are 0 to 5: " + argument);
        }
        if (mask < 1 || mask > INT) {
            throw new IllegalArgumentException("a mask is 0x1 to 0xFFFFFFFF: " + mask);
        }
        if ((value & ~mask) != 0) {
            throw new IllegalArgumentException(
                    "the value 0x%X has bits outside the mask 0x%X: it never matches".formatted(value, mask));
        }
    }

    /** Whether this one or the other fails, whatever the argument's value. */
    boolean excludes(Comparison other) {
        return argument == other.argument && ((value ^ other.value) & mask & other.mask) != 0;
    }

    @Override
    public int compareTo(Comparison other) {
        if (argument != other.argument) {
            return Integer.compare(argument, other.argument);
        }
        return mask != other.mask ? Long.compare(other.mask, mask) : Long.compare(value, other.value);
    }
}
