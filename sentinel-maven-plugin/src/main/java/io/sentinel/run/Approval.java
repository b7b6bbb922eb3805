package io.sentinel.run;

import io.sentinel.approval.Person;
import io.sentinel.approval.Terminal;
import io.sentinel.engine.Console;
import io.sentinel.engine.Streams;
import io.sentinel.render.SandboxException;
import io.sentinel.spec.Profile;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Who answers what a run's guard asks, and what the agent has of the terminal then. A terminal is the agent's or the
 * question's: an agent that has it could paint over a question, and keys that were meant for it would answer one. So where
 * questions are asked the agent has plain output and no input.
 *
 * @param shown where the run shows itself
 * @param person who is asked; nobody where nothing is
 */
record Approval(AgentRun.Terminal shown, Optional<Terminal> person) implements AutoCloseable {

    /** By which whoever starts a run says who answers; no spec says it. */
    static final String VARIABLE = "SENTINEL_APPROVAL_MODE";

    private static final String REJECT = "reject";
    private static final String CONSOLE = "console";

    /**
     * Decides, and tells why nobody will be asked where the policy would have somebody.
     *
     * @param asks whether the policy would have somebody asked
     * @param terminal the run's: a {@link Console#TERMINAL} is one that a person sits at
     * @param warnings told each
     * @throws SandboxException for a mode that there is not
     */
    static Approval of(
            boolean asks, Profile profile, AgentRun.Terminal terminal, Invoker invoker, Consumer<String> warnings)
            throws SandboxException {
        Approval nobody = new Approval(terminal, Optional.empty());
        if (!asks || profile != Profile.STANDARD) {
            return nobody; // in the other profiles there is nothing to ask about
        }
        String said = invoker.environment().getOrDefault(VARIABLE, "").strip();
        String mode = said.isEmpty() ? REJECT : said;
        if (mode.equals(REJECT)) {
            warnings.accept(
                    "policy.on_block is ask, and " + VARIABLE + " is reject, as it is unless set: nobody is asked,"
                            + " and what the policy does not list is denied; set it to console to be asked at this terminal");
            return nobody;
        }
        if (!mode.equals(CONSOLE)) {
            throw new SandboxException(VARIABLE + " is " + mode + "; set it to reject or console");
        }
        try {
            if (terminal.console() == Console.TERMINAL) {
                Terminal asked = Terminal.open(System.out, System.err);
                Streams streams = new Streams.Pumped(asked.out(), asked.err());
                return new Approval(
                        new AgentRun.Terminal(Console.OUTPUT_ONLY, streams, terminal.progress()), Optional.of(asked));
            }
        } catch (IOException e) {
            warnings.accept("/dev/tty cannot be opened: " + e.getMessage());
        }
        warnings.accept(
                VARIABLE + " is console, and there is no terminal to ask at: it takes one for input and output, and"
                        + " a Maven that is neither in batch mode nor building in parallel; what the policy does not list is"
                        + " denied");
        return nobody;
    }

    /** As the guard's trail takes it. */
    Optional<Person> asked() {
        return person.map(one -> one);
    }

    @Override
    public void close() {
        person.ifPresent(Terminal::close);
    }
}
