package io.sentinel.verify.catalogue;

import static io.sentinel.verify.rule.Severity.HIGH;
import static io.sentinel.verify.rule.Severity.LOW;
import static io.sentinel.verify.rule.Severity.MEDIUM;

import io.sentinel.engine.Json;
import io.sentinel.verify.evidence.Dockerfile;
import io.sentinel.verify.evidence.Dockerfile.Instruction;
import io.sentinel.verify.evidence.FileTree;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Severity;
import io.sentinel.verify.rule.Verdict;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the image is built by. */
final class Dockerfiles {

    private static final Pattern PAIR = Pattern.compile("([A-Za-z_][\\w.]*)(?:=|\\s+)(\"[^\"]*\"|\\S+)");

    /** What files are taken from, but for stages and images that FROM names. */
    private static final Pattern FROM = Pattern.compile("--from=(\\S+)");

    private static final Pattern MOUNTED = Pattern.compile("--mount=(?:[^\\s,]+,)*from=([^\\s,]+)");

    private static final Pattern PACKAGES =
            Pattern.compile("(?s).*\\b(apt|apt-get|dpkg|apk|dnf|microdnf|yum|rpm)\\b.*\\b(install|add|-i)\\b.*");
    private static final Pattern STRIPS =
            Pattern.compile("(?s).*find\\s+/\\s.*-perm\\s+[/+-]?[0-9]*6000.*chmod\\s+\\S*-s.*");

    private Dockerfiles() {}

    static List<Rule> rules() {
        return List.of(
                lines(
                        "DF-1",
                        MEDIUM,
                        "Nothing is added from a URL",
                        "nobody checks what arrives",
                        "4.9",
                        "fetch it outside, check its digest, and COPY it",
                        (dockerfile, line) -> line.keyword().equals("ADD")
                                && !line.arguments().matches("(?s)(.*\\s)?--checksum=\\S.*")
                                && line.plainWords().stream()
                                        .map(dockerfile::expand)
                                        .anyMatch(word -> word.matches("(?i)(https?|ftp|git|ssh)://.*|git@.*"))),
                lines(
                        "DF-2",
                        HIGH,
                        "Nothing that is fetched is piped to an interpreter",
                        "nobody sees what is run",
                        "4.11",
                        "fetch it, check its digest, then run it",
                        (dockerfile, line) -> line.keyword().equals("RUN") && Commands.runsWhatItFetches(line)),
                stripped(),
                lines(
                        "DF-4",
                        LOW,
                        "apt installs what is named, and leaves no lists behind",
                        "each further package is attack surface",
                        "4.3",
                        "apt-get install --no-install-recommends …; rm -rf /var/lib/apt/lists/*",
                        (dockerfile, line) -> line.keyword().equals("RUN")
                                && line.command().matches("(?s).*\\bapt(-get)?\\b[^;&|]*\\binstall\\b.*")
                                && !(line.arguments()
                                                .matches(
                                                        "(?si).*(--no-install-recommends|install-recommends=\\W?(0|false)).*")
                                        && line.arguments()
                                                .matches(
                                                        "(?s).*(/var/lib/apt/lists|--mount=\\S*type=cache\\S*/var/lib/apt\\b).*"))),
                lines(
                        "DF-5",
                        HIGH,
                        "No step makes a way to root",
                        "sudo, a second uid 0, file capabilities and set-user-ID files are ways back",
                        "4.8",
                        "remove the step",
                        (dockerfile, line) -> line.keyword().equals("RUN") && Commands.givesRights(line)
                                || line.arguments().matches("(?s)(.*\\s)?--chmod=(0*[2-7][0-7]{3}|0*777)\\b.*")),
                narrow(),
                noFrontend(),
                noSecrets(),
                lines(
                        "DF-9",
                        LOW,
                        "Packages are updated and installed in one step, and the distribution is not upgraded",
                        "an old list is kept by the build cache, and an upgrade makes each build another",
                        "4.7",
                        "apt-get update && apt-get install … in one RUN",
                        (dockerfile, line) -> line.keyword().equals("RUN")
                                && (line.arguments()
                                                .matches(
                                                        "(?s).*\\b(dist-upgrade|full-upgrade|apt(-get)?\\s+(-\\S+\\s+)*upgrade)\\b.*")
                                        || line.arguments().matches("(?s).*\\bapt(-get)?\\s+(-\\S+\\s+)*update\\b.*")
                                                && !line.arguments().matches("(?s).*\\binstall\\b.*"))),
                pinned(),
                noEntry());
    }

