package io.sentinel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SystemCallsTest {

    private final SystemCalls calls = SystemCalls.read(SeccompSource.classPath());

    /** From syscalls(2) and the tables of arch/x86/entry/syscalls and include/uapi/asm-generic/unistd.h. */
    @ParameterizedTest
    @CsvSource({"read,0,63", "clone,56,220", "clone3,435,435", "open,2,", "io_uring_setup,425,425", "mseal,462,462"})
    void numbersAreThoseOfTheArchitecture(String name, Integer x86, Integer arm) {
        assertThat(calls.number(Architecture.X86_64, name)).isEqualTo(OptionalInt.of(x86));
        assertThat(calls.number(Architecture.AARCH64, name))
                .isEqualTo(arm == null ? OptionalInt.empty() : OptionalInt.of(arm));
        assertThat(calls.name(Architecture.X86_64, x86)).contains(name);
    }

    @Test
    void callsOfOtherArchitecturesAreKnownAndNotServed() {
        for (String name : new String[] {"umount", "chown32", "s390_pci_mmio_read", "breakpoint"}) {
            assertThat(calls.knows(name)).as(name).isTrue();
            assertThat(calls.serves(name)).as(name).isFalse();
        }
        assertThat(calls.knows("opnat")).isFalse();
        assertThat(calls.nearest("opnat")).contains("openat");
        assertThat(calls.name(Architecture.AARCH64, 4095)).isEmpty();
    }

    @Test
    void architecturesAreToldByTheirAuditNumber() {
        assertThat(Architecture.ofAudit(0xc000003e)).contains(Architecture.X86_64);
        assertThat(Architecture.ofAudit(0xc00000b7)).contains(Architecture.AARCH64);
        assertThat(Architecture.ofAudit(0x40000003)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"read,0,63\n", "name,x86_64,aarch64\nread,0\n", "name,x86_64,aarch64\nread,x,1\n"})
    void damagedTableIsRefusedWithItsLine(String table) {
        assertThatExceptionOfType(SeccompDataException.class)
                .isThrownBy(() -> SystemCalls.read(path -> table.getBytes(StandardCharsets.UTF_8)))
                .withMessageStartingWith("seccomp/syscalls.csv:")
                .withMessageContaining("expected a line such as read,0,63");
    }
}
