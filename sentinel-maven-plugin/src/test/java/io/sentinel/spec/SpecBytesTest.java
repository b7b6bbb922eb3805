package io.sentinel.spec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sentinel.seccomp.ShippedStandings;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are hostile or broken below the level of keys and values. */
class SpecBytesTest {

    private static final String SPEC = "name: agent\n";

    @Test
    void readWhenEmptySaysSo() {
        assertThat(problem(new byte[0])).isEqualTo("1:1: expected a mapping of keys and values, found an empty file");
    }

    @ParameterizedTest
    @ValueSource(ints = {(4 << 20) + 1, 10_000_000})
    void readWhenLargerThanTheBoundNamesTheBound(int size) {
        assertThat(problem(new byte[size]))
                .isEqualTo("1:1: expected at most 4194304 bytes (4 MiB), found more; is this the right file?");
    }

    @Test
    void readWhenAsLargeAsTheBoundReads() throws Exception {
        byte[] content = (SPEC + "#" + "x".repeat((4 << 20) - SPEC.length() - 1)).getBytes(UTF_8);

        assertThat(content).hasSize(4 << 20);
        assertThat(SpecReader.read("sandbox.yaml", content, new ShippedStandings())
                        .name())
                .isEqualTo("agent");
    }

    @Test
    void readWhenThereIsAByteOrderMarkOfUtf8DoesNotCountIt() throws Exception {
        assertThat(SpecReader.read("sandbox.yaml", ("\uFEFF" + SPEC).getBytes(UTF_8), new ShippedStandings())
                        .name())
                .isEqualTo("agent");
        assertThat(problem("\uFEFFnane: agent".getBytes(UTF_8))).startsWith("1:1: nane: unknown key");
    }

    @Test
    void readWhenLinesEndAsOnWindowsReads() throws Exception {
        assertThat(SpecReader.read(
                                "sandbox.yaml",
                                "name: agent\r\ncommand: [sh]\r\n".getBytes(UTF_8),
                                new ShippedStandings())
                        .command())
                .containsExactly("sh");
        assertThat(problem("name: agent\r\ncommand: [7]\r\n".getBytes(UTF_8))).startsWith("2:11: command[0]");
    }

    @Test
    void readWhenUtf16NamesIt() {
        assertThat(problem(("\uFEFF" + SPEC).getBytes(UTF_16BE))).isEqualTo(utf16("a byte order mark of UTF-16"));
        assertThat(problem(("\uFEFF" + SPEC).getBytes(UTF_16LE))).isEqualTo(utf16("a byte order mark of UTF-16"));
        assertThat(problem(SPEC.getBytes(UTF_16BE))).isEqualTo(utf16("NUL bytes as in UTF-16 or UTF-32"));
        assertThat(problem(SPEC.getBytes(UTF_16LE))).isEqualTo(utf16("NUL bytes as in UTF-16 or UTF-32"));
        assertThat(problem(SPEC.getBytes(Charset.forName("UTF-32BE"))))
                .isEqualTo(utf16("NUL bytes as in UTF-16 or UTF-32"));
    }

    private static String utf16(String found) {
        return "1:1: expected UTF-8, found " + found + "; save the file as UTF-8";
    }

    @Test
    void readWhenNotUtf8NamesTheFirstBadByte() {
        assertThat(problem("name: agent\n# caf\u00E9\n".getBytes(ISO_8859_1)))
                .isEqualTo("2:6: expected UTF-8, found the byte 0xE9 that is none; save the file as UTF-8");
        byte[] truncated = {'#', ' ', (byte) 0xE2, (byte) 0x82};
        assertThat(problem(truncated)).startsWith("1:3: expected UTF-8, found the byte 0xE2");
        byte[] surrogate = {'#', (byte) 0xED, (byte) 0xA0, (byte) 0x80};
        assertThat(problem(surrogate)).startsWith("1:2: expected UTF-8, found the byte 0xED");
        byte[] overlong = {'#', (byte) 0xC0, (byte) 0xAF};
        assertThat(problem(overlong)).startsWith("1:2: expected UTF-8, found the byte 0xC0");
    }

    @ParameterizedTest
    @CsvSource({
        "0x00", "0x07", "0x0B", "0x0D", "0x1B", "0x7F", "0x85", "0x9B", "0x2028", "0x2029", "0x202E", "0x2066",
        "0x200F", "0xFEFF", "0xFFFE", "0x1FFFF", "0xAD", "0x200B", "0x3164", "0xE0041"
    })
    void readWhenACharacterIsHiddenNamesIt(String number) {
        int c = Integer.decode(number);
        String shown = String.format(Locale.ROOT, "U+%04X", c);

        assertThat(problem(("name: agent\n# \uD83D\uDE00" + Character.toString(c) + "x\n").getBytes(UTF_8)))
                .isEqualTo("2:4: expected text and line ends, found the hidden character " + shown + "; remove it");
    }

