package io.sentinel.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TimeZone;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each folder of {@code golden/} is a project with a spec, and the bundle that it renders, byte for byte. The seccomp
 * profiles that ship stand there as digests in {@code sentinel.lock} only; their bytes have golden files of their own.
 * The guard's programs stand there by name only: their bytes depend on the compiler, and with them the image's tag and the
 * digests of what names it.
 *
 * <p>{@code -Dsentinel.golden.accept} writes what is rendered now as what is expected, and fails, so that somebody reads
 * the difference.
 */
class GoldenBundlesTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    /** Stands in for the plugin's version, which changes with every release. */
    private static final String VERSION = "0.0.0";

    private static final Pattern OF_THE_PROGRAMS =
            Pattern.compile("(\"(?:bundle|docker-compose.yml|guard/(?:sentinel-guard-|python/)[^\"]+)\" : \"sha256:"
                    + "|image: \"localhost/sentinel/[^:]+:|io.sentinel.build: \"sha256:)[0-9a-f]+\"");

    @TempDir
    private Path folder;

    static List<String> cases() throws IOException {
        try (Stream<Path> folders = Files.list(GOLDEN)) {
            return folders.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void specRendersTheExpectedBundle(String name) throws Exception {
        Path bundle = write(name, folder.resolve("project"));
        Path expected = GOLDEN.resolve(name).resolve("expected");
        deleteShippedProfiles(bundle.resolve("seccomp"));
        deletePrograms(bundle);
        if (System.getProperty("sentinel.golden.accept") != null) {
            Folders.delete(expected);
            Trees.copy(bundle, expected);
            fail("accepted what is rendered now; read the difference, then run without -Dsentinel.golden.accept");
        }
        assertThat(Drift.describe(BundleFolder.read(expected), bundle))
                .as("expected/ against what is rendered")
                .isEmpty();
    }

    /** In another folder, locale and time zone. */
    @ParameterizedTest
    @MethodSource("cases")
    void specRendersTheSameBytesElsewhere(String name) throws Exception {
        Path here = write(name, folder.resolve("project"));
        TimeZone zone = TimeZone.getDefault();
        java.util.Locale locale = java.util.Locale.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
            java.util.Locale.setDefault(java.util.Locale.forLanguageTag("tr-TR-u-nu-arab"));
            Path elsewhere = write(name, folder.resolve("another/place with a space"));
            assertThat(Drift.describe(BundleFolder.read(here), elsewhere)).isEmpty();
        } finally {
            TimeZone.setDefault(zone);
            java.util.Locale.setDefault(locale);
        }
    }

    private static Path write(String name, Path project) throws Exception {
        Trees.copy(GOLDEN.resolve(name).resolve("project"), project);
        Path work = project.resolve("target/sentinel");
        Layout layout =
                new Layout(project, project.resolve("src/main/sentinel/sandbox.yaml"), work.resolve("bundle"), work);
        new Generation(layout, VERSION, list -> {
                    throw new AssertionError(list + " was asked of this machine");
                })
                .generate();
        return layout.bundle();
    }

    private static void deletePrograms(Path bundle) throws IOException {
        if (Files.notExists(bundle.resolve("guard"))) {
            return;
        }
        for (BundleFile program : GuardFiles.programs()) {
            Files.delete(bundle.resolve(program.path()));
        }
        Folders.delete(bundle.resolve("guard/python"));
        for (String file : List.of("sentinel.lock", "docker-compose.yml")) {
            Path path = bundle.resolve(file);
            Files.writeString(
                    path, OF_THE_PROGRAMS.matcher(Files.readString(path)).replaceAll("$1any\""));
        }
    }

    private static void deleteShippedProfiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (GoldenBundlesTest.class.getResource("/seccomp/profiles/" + file.getFileName()) != null) {
                    Files.delete(file);
                }
            }
        }
        try (Stream<Path> left = Files.list(folder)) {
            if (left.findAny().isEmpty()) {
                Files.delete(folder);
            }
        }
    }
}
