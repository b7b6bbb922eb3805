package io.sentinel.run;

import io.sentinel.engine.Compose;
import io.sentinel.engine.ComposeProject;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.Streams;
import io.sentinel.render.BundleWriter;
import io.sentinel.render.Layout;
import io.sentinel.render.Rendered;
import io.sentinel.render.Rendering;
import io.sentinel.render.SandboxException;
import io.sentinel.spec.GuardMode;
import io.sentinel.spec.User;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;

/**
 * A compose project that this process has to itself, for looking at a sandbox rather than running its agent. When it is
 * closed nothing of it is left, at Ctrl-C either; of one whose process was killed, the next one clears the rest away.
 */
public final class Staging implements AutoCloseable {

    /** The variable that says who made a container or a network, which compose files hand on as a label. */
    public static final String OWNER = "SENTINEL_OWNER";

    /** The variable that says where guards write their trails. */
    private static final String TRAILS = "SENTINEL_AUDIT";

    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final String FOLDER = "stage-";

    private final Docker docker;
    private final Owner owner;
    private final ComposeProject project;
    private final SortedMap<String, String> variables;
    private final Optional<Given> given;
    private final Path work;
    private final Path folder;
    private final Optional<Path> trail;
    private final Shutdown shutdown;
    private final Set<Path> used = new ConcurrentSkipListSet<>();

    private Staging(
            Docker docker,
            Owner owner,
            String name,
            ComposeFile file,
            Path projectFolder,
            Map<String, String> variables,
            Optional<Given> given,
            Optional<Guards> guards,
            Path work)
            throws IOException {
        this.docker = docker;
        this.owner = owner;
        this.variables = new TreeMap<>(variables);
        this.given = given;
        given.ifPresent(placeholders -> this.variables.putAll(placeholders.variables()));
        this.variables.put(OWNER, owner.label());
        this.work = work;
        this.folder = work.resolve(FOLDER + owner.label()).resolve(name);
        Files.createDirectories(work);
        // It may have values in it that are nobody else's to read; a mount of a folder in it asks for no more.
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        this.trail = guards.isPresent() ? Optional.of(guards.get().in(folder)) : Optional.empty();
        trail.ifPresent(path -> this.variables.put(TRAILS, path.toString()));
        this.project = new ComposeProject(file.in(folder), projectFolder, name);
        this.shutdown = new Shutdown();
    }

    /** Where a compose file comes from. */
    public interface ComposeFile {

        /**
         * The file, which may be written for this.
         *
         * @param folder that goes with the staging
         */
        Path in(Path folder) throws IOException;
    }

    /** Who runs a guard, and as whom. */
    private record Guards(Invoker invoker, User agent) {

        /** The folder of their trails: these are of no run, and go with the staging. */
        Path in(Path folder) throws IOException {
            Path trail = folder.resolve("trail");
            TrailFolder.make(trail, invoker, agent);
            return trail.toRealPath();
        }
    }

    /**
     * A bundle of ours as it stands in its folder. Its containers get placeholders for what a run would give them.
     *
     * @throws SandboxException where this invoker could give them nothing
     */
    public static Staging of(Layout layout, String name, Invoker invoker, Rendered bundle, Docker docker)
            throws SandboxException, IOException {
        SortedMap<String, String> variables = invoker.variables(bundle.user(), bundle.passEnvironment());
        if (bundle.production() || invoker.says(Production.VARIABLE)) {
            // Its entrypoint lets nothing start without them.
            variables.putAll(bundle.productionVariables());
        }
        Optional<Guards> guards = bundle.guard() == GuardMode.OFF
                ? Optional.empty()
                : Optional.of(new Guards(invoker, invoker.agent(bundle.user())));
        Given given = Given.placeholders(bundle, invoker, Owner.current(layout.project()));
        try {
            return of(
                    docker,
                    folder -> layout.composeFile(),
                    layout.bundle(),
                    name,
                    variables,
                    Optional.of(given),
                    guards,
                    layout);
        } catch (IOException | RuntimeException e) {
            given.close();
            throw e;
        }
    }

    /**
     * Any compose file. For its leftovers to be found it hands {@code SENTINEL_OWNER} on as the label
     * {@code io.sentinel.owner}.
     *
     * @param projectFolder where its relative paths start
     * @param name of what it is, to be seen in the names of its containers
     * @param layout of the build that looks
     */
    public static Staging of(
            Docker docker,
            ComposeFile file,
            Path projectFolder,
            String name,
            Map<String, String> variables,
            Layout layout)
            throws IOException {
        return of(docker, file, projectFolder, name, variables, Optional.empty(), Optional.empty(), layout);
    }