    @Test
    void readWhenVeryDeepStopsEarly() {
        assertThat(problem((SPEC + "command: " + "[".repeat(500_000)).getBytes(UTF_8)))
                .contains("at most 16 levels");
        assertThat(problem((SPEC + "command: " + "{a: ".repeat(200_000)).getBytes(UTF_8)))
                .contains("at most 16 levels");
        assertThat(problem((SPEC + "- ".repeat(500_000)).getBytes(UTF_8))).startsWith("2:1: ");
        assertThat(problem("- ".repeat(500_000).getBytes(UTF_8))).contains("at most 16 levels");
        assertThat(problem("? ".repeat(500_000).getBytes(UTF_8))).contains("at most 16 levels");
    }

    @Test
    void readWhenAliasesWouldExpandToBillionsStaysSmall() {
        ByteArrayOutputStream laughs = new ByteArrayOutputStream();
        laughs.writeBytes("name: agent\na0: &a0 [lol]\n".getBytes(UTF_8));
        for (int i = 1; i < 60; i++) {
            String one = "*a" + (i - 1);
            laughs.writeBytes(("a" + i + ": &a" + i + " [" + (one + ", ").repeat(9) + one + "]\n").getBytes(UTF_8));
        }
        InvalidFileException problem = exception(laughs.toByteArray());

        assertThat(problem.problems()).hasSize(50);
        assertThat(problem.getMessage())
                .startsWith("sandbox.yaml has 710 problems:")
                .hasSizeLessThan(20_000);
    }

    @Test
    void readWhenThereAreManyValuesStopsEarly() {
        assertThat(problem((SPEC + "command: [" + "x, ".repeat(300_000) + "]").getBytes(UTF_8)))
                .isEqualTo("2:449996: expected at most 150000 values, found more; is this the right file?");
    }

    @Test
    void aListOfAHundredThousandHostsIsTaken() throws Exception {
        Spec spec = SpecReader.read("sandbox.yaml", listOf(100_000), new ShippedStandings());
        assertThat(spec.allow().hosts()).hasSize(100_000);
    }

    /** The parser has a bound of its own, which is lower. */
    @Test
    void aFileAsLargeAsTheBoundIsTaken() throws Exception {
        String comment = ("#" + " hosts".repeat(100) + "\n").repeat(7000);
        // A key behind it all: the parser counts where it meets one.
        String last = "\ncommand: [x]\n";
        int rest = SourceText.MAX_BYTES - "name: agent\n".length() - last.length();
        byte[] content = ("name: agent\n" + comment.substring(0, rest) + last).getBytes(UTF_8);
        assertThat(content).hasSize(SourceText.MAX_BYTES);
        assertThat(SpecReader.read("sandbox.yaml", content, new ShippedStandings())
                        .name())
                .isEqualTo("agent");
    }

    @Test
    void aListOfAMillionHostsIsRefusedAtOnce() {
        assertThat(problem(listOf(1_000_000)))
                .isEqualTo("1:1: expected at most 4194304 bytes (4 MiB), found more; is this the right file?");
    }

    private static byte[] listOf(int hosts) {
        StringBuilder spec = new StringBuilder(SPEC).append("profiles:\n  proxied:\n    allow:\n");
        for (int i = 0; i < hosts; i++) {
            spec.append("      - h").append(i).append(".example.com\n");
        }
        return spec.toString().getBytes(UTF_8);
    }

    @Test
    void readWhenThereAreManyProblemsShowsTheFirstOnes() {
        StringBuilder spec = new StringBuilder(SPEC);
        for (int i = 0; i < 1000; i++) {
            spec.append("unknown").append(i).append(": x\n");
        }
        InvalidFileException problem = exception(spec.toString().getBytes(UTF_8));

        assertThat(problem.problems()).hasSize(50);
        assertThat(problem.problems().get(49).line()).isEqualTo(51);
        assertThat(problem.getMessage())
                .startsWith("sandbox.yaml has 1000 problems:\nsandbox.yaml:2:1: unknown0: unknown key; ")
                .endsWith("\n... and 950 more, not shown; correct these first");
    }

    @Test
    void readWhenAValueIsLongShowsItsStart() {
        assertThat(problem(("name: " + "x".repeat(200_000)).getBytes(UTF_8)))
                .endsWith("found \"" + "x".repeat(40) + "...\"; correct the name");
        assertThat(problem((SPEC + "user: {uid: " + "1".repeat(200_000) + ", gid: 1}").getBytes(UTF_8)))
                .endsWith("found the number " + "1".repeat(40) + "...; correct the number");
        assertThat(problem((SPEC + "\"" + "k".repeat(1000) + "\": 1").getBytes(UTF_8)))
                .startsWith("2:1: \"" + "k".repeat(40) + "...\": unknown key; ");
    }

    private static String problem(byte[] content) {
        String message = exception(content).getMessage();
        String first = message.split("\n", 3)[1];
        assertThat(first).startsWith("sandbox.yaml:").hasSizeLessThan(600);
        return first.substring("sandbox.yaml:".length());
    }

    private static InvalidFileException exception(byte[] content) {
        return catchThrowableOfType(
                InvalidFileException.class, () -> SpecReader.read("sandbox.yaml", content, new ShippedStandings()));
    }
}
