package io.sentinel.verify.catalogue;

import static io.sentinel.verify.rule.Severity.HIGH;
import static io.sentinel.verify.rule.Severity.MEDIUM;

import io.sentinel.engine.Json;
import io.sentinel.verify.evidence.Bind;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Volumes, what is taken over from others, and what lies in the workspace. */
final class Volumes {

    private static final String ANONYMOUS = ".*/volumes/[0-9a-f]{64}/_data";

    private Volumes() {}

    static List<Rule> rules() {
        return List.of(plainVolumes(), noOthers(), noImageVolume(), cleanWorkspace());
    }

    private static Rule plainVolumes() {
        return Rule.of("MNT-7", HIGH, "Named volumes are the project's own and plain")
                .because("driver options make a bind of the host out of one; an external one belongs to somebody else")
                .cis("5.6")
                .remedy("remove external and driver_opts from the volume")
                .files(view -> {
                    Faults faults = Faults.unless("neither external nor with options that bind");
                    for (Json volume : view.at("volumes").elements()) {
                        String name = volume.at("source").text().orElse("");
                        if (volume.at("type").text().filter("volume"::equals).isEmpty() || name.isEmpty()) {
                            continue;
                        }
                        Json top = view.model().at("volumes", name);
                        Place place = new Place.Key(List.of("volumes", name));
                        faults.addIf(view.expected().isOwn(), name + " is not the spec's, and persists", place);
                        faults.addIf(Facts.isYes(top.at("external")), name + " is external", place);
                        faults.addIf(binds(top.at("driver_opts")), name + " has options that bind", place);
                        faults.addIf(
                                !top.at("driver").text().orElse("local").equals("local"),
                                name + " has the driver " + top.at("driver"),
                                place);
                    }
                    return faults.or("none is in disguise");
                })
                .created(view -> {
                    Faults faults = Faults.unless("no options that bind");
                    view.volumes().forEach((name, volume) -> {
                        faults.addIf(binds(volume.at("Options")), name + " has options that bind", Place.NOWHERE);
                        faults.addIf(
                                !volume.at("Driver").text().orElse("local").equals("local"),
                                name + " has the driver " + volume.at("Driver"),
                                Place.NOWHERE);
                    });
                    return faults.or("none is in disguise");
                });
    }

    private static boolean binds(Json options) {
        return options.textMembers().entrySet().stream()
                .anyMatch(option -> option.getKey().equals("device")
                                && !option.getValue().equals("tmpfs")
                        || option.getKey().equals("o") && option.getValue().matches("(.*,)?r?bind(,.*)?"));
    }

    private static Rule noOthers() {
        return Rule.of(
                        "MNT-8",
                        HIGH,
                        "Nothing is taken over from another container, and no secret from elsewhere on the host unless the spec"
                                + " names it")
                .because("another container's volumes, and a file named as a secret, come past every rule about mounts")
                .remedy(
                        "remove volumes_from; name secrets in the spec, elsewhere keep files of secrets and configs below the"
                                + " project")
                .files(view -> {
                    Faults faults = Faults.unless("neither");
                    faults.addIf(
                            !Facts.isEmpty(view.at("volumes_from")),
                            "volumes_from " + Facts.shown(view.at("volumes_from")),
                            view.place("volumes_from"));
                    if (view.expected().isOwn()) {
                        GivenFiles.judge(view, faults);
                        return faults.or(GivenFiles.found(view));
                    }
                    for (String kind : List.of("secrets", "configs")) {
                        for (Json entry : view.at(kind).elements()) {
                            String name = entry.at("source").text().orElse("");
                            Optional<String> file =
                                    view.model().at(kind, name, "file").text();
                            boolean outside = file.filter(
                                            path -> !Mounts.below(view.project().real(path), view.expected()))
                                    .isPresent();
                            faults.addIf(
                                    outside,
                                    kind + " " + name
                                            + file.map(path -> " from " + path).orElse(""),
                                    view.place(kind));
                        }
                    }
                    return faults.or("there is none");
                })
                .created(view -> {
                    Verdict none = Facts.empty("VolumesFrom", view.host("VolumesFrom"), Place.NOWHERE);
                    if (!(none instanceof Verdict.Held) || !view.expected().isOwn()) {
                        return none;
                    }
                    Faults faults = Faults.unless("the spec's secrets alone, read-only");
                    GivenFiles.judge(view, faults);
                    return faults.or(GivenFiles.found(view));
                })
                .running(view -> {
                    if (!view.expected().isOwn()) {
                        return Verdict.outside("nobody said which secrets are meant");
                    }
                    Faults faults = Faults.unless("the spec's secrets alone, in memory and read-only");
                    GivenFiles.judge(view, faults);
                    return faults.or(GivenFiles.found(view));
                });
    }

