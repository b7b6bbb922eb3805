package io.sentinel.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Listens to what seccomp filters log on this machine, from {@link #open} on. Java has no netlink sockets; a small Python
 * program of the jar does it, which says only then that it is ready when a call of its own came through.
 */
public final class CallLog implements AutoCloseable {

    private static final String PYTHON = "python3";
    private static final String SCRIPT = "/seccomp/logged-calls.py";

    /** The program gives up by itself before that. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String READY = "ready\n";

    private final Companion listener;

    private CallLog(Companion listener) {
        this.listener = listener;
    }

    /**
     * Begins to listen; every call that is made after this returned is heard.
     *
     * @throws EngineException if that does not work here, with the reason
     */
    public static CallLog open(Docker docker) throws EngineException, InterruptedException {
        ProcessStarter starter = docker.client().starter();
        if (starter.environment().find(PYTHON).isEmpty()) {
            throw unreadable(PYTHON + " is not on PATH");
        }
        String script = script();
        // The script comes first on its standard input, which then stays open.
        String loader = "import sys; exec(sys.stdin.read(" + script.length() + "))";
        Companion listener = starter.companion(Invocation.of(PYTHON, List.of("-I", "-c", loader), PATIENCE));
        boolean ready = false;
        try {
            listener.tell(script);
            String said = listener.awaitLine(PATIENCE);
            ready = said.equals(READY);
            if (!ready) {
                Captured all = listener.finish(PATIENCE);
                String reason = ErrorOutput.lastLine(all.stdout().isBlank() ? all.stderr() : all.stdout());
                throw unreadable(reason.isEmpty() ? PYTHON + " says nothing" : reason);
            }
        } finally {
            if (!ready) {
                listener.close();
            }
        }
        return new CallLog(listener);
    }

    /**
     * Ends it.
     *
     * @return what was logged until now, by whomever
     */
    public LoggedCalls finish() throws EngineException, InterruptedException {
        Captured all = listener.finish(PATIENCE);
        try {
            if (all.truncated() || !all.ending().succeeded()) {
                throw new IllegalArgumentException("no good end");
            }
            return LoggedCalls.parse(all.stdout().substring(READY.length()));
        } catch (IllegalArgumentException e) {
            String reason = ErrorOutput.lastLine(all.stderr());
            throw new EngineException(
                    new EngineFault.LogUnreadable("the listener broke off" + (reason.isEmpty() ? "" : ": " + reason)),
                    e);
        }
    }

    @Override
    public void close() {
        listener.close();
    }

    private static EngineException unreadable(String reason) {
        return new EngineException(new EngineFault.LogUnreadable(reason));
    }

    private static String script() {
        try (InputStream in = CallLog.class.getResourceAsStream(SCRIPT)) {
            if (in == null) {
                throw new IllegalStateException("the plugin's jar lacks " + SCRIPT + "; it was not built right");
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException("the plugin's jar cannot be read: " + SCRIPT, e);
        }
    }
}
