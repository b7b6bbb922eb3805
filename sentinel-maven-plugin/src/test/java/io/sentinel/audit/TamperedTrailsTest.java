package io.sentinel.audit;

import static io.sentinel.audit.AuditFault.Kind.CHANGED;
import static io.sentinel.audit.AuditFault.Kind.CONCATENATED;
import static io.sentinel.audit.AuditFault.Kind.CUT;
import static io.sentinel.audit.AuditFault.Kind.MISPLACED;
import static io.sentinel.audit.AuditFault.Kind.NOT_A_RECORD;
import static io.sentinel.audit.AuditFault.Kind.NOT_JSON;
import static io.sentinel.audit.AuditFault.Kind.REMOVED;
import static io.sentinel.audit.AuditFault.Kind.TOO_LONG;
import static io.sentinel.audit.Trails.rehashed;
import static io.sentinel.audit.Trails.with;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sentinel.audit.AuditFault.Kind;
import io.sentinel.audit.AuditTrail.Reading;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each way to change a trail of nine records, and what is wrong with it first. What exactly is told of all of it, with hashes
 * shortened, stands in {@code audit/tampered.txt}; {@code -Dsentinel.golden.accept} writes what is told now, and fails, so
 * that somebody reads the difference.
 */
class TamperedTrailsTest {

    private static final Path TOLD = Path.of("src/test/resources/audit/tampered.txt");

    private static final List<String> GOOD = Trails.good(9);

    /** What is wrong first, and where. */
    record Tampered(String name, byte[] bytes, Kind kind, long line) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Tampered> tampered() {
        return Stream.of(members(), places(), forms(), bytes()).flatMap(List::stream);
    }

    private static List<Tampered> members() {
        return List.of(
                lines("a changed seq", one(4, "\"seq\":4,", "\"seq\":5,"), CHANGED, 4),
                lines("a changed ts", one(4, "03:00:04", "03:00:05"), CHANGED, 4),
                lines("a changed pid", one(4, "\"pid\":7", "\"pid\":8"), CHANGED, 4),
                lines("a changed exe", one(4, "python3.11", "python3.12"), CHANGED, 4),
                lines("a changed source", one(4, "\"guard\"", "\"python\""), CHANGED, 4),
                lines("a changed action", one(4, "\"connect\"", "\"convect\""), CHANGED, 4),
                lines("a changed target", one(4, "10.0.0.4", "10.0.0.5"), CHANGED, 4),
                lines("a changed decision", one(4, "\"denied\"", "\"allowed\""), CHANGED, 4),
                lines("a changed decision that is no word", one(4, "\"denied\"", "\"dfnied\""), CHANGED, 4),
                lines("a changed key", one(4, "allowed_hosts", "allowed_hostt"), CHANGED, 4),
                lines("a changed reason", one(4, "no such host", "no such hosts"), CHANGED, 4),
                lines("a changed prev", with(GOOD, 4, line -> digit(line, "prev")), CHANGED, 4),
                lines("a changed hash", with(GOOD, 4, line -> digit(line, "hash")), CHANGED, 4),
                lines("a changed record and its hash", sealed(4, "\"denied\"", "\"allowed\""), CHANGED, 5),
                lines("a changed number and its record's hash", sealed(4, "\"seq\":4,", "\"seq\":7,"), REMOVED, 4),
                lines("a changed prev and its record's hash", resealed(4), CHANGED, 4));
    }

