package io.sentinel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.spec.InvalidFileException;
import io.sentinel.spec.SeccompChoice.Mode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class CustomProfilePropertiesTest {

    private static final Presets PRESETS = Presets.read(SeccompSource.classPath());
    private static final String SHIPPED = read(Path.of("src/test/resources/good-seccomp/docker-like.json"));

    @Property(tries = 2000)
    void anyBytesAreReadOrRefused(@ForAll @Size(max = 200) byte[] bytes) {
        readOrRefuse(bytes);
    }

    /** Pieces of JSON and of a profile, so that more than the parser is met. */
    @Property(tries = 3000)
    void anyPiecesAreReadOrRefused(@ForAll("pieces") String json) {
        readOrRefuse(json.getBytes(StandardCharsets.UTF_8));
    }

    @Property(tries = 3000)
    void aGoodProfileWithPiecesReplacedIsReadOrRefused(
            @ForAll @IntRange(max = 4000) int from,
            @ForAll @IntRange(max = 40) int length,
            @ForAll("pieces") String piece) {
        int start = Math.min(from, SHIPPED.length());
        int end = Math.min(start + length, SHIPPED.length());
        readOrRefuse((SHIPPED.substring(0, start) + piece + SHIPPED.substring(end)).getBytes(StandardCharsets.UTF_8));
    }

    @Provide
    Arbitrary<String> pieces() {
        return Arbitraries.of(
                        "{",
                        "}",
                        "[",
                        "]",
                        ",",
                        ":",
                        "\"",
                        "null",
                        "true",
                        "0",
                        "-1",
                        "1e9",
                        "\"names\":",
                        "\"args\":",
                        "\"syscalls\":",
                        "\"defaultAction\":",
                        "\"SCMP_ACT_ERRNO\"",
                        "\"SCMP_ACT_ALLOW\"",
                        "\"read\"",
                        "{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_LOG\"}",
                        "\"op\":",
                        "\"SCMP_CMP_NE\"",
                        "\"value\":18446744073709551615",
                        "\"index\":0",
                        "\\u0000",
                        "\uD83D\uDE00",
                        "\uFEFF",
                        "\n")
                .list()
                .ofMaxSize(12)
                .map(pieces -> String.join("", pieces));
    }

    private static void readOrRefuse(byte[] json) {
        try {
            CustomProfile profile = CustomProfile.read("my.json", json, PRESETS);
            assertThat(profile.json(Mode.ENFORCE)).isEqualTo(json);
            assertThat(profile.json(Mode.LOG)).isNotEmpty();
        } catch (InvalidFileException e) {
            assertThat(e.problems()).isNotEmpty();
        }
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
