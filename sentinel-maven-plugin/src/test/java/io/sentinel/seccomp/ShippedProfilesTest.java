package io.sentinel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SeccompChoice.Mode;
import io.sentinel.spec.SeccompChoice.Preset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The profiles that bundles carry are what the data compiles to, byte for byte, so that a change of the data shows what it
 * does to them.
 *
 * <p>{@code -Dsentinel.golden.accept} writes what is rendered now as what is expected, and fails, so that somebody reads
 * the difference.
 */
class ShippedProfilesTest {

    private static final Path PROFILES = Path.of("..", "seccomp", "profiles");

    static Stream<Arguments> profiles() {
        Presets presets = Presets.read(SeccompSource.classPath());
        Stream<Arguments> chosen = Preset.SHIPPED.stream()
                .flatMap(preset -> Mode.FILTERING.stream().map(mode -> SeccompChoice.of(preset, mode)))
                .flatMap(choice -> Stream.of(
                        Arguments.of(OciProfile.fileName(choice), presets.compile(choice)),
                        Arguments.of(OciProfile.fileNameForGuard(choice), presets.compileForGuard(choice))));
        return Stream.concat(chosen, Stream.of(Arguments.of(OciProfile.SIDECAR_FILE, presets.compileForSidecar())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("profiles")
    void shippedProfileIsWhatTheDataCompilesTo(String name, OciProfile profile) throws IOException {
        Path golden = PROFILES.resolve(name);
        byte[] json = profile.toJson();
        if (System.getProperty("sentinel.golden.accept") != null) {
            Files.write(golden, json);
            fail("accepted what is rendered now; read the difference, then run without -Dsentinel.golden.accept");
        }
        assertThat(json).asString().isEqualTo(Files.readString(golden));
    }
}
