package io.sentinel.cli;

import io.sentinel.engine.ContainerFacts;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hands the signals that a person sends to this process on to the program in the container; the second one kills it. Before
 * there is a container they end this process, which clears away.
 *
 * <p>The JDK's way to them is {@code sun.misc.Signal} of the module jdk.unsupported, which a compiler warns of: so it is
 * found by name.
 */
final class Signals implements AutoCloseable {

    private static final List<String> NAMES = List.of("INT", "TERM", "HUP");
    private static final int SIGNALLED = 128;
    /** A container that is being made takes this long at most to run. */
    private static final int PATIENCE_MILLIS = 5000;

    private static final int POLL_MILLIS = 50;

    private final Docker docker;
    private final Voice voice;
    private final AtomicInteger count = new AtomicInteger();
    private volatile Optional<String> container = Optional.empty();

    private Signals(Docker docker, Voice voice) {
        this.docker = docker;
        this.voice = voice;
    }

    /** Begins to. */
    static Signals toContainer(Docker docker, Voice voice) {
        Signals signals = new Signals(docker, voice);
        for (String name : NAMES) {
            signals.handle(name);
        }
        return signals;
    }

    /** From now on there is a container, or is about to be. */
    void started(String name) {
        container = Optional.of(name);
    }

    /** The program has ended: a signal ends this process again. */
    @Override
    public void close() {
        container = Optional.empty();
    }

    private void handle(String name) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object mine = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            take(name, (Integer) signal.getMethod("getNumber").invoke(arguments[0]));
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), mine);
        } catch (ReflectiveOperationException e) {
            if (e instanceof InvocationTargetException && e.getCause() instanceof IllegalArgumentException) {
                // Somebody asked for it to be ignored (nohup(1)), or the JVM keeps it to itself: so it stays.
                return;
            }
            throw new IllegalStateException("this JVM hands on no signals", e);
        }
    }

    private void take(String name, int number) {
        Optional<String> target = container;
        if (target.isEmpty()) {
            // Off this thread: the hooks wait for the work, and the work may wait for nothing here.
            new Thread(() -> System.exit(SIGNALLED + number), "sentinel-exit").start();
            return;
        }
        boolean second = count.incrementAndGet() > 1;
        try {
            awaitRunning(target.get());
            if (second) {
                docker.kill(target.get());
            } else {
                docker.signal(target.get(), name);
            }
        } catch (EngineException e) {
            voice.warning("the signal did not reach the program: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitRunning(String name) throws EngineException, InterruptedException {
        for (int waited = 0; waited < PATIENCE_MILLIS; waited += POLL_MILLIS) {
            if (docker.inspectContainer(name).filter(ContainerFacts::running).isPresent()) {
                return;
            }
            Thread.sleep(POLL_MILLIS);
        }
    }
}
