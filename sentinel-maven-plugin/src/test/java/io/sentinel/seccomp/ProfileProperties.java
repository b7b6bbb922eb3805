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

class ProfileProperties {

    @Property
    void orderOfNamesInTheDataDoesNotShow(
            @ForAll("names") List<String> names, @ForAll Random random, @ForAll Preset preset, @ForAll Mode mode) {
        List<String> shuffled = new ArrayList<>(names);
        Collections.shuffle(shuffled, random);
        assertThat(json(shuffled, preset, mode)).isEqualTo(json(names, preset, mode));
    }

    @Property(tries = 10)
    void shippedPresetsCompileToTheSameBytesEachTime(@ForAll Preset preset, @ForAll Mode mode) {
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
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .ofMinLength(1)
                .ofMaxLength(8)
                .filter(name -> !name.equals("mount"))
                .list()
                .ofMinSize(1)
                .ofMaxSize(20)
                .uniqueElements();
    }

    private static byte[] json(List<String> names, Preset preset, Mode mode) {
        SeccompSource data = Data.withGroup("about: x\nallow:\n  - names: ['" + String.join("', '", names) + "']\n");
        return Presets.read(data).compile(SeccompChoice.of(preset, mode)).toJson();
    }
}
