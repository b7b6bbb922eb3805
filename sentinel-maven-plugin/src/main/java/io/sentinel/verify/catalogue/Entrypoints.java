package io.sentinel.verify.catalogue;

import static io.sentinel.verify.rule.Severity.HIGH;
import static io.sentinel.verify.rule.Severity.MEDIUM;

import io.sentinel.engine.Json;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.Dockerfile.Instruction;
import io.sentinel.verify.evidence.FileTree;
import io.sentinel.verify.evidence.InspectView;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.evidence.TextFile;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What starts before the agent, and what looks after a container's health. */
final class Entrypoints {

    private static final String AGENTS = "/opt/sentinel/bin/entrypoint";
    private static final String SIDECARS = "/opt/sentinel/bin/proxy-health";
    private static final String FILE = "scripts/entrypoint.sh";
    private static final int OTHERS_WRITE = 0022;

    private Entrypoints() {}

    static List<Rule> rules() {
        return List.of(rendered(), rootsOwn(), refuses(), health());
    }

    private static Rule rendered() {
        return Rule.of("ENT-1", HIGH, "What starts first is the entrypoint that was rendered")
                .because("another one skips every check that comes before the agent")
                .remedy("remove entrypoint from the compose file, and run mvn sentinel:generate")
                .about(Role.AGENT)
                .files(view -> {
                    if (!view.expected().isOwn()) {
                        return Verdict.outside("nobody said which entrypoint is meant");
                    }
                    Faults faults = Faults.unless(AGENTS + ", as rendered");
                    // An empty one takes the image's away.
                    boolean said = !view.at("entrypoint").isAbsent()
                            && !view.at("entrypoint").isNull();
                    faults.addIf(said, "entrypoint " + Facts.shown(view.at("entrypoint")), view.place("entrypoint"));
                    TextFile file = file(view);
                    boolean same = file.text().equals(view.expected().files().get(FILE));
                    faults.addIf(!same, FILE + " is not what the spec renders", file.line(1));
                    view.dockerfile()
                            .ifPresent(dockerfile -> faults.addIf(
                                    dockerfile.image().stream()
                                            .filter(line -> line.keyword().equals("ENTRYPOINT"))
                                            .reduce((first, second) -> second)
                                            .filter(line -> line.arguments().equals("[\"" + AGENTS + "\"]"))
                                            .isEmpty(),
                                    "the Dockerfile's ENTRYPOINT is another",
                                    dockerfile.file().line(1)));
                    return faults.or(AGENTS + ", as rendered");
                })
                .created(view -> {
                    if (!view.expected().isOwn()) {
                        return Verdict.outside("nobody said which entrypoint is meant");
                    }
                    Faults faults = Faults.unless(AGENTS + ", as rendered");
                    Json entrypoint = view.at("Config", "Entrypoint");
                    faults.addIf(!entrypoint.texts().equals(List.of(AGENTS)), Facts.shown(entrypoint), Place.NOWHERE);
                    String text = Optional.ofNullable(view.files().contents().get(AGENTS))
                            .orElseThrow(() -> new CannotTell("the image has no file " + AGENTS));
                    faults.addIf(
                            !text.equals(view.expected().files().get(FILE)),
                            AGENTS + " in the image is not what the spec renders",
                            Place.NOWHERE);
                    return faults.or(AGENTS + ", as rendered");
                })
                .probedInOurs();
    }

    private static TextFile file(StaticView view) {
        return view.project().file(FILE).orElseThrow(() -> new CannotTell(FILE + " is not there"));
    }

    private static Rule rootsOwn() {
        return Rule.of("ENT-2", HIGH, "The entrypoint is root's, and the agent cannot write it")
                .because("an entrypoint that the agent writes checks nothing at the next start")
                .remedy("COPY --chown=0:0, and chmod 0755")
                .about(Role.AGENT)
                .files(view -> {
                    if (!view.expected().isOwn()) {
                        return Verdict.outside("where it lies is seen in the image alone");
                    }
                    return view.dockerfile()
                            .map(dockerfile -> {
                                boolean givenAway = dockerfile.all("RUN").stream()
                                        .anyMatch(line ->
                                                line.arguments().matches("(?s).*\\bchown\\b[^;&|]*/opt/sentinel.*"));
                                boolean owned = !givenAway
                                        && dockerfile.all("COPY").stream()
                                                .anyMatch(line -> line.arguments()
                                                                .contains("--chown=0:0")
                                                        && line.arguments().contains(AGENTS));
                                return owned
                                        ? Verdict.held("copied as root's")
                                        : Verdict.broken(
                                                "COPY --chown=0:0 of it",
                                                "none",
                                                dockerfile.file().line(1));
                            })
                            .orElseGet(() -> Verdict.outside("nothing is built"));
                })
                .created(Entrypoints::rootsOwn)
                .probedInOurs();
    }

