package io.sentinel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.seccomp.Condition.Operator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ConditionPropertiesTest {

    /** Few bits, low, in the middle and high, so that values meet. */
    private static final long[] NUMBERS = new long[64];

    static {
        long[] bits = {1, 2, 4, 1L << 31, 1L << 32, 1L << 63};
        for (int i = 0; i < NUMBERS.length; i++) {
            for (int bit = 0; bit < bits.length; bit++) {
                NUMBERS[i] |= (i >> bit & 1) == 1 ? bits[bit] : 0;
            }
        }
    }

    @Property(tries = 5000)
    void conditionsThatExcludeEachOtherNeverHoldTogether(
            @ForAll("conditions") Condition one, @ForAll("conditions") Condition two) {
        assertThat(one.excludes(two)).isEqualTo(two.excludes(one));
        if (one.excludes(two)) {
            for (long number : NUMBERS) {
                assertThat(holds(one, number) && holds(two, number))
                        .as("%s and %s of %x", one, two, number)
                        .isFalse();
            }
        }
    }

    /** What matters most: values that differ where both look are told apart. */
    @Property(tries = 2000)
    void equalitiesThatNeverHoldTogetherExcludeEachOther(
            @ForAll("equalities") Condition one, @ForAll("equalities") Condition two) {
        boolean together = false;
        for (long number : NUMBERS) {
            together |= holds(one, number) && holds(two, number);
        }
        assertThat(one.excludes(two)).isEqualTo(!together);
    }

    @Provide
    Arbitrary<Condition> conditions() {
        return Combinators.combine(Arbitraries.of(Operator.values()), number(), number())
                .as(ConditionPropertiesTest::condition)
                .filter(c -> c.operator() != Operator.LT || c.value() != 0)
                .filter(c -> c.operator() != Operator.GT || c.value() != Condition.ALL);
    }

    @Provide
    Arbitrary<Condition> equalities() {
        return conditions().filter(c -> c.operator() == Operator.EQ || c.operator() == Operator.MASKED_EQ);
    }

    private static Condition condition(Operator operator, long value, long second) {
        return operator == Operator.MASKED_EQ
                ? new Condition(0, operator, value == 0 ? 1 : value, second & (value == 0 ? 1 : value))
                : new Condition(0, operator, value, 0);
    }

    private static Arbitrary<Long> number() {
        return Arbitraries.integers().between(0, NUMBERS.length - 1).map(i -> NUMBERS[i]);
    }

    private static boolean holds(Condition condition, long number) {
        int order = Long.compareUnsigned(number, condition.value());
        return switch (condition.operator()) {
            case NE -> order != 0;
            case LT -> order < 0;
            case LE -> order <= 0;
            case EQ -> order == 0;
            case GE -> order >= 0;
            case GT -> order > 0;
            case MASKED_EQ -> (number & condition.value()) == condition.second();
        };
    }
}
