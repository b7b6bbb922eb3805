package io.sentinel.spec;

import java.util.List;

/** One step of {@code image.run}. */
public sealed interface BuildStep {

    /** The words that the build executes, without any further interpretation. */
    List<String> words();

    /** An argument list, executed as it is: no shell sees it. */
    record Arguments(List<String> words) implements BuildStep {
        public Arguments {
            words = List.copyOf(words);
        }
    }

    /** A line for the image's shell. */
    record Line(String line) implements BuildStep {
        @Override
        public List<String> words() {
            return List.of("/bin/sh", "-c", line);
        }
    }
}