    private static Verdict rootsOwn(InspectView view) {
        List<String> words = view.at("Config", "Entrypoint").texts();
        if (words.isEmpty()) {
            return Verdict.outside("there is no entrypoint");
        }
        FileTree files = view.files();
        List<String> passed = Programs.way(view, words.get(0));
        String file = passed.get(passed.size() - 1);
        if (files.entry(file)
                .filter(entry -> entry.kind() == FileTree.Kind.FILE)
                .isEmpty()) {
            throw new CannotTell(words.get(0) + " is " + file + ", which is no file");
        }
        Faults faults = Faults.unless("root's, and not to be written by others, the folders above it too");
        for (String one : passed) {
            FileTree.Entry entry = files.entry(one).orElseThrow();
            boolean link = entry.kind() == FileTree.Kind.LINK;
            boolean bad = entry.uid() != 0 || !link && (entry.mode() & OTHERS_WRITE) != 0;
            faults.addIf(
                    bad,
                    String.format(Locale.ROOT, "%s has owner %d and mode %04o", one, entry.uid(), entry.mode()),
                    Place.NOWHERE);
        }
        Optional<Json> over = view.at("Mounts").elements().stream()
                .filter(mount -> passed.stream().anyMatch(one -> (one + "/")
                        .startsWith(mount.at("Destination").text().orElse("?") + "/")))
                .findFirst();
        String place = over.flatMap(mount -> mount.at("Destination").text()).orElse("");
        faults.addIf(
                over.filter(mount -> mount.at("RW").isTrue()).isPresent(),
                place + " is mounted over it, and can be written",
                Place.NOWHERE);
        if (over.isPresent() && faults.none()) {
            throw new CannotTell(place + " is mounted over " + file + ", which is not the image's then");
        }
        boolean said = words.get(0).equals(file);
        return faults.or(said ? file + " is root's" : words.get(0) + " is " + file + ", which is root's");
    }

    private static Rule refuses() {
        return Rule.of(
                        "ENT-3",
                        HIGH,
                        "The entrypoint refuses root and a policy that can be written, and is replaced by the agent")
                .because("it is what still holds when the compose file was changed")
                .remedy("run mvn sentinel:generate, then mvn sentinel:build")
                .about(Role.AGENT)
                .files(view -> {
                    if (!view.expected().isOwn()) {
                        return Verdict.outside("it is about our own entrypoint");
                    }
                    TextFile file = file(view);
                    List<String> lines = file.lines().stream()
                            .map(String::strip)
                            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                            .toList();
                    String last = view.expected().isGuarded() ? "exec \"$guard\" -- \"$@\"" : "exec \"$@\"";
                    Faults faults = Faults.unless("set -eu, both refusals, and " + last + " at the end");
                    faults.addIf(!lines.contains("set -eu"), "no set -eu", file.line(1));
                    faults.addIf(
                            lines.stream().noneMatch(line -> line.matches("\\[ \"\\$id\" != 0 ] \\|\\| refuse .*")),
                            "root is not refused",
                            file.line(1));
                    faults.addIf(
                            lines.stream()
                                    .noneMatch(line -> line.contains("SENTINEL_POLICY_IMMUTABLE")
                                            && line.contains("-w \"$policy\"")),
                            "a policy that can be written is not refused",
                            file.line(1));
                    faults.addIf(
                            lines.isEmpty() || !lines.get(lines.size() - 1).equals(last),
                            "it does not end in " + last,
                            file.line(Math.max(1, file.lines().size())));
                    return faults.or("both are refused, and it ends in exec");
                })
                .probedInOurs();
    }

    private static Rule health() {
        return Rule.of("HC-1", MEDIUM, "The sidecar has a health check; an agent has none, or one without a shell")
                .because(
                        "an agent must not start before its proxy answers; a check in an agent runs beside it, unasked")
                .cis("4.6", "5.27")
                .remedy("keep the sidecar's healthcheck, and remove the agent's")
                .about(Role.AGENT, Role.SIDECAR)
                .files(view -> {
                    Optional<Instruction> built = view.at("healthcheck").isObject()
                            ? Optional.empty()
                            : view.dockerfile().flatMap(dockerfile -> dockerfile.image().stream()
                                    .filter(line -> line.keyword().equals("HEALTHCHECK"))
                                    .reduce((first, second) -> second));
                    String line = String.join(" ", built.map(Instruction::words).orElse(List.of()));
                    if (!line.isEmpty() && !line.equals("NONE") && !line.startsWith("CMD [")) {
                        return Verdict.broken(
                                "none, or CMD without a shell",
                                line,
                                view.dockerfile().get().place(built.get()));
                    }
                    Json test = view.at("healthcheck", "test");
                    Verdict verdict = health(
                            test,
                            Facts.isYes(view.at("healthcheck", "disable")),
                            view.subject().role(),
                            view.place("healthcheck"));
                    boolean ours = view.subject().role() == Role.SIDECAR
                            && view.expected().isOwn();
                    return verdict instanceof Verdict.Held
                                    && ours
                                    && !test.texts().equals(List.of("CMD", SIDECARS))
                            ? Verdict.broken("CMD " + SIDECARS, test.toString(), view.place("healthcheck"))
                            : verdict;
                })
                .created(view -> health(
                        view.at("Config", "Healthcheck", "Test"),
                        false,
                        view.subject().role(),
                        Place.NOWHERE));
    }

    private static Verdict health(Json test, boolean disabled, Role role, Place place) {
        List<String> words = test.isArray()
                ? test.texts()
                : test.text().map(text -> List.of("CMD-SHELL", text)).orElse(List.of());
        boolean none = disabled || words.isEmpty() || words.get(0).equals("NONE");
        if (role == Role.SIDECAR) {
            return none ? Verdict.broken("a check", "none", place) : Verdict.held("there is one");
        }
        String all = String.join(" ", words);
        boolean talks = all.matches("(?s).*(\\b(curl|wget|nc|ncat|telnet|urllib|requests)\\b|https?:|/dev/tcp/).*");
        boolean shell = words.size() > 1 && words.get(1).matches("(/\\S*/)?(sh|bash|ash|dash|busybox)");
        return none
                ? Verdict.held("none")
                : words.get(0).equals("CMD") && !talks && !shell
                        ? Verdict.held("CMD without the network")
                        // Its words may be of the host's variables: they are not for a report.
                        : Verdict.broken(
                                "none, or CMD without the network",
                                !words.get(0).equals("CMD")
                                        ? "by a shell (" + words.get(0) + ")"
                                        : shell ? "CMD of a shell" : "CMD that talks to a network",
                                place);
    }
}
