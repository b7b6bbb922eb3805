package io.sentinel.run;

import io.sentinel.engine.Beside;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.EngineFacts;
import io.sentinel.engine.ImageFacts;
import io.sentinel.render.Generation;
import io.sentinel.render.Layout;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What a run asks the engine in any case, asked before the run knows what it is: each question costs a process of its own,
 * and would go by in waiting. Which images are looked at is a guess, and where it was wrong they are asked for again.
 */
public final class Ahead implements Images.Look, AutoCloseable {

    private final Docker docker;
    private final Layout layout;
    private Optional<Beside<EngineFacts>> facts = Optional.empty();
    private Optional<Beside<Seen>> images = Optional.empty();

    private record Seen(List<String> names, List<Optional<ImageFacts>> images) {}

    /** Nothing is asked yet. */
    public Ahead(Docker docker, Layout layout) {
        this.docker = docker;
        this.layout = layout;
    }

    /** Begins to ask, unless that was done. */
    public void begin() {
        if (facts.isEmpty()) {
            facts = Optional.of(
                    Beside.start(() -> docker.engineFacts(layout.work().resolve("compose.stamp"))));
            images = Optional.of(Beside.start(this::look));
        }
    }

    private Seen look() throws EngineException, InterruptedException {
        List<String> names;
        try {
            names = Generation.lastImages(layout);
        } catch (IOException e) {
            // Whoever renders the bundle meets it too, and tells.
            names = List.of();
        }
        return new Seen(names, names.isEmpty() ? List.of() : docker.inspectImages(names));
    }

    /** Which engine and client these are. */
    EngineFacts facts() throws EngineException, InterruptedException {
        return facts.orElseThrow().join();
    }

    @Override
    public List<Optional<ImageFacts>> at(List<String> names) throws EngineException, InterruptedException {
        Seen seen = images.orElseThrow().join();
        return seen.names().equals(names) ? seen.images() : docker.inspectImages(names);
    }

    @Override
    public void close() {
        facts.ifPresent(Beside::close);
        images.ifPresent(Beside::close);
    }
}
