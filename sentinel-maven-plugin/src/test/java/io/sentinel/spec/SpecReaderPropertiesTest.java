package io.sentinel.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.seccomp.ShippedStandings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever the bytes are, the answer is a spec or a list of problems. */
class SpecReaderPropertiesTest {

    private static final List<String> SEEDS = seeds();

    /** What YAML gives a meaning to, and what our own rules do. */
    private static final List<String> PIECES = List.of(
            "&a ",
            "*a ",
            "!!map ",
            "<<: ",
            "? ",
            ": ",
            "- ",
            "[",
            "]",
            "{",
            "}",
            "|",
            ">",
            "'",
            "\"",
            "\\",
            "#",
            "%",
            "@",
            "\n",
            "\t",
            "\r",
            "---\n",
            "...\n",
            "~",
            "null",
            "no",
            "010",
            "1:30",
            "../",
            "/",
            "\u0000",
            "\uFEFF",
            "\u202E",
            "\uD83D\uDE00",
            "\\ud800",
            "\\UFFFFFFFF",
            "name: x\n",
            "://a:b@",
            ".",
            ",",
            " ",
            "99999999999999999999");

    @Property(tries = 1000)
    void arbitraryBytesGiveASpecOrProblems(@ForAll @Size(max = 200) byte[] content) {
        checked(content);
    }

    @Property(tries = 2000)
    void arbitraryPiecesOfYamlGiveASpecOrProblems(@ForAll("pieces") String text) {
        checked(text.getBytes(StandardCharsets.UTF_8));
    }

    @Property(tries = 3000)
    void mutatedSpecsGiveASpecOrProblems(@ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int changes) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(SEEDS.get(random.nextInt(SEEDS.size())));
        for (int i = 0; i < changes; i++) {
            int start = random.nextInt(text.length() + 1);
            int end = Math.min(text.length(), start + random.nextInt(12));
            String other = SEEDS.get(random.nextInt(SEEDS.size()));
            int from = random.nextInt(other.length());
            String piece = random.nextBoolean()
                    ? PIECES.get(random.nextInt(PIECES.size()))
                    : other.substring(from, Math.min(other.length(), from + random.nextInt(30)));
            text.replace(start, random.nextBoolean() ? start : end, piece);
        }
        checked(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Property(tries = 500)
    void anyTextInDoubleQuotesIsTheArgumentThatItSays(@ForAll("words") List<String> words) throws Exception {
        String list = words.stream().map(SpecReaderPropertiesTest::quoted).reduce("sh", (a, b) -> a + ", " + b);
        List<String> expected = new ArrayList<>(List.of("sh"));
        expected.addAll(words);

        Spec spec = SpecReader.read(
                "sandbox.yaml",
                ("name: a\ncommand: [" + list + "]").getBytes(StandardCharsets.UTF_8),
                new ShippedStandings());

        assertThat(spec.command()).isEqualTo(expected);
    }

    @Provide
    Arbitrary<String> pieces() {
        Stream<String> keys =
                Stream.of(Section.values()).flatMap(s -> s.keys().stream()).map(k -> k.name() + ": ");
        return Arbitraries.of(Stream.concat(PIECES.stream(), keys).toList())
                .list()
                .ofMaxSize(30)
                .map(list -> String.join("", list));
    }

    @Provide
    Arbitrary<List<String>> words() {
        return Arbitraries.strings()
                .all()
                .ofMaxLength(20)
                .filter(word -> word.codePoints().noneMatch(Texts::forbidden))
                .list()
                .ofMaxSize(5);
    }

    private static void checked(byte[] content) {
        try {
            assertThat(SpecReader.read("sandbox.yaml", content, new ShippedStandings())
                            .name())
                    .matches("[a-z][a-z0-9-]*");
        } catch (InvalidFileException e) {
            long lines = 1
                    + new String(content, StandardCharsets.UTF_8)
                            .chars()
                            .filter(c -> c == '\n')
                            .count();
            assertThat(e.problems()).isNotEmpty().isSorted().allSatisfy(problem -> {
                assertThat(problem.line()).isBetween(1, (int) lines);
                assertThat(problem.column()).isPositive();
                assertThat(problem.message()).hasSizeLessThan(1000).matches(Texts::printable, "printable");
            });
        }
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars()
                .forEach(c -> quoted.append(
                        switch (c) {
                            case '"' -> "\\\"";
                            case '\\' -> "\\\\";
                            case '\n' -> "\\n";
                            case '\t' -> "\\t";
                            default -> Character.toString((char) c);
                        }));
        return quoted.append('"').toString();
    }

    private static List<String> seeds() {
        try (Stream<Path> good = Files.list(SpecReaderTest.GOOD)) {
            List<String> seeds = new ArrayList<>();
            for (Path file : good.sorted().toList()) {
                seeds.add(Files.readString(file));
            }
            for (Path file : BrokenSpecsTest.files()) {
                BrokenSpecsTest.cases(file).forEach(broken -> seeds.add(broken.yaml()));
            }
            return seeds;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
