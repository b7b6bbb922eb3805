package io.sentinel.engine;

import java.util.Objects;

/** Docker could not do what was asked. The message says what is wrong and what to do. */
public final class EngineException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient EngineFault fault;

    public EngineException(EngineFault fault) {
        super(fault.sentence());
        this.fault = fault;
    }

    public EngineException(EngineFault fault, Throwable cause) {
        super(fault.sentence(), Objects.requireNonNull(cause, "cause"));
        this.fault = fault;
    }

    /** Which of the known faults it is. */
    public EngineFault fault() {
        return fault;
    }
}
