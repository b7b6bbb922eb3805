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
        super(text(file, problems));
        this.problems = problems.stream().sorted().toList();
    }

    public List<Problem> problems() {
        return problems;
    }

    private static String text(String file, List<Problem> problems) {
        String head = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
        return problems.stream()
                .sorted()
                .map(p -> file + ":" + p.line() + ":" + p.column() + ": " + p.message())
                .collect(Collectors.joining("\n", file + " has " + head + ":\n", ""));
    }
}
