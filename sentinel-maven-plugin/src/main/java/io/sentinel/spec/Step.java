package io.sentinel.spec;

import java.util.List;

/** Something to execute in an image: a step of {@code image.run}, or a canary. */
public sealed interface Step {

    /** The words that are executed, without any further interpretation. */
    List<String> words();

    /** An argument list, executed as it is: no shell sees it. */
    record Arguments(List<String> words) implements Step {
        public Arguments {
            words = List.copyOf(words);
        }
    }

    /** A line for the image's shell. */
    record Line(String line) implements Step {
        @Override
        public List<String> words() {
            return List.of("/bin/sh", "-c", line);
        }
    }
}
