package io.sentinel.run;

import io.sentinel.engine.ContainerFacts;
import io.sentinel.engine.Ending;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.EngineFault;
import java.util.Optional;

/** What the end of the docker client, and the container as it is then, say of the agent's end. */
record Ended(int exitCode, Outcome.Reason reason) {

    /** SIGKILL's, as a shell writes it. */
    private static final int KILLED = 137;

    private static final int SIGNALLED = 128;

    /** Of one that was started. */
    static Ended of(Ending ending, ContainerFacts facts) {
        if (ending instanceof Ending.TimedOut) {
            return new Ended(Outcome.TIMED_OUT, Outcome.Reason.TIMEOUT);
        }
        int code = facts.exitCode();
        if (facts.running()) {
            // The terminal was left (Ctrl-P Ctrl-Q), or the docker client was killed: nobody watches it any more.
            return new Ended(KILLED, Outcome.Reason.SIGNAL);
        }
        if (facts.oomKilled() && code != 0) {
            return new Ended(code, Outcome.Reason.OUT_OF_MEMORY);
        }
        return new Ended(code, code > SIGNALLED ? Outcome.Reason.SIGNAL : Outcome.Reason.EXITED);
    }

    /**
     * Why one was not started.
     *
     * @param container empty where there is none
     */
    static EngineException notRun(String service, Ending ending, Optional<ContainerFacts> container) {
        int code = ending instanceof Ending.Exited exited ? exited.code() : Outcome.TIMED_OUT;
        String detail = container.map(ContainerFacts::startError).orElse("");
        return new EngineException(
                EngineFault.PortTaken.isMeant(detail)
                        ? new EngineFault.PortTaken(detail)
                        : new EngineFault.NotRun(service, code, detail));
    }
}
