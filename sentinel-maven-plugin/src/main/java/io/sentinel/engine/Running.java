package io.sentinel.engine;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that was started, and the pumps of its streams; {@link #end} leaves neither behind. */
final class Running {

    /** For a process whose reason to run was taken away at its limit. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    /** For what a destroyed process left in its pipes, unless a stranger holds them open. */
    private static final Duration DRAIN = Duration.ofSeconds(2);

    private final Process process;
    private final List<Pump> pumps;

    private Running(Process process, List<Pump> pumps) {
        this.process = process;
        this.pumps = pumps;
    }

    static Running of(Process process, Streams streams) {
        if (streams instanceof Streams.Pumped pumped) {
            return new Running(
                    process,
                    List.of(
                            Pump.start("sentinel-stdout", process.getInputStream(), pumped.out()),
                            Pump.start("sentinel-stderr", process.getErrorStream(), pumped.err())));
        }
        return new Running(process, List.of());
    }

    /** Waits until the process and its streams have ended, at most to its limit; see {@link ProcessStarter#attach}. */
    Ending await(Duration limit, AtLimit atLimit) throws EngineException, InterruptedException {
        if (!ends(limit)) {
            // With the process gone, what holds its streams open is no longer it: its exit code stands.
            if (process.isAlive()) {
                if (atLimit.stop()) {
                    ends(LAST_WORDS);
                }
                return new Ending.TimedOut(limit);
            }
        }
        return new Ending.Exited(process.exitValue());
    }

    private boolean ends(Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        return process.waitFor(within.toNanos(), TimeUnit.NANOSECONDS) && drained(deadline);
    }

    private boolean drained(long deadline) throws InterruptedException {
        for (Pump pump : pumps) {
            // Rounded up, as zero would not wait at all.
            if (!pump.await(Math.max(0, (deadline - System.nanoTime()) / 1_000_000 + 1))) {
                return false;
            }
        }
        return true;
    }

    /** Destroys what still runs; afterwards nothing more is written to the caller's streams. */
    void end() throws InterruptedException {
        try {
            if (process.isAlive()) {
                ProcessTree.destroy(process.toHandle());
                drained(System.nanoTime() + DRAIN.toNanos());
            }
        } finally {
            pumps.forEach(Pump::abandon);
        }
    }
}
