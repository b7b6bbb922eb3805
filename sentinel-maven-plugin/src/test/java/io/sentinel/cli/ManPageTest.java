package io.sentinel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.render.GuardVariables;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.CommandSpec;

/** The manual page that is kept in docs is the one of the flags as they are. */
class ManPageTest {

    private static final Path KEPT = Path.of("../docs/sentinel-isolate.1");

    private final CommandSpec command =
            new IsolateCommand(Voice.of(false, new PrintStream(java.io.OutputStream.nullOutputStream()))).command();

    @Test
    void theKeptPageIsTheCommandsOwn() throws Exception {
        String page = ManPage.of(command);
        if (System.getProperty("sentinel.golden.accept") != null) {
            Files.writeString(KEPT, page);
            throw new AssertionError("accepted; run again, and read the difference");
        }
        assertThat(page).isEqualTo(Files.readString(KEPT));
    }

    @Test
    void everyFlagAndExitCodeIsInIt() {
        String page = ManPage.of(command).replace("\\-", "-");
        command.options().forEach(option -> assertThat(page).contains(".B " + String.join(", ", option.names())));
        command.usageMessage().exitCodeList().forEach((code, meaning) -> assertThat(page.replace('\n', ' '))
                .contains(" " + meaning));
    }

    @Test
    void everyVariableThatARunTakesIsInIt() {
        String page = ManPage.of(command);
        GuardVariables.DEFAULTS.keySet().forEach(name -> assertThat(page)
                .containsPattern("\n\\.B .*\\b" + name + "\\b"));
        assertThat(page).contains("\n.B SENTINEL_APPROVAL_MODE\n");
    }

    /** A line that begins with a dot would be a request, and a word after a backslash an escape. */
    @Test
    void noTextBecomesARequest() {
        CommandSpec hostile = CommandSpec.create().name("x");
        hostile.usageMessage().header("Does.").description(".so /etc/passwd", "'ft", "a\\fB-b");
        assertThat(ManPage.of(hostile)).contains("\n\\&.so /etc/passwd\n\\&'ft\na\\efB\\-b\n");
    }
}
