package io.sentinel.verify.catalogue;

import static io.sentinel.verify.rule.Severity.HIGH;
import static io.sentinel.verify.rule.Severity.MEDIUM;

import io.sentinel.engine.Json;
import io.sentinel.spec.Spec;
import io.sentinel.verify.evidence.Expected;
import io.sentinel.verify.evidence.InspectView;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.ProcessFacts;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.evidence.View;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** The root file system, and the ones in memory that take writes. */
final class FileSystems {

    private static final List<String> WANTED = List.of("noexec", "nosuid", "nodev");

    /** Where a bundle of ours asks for one; /dev/shm is the engine's own. */
    private static final List<String> SCRATCH = List.of("/tmp", "/run");

    /** A file system in memory that a service asks for. */
    private record Scratch(String target, List<String> options, Place place) {

        /** The words that hold: of an option and its opposite, the last one; the engine adds those that are not said. */
        private List<String> missing() {
            return WANTED.stream()
                    .filter(wanted -> options.lastIndexOf(wanted.substring(2)) > options.lastIndexOf(wanted))
                    .toList();
        }

        private OptionalLong size() {
            return options.stream()
                    .filter(option -> option.startsWith("size="))
                    .reduce((first, second) -> second)
                    .map(option -> Facts.bytes(Optional.of(option.substring("size=".length()))))
                    // The kernel takes 0 for no limit (tmpfs(5)).
                    .filter(size -> size.orElse(0) > 0)
                    .orElse(OptionalLong.empty());
        }
    }

    private FileSystems() {}

    static List<Rule> rules() {
        return List.of(readOnly(), options(), sizes(), targets());
    }

    private static Rule readOnly() {
        return Rule.of("RO-1", HIGH, "The root file system cannot be written")
                .because("what cannot be written cannot be tampered with, and nothing persists")
                .cis("5.13")
                .remedy("write read_only: true")
                .files(view -> yes(view.at("read_only"), view.place("read_only")))
                .created(view -> yes(view.host("ReadonlyRootfs"), Place.NOWHERE))
                .running(view -> view.process()
                        .mount("/")
                        .map(mount -> mount.options().get(0).equals("ro")
                                        || mount.options().contains("ro")
                                ? Verdict.held("/ is mounted ro")
                                : Verdict.broken("/ mounted ro", "rw", Place.NOWHERE))
                        .orElseGet(() -> Verdict.broken("/ mounted ro", "no mount at /", Place.NOWHERE)));
    }

    private static Verdict yes(Json flag, Place place) {
        return Facts.isYes(flag)
                ? Verdict.held("read_only is true")
                : Verdict.broken("true", flag.isAbsent() ? "not set" : flag.toString(), place);
    }

    private static Rule options() {
        return Rule.of("TMP-1", HIGH, "No file system in memory runs programs, honours set-user-ID or has devices")
                .because("a place that takes writes and runs programs is where a payload is dropped")
                .remedy("remove exec, suid and dev; write noexec,nosuid,nodev")
                .files(view -> options(scratch(view)))
                .created(view -> options(scratch(view)))
                .running(view -> {
                    Faults faults = Faults.unless("noexec,nosuid,nodev on each");
                    for (ProcessFacts.Mount mount : scratch(view)) {
                        WANTED.stream()
                                .filter(wanted -> !mount.has(wanted))
                                .forEach(wanted -> faults.add(mount.target() + " lacks " + wanted));
                    }
                    return faults.or(
                            "noexec,nosuid,nodev on each of " + scratch(view).size());
                });
    }

    private static Verdict options(List<Scratch> all) {
        Faults faults = Faults.unless("noexec,nosuid,nodev on each");
        for (Scratch scratch : all) {
            scratch.missing().forEach(wanted -> faults.add(scratch.target() + " lacks " + wanted, scratch.place()));
        }
        return faults.or(all.size() + " in memory, none with exec, suid or dev");
    }

    private static Rule sizes() {
        return Rule.of("TMP-2", MEDIUM, "Every file system in memory has a size, as small as the spec says")
                .because("what is written there is the host's memory")
                .remedy("write size=…, such as /tmp:size=64m")
                .files(view -> sizes(view, scratch(view), FileSystems::size))
                .created(view -> sizes(view, scratch(view), FileSystems::size))
                .running(view -> sizes(view, scratch(view), (mount, faults) -> {
                    OptionalLong size = mount.options().stream()
                            .filter(option -> option.startsWith("size="))
                            .map(option -> Facts.bytes(Optional.of(option.substring("size=".length()))))
                            .findFirst()
                            .orElse(OptionalLong.empty());
                    if (size.orElse(0) == 0) {
                        faults.add(mount.target() + " has no size");
                    }
                    return Map.entry(mount.target(), size);
                }));
    }

    private static Map.Entry<String, OptionalLong> size(Scratch scratch, Faults faults) {
        OptionalLong size = scratch.size();
        // tmpfs(5): a size of 0 is no bound.
        faults.addIf(size.orElse(0) == 0, scratch.target() + " has no size", scratch.place());
        return Map.entry(scratch.target(), size);
    }

