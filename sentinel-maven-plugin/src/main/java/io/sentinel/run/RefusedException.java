package io.sentinel.run;

import io.sentinel.render.SandboxException;

/** What was asked for is understood, and not done: it would isolate less than was promised. */
public final class RefusedException extends SandboxException {

    private static final long serialVersionUID = 1L;

    /** @param message what was refused, why, and what to do */
    public RefusedException(String message) {
        super(message);
    }
}
