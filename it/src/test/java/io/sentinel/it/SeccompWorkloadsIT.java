package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.spec.SeccompChoice.Preset;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs that agents ordinarily run live under the filters that ship. */
class SeccompWorkloadsIT {

    @TempDir
    private static Path folder;

    private static String image;
    private static Path workspace;

    @BeforeAll
    static void prepare() throws Exception {
        image = Workload.image();
        workspace = Workload.workspace(folder);
        Workload.seedRepository(workspace.resolve("repository"));
    }

    static Stream<Arguments> workloads() {
        return Arrays.stream(Workload.values())
                .flatMap(workload -> workload.presets().stream().map(preset -> Arguments.of(workload, preset)));
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void workloadPasses(Workload workload, Preset preset) throws Exception {
        Hardened.Result result = run(workload, preset);
        assertThat(Workload.passed(result)).as(result.toString()).isTrue();
    }

    /** The documented price of the stricter filter; and what they need is really filtered. */
    @ParameterizedTest
    @EnumSource(names = {"JVM_LARGE_ZGC", "NUMERICAL"})
    void strictRefusesWhatOnlyDatasciAllows(Workload workload) throws Exception {
        Hardened.Result result = run(workload, Preset.STRICT);
        assertThat(Workload.passed(result)).as(result.toString()).isFalse();
        assertThat(result.output()).containsAnyOf("OutOfMemoryError", "PermissionError");
    }

    private static Hardened.Result run(Workload workload, Preset preset) throws Exception {
        return workload.runIn(Hardened.withShipped(image, preset, folder).mounting(workspace, "/workspace"));
    }
}