    private static Staging of(
            Docker docker,
            ComposeFile file,
            Path projectFolder,
            String name,
            Map<String, String> variables,
            Optional<Given> given,
            Optional<Guards> guards,
            Layout layout)
            throws IOException {
        Owner owner = Owner.current(layout.project());
        String unique = "sentinel-" + name + "-" + owner.unique();
        return new Staging(docker, owner, unique, file, projectFolder, variables, given, guards, layout.work());
    }

    /** The project with the services of all its profiles. */
    public Compose compose() {
        return compose(List.of());
    }

    /** The same with further files laid over its own. */
    public Compose compose(List<Path> overrides) {
        used.addAll(overrides);
        return on(overrides);
    }

    private Compose on(Collection<Path> overrides) {
        List<Path> files =
                Stream.concat(project.files().stream(), overrides.stream()).toList();
        return new Compose(
                        docker, new ComposeProject(files, project.projectDirectory(), project.projectName()), variables)
                .withProfiles(List.of("*"));
    }

    /** Its first compose file, by its absolute path. */
    public Path composeFile() {
        return project.files().get(0);
    }

    /** Its name, of which the names of its containers are made. */
    public String name() {
        return project.projectName();
    }

    /** Where the placeholders of its secrets are, where it has some: an absolute path without links. */
    public Optional<Path> secrets() {
        return given.flatMap(Given::folder);
    }

    /** Where the guards of its containers write their trails, where they have any: an absolute path without links. */
    public Optional<Path> trail() {
        return trail;
    }

    /** A folder for files that containers of it are shown; goes with it. */
    public Path folder() {
        return folder;
    }

    /**
     * Builds a bundle's images where they are missing or stale: from what the spec renders, whatever became of it in the
     * bundle's folder. An image is named by what it is built from, and a run that finds the name takes the image for that.
     *
     * @param layout of the bundle
     * @param progress where the build shows itself
     * @return the IDs of those that were built now, by their names
     */
    public Map<String, String> build(Rendering rendering, Layout layout, Events events, Streams progress)
            throws SandboxException, EngineException, IOException, InterruptedException {
        Images.Source source = () -> {
            Layout own = new Layout(layout.project(), layout.spec(), folder.resolve("rendered"), folder);
            new BundleWriter(own).write(rendering.bundle());
            return new Compose(
                    docker, new ComposeProject(own.composeFile(), own.bundle(), project.projectName()), variables);
        };
        return new Images(docker, source, events).ensure(rendering.facts(), true, progress);
    }

    /** Removes what killed processes left: of any project on the engine, and of this one among its files. */
    public List<String> reap() throws EngineException, IOException, InterruptedException {
        forgetDead();
        return new Leftovers(docker).reap(true);
    }

    /** @throws EngineException where something could not be removed */
    @Override
    public void close() throws EngineException, IOException {
        boolean ending = shutdown.clearing();
        try (shutdown) {
            // Compose removes the networks that its files name, and no others.
            boolean down = false;
            try {
                on(used).down(GRACE);
                down = true;
            } finally {
                if (ending || !down) {
                    // The engine may have been making a container when its client was ended.
                    new Leftovers(docker).clearOwn(owner);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while clearing away; the next run does the rest", e);
        } finally {
            if (given.isPresent()) {
                given.get().close();
            }
            delete(folder);
            deleteIfEmpty(folder.getParent());
        }
    }

    /** Another one of this process may still have a folder beside it. */
    private static void deleteIfEmpty(Path parent) throws IOException {
        try {
            Files.deleteIfExists(parent);
        } catch (DirectoryNotEmptyException e) {
            return;
        }
    }

    private void forgetDead() throws IOException {
        List<Path> dead;
        try (Stream<Path> names = Files.list(work)) {
            dead = names.filter(path -> owner(path).filter(Owner::isDead).isPresent())
                    .toList();
        }
        for (Path path : dead) {
            delete(path);
        }
    }

    private static Optional<Owner> owner(Path path) {
        String name = path.getFileName().toString();
        return name.startsWith(FOLDER) ? Owner.parse(name.substring(FOLDER.length())) : Optional.empty();
    }

    private static void delete(Path folder) throws IOException {
        List<Path> paths;
        try (Stream<Path> walked = Files.walk(folder)) {
            paths = walked.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.deleteIfExists(path);
        }
    }
}
