package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.engine.Console;
import io.sentinel.engine.Streams;
import io.sentinel.render.SandboxException;
import io.sentinel.spec.Profile;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is asked, and what is told where nobody is. That a terminal asks is AskingIT's. */
class ApprovalTest {

    private static final Streams PUMPED =
            new Streams.Pumped(OutputStream.nullOutputStream(), OutputStream.nullOutputStream());

    private final List<String> warnings = new ArrayList<>();

    private Approval of(boolean asks, Profile profile, Console console, Map<String, String> variables)
            throws SandboxException {
        AgentRun.Terminal terminal = new AgentRun.Terminal(console, PUMPED, PUMPED);
        Approval approval = Approval.of(asks, profile, terminal, new Invoker(1, 1, variables), warnings::add);
        assertThat(approval.asked()).isEmpty();
        assertThat(approval.shown()).isEqualTo(terminal);
        return approval;
    }

    @ParameterizedTest
    @CsvSource({"false, STANDARD", "true, STRICT", "true, PROXIED"})
    void nothingIsToldWhereNothingCanBeAsked(boolean asks, Profile profile) throws Exception {
        of(asks, profile, Console.TERMINAL, Map.of(Approval.VARIABLE, "console"));
        assertThat(warnings).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "reject", " "})
    void nobodyIsAskedUnlessWhoeverStartsTheRunSaysSo(String mode) throws Exception {
        of(true, Profile.STANDARD, Console.TERMINAL, Map.of(Approval.VARIABLE, mode));
        assertThat(warnings).singleElement().asString().contains("set it to console to be asked");
    }

    @ParameterizedTest
    @CsvSource({"PIPED", "OUTPUT_ONLY"})
    void nobodyIsAskedWithoutATerminal(Console console) throws Exception {
        of(true, Profile.STANDARD, console, Map.of(Approval.VARIABLE, "console"));
        assertThat(warnings).singleElement().asString().contains("there is no terminal to ask at");
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "tkinter", "Console", "yes"})
    void anotherModeIsRefused(String mode) {
        assertThatThrownBy(() -> of(true, Profile.STANDARD, Console.TERMINAL, Map.of(Approval.VARIABLE, mode)))
                .isInstanceOf(SandboxException.class)
                .hasMessage(Approval.VARIABLE + " is " + mode + "; set it to reject or console");
    }
}
