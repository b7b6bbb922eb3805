package io.sentinel.seccomp;

import io.sentinel.seccomp.Group.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Two rules about one call say the same thing or exclude each other. Otherwise what happens would depend on the order
 * in which a runtime's library sorts them, or an unconditional rule would make a condition void.
 */
final class Contradictions {

    private Contradictions() {}

    static void check(String preset, List<Group> groups, Group alwaysDenied) {
        Map<String, List<Statement>> byName = new HashMap<>();
        List<Group> all = new ArrayList<>(groups);
        all.add(alwaysDenied);
        for (Group group : all) {
            for (Entry entry : group.entries()) {
                Statement statement = new Statement(group.file(), entry, blocks(entry));
                for (String name : entry.names()) {
                    List<Statement> others = byName.computeIfAbsent(name, n -> new ArrayList<>());
                    others.stream()
                            .filter(statement::contradicts)
                            .findFirst()
                            .ifPresent(other -> fail(preset, name, other, statement));
                    others.add(statement);
                }
            }
        }
    }

    private static Set<List<Comparison>> blocks(Entry entry) {
        Set<List<Comparison>> blocks = new HashSet<>();
        entry.when().forEach(alternative -> blocks.addAll(alternative.blocks()));
        return blocks.isEmpty() ? Set.of(List.of()) : blocks;
    }

    private static void fail(String preset, String name, Statement one, Statement two) {
        throw new SeccompDataException("preset " + preset + ": " + one.place() + " and " + two.place()
                + " contradict each other about '" + name + "'; make them equal, or keep one");
    }

    private record Statement(String file, Entry entry, Set<List<Comparison>> blocks) {

        String place() {
            return "seccomp/" + file + ":" + entry.line();
        }

        boolean contradicts(Statement other) {
            boolean sameAction = entry.action().equals(other.entry.action());
            if (sameAction && blocks.equals(other.blocks)) {
                return false;
            }
            return sameAction
                    || blocks.stream().anyMatch(mine -> other.blocks.stream().anyMatch(b -> overlap(mine, b)));
        }

        private static boolean overlap(List<Comparison> one, List<Comparison> two) {
            return one.stream().noneMatch(a -> two.stream().anyMatch(a::excludes));
        }
    }
}
