package io.sentinel.verify.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.verify.evidence.Ring;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All reports of one verification as files; what it leaves in {@code target/sample-report} is what it/report looks at. */
class SampleReportTest {

    private static final Path LEFT = Path.of("target", "sample-report");

    @TempDir
    private Path folder;

    @Test
    void everyReportIsWrittenAndNothingElse() throws Exception {
        List<Path> written = Reports.write(LEFT, Samples.rich(), Samples.SOURCE);
        Reports.write(LEFT.resolve("passed"), Samples.clean(EnumSet.of(Ring.STATIC)), Samples.SOURCE);
        assertThat(written)
                .extracting(path -> path.getFileName().toString())
                .containsExactly("report.html", "report.json", "report.sarif", "TEST-sentinel-verify.xml");
        try (Stream<Path> there = Files.list(LEFT)) {
            assertThat(there.filter(Files::isRegularFile)).containsExactlyInAnyOrderElementsOf(written);
        }
    }

    @Test
    void theSameReportGivesTheSameBytesElsewhere() throws Exception {
        List<Path> here = Reports.write(folder.resolve("here"), Samples.rich(), Samples.SOURCE);
        TimeZone zone = TimeZone.getDefault();
        Locale locale = Locale.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
            Locale.setDefault(Locale.forLanguageTag("tr-TR-u-nu-arab"));
            List<Path> there = Reports.write(folder.resolve("there"), Samples.rich(), Samples.SOURCE);
            for (int i = 0; i < here.size(); i++) {
                assertThat(there.get(i)).hasSameBinaryContentAs(here.get(i));
            }
        } finally {
            TimeZone.setDefault(zone);
            Locale.setDefault(locale);
        }
    }

    @Test
    void filesAreUtf8WithLineFeedsAndShowNoControlCharacter() throws Exception {
        for (Path file : Reports.write(folder, Samples.rich(), Samples.SOURCE)) {
            String text = Files.readString(file);
            assertThat(text).as(file.toString()).endsWith("\n").doesNotContain("\r");
            assertThat(text.codePoints()
                            .filter(c -> c != '\n')
                            .filter(c -> Character.isISOControl(c)
                                    || Character.getType(c) == Character.FORMAT
                                    || Character.getType(c) == Character.SURROGATE)
                            .boxed())
                    .as(file.toString())
                    .isEmpty();
        }
    }

    @Test
    void aReportReplacesTheOneBefore() throws Exception {
        Reports.write(folder, Samples.rich(), Samples.SOURCE);
        Reports.write(folder, Samples.clean(EnumSet.of(Ring.STATIC)), Samples.SOURCE);
        assertThat(folder.resolve(Reports.JSON)).content().contains("\"passed\" : true");
        try (Stream<Path> there = Files.list(folder)) {
            assertThat(there).hasSize(4);
        }
    }

    @Test
    void forgetWhenThereAreReportsRemovesThemAndNothingElse() throws Exception {
        Reports.write(folder, Samples.rich(), Samples.SOURCE);
        Path other = Files.writeString(folder.resolve("TEST-other.xml"), "<testsuite/>");
        Files.createDirectories(folder.resolve("report.html.d"));
        Reports.forget(folder);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactlyInAnyOrder(other, folder.resolve("report.html.d"));
        }
    }

    @Test
    void forgetWhenNothingWasVerifiedYetIsFine() throws Exception {
        Reports.forget(folder.resolve("verify"));
        assertThat(folder).isEmptyDirectory();
    }
}
