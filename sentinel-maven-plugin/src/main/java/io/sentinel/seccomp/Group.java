package io.sentinel.seccomp;

import java.util.List;
import java.util.Optional;

/**
 * System calls that belong together, as one data file lists them.
 *
 * @param file below {@code seccomp/}
 * @param about what they are for: one sentence
 * @param neededBy the program outside the workload suite that needs them, where no workload of the suite does
 * @param entries no call stands in two of them
 */
record Group(String file, String about, Optional<String> neededBy, List<Entry> entries) {

    Group {
        entries = List.copyOf(entries);
    }

    /**
     * Calls that are treated alike.
     *
     * @param names at least one
     * @param action what happens to them when the condition holds
     * @param when alternatives; none: always
     * @param because why, where the group's sentence does not say it
     * @param line in the file, from 1
     */
    record Entry(List<String> names, Action action, List<Alternative> when, Optional<String> because, int line) {
        Entry {
            names = List.copyOf(names);
            when = List.copyOf(when);
        }

        boolean unconditional() {
            return when.isEmpty();
        }
    }

    /**
     * One case in which an entry applies.
     *
     * @param sentence what it means, for people
     * @param blocks the entry applies when all comparisons of one block hold
     */
    record Alternative(String sentence, List<List<Comparison>> blocks) {
        Alternative {
            blocks = blocks.stream().map(List::copyOf).toList();
        }
    }
}