    private static Rule lines(
            String id,
            Severity severity,
            String claim,
            String why,
            String cis,
            String remedy,
            BiPredicate<Dockerfile, Instruction> wrong) {
        return Rule.of(id, severity, claim)
                .because(why)
                .cis(cis)
                .remedy(remedy)
                .about(Role.IMAGE)
                .files(read((view, dockerfile) -> {
                    Faults faults = Faults.unless("no such line");
                    dockerfile.instructions().stream()
                            .filter(line -> wrong.test(dockerfile, line))
                            .forEach(line -> faults.add(shown(line), dockerfile.place(line)));
                    return faults.or("none of " + dockerfile.instructions().size() + " instructions");
                }));
    }

    private static String shown(Instruction line) {
        String text = line.keyword() + " " + line.arguments().replaceAll("\\s+", " ");
        return text.length() > 100 ? text.substring(0, 100) + "…" : text;
    }

    private static Function<StaticView, Verdict> read(BiFunction<StaticView, Dockerfile, Verdict> check) {
        return view -> view.dockerfile()
                .map(dockerfile -> check.apply(view, dockerfile))
                .orElseGet(() -> Verdict.outside("nothing is built"));
    }

    private static Rule stripped() {
        return Rule.of("DF-3", MEDIUM, "No set-user-ID or set-group-ID program is in the image")
                .because("each is a way to its owner's rights where no-new-privileges is lost")
                .cis("4.8")
                .remedy("end the build with: find / -xdev -type f -perm /6000 -exec chmod a-s {} +")
                .about(Role.AGENT, Role.SIDECAR, Role.IMAGE)
                .files(view -> view.subject().role() != Role.IMAGE
                        ? Verdict.outside("it is the image's")
                        : read((ignored, dockerfile) -> afterPackages(dockerfile).stream()
                                                .anyMatch(line -> STRIPS.matcher(line.arguments())
                                                        .matches())
                                        ? Verdict.held("a step takes the bits away")
                                        : Verdict.broken(
                                                "a step that takes the bits away",
                                                "none",
                                                dockerfile.file().line(1)))
                                .apply(view))
                .created(view -> {
                    if (view.subject().role() != Role.IMAGE) {
                        return Verdict.outside("it is the image's");
                    }
                    Faults faults = Faults.unless("none");
                    view.files().paths(FileTree.Entry::setsId).forEach(faults::add);
                    return faults.or("none of " + view.files().entries().size() + " files");
                })
                .running(view -> view.process().status("NoNewPrivs").equals(List.of("1"))
                        ? Verdict.held("the kernel ignores such bits (NoNewPrivs 1)")
                        : Verdict.broken("bits without effect (NoNewPrivs 1)", "NoNewPrivs 0", Place.NOWHERE));
    }

    /** The steps from the last one that brings packages on: what takes the bits away before it misses theirs. */
    private static List<Instruction> afterPackages(Dockerfile dockerfile) {
        List<Instruction> runs = dockerfile.image().stream()
                .filter(line -> line.keyword().equals("RUN"))
                .toList();
        int from = 0;
        for (int i = 0; i < runs.size(); i++) {
            from = PACKAGES.matcher(runs.get(i).arguments()).matches() ? i : from;
        }
        return runs.subList(from, runs.size());
    }