    private static List<Tampered> places() {
        List<String> other = rehashed(with(Trails.good(5), 1, text -> replaced(text, "2026-01-02", "2026-01-03")), 1);
        List<String> none = List.of();
        return List.of(
                lines("without the first line", GOOD.subList(1, 9), REMOVED, 1),
                lines("without a middle line", without(4, 5), REMOVED, 4),
                lines("without three middle lines", without(4, 7), REMOVED, 4),
                lines("without the last line", GOOD.subList(0, 8), CUT, 8),
                lines("without all lines but the first", GOOD.subList(0, 1), CUT, 1),
                lines("without any line", none, CUT, 0),
                lines("the first line gone, and the numbers and hashes of the others anew", renumbered(), REMOVED, 1),
                lines("a gap in the numbers, with all hashes anew", rehashed(without(4, 6), 4), REMOVED, 4),
                lines("two lines swapped", spliced(4, 5, GOOD.get(4), GOOD.get(3)), REMOVED, 4),
                lines("a line twice", spliced(4, 4, GOOD.get(3), GOOD.get(3)), MISPLACED, 5),
                lines("the first line twice", spliced(1, 1, GOOD.get(0), GOOD.get(0)), MISPLACED, 2),
                lines("three lines twice", block(), MISPLACED, 7),
                lines("a record put in, without links", spliced(4, 4, GOOD.get(3), other.get(3)), MISPLACED, 5),
                lines("a record put in, with links", forged(), MISPLACED, 6),
                lines("a record behind the end", spliced(9, 9, GOOD.get(8), after(GOOD)), MISPLACED, 10),
                lines("two trails", joined(GOOD, other), CONCATENATED, 10),
                lines("two trails, the first without its end", joined(GOOD.subList(0, 5), other), CONCATENATED, 6),
                lines("a trail twice", joined(GOOD, GOOD), CONCATENATED, 10),
                lines("an end that the agent says", saidByTheAgent(), CUT, 9));
    }

    private static List<Tampered> forms() {
        String line = GOOD.get(3);
        String exe = "\"exe\":\"/usr/bin/python3.11\",";
        return List.of(
                lines("members in another order", sealed(4, "\"pid\":7," + exe, exe + "\"pid\":7,"), NOT_A_RECORD, 4),
                lines("a member more", sealed(4, "\"prev\":", "\"extra\":\"x\",\"prev\":"), NOT_A_RECORD, 4),
                lines("a member more, behind", one(4, "\"}", "\",\"extra\":\"x\"}"), NOT_A_RECORD, 4),
                lines("a member less", sealed(4, "\"pid\":7,", ""), NOT_A_RECORD, 4),
                lines("a member twice", sealed(4, exe, exe + exe), NOT_A_RECORD, 4),
                lines("an escaped name", sealed(4, "\"pid\"", "\"p\\u0069d\""), NOT_A_RECORD, 4),
                lines("white space", sealed(4, "\"pid\":7", "\"pid\": 7"), NOT_A_RECORD, 4),
                lines("a number as a string", sealed(4, "\"pid\":7", "\"pid\":\"7\""), NOT_A_RECORD, 4),
                lines("a number with a fraction", sealed(4, "\"seq\":4", "\"seq\":4.0"), NOT_A_RECORD, 4),
                lines("a number below its bounds", sealed(4, "\"pid\":7", "\"pid\":-7"), NOT_A_RECORD, 4),
                lines("a negative zero", sealed(4, "\"pid\":7", "\"pid\":-0"), NOT_A_RECORD, 4),
                lines(
                        "a number beyond its bounds",
                        sealed(4, "\"pid\":7", "\"pid\":7" + "0".repeat(30)),
                        NOT_A_RECORD,
                        4),
                lines("a string as a number", sealed(4, "\"10.0.0.4:22\"", "10"), NOT_A_RECORD, 4),
                lines("a null", sealed(4, "\"10.0.0.4:22\"", "null"), NOT_A_RECORD, 4),
                lines("an unknown decision", sealed(4, "\"denied\"", "\"maybe\""), NOT_A_RECORD, 4),
                lines("an unknown source", sealed(4, "\"guard\"", "\"agent\""), NOT_A_RECORD, 4),
                lines(
                        "an action that is no word of the guard",
                        sealed(4, "\"connect\"", "\"Connect !\""),
                        NOT_A_RECORD,
                        4),
                lines("a time of another form", sealed(4, "T03:00:04", " 03:00:04"), NOT_A_RECORD, 4),
                lines("a time that does not exist", sealed(4, "2026-01-02", "2026-02-30"), NOT_A_RECORD, 4),
                lines(
                        "a short prev",
                        sealed(4, "\"prev\":\"" + Trails.hash(GOOD.get(2)), "\"prev\":\"0"),
                        NOT_A_RECORD,
                        4),
                lines("a hash in capitals", with(GOOD, 4, TamperedTrailsTest::capitals), NOT_A_RECORD, 4),
                lines("half of a pair", sealed(4, "no such", "\\ud800no such"), NOT_A_RECORD, 4),
                lines("an empty line", spliced(4, 4, line, ""), NOT_JSON, 5),
                lines("a line of text", spliced(4, 4, line, "hello"), NOT_JSON, 5),
                lines("a list", with(GOOD, 4, text -> "[" + text + "]"), NOT_JSON, 4),
                lines("two records in a line", spliced(4, 5, line + GOOD.get(4)), NOT_JSON, 4),
                lines("a line of JSON that is none of ours", spliced(4, 4, line, "{}"), NOT_A_RECORD, 5),
                lines("a huge line", with(GOOD, 4, text -> "x".repeat(3_000_000)), TOO_LONG, 4),
                lines("a record that is a byte too long", with(GOOD, 4, text -> longer(text, 65_537)), TOO_LONG, 4));
    }

