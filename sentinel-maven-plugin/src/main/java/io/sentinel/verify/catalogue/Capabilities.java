package io.sentinel.verify.catalogue;

import static io.sentinel.verify.rule.Severity.CRITICAL;
import static io.sentinel.verify.rule.Severity.HIGH;

import io.sentinel.engine.Json;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.SecurityOptions;
import io.sentinel.verify.evidence.SecurityOptions.Option;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Capabilities (capabilities(7)), and the two ways around them: privileged containers and programs that gain rights. */
final class Capabilities {

    private static final List<String> SETS = List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb");
    /** What Go's ParseBool takes for true, as the engine does. */
    private static final Set<String> YES = Set.of("1", "t", "T", "TRUE", "true", "True");

    /** The capabilities of Linux 3.16, which any kernel of today has: a privileged container has all of them. */
    private static final BigInteger ALL = new BigInteger("3fffffffff", 16);

    private Capabilities() {}

    static List<Rule> rules() {
        return List.of(dropped(), notAdded(), none(), notPrivileged(), noSideDoor(), noNewPrivileges());
    }

    private static Rule dropped() {
        return Rule.of("CAP-1", HIGH, "Every capability is dropped")
                .because("each of the engine's default capabilities is attack surface")
                .cis("5.4")
                .remedy("write cap_drop: [ALL]")
                .files(view -> drops(view.at("cap_drop"), view.place("cap_drop")))
                .created(view -> drops(view.host("CapDrop"), Place.NOWHERE))
                .running(view -> empty(view, List.of("CapBnd")));
    }

    private static Verdict drops(Json list, Place place) {
        // CAP_ALL is none of the engine's words.
        return list.texts().stream().anyMatch("ALL"::equalsIgnoreCase)
                ? Verdict.held("cap_drop has ALL")
                : Verdict.broken("ALL among what is dropped", Facts.shown(list), place);
    }

    private static Rule notAdded() {
        return Rule.of("CAP-2", CRITICAL, "No capability is added")
                .because("one alone can be the way out: SYS_ADMIN, DAC_READ_SEARCH, SYS_PTRACE")
                .cis("5.4")
                .remedy("remove cap_add")
                .files(view -> addsNone(view.at("cap_add"), view.place("cap_add")))
                .created(view -> addsNone(view.host("CapAdd"), Place.NOWHERE))
                .running(view -> empty(view, List.of("CapEff", "CapPrm")));
    }

    private static Verdict addsNone(Json list, Place place) {
        List<String> added = list.texts().stream().map(Capabilities::normal).toList();
        return added.isEmpty()
                ? Verdict.held("none is added")
                : Verdict.broken("none", String.join(", ", added), place);
    }

    /** The kernel's name without its prefix, however it was written. */
    private static String normal(String capability) {
        String upper = capability.strip().toUpperCase(Locale.ROOT);
        return upper.startsWith("CAP_") ? upper.substring(4) : upper;
    }

    private static Rule none() {
        return Rule.of("CAP-3", CRITICAL, "The running process holds no capability in any of its five sets")
                .because("it proves that what was dropped is gone, and that nothing privileged runs")
                .remedy("see CAP-1, CAP-2 and PRV-1; an engine that ignores them cannot be used")
                .running(view -> empty(view, SETS));
    }

    private static Verdict empty(LiveView view, List<String> sets) {
        Faults faults = Faults.unless("all bits 0");
        for (String set : sets) {
            String bits = String.join(" ", view.process().status(set));
            faults.addIf(!bits.matches("0+"), set + " is " + bits, Place.NOWHERE);
        }
        return faults.or(String.join(", ", sets) + " are 0");
    }