    private static <T> Verdict sizes(
            View view, List<T> all, BiFunction<T, Faults, Map.Entry<String, OptionalLong>> size) {
        SortedMap<String, Long> bounds = bounds(view);
        Faults faults =
                Faults.unless(bounds.isEmpty() ? "a size on each" : "a size on each, at most " + bounds + " bytes");
        for (T one : all) {
            Map.Entry<String, OptionalLong> found = size.apply(one, faults);
            Long bound = bounds.get(found.getKey());
            if (bound != null && found.getValue().orElse(0) > bound) {
                faults.add(found.getKey() + " has " + found.getValue().getAsLong());
            }
        }
        return faults.or("each of " + all.size() + " is bounded");
    }

    /** What the spec gives the agent, by place. */
    private static SortedMap<String, Long> bounds(View view) {
        SortedMap<String, Long> bounds = new TreeMap<>();
        if (view.subject().role() == Role.AGENT) {
            Optional<Spec> spec = view.expected().spec();
            spec.ifPresent(known -> bounds.put("/tmp", known.resources().tmp().bytes()));
            spec.ifPresent(known -> bounds.put("/run", known.resources().run().bytes()));
        }
        return bounds;
    }

    private static Rule targets() {
        return Rule.of("TMP-3", MEDIUM, "File systems in memory lie where the spec has them, and over no system folder")
                .because("one over /usr or /etc hides the image's own programs and settings")
                .remedy("keep /tmp and /run, and take the others out")
                .files(view -> targets(
                        view, scratch(view).stream().map(Scratch::target).toList(), SCRATCH, view.place("tmpfs")))
                .created(view -> targets(
                        view, scratch(view).stream().map(Scratch::target).toList(), SCRATCH, Place.NOWHERE))
                .running(view -> targets(
                        view,
                        scratch(view).stream().map(ProcessFacts.Mount::target).toList(),
                        List.of("/tmp", "/run", "/dev/shm"),
                        Place.NOWHERE));
    }

    private static Verdict targets(View view, List<String> targets, List<String> known, Place place) {
        Faults faults = Faults.unless(
                view.expected().isOwn() ? "none but " + String.join(", ", known) : "none over a system folder");
        for (String target : targets) {
            boolean over = target.equals("/")
                    || Expected.SYSTEM.stream()
                            .anyMatch(system -> target.equals(system) || target.startsWith(system + "/"));
            boolean unknown = view.expected().isOwn() && !known.contains(target);
            faults.addIf(over || unknown, "one at " + target, place);
        }
        return faults.or(targets.isEmpty() ? "there is none" : "at " + String.join(", ", targets));
    }

    private static List<Scratch> scratch(StaticView view) {
        List<Scratch> all = new ArrayList<>();
        Json list = view.at("tmpfs");
        List<String> words =
                list.isArray() ? list.texts() : list.text().stream().toList();
        for (int i = 0; i < words.size(); i++) {
            String[] parts = words.get(i).split(":", 2);
            all.add(new Scratch(
                    plain(parts[0]),
                    split(parts.length > 1 ? parts[1] : ""),
                    view.place("tmpfs", Integer.toString(i))));
        }
        List<Json> volumes = view.at("volumes").elements();
        for (int i = 0; i < volumes.size(); i++) {
            if (volumes.get(i).at("type").text().filter("tmpfs"::equals).isPresent()) {
                Json size = volumes.get(i).at("tmpfs", "size");
                all.add(new Scratch(
                        plain(volumes.get(i).at("target").text().orElse("")),
                        size.text().map(text -> List.of("size=" + text)).orElse(List.of()),
                        view.place("volumes", Integer.toString(i))));
            }
        }
        return all;
    }

    private static List<Scratch> scratch(InspectView view) {
        List<Scratch> all = new ArrayList<>();
        view.host("Tmpfs")
                .textMembers()
                .forEach((target, options) -> all.add(new Scratch(plain(target), split(options), Place.NOWHERE)));
        for (Json mount : view.host("Mounts").elements()) {
            if (mount.at("Type").text().filter("tmpfs"::equals).isPresent()) {
                List<String> options = new ArrayList<>();
                mount.at("TmpfsOptions", "SizeBytes").text().ifPresent(size -> options.add("size=" + size));
                // Since API 1.46, each a list of a word and perhaps its value.
                mount.at("TmpfsOptions", "Options").elements().forEach(option -> options.addAll(option.texts()));
                all.add(new Scratch(plain(mount.at("Target").text().orElse("")), options, Place.NOWHERE));
            }
        }
        return all;
    }

    /** Those that the container asked for: not the engine's own over /dev, /proc and /sys. */
    private static List<ProcessFacts.Mount> scratch(LiveView view) {
        return view.process().mounts().stream()
                .filter(mount -> mount.type().equals("tmpfs"))
                .filter(mount -> mount.root().equals("/"))
                .filter(mount -> !mount.target().matches("/dev|/(proc|sys)(/.*)?"))
                .toList();
    }

    /** Without the slash at its end and without dots, as the kernel names a place. */
    private static String plain(String target) {
        return java.nio.file.Path.of("/", target).normalize().toString();
    }

    private static List<String> split(String options) {
        return options.isEmpty() ? List.of() : Arrays.asList(options.split(","));
    }
}
