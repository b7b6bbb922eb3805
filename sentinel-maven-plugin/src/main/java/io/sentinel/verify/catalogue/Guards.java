package io.sentinel.verify.catalogue;

import static io.sentinel.verify.rule.Severity.HIGH;
import static io.sentinel.verify.rule.Severity.MEDIUM;

import io.sentinel.engine.Json;
import io.sentinel.render.Sha256;
import io.sentinel.spec.GuardMode;
import io.sentinel.spec.Profile;
import io.sentinel.verify.evidence.Bind;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.FileState;
import io.sentinel.verify.evidence.FileTree;
import io.sentinel.verify.evidence.InspectView;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.evidence.TextFile;
import io.sentinel.verify.evidence.View;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The guard in an agent's container: that it is there, with its policy, and holds the agent. What lives: {@link GuardsAlive}. */
final class Guards {

    static final String GUARD = "/opt/sentinel/bin/sentinel-guard";
    private static final String POLICY = "/opt/sentinel/policy";
    private static final String SOURCE = "/workspace/sentinel.yaml";
    private static final String TRAIL = "/opt/sentinel/audit";
    private static final String RESOLVER = "/etc/resolv.conf";
    private static final String ENTRYPOINT = "scripts/entrypoint.sh";
    private static final String LAST = "exec \"$guard\" -- \"$@\"";
    private static final String PROFILE = "SENTINEL_PROFILE";
    private static final String NO_BIND = "nothing of the host is mounted at ";
    private static final String SHARES = " shows the trail's folder, or one around or below it";
    private static final int OTHERS_WRITE = 0022;
    private static final int ALL_EXECUTE = 0111;

    private static final String RENDER = "run mvn sentinel:generate, then mvn sentinel:build";

    private Guards() {}

    static List<Rule> rules() {
        return List.of(inForce(), policy(), denies(), trail(), profile(), kernel());
    }

    /** Judges where there is a guard; says why it does not elsewhere. */
    static <V extends View> Function<V, Verdict> guarded(Function<V, Verdict> check) {
        return view -> {
            if (!view.expected().isOwn() || view.subject().profile().isEmpty()) {
                return Verdict.outside("it is about the guard of our own bundles");
            }
            return view.expected().isGuarded()
                    ? check.apply(view)
                    : Verdict.outside("the spec says guard: off, so that nothing of the policy is enforced");
        };
    }

    /** Whether the guard lays no rules: it records what the policy does not allow, and lets it through. */
    static boolean audits(View view) {
        return view.expected()
                .spec()
                .filter(spec -> spec.guard() == GuardMode.AUDIT)
                .isPresent();
    }

    /**
     * Of a guard that audits, nothing fails and nothing is out of the agent's reach, its trail neither: what was looked at may
     * be wrong there, and never shows that such a rule holds.
     */
    static Verdict ifEnforced(View view, Verdict verdict) {
        return audits(view) && verdict instanceof Verdict.Held
                ? Verdict.outside(
                        "the spec says guard: audit, so that what the policy denies, the trail's folder as well,"
                                + " is recorded and let through")
                : verdict;
    }

    private static Rule inForce() {
        return Rule.of("GRD-1", HIGH, "The guard starts the agent, stays beside it, and is in force for it")
                .because("without it the policy is a text that nothing holds the agent to")
                .remedy(RENDER)
                .about(Role.AGENT)
                .files(guarded(Guards::startsByGuard))
                .created(guarded(Guards::hasGuard))
                .running(guarded(GuardsAlive::inForce));
    }

    private static Verdict startsByGuard(StaticView view) {
        Faults faults = Faults.unless("an entrypoint that ends in " + LAST + ", and the guard's own files as root's");
        TextFile entrypoint = file(view, ENTRYPOINT);
        List<String> lines = entrypoint.lines().stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
        faults.addIf(
                lines.isEmpty() || !lines.get(lines.size() - 1).equals(LAST),
                "the entrypoint does not end in the guard",
                entrypoint.line(Math.max(1, entrypoint.lines().size())));
        faults.addIf(
                !lines.contains("guard=" + GUARD), "the entrypoint takes another program for it", entrypoint.line(1));
        view.dockerfile()
                .ifPresent(dockerfile -> faults.addIf(
                        dockerfile.all("COPY").stream()
                                .noneMatch(line -> line.arguments().contains("--chown=0:0")
                                        && line.arguments().contains("\"guard/sentinel-guard-x86_64\"")),
                        "the Dockerfile does not copy it as root's",
                        dockerfile.file().line(1)));
        Map<String, FileState> states = view.project().states();
        view.expected().states().forEach((path, state) -> {
            boolean program = path.startsWith("guard/") && !path.equals("guard/policy");
            faults.addIf(
                    program && !state.equals(states.get(path)), path + " is not the plugin's", new Place.Line(path, 1));
        });
        for (Bind bind : view.binds()) {
            faults.addIf(covers(bind.target()), bind.target() + " is mounted over it", Mounts.place(view, bind));
        }
        return faults.or("the entrypoint ends in it, and it is the plugin's");
    }