    private static List<Tampered> bytes() {
        byte[] good = Trails.bytes(GOOD);
        int fourth = Trails.bytes(GOOD.subList(0, 3)).length;
        return List.of(
                new Tampered("cut within a line", Arrays.copyOf(good, good.length - 100), CUT, 9),
                new Tampered("cut within the first line", Arrays.copyOf(good, 20), CUT, 1),
                new Tampered("cut before the last line feed", Arrays.copyOf(good, good.length - 1), CUT, 9),
                new Tampered(
                        "lines of another system",
                        new String(good, UTF_8).replace("\n", "\r\n").getBytes(UTF_8),
                        NOT_A_RECORD,
                        1),
                new Tampered("a byte that is no UTF-8", put(good, fourth + 60, 0xFF), NOT_JSON, 4),
                new Tampered(
                        "a character in more bytes than it needs",
                        latin(good, "no such", "no\u00C0\u00AFsuch"),
                        NOT_JSON,
                        4),
                new Tampered("a control character as it is", latin(good, "no such", "no\u001B[2Jsuch"), NOT_JSON, 4),
                new Tampered(
                        "a delete character as it is",
                        Trails.bytes(sealed(4, "no such", "no\u007Fsuch")),
                        NOT_A_RECORD,
                        4),
                new Tampered(
                        "a byte order mark", latin(good, "{\"seq\":1,", "\u00EF\u00BB\u00BF{\"seq\":1,"), NOT_JSON, 1),
                new Tampered("a hole of zeros", zeros(good, fourth), NOT_JSON, 4));
    }

    @ParameterizedTest
    @MethodSource("tampered")
    void eachIsToldByKindAndLine(Tampered tampered) {
        Reading reading = reading(tampered.bytes());
        assertThat(reading.holds()).isFalse();
        AuditFault first = reading.faults().get(0);
        assertThat(first.kind()).as(told(reading)).isEqualTo(tampered.kind());
        assertThat(first.line()).as(told(reading)).isEqualTo(tampered.line());
    }

    @Test
    void eachHasItsSentence() throws Exception {
        StringBuilder told = new StringBuilder();
        tampered().forEach(tampered -> told.append("# ")
                .append(tampered.name())
                .append('\n')
                .append(told(reading(tampered.bytes())))
                .append('\n'));
        if (System.getProperty("sentinel.golden.accept") != null) {
            Files.writeString(TOLD, told);
            fail("accepted what is told now; read the difference, then run without -Dsentinel.golden.accept");
        }
        assertThat(told.toString()).isEqualTo(Files.readString(TOLD));
    }

