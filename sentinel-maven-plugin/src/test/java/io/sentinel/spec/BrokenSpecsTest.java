package io.sentinel.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import io.sentinel.seccomp.ShippedStandings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every broken spec below {@code src/test/resources/broken-specs} with all that a person is told about it. To accept
 * changed messages, run once with {@code -Dsentinel.acceptBrokenSpecs=true}: it rewrites the files and fails, so that
 * somebody reads the difference.
 */
class BrokenSpecsTest {

    static final Path FOLDER = Path.of("src/test/resources/broken-specs");

    private static final String CASE = "### case: ";
    private static final String SAYS = "### says:\n";

    /** One broken spec and the message that it must give. */
    record Broken(String title, String yaml, String says) {

        String actual() {
            InvalidFileException problem = catchThrowableOfType(
                    InvalidFileException.class,
                    () -> SpecReader.read(
                            "sandbox.yaml", yaml.getBytes(StandardCharsets.UTF_8), new ShippedStandings()));
            return problem == null ? "nothing: the spec was read" : problem.getMessage();
        }
    }

    @TestFactory
    Stream<DynamicContainer> everyBrokenSpecSaysWhatIsWrongWithIt() throws IOException {
        return files().stream()
                .map(file -> DynamicContainer.dynamicContainer(
                        file.getFileName().toString(),
                        cases(file).stream()
                                .map(broken -> DynamicTest.dynamicTest(broken.title, () -> assertThat(broken.actual())
                                        .isEqualTo(broken.says)))));
    }

    @Test
    void thereAreManyBrokenSpecs() throws IOException {
        assertThat(files().stream().mapToInt(file -> cases(file).size()).sum()).isGreaterThan(100);
    }

    @Test
    void acceptedMessagesAreReadBySomebody() throws IOException {
        if (!Boolean.getBoolean("sentinel.acceptBrokenSpecs")) {
            return;
        }
        for (Path file : files()) {
            StringBuilder text = new StringBuilder();
            for (Broken broken : cases(file)) {
                text.append(CASE).append(broken.title).append('\n').append(broken.yaml);
                text.append(SAYS).append(broken.actual()).append('\n');
            }
            Files.writeString(file, text);
        }
        fail("the expected messages were rewritten: read the difference, then run again without the property");
    }

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().toList();
        }
    }

    static List<Broken> cases(Path file) {
        List<Broken> cases = new ArrayList<>();
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        for (String block : text.substring(CASE.length()).split("(?m)^" + CASE)) {
            int titleEnd = block.indexOf('\n');
            int says = block.indexOf(SAYS);
            String yaml = block.substring(titleEnd + 1, says < 0 ? block.length() : says);
            String expected =
                    says < 0 ? "" : block.substring(says + SAYS.length()).strip();
            cases.add(new Broken(block.substring(0, titleEnd), yaml, expected));
        }
        return cases;
    }
}
