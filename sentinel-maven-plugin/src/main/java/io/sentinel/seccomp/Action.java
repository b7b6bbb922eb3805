package io.sentinel.seccomp;

/** What the filter does with a call. */
public sealed interface Action {

    /** The name that an OCI profile uses. */
    String ociName();

    /** The call reaches the kernel. */
    record Allow() implements Action {
        @Override
        public String ociName() {
            return "SCMP_ACT_ALLOW";
        }
    }

    /** The call reaches the kernel, and the kernel's audit log (Linux 4.14 and later). */
    record Log() implements Action {
        @Override
        public String ociName() {
            return "SCMP_ACT_LOG";
        }
    }

    /** The call fails without reaching the kernel's implementation. */
    record Refuse(Errno errno) implements Action {
        @Override
        public String ociName() {
            return "SCMP_ACT_ERRNO";
        }
    }
}
