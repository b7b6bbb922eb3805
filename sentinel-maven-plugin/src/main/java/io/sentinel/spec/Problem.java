package io.sentinel.spec;

/**
 * One thing that is wrong with a file that a person wrote.
 *
 * @param line from 1; 0 for a value that stands in no file
 * @param column from 1, in characters
 * @param message what is wrong there, what was expected and found, and what to do: one sentence, without the position
 */
public record Problem(int line, int column, String message) implements Comparable<Problem> {

    /** The problem with its place. */
    String in(String file) {
        return line == 0 ? message : file + ":" + line + ":" + column + ": " + message;
    }

    @Override
    public int compareTo(Problem other) {
        return line != other.line ? Integer.compare(line, other.line) : Integer.compare(column, other.column);
    }
}
