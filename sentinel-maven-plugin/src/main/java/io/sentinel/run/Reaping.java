package io.sentinel.run;

import io.sentinel.engine.Beside;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.render.Layout;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Clears away beside a run what killed ones left, and then takes over their audit trails. */
final class Reaping implements AutoCloseable {

    private final Layout layout;
    private final Set<Path> dead;
    private final Beside<List<String>> reaping;

    private Reaping(Layout layout, Set<Path> dead, Beside<List<String>> reaping) {
        this.layout = layout;
        this.dead = dead;
        this.reaping = reaping;
    }

    /**
     * Begins it.
     *
     * @param networks as in {@link Leftovers#reap}
     */
    static Reaping start(Docker docker, Layout layout, boolean networks) {
        // Before the engine is asked: the container of a run that is killed after that was taken for one still needed.
        Set<Path> dead = Spool.ofDead(layout);
        return new Reaping(layout, dead, Beside.start(() -> new Leftovers(docker).reap(networks)));
    }

    /** Waits for the end of it and tells what it came to: that it fails is no failure of this run. */
    void conclude(Events events) throws InterruptedException {
        Set<Path> cleared = Set.of();
        try {
            List<String> reaped = reaping.join();
            cleared = dead;
            if (!reaped.isEmpty()) {
                events.reaped(reaped);
            }
        } catch (EngineException e) {
            events.warning("what a killed run had left could not be removed: " + e.getMessage());
        }
        Spool.takeOver(layout, cleared, events);
    }

    @Override
    public void close() {
        reaping.close();
    }
}
