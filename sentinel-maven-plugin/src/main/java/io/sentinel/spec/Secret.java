package io.sentinel.spec;

/**
 * A file of the host's whose content the agent may read, and that goes with the run.
 *
 * @param name what it is called in {@link #FOLDER}: a letter or digit, then at most 63 of these and {@code . _ -}
 * @param file where it is on the host: absolute, {@code ~/…} for the invoker's home, or relative to the project; without
 *     {@code ..} parts
 */
public record Secret(String name, String file) {

    /** Where they are in a container. */
    public static final String FOLDER = "/run/secrets";

    /** Where it is in a container. */
    public String target() {
        return FOLDER + "/" + name;
    }
}
