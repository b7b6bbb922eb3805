package io.sentinel.spec;

import io.sentinel.spec.Node.Position;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Collects what is wrong with one file. Keeps the first {@value #SHOWN} problems by position and counts the others, so
 * that no file makes it grow.
 */
final class Problems {

    /** How many problems a person is shown at once. */
    static final int SHOWN = 50;

    private final String file;
    private final TreeSet<Kept> kept = new TreeSet<>();
    private int reported;

    Problems(String file) {
        this.file = file;
    }

    void add(Position at, String message) {
        kept.add(new Kept(new Problem(at.line(), at.column(), message), reported++));
        if (kept.size() > SHOWN) {
            kept.pollLast();
        }
    }

    /** Reports a problem behind which nothing can be read; the caller throws what this returns. */
    InvalidFileException fatal(Position at, String message) {
        add(at, message);
        return exception();
    }

    void throwIfAny() throws InvalidFileException {
        if (reported > 0) {
            throw exception();
        }
    }

    private InvalidFileException exception() {
        List<Problem> shown = kept.stream().map(Kept::problem).toList();
        return new InvalidFileException(file, shown, reported - shown.size());
    }

    /** Two problems at one place keep the order in which they were reported. */
    private record Kept(Problem problem, int order) implements Comparable<Kept> {
        @Override
        public int compareTo(Kept other) {
            return Comparator.comparing(Kept::problem)
                    .thenComparing(Kept::order)
                    .compare(this, other);
        }
    }
}