    private static Rule narrow() {
        return Rule.of("DF-6", MEDIUM, "Only what is named is copied, and no secret of the project with it")
                .because("COPY . takes .git, .env and keys into a layer for good")
                .cis("4.10")
                .remedy("copy single folders, and list .env, .git and keys in .dockerignore")
                .about(Role.IMAGE)
                .files(read((view, dockerfile) -> {
                    List<Instruction> wide = dockerfile.all("COPY", "ADD").stream()
                            .filter(line -> !line.arguments().contains("--from="))
                            .filter(line -> line.words().stream()
                                    .limit(Math.max(1, line.words().size() - 1))
                                    .anyMatch(word ->
                                            word.replaceAll("[\\[\\]\",]", "").matches("\\.?/?|\\*|\\./\\*")))
                            .toList();
                    if (wide.isEmpty()) {
                        return Verdict.held("each COPY names what it takes");
                    }
                    String context = view.at("build", "context").text().orElse(".");
                    Set<String> ignored = new HashSet<>();
                    // BuildKit reads the one that is named after the Dockerfile in place of the common one.
                    view.project()
                            .file(dockerfile.file().name() + ".dockerignore")
                            .or(() -> view.project().file(context + "/.dockerignore"))
                            .ifPresent(file -> file.lines().stream()
                                    .map(String::strip)
                                    .map(line -> line.replaceFirst("^(!?)(\\*\\*/|/)", "$1")
                                            .replaceFirst("/$", ""))
                                    .forEach(ignored::add));
                    boolean again = ignored.stream().anyMatch(line -> line.matches("!(\\*\\*?|\\.|\\.env.*|\\.git)"));
                    boolean all = ignored.contains("*") || ignored.contains("**");
                    boolean each = ignored.contains(".git") && (ignored.contains(".env") || ignored.contains(".env*"));
                    boolean covered = (all || each) && !again;
                    return covered
                            ? Verdict.held(".dockerignore leaves them out")
                            : Verdict.broken(
                                    ".dockerignore with .env and .git, or narrow copies",
                                    shown(wide.get(0)),
                                    dockerfile.place(wide.get(0)));
                }));
    }

    private static Rule noFrontend() {
        return Rule.of("DF-7", HIGH, "The engine's own build frontend reads the Dockerfile")
                .because("a syntax line names an image that is fetched and runs the build")
                .remedy("remove the # syntax= line")
                .about(Role.IMAGE)
                .files(read((view, dockerfile) -> dockerfile
                        .syntax()
                        .filter(name -> !name.matches("(docker\\.io/)?docker/dockerfile:[\\w.@:-]+"))
                        .map(name ->
                                Verdict.broken("none", name, dockerfile.file().line(1)))
                        .orElseGet(() -> Verdict.held(dockerfile.syntax().orElse("no syntax line")))));
    }

    private static Rule noSecrets() {
        return Rule.of("DF-8", HIGH, "No secret is in the image's variables, arguments and labels")
                .because("they stand in the image for everyone who has it")
                .cis("4.10")
                .remedy("take it out, and give the credential a new value: the old one is in every layer built so far")
                .about(Role.IMAGE)
                .files(read((view, dockerfile) -> {
                    Faults faults = Faults.unless("none that looks like one");
                    for (Instruction line : dockerfile.all("ENV", "ARG", "LABEL")) {
                        // Of old, one name and all the rest its value.
                        boolean old = !line.arguments().matches("(?s)\\s*\\S+=.*");
                        Matcher pair = PAIR.matcher(line.arguments());
                        for (int i = 0; pair.find() && !(old && i > 0); i++) {
                            Secrets.in(pair.group(1), pair.group(2).replace("\"", ""))
                                    .ifPresent(why -> faults.add(line.keyword() + " " + why, dockerfile.place(line)));
                        }
                    }
                    for (Instruction line : dockerfile.all("RUN")) {
                        for (String word : line.arguments().split("[\\s\"',]+")) {
                            Secrets.in("a word", word)
                                    .ifPresent(why -> faults.add("RUN " + why, dockerfile.place(line)));
                        }
                    }
                    return faults.or("none");
                }))
                .created(view -> {
                    Faults faults = Faults.unless("none that looks like one");
                    for (String word : view.image("Config", "Env").texts()) {
                        String[] pair = word.split("=", 2);
                        Secrets.in(pair[0], pair.length > 1 ? pair[1] : "").ifPresent(faults::add);
                    }
                    view.image("Config", "Labels").textMembers().forEach((name, value) -> {
                        if (!name.startsWith("io.sentinel.")) {
                            Secrets.in(name, value).ifPresent(faults::add);
                        }
                    });
                    return faults.or("none");
                });
    }