    private static Rule notPrivileged() {
        return Rule.of("PRV-1", CRITICAL, "The container is not privileged")
                .because("it turns off capabilities, seccomp, the security modules and the device list at once")
                .cis("5.5")
                .remedy("remove privileged")
                .files(view -> is(view.at("privileged"), view.place("privileged")))
                .created(view -> is(view.host("Privileged"), Place.NOWHERE))
                .running(view -> {
                    // What only a privileged container has: /sys that takes writes, and every device.
                    // A read-only mount of a file system that takes writes has both words.
                    boolean writable = view.process().mount("/sys").stream()
                            .anyMatch(mount -> mount.has("rw") && !mount.has("ro"));
                    String bits = String.join("", view.process().status("CapBnd"));
                    boolean all = bits.matches("[0-9a-f]{1,16}")
                            && new BigInteger(bits, 16).and(ALL).equals(ALL);
                    Faults faults = Faults.unless("/sys read-only, and not every capability");
                    faults.addIf(writable, "/sys is mounted to be written", Place.NOWHERE);
                    faults.addIf(all, "every capability: CapBnd is " + bits, Place.NOWHERE);
                    return faults.or("/sys is read-only, CapBnd is " + bits);
                });
    }

    private static Verdict is(Json flag, Place place) {
        return Facts.isYes(flag) ? Verdict.broken("false", "true", place) : Verdict.held("privileged is not set");
    }

    private static Rule noSideDoor() {
        return Rule.of("PRV-2", HIGH, "No hook, no provider and no build step gets rights that the service has not")
                .because(
                        "a hook of Compose can run as root, a provider is a program of the host's in a container's place, and a privileged build runs on the host's kernel with all rights")
                .cis("5.23")
                .remedy("remove post_start, pre_stop, provider, build.privileged and build.entitlements")
                .about(Role.AGENT, Role.SIDECAR, Role.HELPER, Role.IMAGE)
                .files(Capabilities::sideDoors);
    }

    private static Verdict sideDoors(StaticView view) {
        Faults faults = Faults.unless("no hook, no provider and no privileged build");
        for (String hook : List.of("post_start", "pre_stop")) {
            faults.addIf(!view.at(hook).elements().isEmpty(), hook + " is set", view.place(hook));
        }
        Json provider = view.at("provider");
        faults.addIf(
                !Facts.isEmpty(provider),
                "provider " + provider.at("type").text().orElse("") + ", a program of the host's",
                view.place("provider"));
        Json build = view.at("build");
        faults.addIf(Facts.isYes(build.at("privileged")), "build.privileged is set", view.place("build", "privileged"));
        faults.addIf(
                !build.at("entitlements").texts().isEmpty(),
                "build.entitlements has " + build.at("entitlements").texts(),
                view.place("build", "entitlements"));
        return faults.or("there is none");
    }

    private static Rule noNewPrivileges() {
        return Rule.of("NNP-1", HIGH, "No program gains rights by being started")
                .because("set-user-ID programs and file capabilities give rights that the process was not given")
                .cis("5.26")
                .remedy("write no-new-privileges:true under security_opt, once")
                .files(view -> gainsNone(view.at("security_opt"), view))
                .created(view -> {
                    SecurityOptions options = SecurityOptions.of(view.host("SecurityOpt"));
                    return gainsNone(options, Place.NOWHERE);
                })
                .running(view -> view.process().status("NoNewPrivs").equals(List.of("1"))
                        ? Verdict.held("NoNewPrivs is 1")
                        : Verdict.broken(
                                "NoNewPrivs 1",
                                "NoNewPrivs " + String.join(" ", view.process().status("NoNewPrivs")),
                                Place.NOWHERE));
    }

    private static Verdict gainsNone(Json list, StaticView view) {
        SecurityOptions options = SecurityOptions.of(list);
        Place place = options.last("no-new-privileges")
                .map(option -> view.place("security_opt", Integer.toString(option.index())))
                .orElse(view.place("security_opt"));
        return gainsNone(options, place);
    }

    private static Verdict gainsNone(SecurityOptions options, Place place) {
        String value = options.last("no-new-privileges").map(Option::value).orElse("absent");
        return YES.contains(value)
                ? Verdict.held("no-new-privileges is on")
                : Verdict.broken("no-new-privileges:true as the last such entry", value, place);
    }
}