    @Test
    void whatWasNotChangedHolds() {
        assertThat(told(reading(Trails.bytes(GOOD)))).isEmpty();
        assertThat(told(reading(Trails.bytes(Trails.good(3))))).isEmpty();
        assertThat(told(reading(Trails.bytes(rehashed(GOOD, 1))))).isEmpty();
        // As long as a line may be, and no longer.
        assertThat(told(reading(Trails.bytes(rehashed(with(GOOD, 4, text -> longer(text, 65_536)), 4)))))
                .isEmpty();
    }

    /** The limit of any chain, and why a last hash is kept elsewhere. */
    @Test
    void aChainMadeAnewAsAWholeShowsByItsLastHashAlone() {
        List<String> anew = rehashed(one(4, "\"denied\"", "\"allowed\""), 4);
        Reading reading = reading(Trails.bytes(anew));
        assertThat(reading.holds()).isTrue();
        assertThat(reading.lastHash()).isNotEqualTo(Trails.hash(GOOD.get(8)));
    }

    /** All single bytes, and not only those that a table has. */
    @Test
    void noByteCanBeChanged() {
        byte[] good = Trails.bytes(GOOD);
        for (int i = 0; i < good.length; i++) {
            for (int flipped : new int[] {good[i] ^ 1, good[i] ^ 0x20, good[i] ^ 0x80, 0, '\n'}) {
                if ((byte) flipped != good[i]) {
                    assertThat(reading(put(good, i, flipped)).holds())
                            .as("byte " + i)
                            .isFalse();
                }
            }
        }
    }

    /** Nor can any number of bytes be missing from the end. */
    @Test
    void noEndCanBeCut() {
        byte[] good = Trails.bytes(GOOD);
        for (int length = 0; length < good.length; length++) {
            Reading reading = reading(Arrays.copyOf(good, length));
            assertThat(reading.faults())
                    .extracting(AuditFault::kind)
                    .as("of " + length)
                    .containsExactly(CUT);
        }
    }

