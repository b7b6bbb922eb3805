package io.sentinel.run;

import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.render.Layout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Removes what is left of a project's sandboxes, running or not, and of killed processes of this machine. */
public final class Cleanup {

    private final Layout layout;
    private final Invoker invoker;
    private final Docker docker;

    /** @param invoker whose files in memory are removed too, where no process needs them any more */
    public Cleanup(Layout layout, Invoker invoker, Docker docker) {
        this.layout = layout;
        this.invoker = invoker;
        this.docker = docker;
    }

    /** @return the names of the containers and networks that were removed */
    public List<String> stop() throws EngineException, IOException, InterruptedException {
        MemoryFolder.reap(invoker);
        docker.engineFacts();
        Leftovers leftovers = new Leftovers(docker);
        List<String> names = new ArrayList<>(leftovers.clear(Owner.current(layout.project())));
        names.addAll(leftovers.reap(true));
        return names;
    }
}
