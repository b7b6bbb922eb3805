package io.sentinel.verify.evidence;

import java.util.List;

/** What a person changes to mend a finding. */
public sealed interface Place {

    /**
     * A key of the compose file, which stands at some line of it or of a file that it takes in.
     *
     * @param path from the top: {@code services}, a service's name, a key; a list's element by its index from 0
     */
    record Key(List<String> path) implements Place {
        public Key {
            path = List.copyOf(path);
        }
    }

    /**
     * A line of another file.
     *
     * @param file as a person in the project would name it
     * @param line from 1
     */
    record Line(String file, int line) implements Place {}

    /** Nowhere that can be pointed at. */
    record Nowhere() implements Place {}

    Place NOWHERE = new Nowhere();
}