    /** Whatever pieces its bytes come in. */
    @Test
    void piecesAreNoDifference() {
        byte[] bytes = tampered()
                .filter(one -> one.name().equals("two trails"))
                .findFirst()
                .orElseThrow()
                .bytes();
        String whole = told(reading(bytes));
        for (int size : new int[] {1, 2, 7, 300, 4096}) {
            AuditTrail trail = new AuditTrail("t", (record, line, holds) -> {});
            for (int at = 0; at < bytes.length; at += size) {
                byte[] piece = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + size));
                trail.accept(piece, piece.length);
            }
            assertThat(told(trail.end())).isEqualTo(whole);
        }
    }

    /** What else can be read is, and is marked where it proves nothing. */
    @Test
    void recordsAroundAFaultAreRead() {
        List<String> seen = new ArrayList<>();
        AuditTrail trail = new AuditTrail("t", (record, line, holds) -> seen.add(line + (holds ? "" : "!")));
        byte[] bytes = Trails.bytes(with(one(4, "\"denied\"", "\"allowed\""), 6, text -> "gone"));
        trail.accept(bytes, bytes.length);
        assertThat(trail.end().records()).isEqualTo(8);
        assertThat(seen).containsExactly("1", "2", "3", "4!", "5", "7", "8", "9");
    }

    @Test
    void ofVeryManyFaultsTheFirstAreTold() {
        byte[] bytes = "x\n".repeat(100_000).getBytes(UTF_8);
        Reading reading = reading(bytes);
        assertThat(reading.faults()).hasSize(AuditTrail.TOLD);
        assertThat(reading.faultCount()).isEqualTo(100_001);
    }

    private static Reading reading(byte[] bytes) {
        AuditTrail trail = new AuditTrail("t", (record, line, holds) -> {});
        trail.accept(bytes, bytes.length);
        return trail.end();
    }

    private static String told(Reading reading) {
        return reading.faults().stream()
                .map(fault -> fault.sentence().replaceAll("([0-9a-fA-F]{4})[0-9a-fA-F]{60}", "$1~"))
                .collect(Collectors.joining("\n"));
    }

    private static Tampered lines(String name, List<String> lines, Kind kind, long line) {
        return new Tampered(name, Trails.bytes(lines), kind, line);
    }

    private static String replaced(String line, String from, String to) {
        assertThat(line).contains(from);
        return line.replace(from, to);
    }

    private static List<String> one(int line, String from, String to) {
        return with(GOOD, line, text -> replaced(text, from, to));
    }

    private static List<String> sealed(int line, String from, String to) {
        return with(GOOD, line, text -> Trails.sealed(replaced(text, from, to)));
    }

    private static List<String> joined(List<String> first, List<String> second) {
        return Stream.of(first, second).flatMap(List::stream).toList();
    }

    /** These lines in place of those from one to another, both told from 1. */
    private static List<String> spliced(int from, int to, String... lines) {
        return joined(joined(GOOD.subList(0, from - 1), List.of(lines)), GOOD.subList(to, 9));
    }

    private static List<String> without(int from, int before) {
        return joined(GOOD.subList(0, from - 1), GOOD.subList(before - 1, 9));
    }

    /** With another hexadecimal digit at a link's beginning. */
    private static String digit(String line, String member) {
        int at = line.indexOf("\"" + member + "\":\"") + member.length() + 4;
        return line.substring(0, at) + (line.charAt(at) == '0' ? '1' : '0') + line.substring(at + 1);
    }

    private static List<String> resealed(int line) {
        return with(GOOD, line, text -> Trails.sealed(digit(text, "prev")));
    }

    private static List<String> renumbered() {
        List<String> lines = new ArrayList<>();
        String before = Trails.hash(GOOD.get(0));
        for (int i = 1; i < 9; i++) {
            String line = GOOD.get(i).replace("{\"seq\":" + (i + 1), "{\"seq\":" + i);
            lines.add(Trails.sealed(line.replaceFirst("(\"prev\":\")[0-9a-f]*", "$1" + before)));
            before = Trails.hash(lines.get(i - 1));
        }
        return lines;
    }

    private static List<String> block() {
        return joined(joined(GOOD.subList(0, 6), GOOD.subList(3, 6)), GOOD.subList(6, 9));
    }

    /** A record that hangs on the one before as it should; what follows then does not. */
    private static List<String> forged() {
        String own = Trails.sealed(GOOD.get(4).replace("/etc/", "/tmp/"));
        return joined(joined(GOOD.subList(0, 4), List.of(own)), GOOD.subList(4, 9));
    }

    private static String after(List<String> lines) {
        String before = Trails.hash(lines.get(lines.size() - 1));
        return Trails.sealed(GOOD.get(3)
                .replace("\"seq\":4,", "\"seq\":" + (lines.size() + 1) + ",")
                .replaceFirst("(\"prev\":\")[0-9a-f]*", "$1" + before));
    }

    private static List<String> saidByTheAgent() {
        return rehashed(with(GOOD, 9, text -> replaced(text, "\"guard\"", "\"python\"")), 9);
    }

    private static String capitals(String line) {
        String hash = Trails.hash(line);
        return line.replace(hash, hash.toUpperCase(Locale.ROOT));
    }

    private static String longer(String line, int bytes) {
        int more = bytes - line.getBytes(UTF_8).length;
        return replaced(line, "host rule", "host rule" + "y".repeat(more));
    }

    private static byte[] put(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        return changed;
    }

    private static byte[] latin(byte[] bytes, String from, String to) {
        String text = new String(bytes, ISO_8859_1);
        assertThat(text).contains(from);
        return text.replace(from, to).getBytes(ISO_8859_1);
    }

    /** As a machine that lost power may leave them. */
    private static byte[] zeros(byte[] bytes, int from) {
        byte[] changed = bytes.clone();
        Arrays.fill(changed, from, from + 200, (byte) 0);
        return changed;
    }
}
