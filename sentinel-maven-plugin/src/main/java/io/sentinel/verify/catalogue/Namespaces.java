package io.sentinel.verify.catalogue;

import static io.sentinel.verify.rule.Severity.CRITICAL;
import static io.sentinel.verify.rule.Severity.HIGH;
import static io.sentinel.verify.rule.Severity.MEDIUM;

import io.sentinel.engine.Json;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Severity;
import io.sentinel.verify.rule.Verdict;
import java.util.List;
import java.util.Set;

/** Name spaces (namespaces(7)) of a container's own. */
final class Namespaces {

    /**
     * Those that an engine shares when asked to. That of users is left out, since most engines map none and UNS-1 is about
     * those that do; that of mounts, since an engine gives every container its own, and the one that reads has no other.
     */
    private static final List<String> SHARED = List.of("cgroup", "ipc", "net", "pid", "uts");

    private static final String NONE = "";

    private Namespaces() {}

    static List<Rule> rules() {
        return List.of(
                space(
                                "NS-1",
                                CRITICAL,
                                "The container sees its own processes alone",
                                "pid",
                                "PidMode",
                                "pid",
                                Set.of(NONE))
                        .because("who sees others' processes can signal them and read their variables")
                        .cis("5.16")
                        .remedy("remove pid"),
                // The engine's own default may be "shareable": only what is asked for is sure.
                space(
                                "NS-2",
                                HIGH,
                                "Shared memory and queues are private",
                                "ipc",
                                "IpcMode",
                                "ipc",
                                Set.of("private", "none"))
                        .because("shared memory is a way between containers that no network rule sees")
                        .cis("5.17")
                        .remedy("write ipc: private"),
                space("NS-3", MEDIUM, "The host name is the container's own", "uts", "UTSMode", "uts", Set.of(NONE))
                        .because("who shares it changes the host's name")
                        .cis("5.21")
                        .remedy("remove uts"),
                space(
                                "NS-4",
                                MEDIUM,
                                "The tree of control groups is the container's own",
                                "cgroup",
                                "CgroupnsMode",
                                "cgroup",
                                Set.of("private"))
                        .because("the host's tree tells of every other container")
                        .cis("5.25")
                        .remedy("write cgroup: private"),
                parent(),
                all());
    }

    private static Rule space(
            String id, Severity severity, String claim, String key, String field, String link, Set<String> right) {
        return Rule.of(id, severity, claim)
                .files(view -> Facts.oneOf(key, view.at(key), right, view.place(key)))
                .created(view -> Facts.oneOf(field, view.host(field), right, Place.NOWHERE))
                .running(view -> own(view, List.of(link)));
    }

    static Verdict own(LiveView view, List<String> names) {
        Faults faults = Faults.unless("other name spaces than those of the engine's machine");
        for (String name : names) {
            String host = view.process().host().get("ns/" + name);
            if (host == null) {
                throw new CannotTell("the " + name + " name space of the engine's machine could not be read, so that"
                        + " there is nothing to compare with");
            }
            String found = view.process().text("ns/" + name).strip();
            faults.addIf(found.equals(host), name + " is the host's " + found, Place.NOWHERE);
        }
        return faults.or(String.join(", ", names) + ": not the host's");
    }

    private static Rule parent() {
        return Rule.of("NS-5", HIGH, "The container's control group is where the engine puts it")
                .because("below another parent, the limits of that one hold, or none")
                .cis("5.25")
                .remedy("remove cgroup_parent")
                .files(view -> Facts.empty("cgroup_parent", view.at("cgroup_parent"), view.place("cgroup_parent")))
                .created(view -> Facts.empty("CgroupParent", view.host("CgroupParent"), Place.NOWHERE))
                .running(view -> {
                    String groups = view.process().text("cgroup").strip();
                    // From outside: /docker/ID with cgroupfs, /system.slice/docker-ID.scope with systemd. From inside,
                    // in
                    // a name space of its own, it is "/" or a way up that nothing can be told from.
                    if (groups.lines().allMatch(line -> line.matches("[^:]*:[^:]*:/(\\.\\..*)?"))) {
                        throw new CannotTell("the control group's path is only seen from outside");
                    }
                    List<String> elsewhere = groups.lines()
                            .filter(
                                    line -> !line.matches(
                                            "[^:]*:[^:]*:/(.*/)?(docker/[0-9a-f]{64}|(system|user)\\.slice/docker-[0-9a-f]{64}\\.scope).*"))
                            .filter(line -> !line.matches("[^:]*:[^:]*:/"))
                            .toList();
                    return elsewhere.isEmpty()
                            ? Verdict.held("below the engine's own group")
                            : Verdict.broken("a path of the engine's", String.join("; ", elsewhere), Place.NOWHERE);
                });
    }

    private static Rule all() {
        return Rule.of("NS-6", CRITICAL, "Each of the running process's name spaces is its own")
                .because("it proves NS-1 to NS-4 and the network's own stack")
                .cis("5.10", "5.16", "5.17", "5.21")
                .remedy("see NS-1 to NS-4 and NET-2")
                .running(view -> own(view, SHARED));
    }

    /** Whether a mode shares a name space of another container or service. */
    static boolean shares(Json mode) {
        return mode.text()
                .filter(word -> word.matches("(container|service):.*"))
                .isPresent();
    }
}
