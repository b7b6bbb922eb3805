package io.sentinel.seccomp;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** A processor architecture that profiles serve, with its one system call table. */
public enum Architecture {
    X86_64("SCMP_ARCH_X86_64", 0xC000_003E),
    AARCH64("SCMP_ARCH_AARCH64", 0xC000_00B7);

    private final String ociName;
    private final int auditNumber;

    Architecture(String ociName, int auditNumber) {
        this.ociName = ociName;
        this.auditNumber = auditNumber;
    }

    /** The name that an OCI profile uses. */
    public String ociName() {
        return ociName;
    }

    /** The name that the kernel uses, as {@code uname -m} prints it. */
    public String kernelName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one whose calls the kernel's filters and audit records mark so (AUDIT_ARCH_* in linux/audit.h). */
    public static Optional<Architecture> ofAudit(int number) {
        return Stream.of(values()).filter(a -> a.auditNumber == number).findFirst();
    }
}
