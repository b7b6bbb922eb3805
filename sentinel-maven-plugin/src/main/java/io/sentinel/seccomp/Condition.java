package io.sentinel.seccomp;

/**
 * One comparison of a profile that a person wrote: of all 64 bits of an argument, without a sign, as libseccomp compares.
 *
 * @param argument from 0 to 5
 * @param value for {@link Operator#MASKED_EQ} the mask, not 0
 * @param second for {@link Operator#MASKED_EQ} the value, within the mask; otherwise 0
 */
record Condition(int argument, Operator operator, long value, long second) {

    /** All bits: also the highest number. */
    static final long ALL = -1;

    enum Operator {
        NE,
        LT,
        LE,
        EQ,
        GE,
        GT,
        MASKED_EQ;

        String ociName() {
            return "SCMP_CMP_" + name();
        }
    }

    static Condition of(Comparison comparison) {
        return new Condition(comparison.argument(), Operator.MASKED_EQ, comparison.mask(), comparison.value());
    }

    /** Whether it is certain that this one or the other fails, whatever the argument's value. */
    boolean excludes(Condition other) {
        if (argument != other.argument) {
            return false;
        }
        if (operator == Operator.NE || other.operator == Operator.NE) {
            return lowest() == highest() && other.isNot(lowest())
                    || other.lowest() == other.highest() && isNot(other.lowest());
        }
        return ((bits() ^ other.bits()) & mask() & other.mask()) != 0
                || Long.compareUnsigned(highest(), other.lowest()) < 0
                || Long.compareUnsigned(other.highest(), lowest()) < 0;
    }

    private boolean isNot(long number) {
        return operator == Operator.NE && value == number;
    }

    /** The bits that have one value whenever this holds. */
    private long mask() {
        return switch (operator) {
            case EQ -> ALL;
            case MASKED_EQ -> value;
            default -> 0;
        };
    }

    private long bits() {
        return operator == Operator.EQ ? value : second;
    }

    /** No lower number fulfils it. */
    private long lowest() {
        return switch (operator) {
            case EQ, GE -> value;
            case GT -> value + 1;
            case MASKED_EQ -> second;
            case NE, LT, LE -> 0;
        };
    }

    /** No higher number fulfils it. */
    private long highest() {
        return switch (operator) {
            case EQ, LE -> value;
            case LT -> value - 1;
            case MASKED_EQ -> second | ~value;
            case NE, GE, GT -> ALL;
        };
    }
}
