package io.sentinel.spec;

import java.util.List;
import java.util.Optional;

/** One value of a YAML file, with the place where it starts. */
sealed interface Node {

    Position at();

    /**
     * A place in a file.
     *
     * @param line from 1
     * @param column from 1, in characters (Unicode code points)
     */
    record Position(int line, int column) {

        static final Position START = new Position(1, 1);

        /** Of a value that stands in no file. */
        static final Position ELSEWHERE = new Position(0, 0);
    }

    /**
     * Text, a number, a truth value or nothing at all: YAML tells them apart by their look only.
     *
     * @param text the value without quotes and escapes
     * @param plain whether it stands without quotes, so that YAML may read more into it than text
     */
    record Scalar(Position at, String text, boolean plain) implements Node {}

    /** A list. */
    record Sequence(Position at, List<Node> items) implements Node {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /** Keys and values, in the order of the file; every key stands once. */
    record Mapping(Position at, List<Entry> entries) implements Node {
        public Mapping {
            entries = List.copyOf(entries);
        }
    }

    /**
     * One key with its value.
     *
     * @param label what a person knows the value by, where that is not its path
     */
    record Entry(Scalar key, Node value, Optional<String> label) {

        Entry(Scalar key, Node value) {
            this(key, value, Optional.empty());
        }
    }

    /** Something that was reported already, such as an alias: whoever meets it stays silent. */
    record Reported(Position at) implements Node {}
}
