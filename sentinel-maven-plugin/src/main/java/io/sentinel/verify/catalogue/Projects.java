package io.sentinel.verify.catalogue;

import static io.sentinel.verify.rule.Severity.HIGH;

import io.sentinel.engine.Json;
import io.sentinel.spec.Profile;
import io.sentinel.verify.evidence.FileState;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.TextFile;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The project as a whole: that what was read is what would run. */
final class Projects {

    /** What an engine has to have, by its name in {@code docker info}. */
    private static final List<String> NEEDED = List.of("MemoryLimit", "SwapLimit", "PidsLimit", "CpuCfsQuota");

    private static final String BUILDER = "sentinel-image";

    private static final String COMPOSE_FILES = "com.docker.compose.project.config_files";

    private Projects() {}

    static List<Rule> rules() {
        return List.of(resolved(), loadedAlike(), knownServices(), ranThisFile(), asRendered(), engine());
    }

    private static Rule resolved() {
        return Rule.of(
                        "YML-1",
                        HIGH,
                        "What is judged is what Compose makes of the files, and nothing is lost on the way")
                .because("a YAML merge replaces whole lists, and what stands in a file need not hold")
                .remedy("write the key into the service itself")
                .about(Role.PROJECT)
                .files(view -> {
                    Faults faults = Faults.unless("the same services before and after");
                    Set<String> written = new TreeSet<>(
                            view.project().written().at("services").names());
                    Set<String> services =
                            new TreeSet<>(view.model().at("services").names());
                    written.stream()
                            .filter(name -> !services.contains(name))
                            .forEach(name -> faults.add(name + " is lost", new Place.Key(List.of("services", name))));
                    faults.addIf(services.isEmpty(), "no service", Place.NOWHERE);
                    return faults.or(services.size() + " services, resolved by Compose");
                });
    }

    private static Rule loadedAlike() {
        return Rule.of("YML-2", HIGH, "A bare docker compose in that folder runs the same project")
                .because("override files, siblings and .env change what runs, and nobody sees it with -f")
                .remedy("remove the override file, the sibling or .env")
                .about(Role.PROJECT)
                .files(view -> {
                    Faults faults = Faults.unless("the same services, networks and volumes");
                    if (view.expected().isOwn()) {
                        // The verifier's own variables win over .env; a person's shell has none of them.
                        view.project().file(".env").ifPresent(file -> steering(file, faults));
                    }
                    for (String part : List.of("services", "networks", "volumes", "secrets", "configs")) {
                        Json ours = view.model().at(part);
                        Json bare = view.project().bare().at(part);
                        Set<String> names = new TreeSet<>(ours.names());
                        names.addAll(bare.names());
                        for (String name : names) {
                            differences(ours.at(name), bare.at(name))
                                    .ifPresent(what -> faults.add(
                                            part + " " + name + ": " + what, new Place.Key(List.of(part, name))));
                        }
                    }
                    return faults.or("both are the same");
                });
    }

    private static void steering(TextFile file, Faults faults) {
        List<String> lines = file.lines();
        for (int i = 0; i < lines.size(); i++) {
            String name = lines.get(i).strip().replaceFirst("^export\\s+", "").replaceFirst("[=:\\s].*", "");
            faults.addIf(name.matches("(COMPOSE|SENTINEL)_.*"), ".env sets " + name, file.line(i + 1));
        }
    }

    private static Optional<String> differences(Json ours, Json bare) {
        if (ours.isAbsent() || bare.isAbsent()) {
            return ours.isAbsent() == bare.isAbsent()
                    ? Optional.empty()
                    : Optional.of(ours.isAbsent() ? "only when run bare" : "only with -f");
        }
        Set<String> keys = new TreeSet<>(ours.names());
        keys.addAll(bare.names());
        // Networks and volumes get the project's name before their own: it is the folder's when run bare.
        keys.remove("name");
        keys.removeIf(key -> ours.at(key).equals(bare.at(key)));
        return keys.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", keys) + " differ");
    }

