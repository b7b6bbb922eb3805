package io.sentinel.verify.catalogue;

import static io.sentinel.verify.rule.Severity.CRITICAL;
import static io.sentinel.verify.rule.Severity.HIGH;

import io.sentinel.engine.Json;
import io.sentinel.verify.evidence.Bind;
import io.sentinel.verify.evidence.Expected;
import io.sentinel.verify.evidence.InspectView;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.ProcessFacts;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What of the host is in the container. */
final class Mounts {

    /** Whole paths, as some names alone say nothing: docker.raw.sock is Docker Desktop's, api.sock anybody's. */
    private static final String SOCKETS =
            "(.*/)?((docker|containerd|podman|crio|buildkitd|cri-dockerd|dockershim|rootlesskit)([.-]\\w+)*\\.sock"
                    + "|dockerd-rootless/api\\.sock|docker_engine)";

    /** Folders in which the sockets of engines stand, from the root on. */
    private static final Set<String> SOCKET_FOLDERS = Set.of(
            "/",
            "/run",
            "/var",
            "/var/run",
            "/run/containerd",
            "/var/run/containerd",
            "/run/docker",
            "/run/podman",
            "/run/crio",
            "/var/run/crio",
            "/var/run/podman",
            "/var/run/docker",
            "/run/user");

    /** Folders that are the host. */
    private static final Set<String> HOSTS = Set.of(
            "/",
            "/bin",
            "/boot",
            "/dev",
            "/etc",
            "/home",
            "/lib",
            "/lib64",
            "/mnt",
            "/opt",
            "/proc",
            "/root",
            "/run",
            "/sbin",
            "/srv",
            "/sys",
            "/usr",
            "/var",
            "/var/lib",
            "/var/lib/containerd",
            "/var/lib/docker",
            "/var/lib/kubelet",
            "/var/log",
            "/var/run");

    /** Below these nothing is a project's. */
    private static final List<String> DEEP = List.of(
            "/boot/",
            "/dev/",
            "/etc/",
            "/proc/",
            "/root/",
            "/sys/",
            "/var/lib/containerd/",
            "/var/lib/docker/",
            "/var/lib/kubelet/");

    /** A person's whole home, and what in it opens other doors. */
    private static final String HOME =
            "/(home|Users)/[^/]+(/\\.(ssh|aws|azure|gnupg|kube|docker|netrc|git-credentials|config/gcloud|m2)(/.*)?)?";

    /** Two files that say what time it is, which many images want, and which tell nothing else. */
    private static final String CLOCK = "/etc/(localtime|timezone)";

    /** A bind of a container, whichever ring saw it. */
    private record Shared(String source, String target, boolean readOnly, String propagation, Place place) {}

    private Mounts() {}

    static List<Rule> rules() {
        return List.of(noSocket(), ownFolders(), notTheHost(), notItself(), propagation(), readOnly());
    }

    private static Rule noSocket() {
        return Rule.of("MNT-1", CRITICAL, "No engine's socket is in the container")
                .because("who speaks to an engine owns the host")
                .cis("5.32")
                .remedy("remove the mount, or use_api_socket")
                .files(view ->
                        noSocket(shared(view), Facts.isYes(view.at("use_api_socket")), view.place("use_api_socket")))
                .created(view -> noSocket(shared(view), false, Place.NOWHERE))
                .running(view -> {
                    Faults faults = Faults.unless("no socket mounted, none answers");
                    for (ProcessFacts.Mount mount : view.process().mounts()) {
                        boolean socket =
                                mount.root().matches(SOCKETS) || mount.target().matches(SOCKETS);
                        faults.addIf(socket, mount.root() + " is mounted at " + mount.target(), Place.NOWHERE);
                    }
                    view.attempts().tried("MNT-1").stream()
                            .filter(attempt -> !attempt.right())
                            .forEach(attempt -> faults.add(attempt.what() + " answers "
                                    + attempt.answer().orElse("nothing")));
                    return faults.or("no socket is mounted, and none answers");
                });
    }

