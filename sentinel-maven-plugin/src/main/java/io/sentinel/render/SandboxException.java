package io.sentinel.render;

/** Something that the user can mend stands in the way; the message says what, where, and what to do. */
public class SandboxException extends Exception {

    private static final long serialVersionUID = 1L;

    public SandboxException(String message) {
        super(message);
    }

    public SandboxException(String message, Throwable cause) {
        super(message, cause);
    }
}
