package io.sentinel.engine;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A step that goes on beside the caller's own: a question to Docker costs a process of its own, and most of the time of a
 * short run would go by waiting for one after another.
 */
public final class Beside<T> implements AutoCloseable {

    private final FutureTask<T> task;
    private final Thread thread;

    private Beside(FutureTask<T> task, Thread thread) {
        this.task = task;
        this.thread = thread;
    }

    /** What is done. */
    @FunctionalInterface
    public interface Step<T> {
        T run() throws EngineException, InterruptedException;
    }

    /** Begins it. */
    public static <T> Beside<T> start(Step<T> step) {
        FutureTask<T> task = new FutureTask<>(step::run);
        Thread thread = new Thread(task, "sentinel-beside");
        thread.setDaemon(true);
        thread.start();
        return new Beside<>(task, thread);
    }

    /** Waits for the end of it, and gives its result or throws what it threw; interrupted, it ends the step too. */
    public T join() throws EngineException, InterruptedException {
        try {
            return task.get();
        } catch (InterruptedException e) {
            task.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EngineException known) {
                throw known;
            }
            if (e.getCause() instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Ends the step where it still goes on, and returns when nothing of it is left. */
    @Override
    public void close() {
        task.cancel(true);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
