package io.sentinel.run;

import io.sentinel.engine.Compose;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One run's containers and networks, from before they are made until they are surely gone: {@link #close} removes them,
 * and so does the end of this process by Ctrl-C or a signal.
 */
@SuppressWarnings("try") // close() may be interrupted: the process is ending then, and its caller must know.
final class Session implements AutoCloseable {

    /** What a closing process may take; then it ends, and the next run of Sentinel clears away what is left. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Docker docker;
    private final Compose compose;
    private final String container;
    private final boolean networks;
    private final Owner owner;
    private final Thread runner = Thread.currentThread();
    private final Thread hook = new Thread(this::onShutdown, "sentinel-cleanup");
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean closing;
    private volatile boolean ending;

    /**
     * @param container the agent's container
     * @param networks whether the run has networks, and perhaps a sidecar
     */
    Session(Docker docker, Compose compose, String container, boolean networks, Owner owner) {
        this.docker = docker;
        this.compose = compose;
        this.container = container;
        this.networks = networks;
        this.owner = owner;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Removes all of it; in a process that is ending too, where it then looks again for what was just being made. */
    @Override
    public void close() throws EngineException, InterruptedException {
        synchronized (this) {
            closing = true;
            // Told to end just before: what follows must not be cut short by that.
            Thread.interrupted();
        }
        try {
            docker.removeContainers(List.of(container));
            if (networks) {
                compose.down(GRACE);
            }
            if (ending) {
                new Leftovers(docker).clearOwn(owner);
            }
        } finally {
            closed.countDown();
            if (!ending) {
                Runtime.getRuntime().removeShutdownHook(hook);
            }
        }
    }

    /** Runs when this process is told to end: has the running thread stop waiting, and lets it clear away. */
    private void onShutdown() {
        synchronized (this) {
            ending = true;
            if (!closing) {
                runner.interrupt();
            }
        }
        try {
            if (closed.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                // For the outcome to be written.
                runner.join(LAST_WORDS.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
