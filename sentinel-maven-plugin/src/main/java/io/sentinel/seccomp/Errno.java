package io.sentinel.seccomp;

/** What a refused call answers; the numbers are those of every Linux architecture (errno(3)). */
public enum Errno {
    /** Not permitted: programs take it for a refusal. */
    EPERM(1),
    /** Not implemented: programs take it for an older kernel, and fall back to another call. */
    ENOSYS(38);

    private final int number;

    Errno(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
