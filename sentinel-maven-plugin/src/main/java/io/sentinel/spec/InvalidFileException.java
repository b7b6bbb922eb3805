package io.sentinel.spec;

import java.util.List;
import java.util.stream.Collectors;

/** A file that a person wrote (a spec, a lock) has problems: all of them, in the order in which they stand in it. */
public final class InvalidFileException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /**
     * @param file the file's name as the person knows it
     * @param problems at least one
     */
    public InvalidFileException(String file, List<Problem> problems) {
        this(file, problems, 0);
    }

    /**
     * @param file the file's name as the person knows it
     * @param problems at least one
     * @param more how many problems there are besides those, further down in the file
     */
    public InvalidFileException(String file, List<Problem> problems, int more) {
        super(text(file, problems, more));
        this.problems = problems.stream().sorted().toList();
    }

    /** The problems that are shown: all of them, or the first by position where there are very many. */
    public List<Problem> problems() {
        return problems;
    }

    private static String text(String file, List<Problem> problems, int more) {
        int count = problems.size() + more;
        boolean none = more == 0 && problems.stream().allMatch(problem -> problem.line() == 0);
        String head = none ? "" : file + " has " + (count == 1 ? "1 problem" : count + " problems") + ":\n";
        String tail = more == 0 ? "" : "\n... and " + more + " more, not shown; correct these first";
        return problems.stream().sorted().map(p -> p.in(file)).collect(Collectors.joining("\n", head, tail));
    }
}
