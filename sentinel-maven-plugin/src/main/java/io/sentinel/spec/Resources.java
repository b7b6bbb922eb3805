package io.sentinel.spec;

import java.math.BigDecimal;
import java.time.Duration;

/**
 * What a sandbox may use.
 *
 * @param memory resident memory and page cache together; there is no swap on top of it
 * @param cpus share of processors: 1.5 is one and a half
 * @param pids processes and threads together
 * @param nofile open files a process
 * @param tmp size of the file system at {@code /tmp}; counts as memory
 * @param run size of the file system at {@code /run}; counts as memory
 * @param timeout wall-clock time after which the sandbox is stopped
 */
public record Resources(Size memory, BigDecimal cpus, int pids, int nofile, Size tmp, Size run, Duration timeout) {

    /** The limits of a spec that names none. */
    public static final Resources DEFAULT = new Resources(
            Size.mebibytes(512),
            new BigDecimal("1.0"),
            256,
            1024,
            Size.mebibytes(64),
            Size.mebibytes(16),
            Duration.ofMinutes(10));
}
