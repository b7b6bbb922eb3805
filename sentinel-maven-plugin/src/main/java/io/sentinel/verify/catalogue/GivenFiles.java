package io.sentinel.verify.catalogue;

import io.sentinel.engine.Json;
import io.sentinel.render.SecretFiles;
import io.sentinel.spec.Secret;
import io.sentinel.verify.evidence.InspectView;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.ProcessFacts;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.evidence.View;
import io.sentinel.verify.rule.Faults;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Whether the agents of a bundle of ours have the files of the spec's secrets, and nothing else has any. */
final class GivenFiles {

    private GivenFiles() {}

    /** The secrets that a subject is meant to have, by where. */
    private static SortedMap<String, Secret> meant(View view) {
        return view.subject().role() == Role.AGENT ? view.expected().secrets() : new TreeMap<>();
    }

    /** In the files: from the run's own folder, by the variable that names it, and from nowhere else. */
    static void judge(StaticView view, Faults faults) {
        SortedMap<String, Secret> missing = new TreeMap<>(meant(view));
        for (Json entry : view.at("secrets").elements()) {
            String source = entry.at("source").text().orElse("");
            Json top = view.model().at("secrets", source);
            String written = view.project()
                    .written()
                    .at("secrets", source, "file")
                    .text()
                    .orElse("");
            boolean right = Optional.ofNullable(missing.remove(target(entry)))
                    .filter(secret -> secret.name().equals(source))
                    .filter(secret -> top.at("file").text().equals(Optional.of(SecretFiles.unset(secret))))
                    .filter(secret -> isWritten(written, secret))
                    .filter(secret -> Set.of("file", "name").containsAll(top.names()))
                    .isPresent();
            faults.addIf(
                    !right,
                    "secrets " + source
                            + top.at("file").text().map(path -> " from " + path).orElse(""),
                    view.place("secrets"));
        }
        for (Json entry : view.at("configs").elements()) {
            faults.add("configs " + entry.at("source").text().orElse(""), view.place("configs"));
        }
        lacking(missing.values(), faults);
    }

    /** Compose puts the project's folder before a path that begins with a variable. */
    private static boolean isWritten(String file, Secret secret) {
        String meant = SecretFiles.written(secret);
        return file.endsWith(meant)
                && !file.substring(0, file.length() - meant.length()).contains("$");
    }

    private static String target(Json entry) {
        String target =
                entry.at("target").text().or(() -> entry.at("source").text()).orElse("");
        return target.startsWith("/") ? target : Secret.FOLDER + "/" + target;
    }

    /** As the engine created them: a mount each, and none that can be written. */
    static void judge(InspectView view, Faults faults) {
        SortedMap<String, Secret> missing = new TreeMap<>(meant(view));
        for (Json mount : view.at("Mounts").elements()) {
            String target = mount.at("Destination").text().orElse("");
            if (isGiven(target)) {
                String source = mount.at("Source").text().orElse("");
                boolean right = Optional.ofNullable(missing.remove(target))
                                .filter(secret -> source.endsWith("/" + secret.name()))
                                .isPresent()
                        && !mount.at("RW").isTrue();
                faults.addIf(!right, source + " at " + target, Place.NOWHERE);
            }
        }
        lacking(missing.values(), faults);
    }

    /** As the kernel has them: in memory, and read-only. */
    static void judge(LiveView view, Faults faults) {
        SortedMap<String, Secret> missing = new TreeMap<>(meant(view));
        for (ProcessFacts.Mount mount : view.process().mounts()) {
            if (isGiven(mount.target())) {
                boolean meant = missing.remove(mount.target()) != null;
                faults.addIf(!meant, "a mount at " + mount.target(), Place.NOWHERE);
                if (!mount.type().equals("tmpfs")) {
                    faults.add(mount.target() + " is no file in memory, but on " + mount.type());
                }
                if (!mount.has("ro")) {
                    faults.add(mount.target() + " can be written");
                }
            }
        }
        lacking(missing.values(), faults);
    }

    /** What a verdict of "held" says of them. */
    static String found(View view) {
        Collection<Secret> meant = meant(view).values();
        return meant.isEmpty()
                ? "there is none"
                : "the spec's: "
                        + String.join(", ", meant.stream().map(Secret::name).toList());
    }

    /** Those of a bundle of ours, as one layer has them; empty for a project whose secrets nobody has said. */
    static Optional<String> names(View view, Collection<String> targets) {
        return view.expected().isOwn() ? Optional.of(names(targets)) : Optional.empty();
    }

    /** The same as the spec has them: what is called what, sorted. */
    static String names(Collection<String> targets) {
        TreeSet<String> names = new TreeSet<>();
        targets.stream()
                .filter(GivenFiles::isGiven)
                .map(target -> target.substring(Secret.FOLDER.length()))
                .forEach(names::add);
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    /** Where a service has its secrets by its files. */
    static List<String> targets(StaticView view) {
        return view.at("secrets").elements().stream().map(GivenFiles::target).toList();
    }

    private static boolean isGiven(String target) {
        return target.equals(Secret.FOLDER) || target.startsWith(Secret.FOLDER + "/");
    }

    private static void lacking(Collection<Secret> missing, Faults faults) {
        missing.forEach(secret -> faults.add("the spec's secret " + secret.name() + " is not there"));
    }
}
