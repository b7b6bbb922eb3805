package io.sentinel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SeccompChoice.Mode;
import io.sentinel.spec.SeccompChoice.Preset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ProfilePropertiesTest {

    @Property
    void orderOfNamesInTheDataDoesNotShow(
            @ForAll("names") List<String> names,
            @ForAll Random random,
            @ForAll("presets") Preset preset,
            @ForAll("modes") Mode mode) {
        List<String> shuffled = new ArrayList<>(names);
        Collections.shuffle(shuffled, random);
        assertThat(json(shuffled, preset, mode)).isEqualTo(json(names, preset, mode));
    }

    @Property(tries = 10)
    void shippedPresetsCompileToTheSameBytesEachTime(@ForAll("presets") Preset preset, @ForAll("modes") Mode mode) {
        Presets presets = Presets.read(SeccompSource.classPath());
        byte[] once = presets.compile(SeccompChoice.of(preset, mode)).toJson();
        assertThat(presets.compile(SeccompChoice.of(preset, mode)).toJson()).isEqualTo(once);
        assertThat(Presets.read(SeccompSource.classPath())
                        .compile(SeccompChoice.of(preset, mode))
                        .toJson())
                .isEqualTo(once);
    }

    @Provide
    Arbitrary<List<String>> names() {
        return Arbitraries.of(SystemCalls.read(SeccompSource.classPath())
                        .served()
                        .filter(name -> !name.equals("mount"))
                        .toList())
                .list()
                .ofMinSize(1)
                .ofMaxSize(20)
                .uniqueElements();
    }

    @Provide
    Arbitrary<Preset> presets() {
        return Arbitraries.of(Preset.SHIPPED);
    }

    @Provide
    Arbitrary<Mode> modes() {
        return Arbitraries.of(Mode.FILTERING);
    }

    private static byte[] json(List<String> names, Preset preset, Mode mode) {
        SeccompSource data = Data.withGroup("about: x\nallow:\n  - names: ['" + String.join("', '", names) + "']\n");
        return Presets.read(data).compile(SeccompChoice.of(preset, mode)).toJson();
    }
}
