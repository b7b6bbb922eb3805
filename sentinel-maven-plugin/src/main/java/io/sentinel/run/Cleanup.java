package io.sentinel.run;

import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.render.Layout;
import java.util.ArrayList;
import java.util.List;

/** Removes what is left of a project's sandboxes, running or not, and of killed processes of this machine. */
public final class Cleanup {

    private final Layout layout;
    private final Docker docker;

    public Cleanup(Layout layout, Docker docker) {
        this.layout = layout;
        this.docker = docker;
    }

    /** @return the names of the containers and networks that were removed */
    public List<String> stop() throws EngineException, InterruptedException {
        docker.engineFacts();
        Leftovers leftovers = new Leftovers(docker);
        List<String> names = new ArrayList<>(leftovers.clear(Owner.current(layout.project())));
        names.addAll(leftovers.reap(true));
        return names;
    }
}
