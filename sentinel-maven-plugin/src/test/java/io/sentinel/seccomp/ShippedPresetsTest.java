package io.sentinel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SeccompChoice.Mode;
import io.sentinel.spec.SeccompChoice.Preset;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the shipped data means, whatever its wording. */
class ShippedPresetsTest {

    private static final List<Preset> SHIPPED = Preset.SHIPPED;

    private static final Action ALLOW = new Action.Allow();
    private static final Action EPERM = new Action.Refuse(Errno.EPERM);
    private static final Action ENOSYS = new Action.Refuse(Errno.ENOSYS);

    /** Refused outright, whatever the arguments. Kept apart from the data, which it checks. */
    private static final List<String> DENY_SET = List.of(
            ("mount umount2 pivot_root chroot move_mount open_tree open_tree_attr fsopen fsconfig fsmount fspick"
                            + " mount_setattr swapon swapoff unshare setns ptrace process_vm_readv process_vm_writev"
                            + " kcmp pidfd_getfd bpf perf_event_open userfaultfd keyctl add_key request_key init_module"
                            + " finit_module delete_module kexec_load kexec_file_load reboot open_by_handle_at"
                            + " name_to_handle_at fanotify_init fanotify_mark acct quotactl quotactl_fd settimeofday"
                            + " clock_settime clock_adjtime adjtimex iopl ioperm modify_ldt sethostname setdomainname"
                            + " syslog vhangup clone3 io_uring_setup io_uring_enter io_uring_register")
                    .split(" "));

    private final Presets presets = Presets.read(SeccompSource.classPath());

    @ParameterizedTest
    @FieldSource("SHIPPED")
    void whatProgramsWereSeenToNeedIsAllowed(Preset preset) throws IOException {
        Filter filter = enforced(preset);
        Set<String> needs = needs();
        assertThat(needs).hasSizeGreaterThan(150);
        // Refused on purpose, with the answer on which libraries fall back.
        needs.remove("clone3");
        assertThat(filter.allowedNames()).containsAll(needs);
        assertThat(filter.of("clone3")).isEqualTo(ENOSYS);
    }

    @ParameterizedTest
    @FieldSource("SHIPPED")
    void denySetIsAllowedInNoMode(Preset preset) {
        for (Mode mode : Mode.FILTERING) {
            Filter filter = new Filter(presets.compile(SeccompChoice.of(preset, mode)));
            assertThat(filter.allowedNames()).doesNotContainAnyElementsOf(DENY_SET);
            assertThat(DENY_SET)
                    .allSatisfy(name ->
                            assertThat(filter.of(name)).as(name + " in " + mode).isInstanceOf(Action.Refuse.class));
        }
    }

    @Test
    void strictIsTighterThanDockersDefault() {
        assertThat(enforced(Preset.STRICT).allowedNames()).hasSizeLessThan(250);
    }

    @Test
    void datasciAddsWhatNumericalLibrariesAskFor() {
        Set<String> added = new TreeSet<>(enforced(Preset.DATASCI).allowedNames());
        added.removeAll(enforced(Preset.STRICT).allowedNames());
        assertThat(added).containsExactly("mbind", "mlockall", "munlockall", "process_madvise", "set_mempolicy");
        assertThat(enforced(Preset.DATASCI).allowedNames())
                .containsAll(enforced(Preset.STRICT).allowedNames());
    }

    @ParameterizedTest
    @ValueSource(longs = {0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000})
    void cloneMakesNoNamespace(long flag) {
        inBothModes("clone", EPERM, flag | 17);
        inBothModes("clone", EPERM, flag | 17 | 1L << 40);
        inBothModes("clone", ALLOW, 0x3D0F00, 17);
    }

    @ParameterizedTest
    @CsvSource({
        "1,1,0",
        "1,2,0",
        "1,5,0",
        "2,1,0",
        "2,1,6",
        "2,2,0",
        "2,2,17",
        "10,1,0",
        "10,2,17",
        "10,0x80801,6",
        "16,3,0",
    })
    void socketsOfOrdinaryProgramsAreAllowed(String family, String type, String protocol) {
        inBothModes("socket", ALLOW, Long.decode(family), Long.decode(type), Long.decode(protocol));
    }

    @ParameterizedTest
    @CsvSource({
        "0,1,0",
        "3,1,0",
        "16,3,12",
        "16,3,0x100000000000C",
        "17,3,3",
        "38,5,0",
        "40,1,0",
        "44,3,0",
        "0x100000011,3,3",
    })
    void socketsThatReachOtherCodeOfTheKernelAreRefusedInBothModes(String family, String type, String protocol) {
        inBothModes("socket", EPERM, Long.decode(family), Long.decode(type), Long.decode(protocol));
    }

