package io.sentinel.engine;

/** What the engine keeps and {@code inspect} shows. */
public enum ObjectKind {
    CONTAINER("container"),
    IMAGE("image"),
    NETWORK("network"),
    VOLUME("volume");

    private final String word;

    ObjectKind(String word) {
        this.word = word;
    }

    /** The docker command that manages them. */
    String word() {
        return word;
    }
}
