package io.sentinel.seccomp;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

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

    /** A group that is made up: calls that are allowed whatever their arguments. */
    static Group allowing(String file, List<String> names, String about) {
        return new Group(
                file,
                about,
                Optional.empty(),
                List.of(new Entry(names, new Action.Allow(), List.of(), Optional.empty(), 0)));
    }

    /** Its name in a preset's list. */
    String name() {
        return file.replaceAll(".*/|\\.yaml$", "");
    }

    /** All calls that it says something about. */
    Set<String> names() {
        return entries.stream().flatMap(entry -> entry.names().stream()).collect(Collectors.toSet());
    }

    /** The same without a word about these calls. */
    Group without(Collection<String> calls) {
        return retaining((entry, name) -> !calls.contains(name));
    }

    /** The same, but allowing none of these calls; what it refuses stays. */
    Group allowingNoneOf(Collection<String> calls) {
        return retaining((entry, name) -> !(entry.action() instanceof Action.Allow) || !calls.contains(name));
    }

    private Group retaining(BiPredicate<Entry, String> kept) {
        List<Entry> retained = new ArrayList<>();
        for (Entry entry : entries) {
            List<String> names = entry.names().stream()
                    .filter(name -> kept.test(entry, name))
                    .toList();
            if (!names.isEmpty()) {
                retained.add(new Entry(names, entry.action(), entry.when(), entry.because(), entry.line()));
            }
        }
        return new Group(file, about, neededBy, retained);
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

        /** The entry applies when all comparisons of one of these hold; without a condition, one that is empty. */
        List<List<Comparison>> blocks() {
            return unconditional()
                    ? List.of(List.of())
                    : when.stream().flatMap(a -> a.blocks().stream()).toList();
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