    private static Rule noImageVolume() {
        return Rule.of("MNT-9", HIGH, "No volume comes with the image")
                .because("each is a writable place on the host's disk, whatever read_only says")
                .remedy("use a base without VOLUME, and take anonymous volumes out of the compose file")
                .files(view -> {
                    Faults faults = Faults.unless("no VOLUME and no volume without a name");
                    List<Json> volumes = view.at("volumes").elements();
                    Set<String> covered = covered(
                            volumes, "target", "source", view.at("tmpfs").texts());
                    view.dockerfile().ifPresent(dockerfile -> dockerfile.image().stream()
                            .filter(line -> line.keyword().equals("VOLUME"))
                            .filter(line -> !covered.containsAll(line.plainWords()))
                            .forEach(line -> faults.add("VOLUME " + line.arguments(), dockerfile.place(line))));
                    for (int i = 0; i < volumes.size(); i++) {
                        boolean anonymous = volumes.get(i)
                                        .at("type")
                                        .text()
                                        .filter("volume"::equals)
                                        .isPresent()
                                && volumes.get(i).at("source").text().orElse("").isEmpty();
                        faults.addIf(
                                anonymous,
                                "a volume without a name at " + volumes.get(i).at("target"),
                                view.place("volumes", Integer.toString(i)));
                    }
                    return faults.or("there is none");
                })
                .created(view -> {
                    Faults faults = Faults.unless("none");
                    Set<String> covered = covered(
                            view.at("Mounts").elements(),
                            "Destination",
                            "Source",
                            view.host("Tmpfs").names());
                    view.image("Config", "Volumes").names().stream()
                            .filter(path -> !covered.contains(path))
                            .forEach(path -> faults.add("the image has VOLUME " + path));
                    for (Json mount : view.at("Mounts").elements()) {
                        boolean anonymous = mount.at("Name").text().orElse("").matches("[0-9a-f]{64}");
                        faults.addIf(anonymous, "a volume without a name at " + mount.at("Destination"), Place.NOWHERE);
                    }
                    return faults.or("there is none");
                })
                .running(view -> {
                    Faults faults = Faults.unless("none");
                    view.process().mounts().stream()
                            .filter(mount -> mount.root().matches(ANONYMOUS))
                            .forEach(mount -> faults.add("a volume without a name at " + mount.target()));
                    return faults.or("there is none");
                });
    }

    /** The places over which a service has something of its own, so that a VOLUME of the image makes nothing there. */
    private static Set<String> covered(List<Json> mounts, String target, String source, List<String> tmpfs) {
        Set<String> covered = new HashSet<>();
        for (Json mount : mounts) {
            boolean named = !mount.at(source).text().orElse("").isEmpty()
                    && !mount.at("Name").text().orElse("").matches("[0-9a-f]{64}");
            mount.at(target).text().filter(path -> named).ifPresent(covered::add);
        }
        tmpfs.forEach(entry -> covered.add(entry.replaceFirst(":.*", "")));
        return covered;
    }

    private static Rule cleanWorkspace() {
        return Rule.of(
                        "MNT-10",
                        MEDIUM,
                        "What is shared holds no set-user-ID file, no device and no link that leaves it")
                .because("a bind has no nosuid, and the host's user may start what the agent left there")
                .cis("4.8")
                .remedy("remove those files")
                .files(view -> {
                    Faults faults = Faults.unless("plain files and folders");
                    for (Bind bind : view.binds()) {
                        if (!bind.readOnly()) {
                            view.project()
                                    .oddities(bind.real())
                                    .forEach(found -> faults.add(found, Mounts.place(view, bind)));
                        }
                    }
                    return faults.or("nothing of that kind");
                })
                .probed();
    }
}
