package io.sentinel.spec;

import io.sentinel.spec.Node.Position;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Collects what is wrong with one file. Keeps the first {@value #SHOWN} problems by position and counts the others, so
 * that no file makes it grow.
 */
public final class Problems {

    /** How many problems a person is shown at once. */
    static final int SHOWN = 50;

    private final String file;
    private final TreeSet<Kept> kept = new TreeSet<>();
    private int reported;

    /** @param file the file's name as the person knows it */
    public Problems(String file) {
        this.file = file;
    }

    /** As in {@link Problem}. */
    public void add(int line, int column, String message) {
        add(new Position(line, column), message);
    }

    /** Whether a further problem, below those reported, is only counted: its message need not be a good one. */
    public boolean full() {
        return reported >= SHOWN;
    }

    void add(Position at, String message) {
        kept.add(new Kept(new Problem(at.line(), at.column(), message), reported++));
        if (kept.size() > SHOWN) {
            kept.pollLast();
        }
    }

    /** Reports a problem behind which nothing can be read; the caller throws what this returns. */
    public InvalidFileException fatal(int line, int column, String message) {
        return fatal(new Position(line, column), message);
    }

    InvalidFileException fatal(Position at, String message) {
        add(at, message);
        return exception();
    }

    public void throwIfAny() throws InvalidFileException {
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
