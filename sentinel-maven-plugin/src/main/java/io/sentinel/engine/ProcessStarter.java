package io.sentinel.engine;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Starts processes, without a shell, and sees them to their end: a call returns, or throws, only when the process is over
 * or destroyed. Safe for use by several threads, and from a shutdown hook.
 */
public final class ProcessStarter {

    /** Bytes of standard error that a captured run keeps: its end. */
    public static final int STDERR_LIMIT = 64 * 1024;

    private static final Redirect NOTHING = Redirect.from(new File("/dev/null"));

    private final HostEnvironment environment;
    private final EngineLog log;
    // Guarded by itself; held while one starts, so that destroyAll misses none.
    private final Set<ProcessHandle> alive = new HashSet<>();

    public ProcessStarter(HostEnvironment environment, EngineLog log) {
        this.environment = Objects.requireNonNull(environment, "environment");
        this.log = Objects.requireNonNull(log, "log");
    }

    /** The environment that every process gets. */
    public HostEnvironment environment() {
        return environment;
    }

    /**
     * Runs a program with empty standard input and keeps what it says.
     *
     * @throws EngineException if it is not on PATH or cannot be started; its exit code and its time limit are answers
     * @throws InterruptedException after the process was destroyed
     */
    public Captured capture(Invocation invocation) throws EngineException, InterruptedException {
        Head out = new Head(invocation.captureLimit());
        Tail err = new Tail(STDERR_LIMIT);
        Ending ending = attach(invocation, new Streams.Pumped(out, err), AtLimit.DESTROY);
        return new Captured(ending, out.text(), err.text(), out.truncated());
    }

    /**
     * Runs a program whose streams are the caller's.
     *
     * @param atLimit what to do first when the time limit is reached
     * @throws EngineException if it is not on PATH or cannot be started, or by {@code atLimit}
     * @throws InterruptedException after the process was destroyed
     */
    public Ending attach(Invocation invocation, Streams streams, AtLimit atLimit)
            throws EngineException, InterruptedException {
        List<String> words = words(invocation);
        ProcessBuilder builder = builder(invocation, words, streams);
        log.starting(List.copyOf(words));
        long start = System.nanoTime();
        Process process = start(builder, words);
        ProcessHandle handle = process.toHandle();
        Running running = Running.of(process, streams);
        try {
            Ending ending = running.await(invocation.limit(), atLimit);
            log.ended(List.copyOf(words), ending, Duration.ofNanos(System.nanoTime() - start));
            return ending;
        } finally {
            try {
                running.end();
            } finally {
                forget(handle);
            }
        }
    }

    /**
     * Starts a program that goes on beside the caller, with what its input is written to open.
     *
     * @param invocation whose time limit means nothing here
     * @throws EngineException if it is not on PATH or cannot be started
     */
    Companion companion(Invocation invocation) throws EngineException {
        List<String> words = words(invocation);
        ProcessBuilder builder = builder(invocation, words, new Streams.Inherited())
                .redirectInput(Redirect.PIPE)
                .redirectOutput(Redirect.PIPE)
                .redirectError(Redirect.PIPE);
        log.starting(List.copyOf(words));
        Process process = start(builder, words);
        ProcessHandle handle = process.toHandle();
        return new Companion(process, invocation.captureLimit(), () -> forget(handle));
    }

    /**
     * Destroys every process that a call of this starter still waits for: for a shutdown hook, since a signal to the JVM
     * alone does not reach them. The hook removes containers before it: a client whose container is gone ends by itself,
     * and one that is killed leaves its container running. It takes a second at most for each.
     */
    public void destroyAll() throws InterruptedException {
        List<ProcessHandle> now;
        synchronized (alive) {
            now = List.copyOf(alive);
        }
        for (ProcessHandle handle : now) {
            ProcessTree.destroy(handle);
        }
    }

    private List<String> words(Invocation invocation) throws EngineException {
        Path program = environment
                .find(invocation.program())
                .orElseThrow(() -> new EngineException(new EngineFault.ProgramMissing(
                        invocation.program(), environment.value("PATH").orElse(""))));
        List<String> words = new ArrayList<>();
        words.add(program.toString());
        words.addAll(invocation.words());
        return words;
    }

    private ProcessBuilder builder(Invocation invocation, List<String> words, Streams streams) {
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().clear();
        builder.environment().putAll(environment.with(invocation.additions()));
        invocation.directory().ifPresent(folder -> builder.directory(folder.toFile()));
        if (streams instanceof Streams.Inherited) {
            builder.inheritIO();
        } else {
            builder.redirectInput(NOTHING);
        }
        return builder;
    }

    private Process start(ProcessBuilder builder, List<String> words) throws EngineException {
        synchronized (alive) {
            try {
                Process process = builder.start();
                alive.add(process.toHandle());
                return process;
            } catch (IOException e) {
                throw new EngineException(new EngineFault.NotStarted(words.get(0), String.valueOf(e.getMessage())), e);
            }
        }
    }

    private void forget(ProcessHandle handle) {
        synchronized (alive) {
            alive.remove(handle);
        }
    }
}