    private static Verdict hasGuard(InspectView view) {
        Faults faults = Faults.unless(GUARD + ", root's, for everybody to run and nobody to write");
        for (String path : view.files().way(GUARD)) {
            FileTree.Entry entry = view.files().entry(path).orElseThrow();
            boolean link = entry.kind() == FileTree.Kind.LINK;
            boolean wrong = entry.uid() != 0
                    || !link && ((entry.mode() & OTHERS_WRITE) != 0 || (entry.mode() & ALL_EXECUTE) != ALL_EXECUTE);
            faults.addIf(
                    wrong,
                    String.format(Locale.ROOT, "%s has owner %d and mode %04o", path, entry.uid(), entry.mode()),
                    Place.NOWHERE);
        }
        for (Json mount : view.at("Mounts").elements()) {
            String target = target(mount);
            faults.addIf(covers(target), target + " is mounted over it", Place.NOWHERE);
        }
        return faults.or(GUARD + " is root's");
    }

    /** Whether a mount takes the place of the guard's programs, which are the image's. */
    private static boolean covers(String target) {
        return isAtOrBelow("/opt/sentinel/bin", target)
                || isAtOrBelow("/opt/sentinel/python", target)
                || isAtOrBelow(target, "/opt/sentinel/bin")
                || isAtOrBelow(target, "/opt/sentinel/python");
    }

    private static boolean isAtOrBelow(String path, String folder) {
        return path.equals(folder) || path.startsWith(folder.endsWith("/") ? folder : folder + "/");
    }

    /** Whether one of two folders is the other, or around it. */
    private static boolean meet(String one, String other) {
        return isAtOrBelow(one, other) || isAtOrBelow(other, one);
    }

    private static Rule policy() {
        return Rule.of("GRD-2", HIGH, "The policy in force is the one that the spec renders")
                .because("another policy allows what its writer wants, whatever the spec says")
                .remedy("run mvn sentinel:generate; both files are mounted read-only from the bundle")
                .about(Role.AGENT)
                .files(guarded(view -> {
                    Faults faults = Faults.unless("both forms of the policy, as rendered and read-only");
                    shown(view, faults, SOURCE, "sentinel.yaml");
                    shown(view, faults, POLICY, "guard/policy");
                    return faults.or("its SHA-256 is " + shortened(digest(view)));
                }))
                .created(guarded(view -> {
                    Faults faults = Faults.unless("both forms of the policy, from the bundle and read-only");
                    mounted(view, faults, SOURCE, "sentinel.yaml");
                    mounted(view, faults, POLICY, "guard/policy");
                    return faults.or("both are mounted read-only");
                }))
                .running(guarded(GuardsAlive::policy));
    }

    /** One form of it, in the bundle and as the service has it. */
    private static void shown(StaticView view, Faults faults, String target, String path) {
        TextFile file = file(view, path);
        boolean same = file.text().equals(view.expected().files().get(path));
        faults.addIf(!same, path + " is not what the spec renders", file.line(1));
        Optional<Bind> bind =
                view.binds().stream().filter(one -> one.target().equals(target)).reduce((first, second) -> second);
        if (bind.isEmpty()) {
            faults.add("nothing is mounted at " + target, view.place("volumes"));
            return;
        }
        Place place = Mounts.place(view, bind.get());
        faults.addIf(
                !bind.get().real().equals(view.project().folder() + "/" + path),
                target + " shows " + bind.get().real(),
                place);
        faults.addIf(!bind.get().readOnly(), target + " can be written", place);
    }

    private static void mounted(InspectView view, Faults faults, String target, String path) {
        Optional<Json> mount = mount(view, target);
        faults.addIf(mount.isEmpty(), NO_BIND + target, Place.NOWHERE);
        mount.ifPresent(one -> {
            String from = source(one);
            String meant = Path.of(view.composeFile()).resolveSibling(path).toString();
            faults.addIf(!from.equals(meant), target + " shows " + from, Place.NOWHERE);
            faults.addIf(one.at("RW").isTrue(), target + " can be written", Place.NOWHERE);
        });
    }

    private static Optional<Json> mount(InspectView view, String target) {
        return binds(view).filter(one -> target(one).equals(target)).findFirst();
    }

    /** The container's mounts of something of the host. */
    private static Stream<Json> binds(InspectView view) {
        return view.at("Mounts").elements().stream()
                .filter(one -> one.at("Type").text().equals(Optional.of("bind")));
    }

    private static String source(Json mount) {
        return mount.at("Source").text().orElse("");
    }

    private static String target(Json mount) {
        return mount.at("Destination").text().orElse("");
    }

