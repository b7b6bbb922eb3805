package io.sentinel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sentinel.spec.InvalidFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every profile of {@code src/test/resources/broken-seccomp} with all that a person is told about it. To accept changed
 * messages, run once with {@code -Dsentinel.acceptBrokenSeccomp=true}: it rewrites the files and fails, so that somebody
 * reads the difference.
 */
class CustomProfileMessagesTest {

    private static final Path FOLDER = Path.of("src/test/resources/broken-seccomp");
    private static final String CASE = "### case: ";
    private static final String SAYS = "### says:\n";
    private static final Presets PRESETS = Presets.read(SeccompSource.classPath());

    /** One broken profile and the message that it must give. */
    record Broken(Path file, String title, String json, String says) {

        String actual() {
            try {
                CustomProfile.read("my.json", json.getBytes(StandardCharsets.UTF_8), PRESETS);
                return "nothing: the profile was read";
            } catch (InvalidFileException e) {
                return e.getMessage();
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> everyBrokenProfileSaysWhatIsWrongWithIt() throws IOException {
        return cases().stream()
                .map(broken -> DynamicTest.dynamicTest(
                        broken.title, () -> assertThat(broken.actual()).isEqualTo(broken.says)));
    }

    @Test
    void thereAreManyBrokenProfiles() throws IOException {
        assertThat(cases()).hasSizeGreaterThan(40);
    }

    @Test
    void acceptedMessagesAreReadBySomebody() throws IOException {
        if (!Boolean.getBoolean("sentinel.acceptBrokenSeccomp")) {
            return;
        }
        List<Broken> cases = cases();
        for (Path file : files()) {
            StringBuilder text = new StringBuilder();
            for (Broken broken : cases) {
                if (broken.file.equals(file)) {
                    text.append(CASE).append(broken.title).append('\n').append(broken.json);
                    text.append(SAYS).append(broken.actual()).append('\n');
                }
            }
            Files.writeString(file, text);
        }
        fail("the expected messages were rewritten: read the difference, then run again without the property");
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().toList();
        }
    }

    private static List<Broken> cases() throws IOException {
        List<Broken> cases = new ArrayList<>();
        for (Path file : files()) {
            String text = Files.readString(file);
            for (String block : text.substring(CASE.length()).split("(?m)^" + CASE)) {
                int titleEnd = block.indexOf('\n');
                int says = block.indexOf(SAYS);
                String json = block.substring(titleEnd + 1, says < 0 ? block.length() : says);
                String expected =
                        says < 0 ? "" : block.substring(says + SAYS.length()).strip();
                cases.add(new Broken(file, block.substring(0, titleEnd), json, expected));
            }
        }
        return cases;
    }
}
