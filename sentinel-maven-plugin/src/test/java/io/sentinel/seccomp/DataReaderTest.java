package io.sentinel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataReaderTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
            {names: [read], if: x}                                    | 3:5: unknown key [if]
            {because: x}                                              | 3:5: the key 'names' is missing
            {names: [read, read]}                                     | 'read' stands in this file twice
            {names: []}                                               | expected a list with at least one element
            {names: read}                                             | expected a list
            {names: [Read]}                                           | 'Read' is not a system call's name
            {names: [raed]}                                           | Linux has no system call 'raed' on the architectures served (see seccomp/syscalls.csv); the nearest is read
            {names: [umount]}                                         | Linux has no system call 'umount' on the
            {names: [read], names: [write]}                           | the key 'names' stands here twice
            {names: [read], because: "", }                            | expected a text
            {names: [read], because: x, when: {}}                     | a condition has at least one case
            {names: [read], when: {x: [{argument: 0, equals: 1}]}}    | a condition needs a 'because'
            """)
    void groupWithAFaultyEntryIsRefused(String entry, String message) {
        refused(Data.withGroup("about: x\nallow:\n  - " + entry), "seccomp/groups/calls.yaml:3:", message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
            {argument: 0, greater-than: 1}                            | unknown key [greater-than]
            {argument: 0}                                             | a comparison has one of [equals, none-of]
            {argument: 0, equals: 1, none-of: [2]}                    | a comparison has one of [equals, none-of]
            {argument: 6, equals: 1}                                  | arguments are 0 to 5
            {argument: 0, equals: AF_UNIX}                            | expected a number, found 'AF_UNIX'
            {argument: 0, equals: -1}                                 | expected 0 to 0xFFFFFFFF
            {argument: 0, equals: 0x100000000}                        | expected 0 to 0xFFFFFFFF
            {argument: 0, mask: 0, equals: 0}                         | a mask is 0x1 to 0xFFFFFFFF
            {argument: 0, mask: 0xF, equals: 0x10}                    | bits outside the mask 0xF
            {argument: 0, mask: 0xF, none-of: [0x10]}                 | bits outside the mask 0xF
            {argument: 0, equals: 1}, {argument: 0, equals: 2}        | two comparisons of one argument
            """)
    void groupWithAFaultyComparisonIsRefused(String comparisons, String message) {
        String entry = "{names: [read], because: x, when: {x: [" + comparisons + "]}}";
        refused(Data.withGroup("about: x\nallow:\n  - " + entry), "seccomp/groups/calls.yaml:3:", message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
            {names: [read], errno: EACCES, because: x}                | unknown errno 'EACCES'; known are [EPERM, ENOSYS]
            {names: [read], because: x}                               | the key 'errno' is missing
            {names: [read], errno: EPERM}                             | the key 'because' is missing
            """)
    void groupWithAFaultyRefusalIsRefused(String entry, String message) {
        refused(Data.withGroup("about: x\nrefuse:\n  - " + entry), "seccomp/groups/calls.yaml:3:", message);
    }

    @Test
    void groupWithoutContentIsRefused() {
        refused(Data.withGroup("about: x\n"), "seccomp/groups/calls.yaml:1:1: ", "allows or refuses something");
        refused(Data.withGroup("# nothing\n"), "seccomp/groups/calls.yaml is empty");
        refused(Data.withGroup("a: [\n"), "seccomp/groups/calls.yaml is not YAML");
        refused(Data.withGroup("about: x\nallow: []\ndeny: []\n"), "unknown key [deny]");
    }

    private static Optional<String> neededBy(SeccompSource data) {
        return new DataReader(data, SystemCalls.read(data))
                .group("groups/calls.yaml")
                .neededBy();
    }

    @Test
    void groupMaySayWhichProgramNeedsIt() {
        String calls = "allow:\n  - names: [read]\n";
        assertThat(neededBy(Data.withGroup("about: x\nneeded-by: A tool.\n" + calls)))
                .contains("A tool.");
        assertThat(neededBy(new Data())).isEmpty();
        refused(Data.withGroup("about: x\nneeded-by:\n" + calls), "seccomp/groups/calls.yaml:2:", "expected a text");
    }

    @Test
    void presetThatNamesAGroupTwiceOrAnUnknownOneIsRefused() {
        refused(
                new Data().file("presets/strict.yaml", "about: x\ngroups: [calls, calls]\n"),
                "seccomp/presets/strict.yaml:2:17: the group 'calls' is named twice");
        refused(
                new Data().file("presets/strict.yaml", "about: x\ngroups: [nowhere]\n"),
                "groups/nowhere.yaml is missing");
    }

    @Test
    void classPathWithoutTheFileIsRefused() {
        assertThatExceptionOfType(SeccompDataException.class)
                .isThrownBy(() -> SeccompSource.classPath().read("groups/nowhere.yaml"))
                .withMessageContaining("seccomp/groups/nowhere.yaml is not in the jar");
    }

    private static void refused(SeccompSource data, String... messages) {
        for (String message : messages) {
            assertThatExceptionOfType(SeccompDataException.class)
                    .isThrownBy(() -> Presets.read(data))
                    .withMessageContaining(message);
        }
    }
}
