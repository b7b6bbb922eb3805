package io.sentinel.isolate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.render.SandboxException;
import io.sentinel.render.SpecFiles;
import io.sentinel.run.RefusedException;
import io.sentinel.seccomp.ShippedStandings;
import io.sentinel.spec.InvalidFileException;
import io.sentinel.spec.Overrides;
import io.sentinel.spec.Spec;
import io.sentinel.spec.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which of flag, variable, spec and default counts, and what is refused: row by row. */
class ChoicesTest {

    private static final Path ROWS = Path.of("src/test/resources/isolate/choices.txt");

    static Stream<String> rows() throws IOException {
        return Files.readAllLines(ROWS).stream().filter(line -> !line.isBlank() && !line.startsWith("#"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aRowComesOutAsItSays(String row) throws Exception {
        List<String> cells =
                Arrays.stream(row.split("\\|", -1)).map(String::strip).toList();
        String outcome = cells.get(cells.size() - 1);
        if (outcome.startsWith("!")) {
            assertThatThrownBy(() -> explanation(cells))
                    .isInstanceOfAny(SandboxException.class, InvalidFileException.class)
                    .message()
                    .startsWith(outcome.substring(1).strip());
            return;
        }
        List<String> shown = explanation(cells).rows().stream()
                .map(one -> one.name() + " " + one.value() + " " + one.origin())
                .toList();
        assertThat(shown).containsAll(List.of(outcome.split(", ")));
    }

    @Test
    void thereAreManyRows() throws IOException {
        assertThat(rows().count()).isGreaterThan(60);
    }

    @Test
    void whatIsolatesLessIsToldAndWhatIsolatesMoreIsNot() throws Exception {
        Explanation weaker = explanation(List.of(
                "--memory 1g --pids 999 --cpus 2 --timeout 20m --seccomp-profile datasci --seccomp-mode off --network bridge",
                "",
                "",
                ""));
        assertThat(weaker.weakenings())
                .containsExactly(
                        "--seccomp-profile: the filter is datasci, where the spec has strict",
                        "--seccomp-mode: the filter's mode is off, where the spec has enforce",
                        "--timeout: timeout is 20m, where the spec has 10m",
                        "--memory: memory is 1g, where the spec has 512m",
                        "--cpus: cpus is 2, where the spec has 1.0",
                        "--pids: pids is 999, where the spec has 256");
        Explanation stronger = explanation(List.of(
                "--memory 100m --pids 9 --cpus 0.1 --timeout 1m --seccomp-profile strict --seccomp-mode enforce",
                "",
                "seccomp: {preset: datasci, mode: log}",
                ""));
        assertThat(stronger.weakenings()).isEmpty();
    }

    @Test
    void aRefusalIsToldFromWrongUsage() {
        assertThatThrownBy(() -> Choices.of(Map.of(Setting.NETWORK, "host"), List.of(), Map.of()))
                .isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> Choices.of(Map.of(Setting.NETWORK, "lan"), List.of(), Map.of()))
                .isNotInstanceOf(RefusedException.class);
    }

    @Test
    void theGuardIsToldWhatWasChosen() throws Exception {
        Choices choices = Choices.of(
                Map.of(Setting.SECCOMP_MODE, "log", Setting.NO_PROXY, "a"),
                List.of("A=b=c"),
                Map.of("SENTINEL_SECCOMP_MODE", "off", "SENTINEL_SECCOMP_PROFILE", "datasci"));
        assertThat(choices.variables())
                .containsEntry("SENTINEL_SECCOMP_MODE", "log")
                .containsEntry("SENTINEL_SECCOMP_PROFILE", "datasci")
                .containsEntry("SENTINEL_NO_PROXY", "a");
        assertThat(read("", choices).environment()).containsEntry("A", "b=c");
    }

    private static Explanation explanation(List<String> cells) throws Exception {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        List<String> pairs = new ArrayList<>();
        String[] words = cells.get(0).isEmpty() ? new String[0] : cells.get(0).split(" ");
        for (int i = 0; i < words.length; i++) {
            String flag = words[i].substring(2);
            if (flag.equals("env")) {
                pairs.add(words[++i]);
            } else {
                Setting setting = Stream.of(Setting.values())
                        .filter(one -> one.flag().equals(flag))
                        .findFirst()
                        .orElseThrow();
                flags.put(setting, setting == Setting.ENFORCE_PROXY ? "true" : words[++i]);
            }
        }
        Map<String, String> variables = new TreeMap<>();
        if (!cells.get(1).isEmpty()) {
            String[] pair = cells.get(1).split("=", 2);
            variables.put(pair[0], pair[1]);
        }
        Choices choices = Choices.of(flags, pairs, variables);
        Spec spec = SpecReader.read("box.yaml", text(cells.get(2)), new ShippedStandings(), Overrides.NONE);
        return Explanation.of(choices, SpecFiles.standard("box"), spec, read(cells.get(2), choices), "box.yaml");
    }

    private static Spec read(String spec, Choices choices) throws InvalidFileException {
        return SpecReader.read("box.yaml", text(spec), new ShippedStandings(), choices.overrides(Optional.empty()));
    }

    private static byte[] text(String spec) {
        return ("name: box\n" + spec).getBytes(UTF_8);
    }
}
