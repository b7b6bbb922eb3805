package io.sentinel.isolate;

import io.sentinel.render.Layout;
import io.sentinel.render.OwnJar;
import io.sentinel.render.SandboxException;
import io.sentinel.run.Invoker;
import io.sentinel.run.RefusedException;
import io.sentinel.spec.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks at a folder outside of the project that is to be a workspace: the agent writes to all that is in it. */
final class OutsideWorkspace {

    /** Of the system, with all that is in them; {@code /lib32} and the like too. */
    private static final Set<String> SYSTEM =
            Set.of("bin", "boot", "dev", "etc", "proc", "run", "sbin", "sys", "usr", "var");

    /** Folders that hold those of many. */
    private static final Set<String> SHARED =
            Set.of("/", "/home", "/media", "/mnt", "/opt", "/root", "/srv", "/tmp", "/var/tmp");

    private static final Path FREE = Path.of("/var/tmp");

    private final Layout layout;
    private final Invoker invoker;
    private final User agent;

    /** @param agent who runs in the sandbox */
    OutsideWorkspace(Layout layout, Invoker invoker, User agent) {
        this.layout = layout;
        this.invoker = invoker;
        this.agent = agent;
    }

    /**
     * Refuses what holds settings, keys and programs of a person, in the project too: a home folder may be one.
     *
     * @param label what the person knows the folder by
     */
    void refuseOfHome(String label, Path folder) throws SandboxException, IOException {
        Optional<Path> home = absolute(invoker.environment().getOrDefault("HOME", ""));
        if (home.isEmpty()) {
            return;
        }
        Path real = real(folder);
        Path below = real(home.get());
        if (!real.startsWith(below) || real.equals(below)) {
            return;
        }
        Path first = below.relativize(real).getName(0);
        // A build server's projects may all be in one.
        boolean ownProject = real(layout.project()).startsWith(below.resolve(first));
        if (first.toString().startsWith(".") && !ownProject) {
            throw refused(
                    label + " names " + folder,
                    "a hidden folder of your home, where settings, keys and programs are",
                    "name a folder of its own");
        }
    }

    /**
     * Where it leads, symbolic links followed; it need not be there.
     *
     * @param label what the person knows it by
     * @param files of the run, which the agent may not write to
     * @throws SandboxException where an agent that writes there could change more than its own files
     */
    Path checked(String label, Path folder, List<Path> files) throws SandboxException, IOException {
        Path real = real(folder);
        String names = label + " names " + folder + (real.equals(folder) ? "" : ", which leads to " + real);
        if (SHARED.contains(real.toString())) {
            throw refused(names, "a folder that others share", "name one of its own below it");
        }
        String first = real.getName(0).toString();
        if (!real.startsWith(FREE) && (SYSTEM.contains(first) || first.startsWith("lib"))) {
            throw refused(names, "a folder of the system", "name one of your own");
        }
        Map<String, String> variables = invoker.environment();
        Optional<Path> home = absolute(variables.getOrDefault("HOME", ""));
        if (home.isPresent() && real(home.get()).startsWith(real)) {
            throw refused(names, "your home folder, or one that holds it", "name one of its own below it");
        }
        if (real(layout.project()).startsWith(real)) {
            throw refused(names, "a folder that holds the project", "name one that has no part in it");
        }
        List<Path> own = new ArrayList<>(files);
        own.addAll(List.of(layout.spec(), layout.bundle(), layout.work(), OwnJar.path()));
        Optional<Path> cache = absolute(variables.getOrDefault("XDG_CACHE_HOME", ""))
                .or(() -> home.map(path -> path.resolve(".cache")))
                .map(path -> path.resolve("sentinel"));
        cache.ifPresent(own::add);
        String socket = variables.getOrDefault("DOCKER_HOST", "");
        if (socket.startsWith("unix://")) {
            absolute(socket.substring("unix://".length())).ifPresent(own::add);
        }
        for (Path one : own) {
            if (real(one).startsWith(real)) {
                throw refused(
                        names,
                        "and " + one + " is in it, by which an agent could change its own sandbox",
                        "name a folder of its own");
            }
        }
        if (cache.isPresent() && real.startsWith(real(cache.get()))) {
            throw refused(names, "a part of Sentinel's own cache", "name a folder of its own");
        }
        refuseOthers(names, real);
        return real;
    }

    private static SandboxException refused(String names, String what, String remedy) {
        return new RefusedException(names + (what.startsWith("and ") ? ", " : ": ") + what + "; " + remedy);
    }

    /**
     * What is another user's is not this one's to give away; what root gave to the agent in an earlier run is. Whoever owns
     * a folder on the way could put another one in its place before the engine mounts it.
     */
    private void refuseOthers(String names, Path real) throws SandboxException, IOException {
        if (Files.exists(real) && !Files.isDirectory(real)) {
            throw refused(names, "no folder", "name one");
        }
        for (Path on = real; on != null; on = on.getParent()) {
            if (Files.exists(on)) {
                int owner = (Integer) Files.getAttribute(on, "unix:uid");
                boolean mine = owner == invoker.uid() || invoker.isRoot() && owner == agent.uid();
                if (!mine && (owner != 0 || on.equals(real))) {
                    throw refused(
                            names,
                            (on.equals(real) ? "a folder of another user (uid " : "in " + on + " of another user (uid ")
                                    + owner + ")",
                            "name one of your own");
                }
            }
        }
    }

    private static Optional<Path> absolute(String text) {
        return Optional.of(text).filter(path -> path.startsWith("/")).map(Path::of);
    }

    /** Where a path leads, symbolic links followed, as far as it exists. */
    private static Path real(Path path) throws IOException {
        if (Files.exists(path)) {
            return path.toRealPath();
        }
        Path parent = path.getParent();
        return parent == null ? path : real(parent).resolve(path.getFileName());
    }
}