    /** @param given whether Compose (2.38 and later) mounts it unasked, with the credentials of whoever runs it */
    private static Verdict noSocket(List<Shared> all, boolean given, Place place) {
        Faults faults = Faults.unless("no engine's socket, and no folder that has one");
        for (Shared one : all) {
            boolean socket = one.source().matches(SOCKETS)
                    || one.target().matches(SOCKETS)
                    || SOCKET_FOLDERS.contains(one.source())
                    || one.source().matches("/run/user/[0-9]+(/(docker|podman))?");
            faults.addIf(socket, one.source() + " at " + one.target(), one.place());
        }
        return faults.addIf(given, "use_api_socket is true", place).or(all.size() + " binds, none of a socket");
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static Rule ownFolders() {
        return Rule.of("MNT-2", HIGH, "Only folders of the project itself are shared")
                .because("a symbolic link or a path leads from the project to the host's own data")
                .cis("5.6")
                .remedy("mount a plain folder below the project")
                .files(view -> {
                    Faults faults = Faults.unless(
                            "sources below " + String.join(", ", view.expected().roots()));
                    for (Bind bind : view.binds()) {
                        faults.addIf(!below(bind.real(), view.expected()), leads(bind), place(view, bind));
                        boolean meant = view.subject().role() != Role.AGENT
                                || !view.expected().isOwn()
                                || bind.target().matches("/workspace(/sentinel\\.yaml)?/?")
                                || view.expected().isGuards(bind.target());
                        faults.addIf(!meant, bind.target() + ", where the spec mounts nothing", place(view, bind));
                    }
                    return faults.or(view.binds().size() + " binds, each below the project");
                })
                .created(view -> {
                    Faults faults = Faults.unless(
                            "sources below " + String.join(", ", view.expected().roots()));
                    shared(view).stream()
                            .filter(one -> !below(one.source(), view.expected()))
                            .forEach(one -> faults.add(one.source() + " at " + one.target()));
                    return faults.or("each source is below the project");
                })
                .running(view -> {
                    // The kernel names a source from the root of its own file system, which need not be the host's
                    // root.
                    Faults faults = Faults.unless("no mount of the host's root");
                    view.process().mounts().stream()
                            .filter(mount -> mount.root().equals("/"))
                            .filter(mount -> mount.source().startsWith("/dev/"))
                            .filter(mount -> !mount.target().equals("/"))
                            .forEach(mount -> faults.add(mount.source() + " as a whole at " + mount.target()));
                    return faults.or("no file system of the host is mounted as a whole");
                });
    }

    private static String leads(Bind bind) {
        return bind.source() + (isLink(bind) ? ", which leads to " + bind.real() : "") + " at " + bind.target();
    }

    /** Whether it leads elsewhere than it says; a slash at its end says nothing. */
    private static boolean isLink(Bind bind) {
        return !Path.of(bind.source()).normalize().equals(Path.of(bind.real()));
    }

    static boolean below(String path, Expected expected) {
        return expected.roots().stream().anyMatch(root -> path.equals(root) || path.startsWith(root + "/"));
    }

    private static Rule notTheHost() {
        return Rule.of("MNT-3", CRITICAL, "No folder of the host's own is in the container, read-only or not")
                .because("to read /etc, /root or /proc is enough to steal")
                .cis("5.6")
                .remedy("remove the mount")
                .files(view -> notTheHost(shared(view), view.expected()))
                .created(view -> notTheHost(shared(view), view.expected()))
                .running(view -> {
                    Faults faults = Faults.unless("no folder of the host's own");
                    view.process().mounts().stream()
                            .filter(mount -> !mount.type().matches("proc|sysfs|tmpfs|devpts|mqueue|cgroup2?|overlay"))
                            .filter(mount -> !mount.target().startsWith("/etc/"))
                            .filter(mount -> !mount.root().equals("/"))
                            .filter(mount -> HOSTS.contains(mount.root()))
                            .forEach(mount -> faults.add(mount.root() + " at " + mount.target()));
                    return faults.or("none is mounted");
                });
    }

    private static Verdict notTheHost(List<Shared> all, Expected expected) {
        Faults faults = Faults.unless("no folder of the host's own");
        for (Shared one : all) {
            boolean above = expected.roots().stream()
                    .anyMatch(root -> root.startsWith(one.source().equals("/") ? "/" : one.source() + "/"));
            boolean deep = (DEEP.stream().anyMatch(one.source()::startsWith)
                            || one.source().matches(HOME))
                    && !below(one.source(), expected)
                    && !(one.readOnly() && one.source().matches(CLOCK));
            faults.addIf(
                    HOSTS.contains(one.source()) || above || deep, one.source() + " at " + one.target(), one.place());
        }
        return faults.or("none of " + all.size() + " binds");
    }

    private static Rule notItself() {
        return Rule.of("MNT-4", CRITICAL, "The agent cannot write to what its sandbox is made of")
                .because("an agent that changes its compose file, policy or filter is free at the next run")
                .remedy("mount a folder that holds neither; the spec's workspace.path does")
                .files(view -> {
                    Faults faults = Faults.unless("no writable bind around the project's own files");
                    List<String> own = ownFiles(view);
                    for (Bind bind : view.binds()) {
                        own.stream()
                                .filter(file -> !bind.readOnly())
                                .filter(file -> Path.of(file).startsWith(bind.real()))
                                .findFirst()
                                .ifPresent(
                                        file -> faults.add(leads(bind) + " lets it write " + file, place(view, bind)));
                    }
                    return faults.or("no writable bind holds any of " + own.size() + " files");
                });
    }

    private static List<String> ownFiles(StaticView view) {
        String folder = view.project().folder() + "/";
        List<String> own = new ArrayList<>();
        own.add(folder + view.project().composeFile());
        view.expected().files().keySet().forEach(file -> own.add(folder + file));
        view.seccomp().ifPresent(file -> own.add(file.name().startsWith("/") ? file.name() : folder + file.name()));
        Json build = view.at("build");
        if (build.isObject()) {
            String context = build.at("context").text().orElse(".");
            own.add(Path.of(view.project().folder())
                    .resolve(context)
                    .resolve(build.at("dockerfile").text().orElse("Dockerfile"))
                    .normalize()
                    .toString());
        }
        return own;
    }

    private static Rule propagation() {
        return Rule.of("MNT-5", HIGH, "Mounts do not travel between host and container")
                .because("a shared mount shows the host's later mounts in the container, or the other way round")
                .cis("5.20")
                .remedy("write propagation: rprivate, or nothing")
                .files(view -> privately(shared(view)))
                .created(view -> privately(shared(view)))
                .running(view -> {
                    // The engine's own mounts, / and the control groups' among them, may follow the host's (master:),
                    // and
                    // so do volumes, in whose folders of the engine's nobody mounts anything.
                    Faults faults = Faults.unless("no mount that is shared, or follows the host's");
                    view.process().mounts().stream()
                            .filter(mount -> mount.propagation().stream()
                                    .anyMatch(word -> word.startsWith("shared:")
                                            || word.startsWith("master:")
                                                    && !mount.root().matches("(/.*)?/volumes/[^/]+/_data")
                                                    && !mount.target().matches("/|/(sys|proc|dev)(/.*)?")))
                            .forEach(mount -> faults.add(mount.target() + " is " + mount.propagation()));
                    return faults.or("no mount is shared");
                });
    }

    private static Verdict privately(List<Shared> all) {
        Faults faults = Faults.unless("private or rprivate");
        all.stream()
                .filter(one -> !one.propagation().matches("|r?private"))
                .forEach(one -> faults.add(one.target() + " is " + one.propagation(), one.place()));
        return faults.or("private, each of " + all.size());
    }

    private static Rule readOnly() {
        return Rule.of("MNT-6", CRITICAL, "Policy, filter and proxy rules are mounted read-only")
                .because("what decides about the agent must not be the agent's to write")
                .remedy("write read_only: true on that mount")
                .files(view -> {
                    Verdict verdict = readOnly(shared(view), view.expected());
                    return hasPolicy(view) || !(verdict instanceof Verdict.Held)
                            ? verdict
                            : Verdict.broken(
                                    "the bundle's sentinel.yaml at /workspace/sentinel.yaml",
                                    "not it",
                                    view.place("volumes"));
                })
                .created(view -> readOnly(shared(view), view.expected()))
                .running(view -> {
                    Faults faults = Faults.unless("ro");
                    view.process().mounts().stream()
                            .filter(mount -> decides(mount.target()))
                            .filter(mount -> !mount.has("ro"))
                            .forEach(mount -> faults.add(mount.target() + " can be written"));
                    return faults.or("each that is mounted is ro");
                });
    }

    private static Verdict readOnly(List<Shared> all, Expected expected) {
        Faults faults = Faults.unless("read_only: true");
        List<Shared> deciding = all.stream()
                .filter(one -> decides(one.target())
                        || decides(one.source())
                        || expected.isOwn() && name(one.source()).equals("proxy"))
                .toList();
        deciding.stream()
                .filter(one -> !one.readOnly())
                .forEach(one -> faults.add(one.target() + " can be written", one.place()));
        return faults.or(deciding.isEmpty() ? "none is mounted" : deciding.size() + " are mounted, read-only");
    }

    /** Whether an agent of ours sees the bundle's own policy, and not what a link in its place leads to. */
    private static boolean hasPolicy(StaticView view) {
        String policy = view.project().folder() + "/sentinel.yaml";
        return !view.expected().isOwn()
                || view.subject().role() != Role.AGENT
                || view.binds().stream()
                        .anyMatch(bind -> bind.target().equals("/workspace/sentinel.yaml")
                                && bind.real().equals(policy));
    }

    private static boolean decides(String path) {
        return name(path)
                .matches("sentinel\\.ya?ml|.*seccomp.*\\.json|squid\\.conf|allowed-domains\\.txt|sentinel-proxy");
    }

    static Place place(StaticView view, Bind bind) {
        return view.place("volumes", Integer.toString(bind.index()));
    }

    /** Both what is written and where it leads. */
    private static List<Shared> shared(StaticView view) {
        List<Shared> all = new ArrayList<>();
        for (Bind bind : view.binds()) {
            all.add(new Shared(bind.real(), bind.target(), bind.readOnly(), bind.propagation(), place(view, bind)));
            if (isLink(bind)) {
                all.add(new Shared(
                        bind.source(), bind.target(), bind.readOnly(), bind.propagation(), place(view, bind)));
            }
        }
        return all;
    }

    private static List<Shared> shared(InspectView view) {
        List<Shared> all = new ArrayList<>();
        for (Json mount : view.at("Mounts").elements()) {
            if (mount.at("Type").text().filter("bind"::equals).isPresent()) {
                all.add(new Shared(
                        mount.at("Source").text().orElse(""),
                        mount.at("Destination").text().orElse(""),
                        !mount.at("RW").isTrue(),
                        mount.at("Propagation").text().orElse(""),
                        Place.NOWHERE));
            }
        }
        return all;
    }
}