    private static Rule pinned() {
        return Rule.of("DF-10", MEDIUM, "The base image is pinned")
                .because("a tag is another image tomorrow")
                .cis("4.2")
                .remedy("run mvn sentinel:pin; elsewhere write FROM NAME@sha256:…")
                .about(Role.IMAGE)
                .files(read((view, dockerfile) -> {
                    Faults faults = Faults.unless("a digest, or the image's ID in the lock");
                    Set<String> stages = new HashSet<>(Set.of("scratch"));
                    boolean locked = view.expected()
                            .files()
                            .getOrDefault("sentinel.lock", "")
                            .contains("\"baseId\"");
                    Map<String, String> arguments = view.at("build", "args").textMembers();
                    for (Instruction from : dockerfile.all("FROM")) {
                        List<String> words = from.words();
                        String base = words.get(0);
                        Matcher variable = Pattern.compile("\\$\\{?(\\w+).*").matcher(base);
                        String given = variable.matches() ? arguments.getOrDefault(variable.group(1), base) : base;
                        String named = dockerfile.expand(given).toLowerCase(Locale.ROOT);
                        faults.addIf(
                                !stages.contains(named)
                                        && (!named.contains("@sha256:") && !locked || isOther(view, named)),
                                "FROM " + named,
                                dockerfile.place(from));
                        if (words.size() > 2) {
                            stages.add(words.get(2).toLowerCase(Locale.ROOT));
                        }
                    }
                    for (Instruction line : dockerfile.all("COPY", "RUN")) {
                        Matcher from = (line.keyword().equals("RUN") ? MOUNTED : FROM).matcher(line.arguments());
                        while (from.find()) {
                            String named = dockerfile.expand(from.group(1)).toLowerCase(Locale.ROOT);
                            boolean stage = named.matches("[0-9]+") || stages.contains(named);
                            faults.addIf(
                                    !stage && !named.contains("@sha256:"),
                                    line.keyword() + " from " + named,
                                    dockerfile.place(line));
                        }
                    }
                    return faults.or(locked ? "by its ID in sandbox.lock" : "by digest");
                }));
    }

    /** Whether a bundle of ours is built on something else than the spec renders. */
    private static boolean isOther(StaticView view, String base) {
        Pattern whole = Pattern.compile("(?i)(?<=[\\s\"])" + Pattern.quote(base) + "(?=[\\s\"])");
        return view.expected().isOwn()
                && Stream.of("Dockerfile", "proxy/Dockerfile", "docker-compose.yml")
                        .noneMatch(file -> whole.matcher(view.expected().files().getOrDefault(file, ""))
                                .find());
    }

    private static Rule noEntry() {
        return Rule.of("DF-11", MEDIUM, "The image offers no login")
                .because("an SSH server in a container is a way in that nobody watches")
                .cis("5.7")
                .remedy("remove EXPOSE 22 and the server")
                .about(Role.IMAGE)
                .files(read((view, dockerfile) -> {
                    Faults faults = Faults.unless("no port 22 and no sshd");
                    dockerfile.all("EXPOSE").stream()
                            .filter(line -> line.arguments().matches("(?s).*\\b22(/tcp)?\\b.*"))
                            .forEach(line -> faults.add(shown(line), dockerfile.place(line)));
                    dockerfile.all("RUN", "CMD", "ENTRYPOINT").stream()
                            .filter(line ->
                                    Commands.brings(line, "(?s).*\\b(sshd|openssh-server|dropbear|telnetd)\\b.*"))
                            .forEach(line -> faults.add(shown(line), dockerfile.place(line)));
                    return faults.or("none");
                }))
                .created(view -> {
                    Json ports = view.image("Config", "ExposedPorts");
                    return ports.names().contains("22/tcp")
                            ? Verdict.broken("no 22/tcp", ports.names().toString(), Place.NOWHERE)
                            : Verdict.held(
                                    ports.names().isEmpty()
                                            ? "nothing is exposed"
                                            : ports.names().toString());
                });
    }
}