    private static Rule denies() {
        return Rule.of(
                        "GRD-3",
                        HIGH,
                        "What the policy does not allow fails in the kernel, and what the guard decides is recorded")
                .because("a guard that only says no holds nobody who does not listen")
                .remedy(
                        "take guard out of the spec, which is to enforce, and look at what the launcher says at its start")
                .about(Role.AGENT)
                .running(guarded(GuardsAlive::denies));
    }

    private static Rule trail() {
        return Rule.of("GRD-4", HIGH, "The guard keeps an audit trail, which the agent cannot reach")
                .because("an agent that writes its own record leaves what it likes in it")
                .remedy("run mvn sentinel:generate: the trail's folder is mounted at " + TRAIL + " and nowhere else")
                .about(Role.AGENT)
                .files(guarded(view -> {
                    Faults faults = Faults.unless("a folder of its own at " + TRAIL + ", for the guard to write");
                    Optional<Bind> trail = view.binds().stream()
                            .filter(one -> one.target().equals(TRAIL))
                            .reduce((first, second) -> second);
                    if (trail.isEmpty()) {
                        return faults.add("nothing is mounted at " + TRAIL, view.place("volumes"))
                                .or("");
                    }
                    Place place = Mounts.place(view, trail.get());
                    faults.addIf(trail.get().readOnly(), TRAIL + " cannot be written by the guard", place);
                    for (Bind other : view.binds()) {
                        faults.addIf(
                                meet(trail.get().real(), other.real())
                                        && !other.target().equals(TRAIL),
                                other.target() + SHARES,
                                Mounts.place(view, other));
                    }
                    return ifEnforced(view, faults.or("a folder of its own"));
                }))
                .created(guarded(view -> {
                    Faults faults = Faults.unless("a folder of its own at " + TRAIL + ", for the guard to write");
                    Optional<Json> trail = mount(view, TRAIL);
                    faults.addIf(trail.isEmpty(), NO_BIND + TRAIL, Place.NOWHERE);
                    trail.ifPresent(one -> {
                        faults.addIf(!one.at("RW").isTrue(), TRAIL + " cannot be written by the guard", Place.NOWHERE);
                        binds(view)
                                .filter(other -> !target(other).equals(TRAIL) && meet(source(one), source(other)))
                                .forEach(other -> faults.add(target(other) + SHARES));
                    });
                    return ifEnforced(view, faults.or("a folder of its own"));
                }))
                .running(guarded(GuardsAlive::trail));
    }

    private static Rule profile() {
        return Rule.of("GRD-5", HIGH, "The guard knows which profile it stands in")
                .because("it judges sockets in standard alone, and leaves one port in proxied")
                .remedy(RENDER)
                .about(Role.AGENT)
                .files(guarded(view -> {
                    Profile profile = view.subject().profile().orElseThrow();
                    Faults faults = Faults.unless(PROFILE + " " + profile.word());
                    String found = view.at("environment", PROFILE).text().orElse("not set");
                    faults.addIf(
                            !found.equals(profile.word()),
                            PROFILE + " is " + found,
                            view.place("environment", PROFILE));
                    if (profile == Profile.STANDARD) {
                        shown(view, faults, RESOLVER, "guard/resolv.conf");
                    }
                    return faults.or(PROFILE + " is " + found);
                }))
                .created(guarded(view -> {
                    String meant = view.subject().profile().orElseThrow().word();
                    String found = Environment.variables(view).getOrDefault(PROFILE, "not set");
                    return found.equals(meant)
                            ? Verdict.held(PROFILE + " is " + found)
                            : Verdict.broken(PROFILE + " " + meant, PROFILE + " is " + found, Place.NOWHERE);
                }))
                .running(guarded(GuardsAlive::profile));
    }

    private static Rule kernel() {
        return Rule.of("GRD-6", MEDIUM, "The kernel has all that the guard enforces by")
                .because("what an older kernel lacks is left to the container's other walls")
                .remedy("use Linux 6.12 or newer with Landlock enabled; guard/README.md has what each version lacks")
                .about(Role.AGENT)
                .running(guarded(GuardsAlive::kernel));
    }

    private static TextFile file(StaticView view, String path) {
        return view.project().file(path).orElseThrow(() -> new CannotTell(path + " is not there"));
    }

    /** The SHA-256 of the policy that the spec renders. */
    static String digest(View view) {
        String yaml = Optional.ofNullable(view.expected().files().get("sentinel.yaml"))
                .orElseThrow(() -> new CannotTell("the spec renders no policy"));
        return sha256(yaml);
    }

    static String sha256(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Sha256.hex(bytes, bytes.length);
    }

    /** As much of a digest as a person compares. */
    static String shortened(String digest) {
        return digest.length() > 12 ? digest.substring(0, 12) : digest;
    }
}