    @Test
    void noFamilyButFourIsAllowed() {
        for (Preset preset : SHIPPED) {
            Filter filter = enforced(preset);
            List<Long> allowed = LongStream.range(0, 256)
                    .filter(family -> filter.of("socket", family, 1, 0).equals(ALLOW))
                    .boxed()
                    .toList();
            assertThat(allowed).containsExactly(1L, 2L, 10L, 16L);
        }
    }

    /** Raw, SCTP, DCCP, MPTCP, ICMP. */
    @ParameterizedTest
    @CsvSource({"2,3,1", "2,1,132", "2,5,132", "2,6,0", "2,1,262", "10,2,58", "10,3,0"})
    void internetSocketsAreTcpOrUdp(long family, long type, long protocol) {
        assertThat(enforced(Preset.STRICT).of("socket", family, type, protocol)).isEqualTo(EPERM);
    }

    @Test
    void pairsOfSocketsAreLocal() {
        inBothModes("socketpair", ALLOW, 1, 1, 0);
        inBothModes("socketpair", EPERM, 30, 1, 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {0x5412, 0x541C, 0x541D, 0x5423})
    void terminalIsNotTypedInto(long request) {
        inBothModes("ioctl", EPERM, 0, request);
        inBothModes("ioctl", EPERM, 0, request | 0xFFFFFFFF_00000000L);
        inBothModes("ioctl", ALLOW, 0, request ^ 0x80);
        inBothModes("ioctl", ALLOW, 0, request ^ 0x8);
        inBothModes("ioctl", ALLOW, 0, 0x80045430L);
    }

    @ParameterizedTest
    @CsvSource({"mknod,1", "mknodat,2"})
    void nodesAreNoDevices(String name, int argument) {
        long[] arguments = new long[3];
        for (long type : List.of(0L, 0x1000L, 0x8000L, 0xC000L)) {
            arguments[argument] = type | 0x1B6;
            inBothModes(name, ALLOW, arguments);
        }
        for (long type : List.of(0x2000L, 0x6000L)) {
            arguments[argument] = type | 0x1B6 | 0x10000;
            inBothModes(name, EPERM, arguments);
        }
    }

    @Test
    void personalityHasFiveValues() {
        for (long value : List.of(0L, 8L, 0x20000L, 0x20008L, 0xFFFFFFFFL, -1L)) {
            assertThat(enforced(Preset.STRICT).of("personality", value)).isEqualTo(ALLOW);
        }
        assertThat(enforced(Preset.STRICT).of("personality", 0x0040000)).isEqualTo(EPERM);
    }

    @Test
    void memoryOnlyFilesAreExecutableInDatasciOnly() {
        assertThat(enforced(Preset.STRICT).of("memfd_create", 0, 0x1)).isEqualTo(EPERM);
        assertThat(enforced(Preset.STRICT).of("memfd_create", 0, 0x9)).isEqualTo(ALLOW);
        assertThat(enforced(Preset.DATASCI).of("memfd_create", 0, 0x1)).isEqualTo(ALLOW);
        assertThat(enforced(Preset.STRICT).of("execveat")).isEqualTo(ENOSYS);
    }

    @Test
    void sidecarHasLessThanStrict() {
        Set<String> strict = enforced(Preset.STRICT).allowedNames();
        Set<String> sidecar = new Filter(presets.compileForSidecar()).allowedNames();
        assertThat(strict).containsAll(sidecar);
        strict.removeAll(sidecar);
        assertThat(strict).contains("memfd_create", "personality", "sched_setaffinity", "landlock_restrict_self");
    }

    @Test
    void programsRestrictThemselves() {
        List.of("seccomp", "prctl", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self")
                .forEach(name -> inBothModes(name, ALLOW));
    }

    private Filter enforced(Preset preset) {
        return new Filter(presets.compile(SeccompChoice.of(preset, Mode.ENFORCE)));
    }

    private void inBothModes(String name, Action expected, long... arguments) {
        for (Preset preset : SHIPPED) {
            for (Mode mode : Mode.FILTERING) {
                assertThat(new Filter(presets.compile(SeccompChoice.of(preset, mode))).of(name, arguments))
                        .as(name + " in " + preset + " " + mode)
                        .isEqualTo(expected);
            }
        }
    }

    private static Set<String> needs() throws IOException {
        Set<String> needs = new TreeSet<>();
        try (InputStream in = ShippedPresetsTest.class.getResourceAsStream("needs.txt")) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> needs.add(line.split(" ")[0]));
        }
        return needs;
    }
}
