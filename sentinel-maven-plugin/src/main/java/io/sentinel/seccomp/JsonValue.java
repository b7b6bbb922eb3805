package io.sentinel.seccomp;

import java.util.List;

/** One value of a JSON file that a person wrote, with the place where it starts: line and column from 1. */
sealed interface JsonValue {

    int line();

    int column();

    record Text(int line, int column, String text) implements JsonValue {}

    /** A number as it was written: no type of Java's holds every number of a JSON file. */
    record Number(int line, int column, String written) implements JsonValue {}

    /** {@code true}, {@code false} or {@code null}. */
    record Word(int line, int column, String word) implements JsonValue {}

    record Items(int line, int column, List<JsonValue> items) implements JsonValue {
        public Items {
            items = List.copyOf(items);
        }
    }

    /** An object; every key stands once. */
    record Members(int line, int column, List<Member> members) implements JsonValue {
        public Members {
            members = List.copyOf(members);
        }
    }

    /** One key with its value; line and column are the key's. */
    record Member(int line, int column, String key, JsonValue value) {}
}
