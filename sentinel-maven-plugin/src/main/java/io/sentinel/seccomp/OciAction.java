package io.sentinel.seccomp;

/** The actions that an OCI profile has words for (runtime-spec, config-linux.md, "seccomp"). */
enum OciAction {
    ALLOW,
    LOG,
    ERRNO,
    KILL,
    KILL_THREAD,
    KILL_PROCESS,
    TRAP,
    TRACE,
    NOTIFY;

    String ociName() {
        return "SCMP_ACT_" + name();
    }

    /** Whether the call reaches the kernel. */
    boolean passes() {
        return this == ALLOW || this == LOG;
    }

    /** Whether the call never reaches the kernel, whoever looks on. */
    boolean refuses() {
        return !passes() && this != TRACE && this != NOTIFY;
    }
}
