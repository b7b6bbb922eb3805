package io.sentinel.isolate;

import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.render.Layout;
import io.sentinel.render.Origins;
import io.sentinel.render.SandboxException;
import io.sentinel.render.Sha256;
import io.sentinel.render.SpecFiles;
import io.sentinel.run.AgentRun;
import io.sentinel.run.Ahead;
import io.sentinel.run.Bundles;
import io.sentinel.run.Events;
import io.sentinel.run.Invoker;
import io.sentinel.run.Outcome;
import io.sentinel.run.Production;
import io.sentinel.run.RefusedException;
import io.sentinel.spec.Overrides;
import io.sentinel.spec.Overrides.Override;
import io.sentinel.spec.Spec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs one arbitrary command in the project's sandbox, or in the default one where the project has no spec. */
public final class Isolation {

    /** The name of the sandbox of a project without a spec. */
    private static final String NAMELESS = "isolated";

    private final Layout layout;
    private final String version;
    private final Invoker invoker;
    private final Origins origins;
    private final Docker docker;
    private final Events events;

    /**
     * @param layout of the project, whose spec need not be there
     * @param version the plugin's
     * @param origins of this host
     */
    public Isolation(Layout layout, String version, Invoker invoker, Origins origins, Docker docker, Events events) {
        this.layout = layout;
        this.version = version;
        this.invoker = invoker;
        this.origins = origins;
        this.docker = docker;
        this.events = events;
    }

    /**
     * Runs it.
     *
     * @param words the program and its arguments
     * @param build whether an image that is missing or stale is built, rather than the run refused
     * @param ahead the caller's, who closes it
     * @param started told the container's name just before it is made
     * @throws RefusedException where less would be isolated than was promised
     */
    public Outcome run(
            Choices choices,
            List<String> words,
            boolean build,
            AgentRun.Terminal terminal,
            Ahead ahead,
            Consumer<String> started)
            throws SandboxException, EngineException, IOException, InterruptedException {
        Given given;
        try {
            given = given(choices);
        } catch (SandboxException e) {
            AgentRun.refused(layout, choices.profile(), words, events);
            throw e;
        }
        Layout own = own(given.overrides());
        Map<String, String> environment = new HashMap<>(invoker.environment());
        environment.putAll(choices.variables());
        Invoker chosen = new Invoker(invoker.uid(), invoker.gid(), environment);
        Bundles bundles =
                new Bundles(own, given.overrides(), given.paths().workspace(), version, chosen, origins, events);
        AgentRun.Order order = new AgentRun.Order(
                choices.profile(), words, build, given.weakenings(), choices.beyond(given.paths()), started);
        return new AgentRun(own, bundles, chosen, docker, events).run(order, terminal, ahead);
    }

    /** Each setting with where it comes from; nothing is run. */
    public Explanation explain(Choices choices) throws SandboxException, IOException {
        return compared(choices).explanation();
    }

    /**
     * What choices come to in this project.
     *
     * @param paths that they name
     * @param overrides of the spec
     * @param weakenings of it
     */
    private record Given(HostPaths paths, Overrides overrides, List<String> weakenings) {}

    /** Where nothing was chosen, no spec is read: what was rendered of it is remembered. */
    private Given given(Choices choices) throws SandboxException, IOException {
        if (choices.isEmpty()) {
            return new Given(HostPaths.NONE, nameless(), List.of());
        }
        Compared compared = compared(choices);
        return new Given(
                compared.paths(), compared.overrides(), compared.explanation().weakenings());
    }

    private record Compared(HostPaths paths, Overrides overrides, Explanation explanation) {}

    private Compared compared(Choices choices) throws SandboxException, IOException {
        Overrides name = nameless();
        Spec spec = SpecFiles.readSpec(layout, name);
        String file = layout.shown(layout.spec());
        Optional<String> production = Production.origin(invoker, spec.production(), file);
        HostPaths paths = HostPaths.of(choices, layout, invoker, invoker.agent(spec.user()), production.isPresent());
        Overrides said = choices.overrides(paths, layout.project());
        List<Override> values = new ArrayList<>(name.values());
        values.addAll(said.values());
        Overrides overrides = new Overrides(values, said.policy(), said.filter());
        Spec run = SpecFiles.readSpec(layout, overrides);
        Path own = layout.project().resolve(spec.workspace());
        Path chosen = paths.workspace().orElse(layout.project().resolve(run.workspace()));
        if (chosen.startsWith(own) && !chosen.equals(own)) {
            throw new RefusedException(choices.label(Setting.WORKSPACE).orElseThrow() + " names "
                    + layout.shown(chosen)
                    + ", which is in the spec's workspace, where another agent could put a link in"
                    + " its place; name a folder beside that");
        }
        paths.refuseFilesWithin(List.of(own, chosen), choices, layout);
        Explanation explanation =
                Explanation.of(choices, paths, SpecFiles.standard(NAMELESS), spec, run, file, production);
        return new Compared(paths, overrides, explanation);
    }

    /** A project without a spec has a name for its sandbox all the same; one that was named has to be there. */
    private Overrides nameless() {
        boolean named = !layout.spec().equals(layout.project().resolve(Spec.DEFAULT_PATH));
        return named || Files.exists(layout.spec(), LinkOption.NOFOLLOW_LINKS)
                ? Overrides.NONE
                : new Overrides(
                        List.of(Override.text("no spec", NAMELESS, "name")), Optional.empty(), Optional.empty());
    }

    /** A spec as it is has its bundle where it always is; each other one has one of its own, so that none takes another's. */
    private Layout own(Overrides overrides) {
        if (overrides.isEmpty() && layout.spec().equals(layout.project().resolve(Spec.DEFAULT_PATH))) {
            return layout;
        }
        String digest = Sha256.of((layout.spec() + "\n" + overrides).getBytes(StandardCharsets.UTF_8));
        String key = digest.substring("sha256:".length(), "sha256:".length() + 16);
        return new Layout(
                layout.project(),
                layout.spec(),
                layout.work().resolve("isolate").resolve(key),
                layout.work());
    }
}
