package io.sentinel.seccomp;

/**
 * The seccomp data is wrong: a defect of what ships with the plugin, never of a user's spec. The message begins with
 * the file, and with line and column where there is one.
 */
public final class SeccompDataException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    SeccompDataException(String message) {
        super(message);
    }

    SeccompDataException(String message, Throwable cause) {
        super(message, cause);
    }
}