    private static Rule knownServices() {
        return Rule.of("YML-3", HIGH, "The project has the services of the spec and no other, and none starts unasked")
                .because("a further service is beside every rule, and one without a profile starts with each")
                .remedy("remove the service, or give it a profile")
                .about(Role.PROJECT)
                .files(view -> {
                    if (!view.expected().isOwn()) {
                        return Verdict.outside("nobody said which services are meant");
                    }
                    Faults faults = Faults.unless("those of the spec, each with a profile or a scale of 0");
                    view.model().at("services").members().forEach((name, service) -> {
                        Place place = new Place.Key(List.of("services", name));
                        faults.addIf(!view.expected().services().contains(name), name + " is not the spec's", place);
                        boolean never = service.at("scale")
                                .text()
                                .or(() -> service.at("deploy", "replicas").text())
                                .filter("0"::equals)
                                .isPresent();
                        faults.addIf(
                                service.at("profiles").texts().isEmpty() && !never, name + " starts unasked", place);
                    });
                    otherThanTheAgents(view.model().at("services"))
                            .ifPresent(keys -> faults.add(
                                    BUILDER + " differs from the agents in " + keys,
                                    new Place.Key(List.of("services", BUILDER))));
                    return faults.or("those of the spec");
                });
    }

    /**
     * The service that builds the agents' image is asked by no other rule: what it has, one of the agents has too, but that
     * it never runs.
     */
    private static Optional<String> otherThanTheAgents(Json services) {
        Json builder = services.at(BUILDER);
        Set<String> keys = new TreeSet<>(builder.names());
        keys.removeAll(List.of("profiles", "scale", "deploy"));
        keys.removeIf(key -> key.equals("network_mode")
                && builder.at(key).text().filter("none"::equals).isPresent());
        keys.removeIf(key -> Stream.of(Profile.values())
                .anyMatch(profile -> services.at(profile.service(), key).equals(builder.at(key))));
        return keys.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", keys));
    }

    private static Rule ranThisFile() {
        return Rule.of("YML-4", HIGH, "The container was made from the file that was verified")
                .because("another file may say anything")
                .remedy("name the file with docker compose -f, or run mvn sentinel:run")
                .created(view -> {
                    String file =
                            view.at("Config", "Labels", COMPOSE_FILES).text().orElse("none");
                    return file.equals(view.composeFile())
                            ? Verdict.held(file)
                            : Verdict.broken(view.composeFile(), file, Place.NOWHERE);
                });
    }

    private static Rule asRendered() {
        return Rule.of("YML-5", HIGH, "Every file of the bundle is as the spec renders it")
                .because("what was changed by hand is lost at the next generate, and nobody has read it")
                .remedy("change the spec and run mvn sentinel:generate; mvn sentinel:check shows the difference")
                .about(Role.PROJECT)
                .files(view -> {
                    if (!view.expected().isOwn()) {
                        return Verdict.outside("it is no bundle of ours");
                    }
                    Faults faults = Faults.unless("as rendered");
                    SortedMap<String, FileState> rendered = view.expected().states();
                    SortedMap<String, FileState> found = view.project().states();
                    rendered.forEach((path, meant) -> {
                        FileState state = found.get(path);
                        if (state == null) {
                            faults.add(path + " is missing");
                        } else if (!state.digest().equals(meant.digest())) {
                            faults.add(path + " was changed", new Place.Line(path, 1));
                        } else if (!state.mode().equals(meant.mode())) {
                            faults.add(path + " has mode " + state.mode() + ", and is rendered with " + meant.mode());
                        }
                    });
                    // Beside the compose file lies what people put there; what Compose would take of it is YML-1's to
                    // 3's.
                    found.keySet().stream()
                            .filter(path -> path.contains("/") && !rendered.containsKey(path))
                            .forEach(path -> faults.add(path + " is not rendered", new Place.Line(path, 1)));
                    return faults.or(rendered.size() + " files as rendered");
                });
    }

    private static Rule engine() {
        return Rule.of("ENG-1", HIGH, "The engine can enforce what it is asked to")
                .because("an engine without seccomp or without limits takes the words and does nothing")
                .remedy("use a kernel with seccomp and with the memory, pids and cpu control groups")
                .about(Role.PROJECT)
                .created(view -> {
                    Faults faults = Faults.unless("seccomp, and every limit");
                    List<String> options = view.engine("SecurityOptions").texts();
                    faults.addIf(
                            options.stream().noneMatch(option -> option.startsWith("name=seccomp")),
                            "no seccomp",
                            Place.NOWHERE);
                    for (String key : NEEDED) {
                        faults.addIf(!view.engine(key).isTrue(), key + " is not supported", Place.NOWHERE);
                    }
                    return faults.or(
                            "engine " + view.engine("ServerVersion").text().orElse("?") + ", control groups "
                                    + view.engine("CgroupVersion").text().orElse("?") + ", " + String.join(" ", options)
                                    + (view.engine("LiveRestoreEnabled").isTrue() ? ", live-restore" : ""));
                });
    }
}
