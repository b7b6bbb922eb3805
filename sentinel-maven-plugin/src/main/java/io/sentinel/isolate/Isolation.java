package io.sentinel.isolate;

import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.render.Layout;
import io.sentinel.render.Origins;
import io.sentinel.render.SandboxException;
import io.sentinel.render.Sha256;
import io.sentinel.render.SpecFiles;
import io.sentinel.run.AgentRun;
import io.sentinel.run.Bundles;
import io.sentinel.run.Events;
import io.sentinel.run.Invoker;
import io.sentinel.run.Outcome;
import io.sentinel.run.Production;
import io.sentinel.run.RefusedException;
import io.sentinel.spec.Overrides;
import io.sentinel.spec.Overrides.Override;
import io.sentinel.spec.Overrides.PolicyFile;
import io.sentinel.spec.SourceText;
import io.sentinel.spec.Spec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
     * @param started told the container's name just before it is made
     * @throws RefusedException where less would be isolated than was promised
     */
    public Outcome run(
            Choices choices, List<String> words, boolean build, AgentRun.Terminal terminal, Consumer<String> started)
            throws SandboxException, EngineException, IOException, InterruptedException {
        Overrides overrides = overrides(choices);
        Layout own = own(overrides);
        Map<String, String> environment = new HashMap<>(invoker.environment());
        environment.putAll(choices.variables());
        Invoker chosen = new Invoker(invoker.uid(), invoker.gid(), environment);
        Bundles bundles = new Bundles(own, overrides, version, chosen, origins, events);
        List<String> weakenings =
                choices.isEmpty() ? List.of() : explanation(choices, overrides).weakenings();
        AgentRun.Order order = new AgentRun.Order(choices.profile(), words, build, weakenings, started);
        AgentRun.forgetLast(own);
        return new AgentRun(own, bundles, chosen, docker, events).run(order, terminal);
    }

    /** Each setting with where it comes from, line by line; nothing is run. */
    public List<String> explain(Choices choices) throws SandboxException, IOException {
        List<String> lines = new ArrayList<>();
        for (Explanation.Row row : explanation(choices, overrides(choices)).rows()) {
            lines.add(String.format(java.util.Locale.ROOT, "%-16s %-28s %s", row.name(), row.value(), row.origin()));
            row.weakening().ifPresent(reason -> lines.add("  weaker: " + reason));
        }
        Optional<String> production = production();
        lines.add(String.format(
                java.util.Locale.ROOT,
                "%-16s %-28s %s",
                "production",
                production.isPresent() ? "on" : "off",
                production.orElse(
                        invoker.environment().containsKey(Production.VARIABLE) ? Production.VARIABLE : "default")));
        return lines;
    }

    private Explanation explanation(Choices choices, Overrides overrides) throws SandboxException, IOException {
        return Explanation.of(
                choices,
                SpecFiles.standard(NAMELESS),
                asItIs(),
                SpecFiles.readSpec(layout, overrides),
                layout.shown(layout.spec()));
    }

    /** The spec without what was chosen. */
    private Spec asItIs() throws SandboxException, IOException {
        return SpecFiles.readSpec(layout, nameless() ? new Overrides(List.of(NAME), Optional.empty()) : Overrides.NONE);
    }

    /** Who says that it is production. */
    private Optional<String> production() throws SandboxException, IOException {
        return Production.origin(invoker, asItIs().production(), layout.shown(layout.spec()));
    }

    private static final Override NAME = Override.text("no spec", NAMELESS, "name");

    private boolean nameless() {
        return Files.notExists(layout.spec());
    }

    private Overrides overrides(Choices choices) throws SandboxException, IOException {
        Overrides chosen = choices.overrides(policy(choices));
        if (!nameless()) {
            return chosen;
        }
        List<Override> values = new ArrayList<>(List.of(NAME));
        values.addAll(chosen.values());
        return new Overrides(values, chosen.policy());
    }

    private Optional<PolicyFile> policy(Choices choices) throws SandboxException, IOException {
        Optional<String> name = choices.value(Setting.POLICY);
        if (name.isEmpty()) {
            return Optional.empty();
        }
        Path file = layout.project().resolve(name.get());
        if (!Files.isRegularFile(file) || Files.size(file) > SourceText.MAX_BYTES) {
            throw new SandboxException("--policy names " + name.get() + ", which is no file of at most "
                    + (SourceText.MAX_BYTES >> 20) + " MiB; name the policy's");
        }
        // A copy in the bundle would be this user's; production wants root's, and mounts the file itself.
        Optional<String> mounted = production().isPresent()
                ? Optional.of(file.getParent()
                        .toRealPath()
                        .resolve(file.getFileName())
                        .toString())
                : Optional.empty();
        return Optional.of(new PolicyFile(name.get(), Files.readString(file, StandardCharsets.UTF_8), mounted));
    }

    /** A spec as it is has its bundle where it always is; each other one has one of its own, so that none takes another's. */
    private Layout own(Overrides overrides) {
        if (overrides.isEmpty()) {
            return layout;
        }
        String digest = Sha256.of(overrides.toString().getBytes(StandardCharsets.UTF_8));
        String key = digest.substring("sha256:".length(), "sha256:".length() + 16);
        return new Layout(
                layout.project(),
                layout.spec(),
                layout.work().resolve("isolate").resolve(key),
                layout.work());
    }
}
