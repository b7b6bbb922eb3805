package io.sentinel.verify.evidence;

/** Something that a rule asks about could not be seen. Its message says what and why; the verdict is "unknown" then. */
public final class CannotTell extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param why a clause such as {@code "the Dockerfile cannot be read"} */
    public CannotTell(String why) {
        super(why);
    }
}
