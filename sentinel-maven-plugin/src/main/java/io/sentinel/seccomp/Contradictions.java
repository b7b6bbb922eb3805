package io.sentinel.seccomp;

import io.sentinel.seccomp.Group.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
                Statement statement = new Statement(group.file(), entry, entry.blocks());
                for (String name : entry.names()) {
                    List<Statement> others = byName.get(name);
                    if (others == null) {
                        others = new ArrayList<>(1);
                        byName.put(name, others);
                    }
                    for (Statement other : others) {
                        if (contradict(statement, other)) {
                            throw new SeccompDataException("preset " + preset + ": " + other.place() + " and "
                                    + statement.place() + " contradict each other about '" + name
                                    + "'; make them equal, or keep one");
                        }
                    }
                    others.add(statement);
                }
            }
        }
    }

    private static boolean contradict(Statement one, Statement two) {
        if (one.entry().action().equals(two.entry().action())) {
            return !one.blocks().equals(two.blocks());
        }
        for (List<Comparison> mine : one.blocks()) {
            for (List<Comparison> theirs : two.blocks()) {
                if (overlap(mine, theirs)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean overlap(List<Comparison> one, List<Comparison> two) {
        for (Comparison mine : one) {
            for (Comparison theirs : two) {
                if (mine.excludes(theirs)) {
                    return false;
                }
            }
        }
        return true;
    }

    private record Statement(String file, Entry entry, List<List<Comparison>> blocks) {

        String place() {
            return "seccomp/" + file + ":" + entry.line();
        }
    }
}
