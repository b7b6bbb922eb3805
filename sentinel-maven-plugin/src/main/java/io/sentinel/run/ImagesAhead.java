package io.sentinel.run;

import io.sentinel.engine.Beside;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.ImageFacts;
import java.util.List;
import java.util.Optional;

/** A look at the images that will most likely be asked for, begun before that is known. */
final class ImagesAhead implements Images.Look, AutoCloseable {

    private final Docker docker;
    private final List<String> names;
    private final Beside<List<Optional<ImageFacts>>> answers;

    /** @param names none to begin nothing */
    ImagesAhead(Docker docker, List<String> names) {
        this.docker = docker;
        this.names = List.copyOf(names);
        this.answers = Beside.start(() -> names.isEmpty() ? List.of() : docker.inspectImages(names));
    }

    @Override
    public List<Optional<ImageFacts>> at(List<String> wanted) throws EngineException, InterruptedException {
        return wanted.equals(names) ? answers.join() : docker.inspectImages(wanted);
    }

    @Override
    public void close() {
        answers.close();
    }
}
