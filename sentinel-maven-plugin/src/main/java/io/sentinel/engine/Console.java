package io.sentinel.engine;

/** What a contained program has for its streams. */
public enum Console {
    /** A terminal of its own, joined to the one of this JVM: keys, Ctrl-C among them, go to the program inside. */
    TERMINAL,
    /** Plain streams; its standard input is this JVM's. */
    PIPED,
    /** Plain streams; its standard input is empty. */
    OUTPUT_ONLY
}
