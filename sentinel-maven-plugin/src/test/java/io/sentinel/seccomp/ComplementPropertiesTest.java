package io.sentinel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class ComplementPropertiesTest {

    @Property
    void exactlyOneBlockHoldsUnlessTheArgumentIsOneOfTheValues(
            @ForAll @LongRange(min = 1, max = Comparison.INT) long mask,
            @ForAll @Size(min = 1, max = 5) Set<@LongRange(min = 0, max = Comparison.INT) Long> wanted,
            @ForAll long argument) {
        List<Long> values = wanted.stream().map(v -> v & mask).distinct().toList();
        List<Comparison> blocks = Complement.of(0, mask, values);
        for (long tried : List.of(argument, values.get(0), (argument & ~mask) | values.get(0), values.get(0) ^ 1)) {
            long holding = blocks.stream().filter(b -> Filter.holds(b, tried)).count();
            assertThat(holding).isEqualTo(values.contains(tried & mask) ? 0 : 1);
        }
    }

    @Property
    void blocksExcludeEachOther(
            @ForAll @Size(min = 1, max = 5) Set<@LongRange(min = 0, max = Comparison.INT) Long> values) {
        List<Comparison> blocks = Complement.of(3, Comparison.INT, List.copyOf(values));
        for (Comparison one : blocks) {
            assertThat(blocks).filteredOn(other -> other != one).allMatch(one::excludes);
        }
    }
}
