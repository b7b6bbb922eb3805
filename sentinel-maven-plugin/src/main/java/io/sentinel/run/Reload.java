package io.sentinel.run;

import io.sentinel.engine.Compose;
import io.sentinel.engine.ContainerFacts;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.EngineFault;
import io.sentinel.engine.Executed;
import io.sentinel.engine.LabelFilter;
import io.sentinel.render.Bundle;
import io.sentinel.render.Layout;
import io.sentinel.render.SandboxException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts a changed allow list into force in the sidecars that run, whoever started them from this project's bundle. */
public final class Reload {

    /** For what {@code proxy-reload} waits for by itself, and for trying the rules of the longest list before. */
    private static final Duration LIMIT = Duration.ofMinutes(3);

    /** The exit code by which {@code proxy-reload} says that the old rules stay in force. */
    private static final int REFUSED = 65;

    private static final List<String> RELOAD = List.of("/opt/sentinel/bin/proxy-reload");
    private static final List<String> IN_FORCE =
            List.of("cat", "/tmp/in-force/allowed-domains.txt", "/tmp/in-force/squid.conf");

    private final Layout layout;
    private final Bundles bundles;
    private final Docker docker;
    private final Events events;

    /** @param bundles which renders the bundle whose rules come into force */
    public Reload(Layout layout, Bundles bundles, Docker docker, Events events) {
        this.layout = layout;
        this.bundles = bundles;
        this.docker = docker;
        this.events = events;
    }

    /**
     * Brings the bundle up to date, then the sidecars, and tells of each what changed. One that fails keeps none of the
     * others from being reloaded.
     *
     * @return how many sidecars run, and have the bundle's rules in force now
     * @throws SandboxException when the spec does not render, or a sidecar cannot read the rules: it has its old ones then
     * @throws EngineException when Docker could not do it, or a sidecar is not there as it has to be afterwards
     */
    public int reload() throws SandboxException, EngineException, IOException, InterruptedException {
        bundles.generate();
        docker.engineFacts();
        String rules = Files.readString(layout.bundle().resolve(Bundle.HOSTS))
                + Files.readString(layout.bundle().resolve(Bundle.RULES));
        Optional<SandboxException> refused = Optional.empty();
        Optional<EngineException> failed = Optional.empty();
        List<ContainerFacts> sidecars = running();
        for (ContainerFacts sidecar : sidecars) {
            try {
                events.logged(reload(sidecar, rules));
            } catch (SandboxException e) {
                refused.ifPresent(earlier -> events.warning(earlier.getMessage()));
                refused = Optional.of(e);
            } catch (EngineException e) {
                failed.ifPresent(earlier -> events.warning(earlier.getMessage()));
                failed = Optional.of(e);
            }
        }
        if (failed.isPresent()) {
            refused.ifPresent(earlier -> events.warning(earlier.getMessage()));
            throw failed.get();
        }
        if (refused.isPresent()) {
            throw refused.get();
        }
        return sidecars.size();
    }

    /** By the folder that Compose was started with: each run is a project of its own, and a bundle is used by hand too. */
    private List<ContainerFacts> running() throws EngineException, IOException, InterruptedException {
        List<ContainerFacts> running = new ArrayList<>();
        for (ContainerFacts container : docker.listContainers(
                List.of(LabelFilter.is(Compose.SERVICE_LABEL, Sidecar.SERVICE), LabelFilter.has(Owner.LABEL)))) {
            String folder = container.labels().getOrDefault(Compose.FOLDER_LABEL, "");
            if (container.running() && isBundle(new File(folder))) {
                running.add(container);
            }
        }
        return running;
    }

    /** A label can hold any text, which makes a File and not always a Path. */
    private boolean isBundle(File folder) throws IOException {
        return folder.isDirectory() && Files.isSameFile(folder.toPath(), layout.bundle());
    }

    private List<String> reload(ContainerFacts sidecar, String rules)
            throws SandboxException, EngineException, InterruptedException {
        String before = docker.exec(sidecar.id(), IN_FORCE, LIMIT).stdout();
        Executed reloaded = docker.exec(sidecar.id(), RELOAD, LIMIT);
        if (reloaded.exitCode() == REFUSED) {
            throw new SandboxException("the sidecar " + sidecar.name() + " cannot take the rules in "
                    + layout.shown(layout.bundle().resolve(Bundle.PROXY)) + ", and keeps its old ones:\n"
                    + reloaded.lastErrors());
        }
        if (reloaded.exitCode() == 126 || reloaded.exitCode() == 127) {
            throw new SandboxException(
                    "the sidecar " + sidecar.name() + " has no proxy-reload, so another version of the"
                            + " plugin built it; end that sandbox, and start it again");
        }
        if (!reloaded.succeeded()) {
            throw new EngineException(new EngineFault.NotReloaded(sidecar.name(), why(sidecar, reloaded)));
        }
        if (!docker.exec(sidecar.id(), IN_FORCE, LIMIT).stdout().equals(rules)) {
            throw new SandboxException("the sidecar " + sidecar.name() + " has other rules in force than "
                    + layout.shown(layout.bundle().resolve(Bundle.PROXY))
                    + " has; see whether its engine is on this machine, and start the sandbox again");
        }
        return RulesChange.of(before, rules).lines(sidecar.name());
    }

    /** What it said itself; where it ended meanwhile, what squid gave up with. */
    private String why(ContainerFacts sidecar, Executed reloaded) throws EngineException, InterruptedException {
        boolean running = docker.inspectContainer(sidecar.id())
                .map(ContainerFacts::running)
                .orElse(false);
        return running ? reloaded.lastErrors() : "it has ended\n" + docker.lastErrors(sidecar.id());
    }
}
