package io.sentinel.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.sentinel.seccomp.Presets;
import io.sentinel.seccomp.SeccompSource;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SeccompChoice.Mode;
import io.sentinel.spec.SeccompChoice.Preset;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** No preset has a group in vain: without it a workload fails that passes with it (see {@link SeccompWorkloadsIT}). */
class SeccompGroupsIT {

    private static final List<Preset> SHIPPED_PRESETS = Preset.SHIPPED;
    private static final SeccompSource SHIPPED = SeccompSource.classPath();

    /** Which workload each group is there for, among others. */
    private static final Map<String, Workload> NEEDED_BY = Map.ofEntries(
            Map.entry("files", Workload.SHELL),
            Map.entry("directories", Workload.SHELL),
            Map.entry("file-metadata", Workload.SHELL),
            Map.entry("processes", Workload.SHELL),
            Map.entry("threads", Workload.PYTHON_PROCESSES),
            Map.entry("memory", Workload.PYTHON_FILES),
            Map.entry("memfd-sealed", Workload.PYTHON_FILES),
            Map.entry("memfd", Workload.JVM_LARGE_ZGC),
            Map.entry("numerical", Workload.NUMERICAL),
            Map.entry("signals", Workload.SHELL),
            Map.entry("time", Workload.SHELL),
            Map.entry("polling", Workload.PYTHON_NETWORK),
            Map.entry("sockets", Workload.PYTHON_NETWORK),
            Map.entry("device-control", Workload.PYTHON_NETWORK),
            Map.entry("identity", Workload.SHELL),
            Map.entry("scheduling", Workload.SHELL),
            Map.entry("system-info", Workload.SHELL),
            Map.entry("personality", Workload.SHELL),
            Map.entry("sandboxing", Workload.GCC),
            Map.entry("unavailable", Workload.PYTHON_PROCESSES));

    @TempDir
    private static Path folder;

    private static String image;
    private static Path workspace;

    @BeforeAll
    static void prepare() throws Exception {
        image = Workload.image();
        workspace = Workload.workspace(folder);
    }

    static Stream<Arguments> groupsWithAWorkload() throws IOException {
        List<Arguments> all = new ArrayList<>();
        for (Preset preset : Preset.SHIPPED) {
            groups(preset).stream()
                    .filter(NEEDED_BY::containsKey)
                    .forEach(group -> all.add(Arguments.of(preset, group, NEEDED_BY.get(group))));
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("groupsWithAWorkload")
    void workloadFailsWithoutTheGroup(Preset preset, String group, Workload workload) throws Exception {
        Hardened.Result result = runWithout(preset, group, workload);
        assertThat(Workload.passed(result))
                .as(workload + " passes in " + preset + " without " + group)
                .isFalse();
    }

    /** The other way round, so that the failures above are the groups' and not those of any profile that is made here. */
    @ParameterizedTest
    @FieldSource("SHIPPED_PRESETS")
    void shellPassesWithoutAGroupThatOthersCover(Preset preset) throws Exception {
        Hardened.Result result = runWithout(preset, "runtime-start", Workload.SHELL);
        assertThat(Workload.passed(result)).as(result.toString()).isTrue();
    }

    @Test
    void everyGroupHasAWorkloadOrSaysWhatElseNeedsIt() throws IOException {
        for (Preset preset : Preset.SHIPPED) {
            for (String group : groups(preset)) {
                boolean says = yaml("groups/" + group + ".yaml").has("needed-by");
                assertThat(says).as("needed-by in " + group).isNotEqualTo(NEEDED_BY.containsKey(group));
            }
        }
    }

    @Test
    void everyWorkloadOfTheTableIsTriedWithTheGroupToo() throws IOException {
        for (Preset preset : Preset.SHIPPED) {
            assertThat(groups(preset))
                    .filteredOn(NEEDED_BY::containsKey)
                    .allSatisfy(group ->
                            assertThat(NEEDED_BY.get(group).presets()).as(group).contains(preset));
        }
    }

    private static Hardened.Result runWithout(Preset preset, String group, Workload workload) throws Exception {
        Path profile = folder.resolve(preset.word() + "-without-" + group + ".json");
        Files.write(
                profile,
                Presets.read(without(preset, group))
                        .compile(SeccompChoice.of(preset, Mode.ENFORCE))
                        .toJson());
        return workload.runIn(Hardened.withProfile(image, profile).mounting(workspace, "/workspace"));
    }

    private static SeccompSource without(Preset preset, String group) {
        return path -> {
            byte[] bytes = SHIPPED.read(path);
            if (!path.equals(file(preset))) {
                return bytes;
            }
            List<String> lines = new ArrayList<>(Arrays.asList(new String(bytes, StandardCharsets.UTF_8).split("\n")));
            assertThat(lines.remove("  - " + group)).isTrue();
            return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        };
    }

    private static List<String> groups(Preset preset) throws IOException {
        List<String> groups = new ArrayList<>();
        yaml(file(preset)).get("groups").forEach(group -> groups.add(group.asText()));
        return groups;
    }

    private static String file(Preset preset) {
        return "presets/" + preset.word() + ".yaml";
    }

    private static JsonNode yaml(String path) throws IOException {
        return new YAMLMapper().readTree(SHIPPED.read(path));
    }
}
