package io.sentinel.verify.catalogue;

import static io.sentinel.verify.rule.Severity.HIGH;

import io.sentinel.engine.Json;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.SecurityOptions;
import io.sentinel.verify.evidence.SecurityOptions.Option;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** AppArmor, SELinux, and the parts of /proc and /sys that an engine hides. */
final class SecurityModules {

    /** What engines hide (moby's oci/defaults.go); newer ones hide more. */
    private static final List<String> MASKED = List.of(
            "/proc/acpi",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/timer_list",
            "/proc/scsi",
            "/sys/firmware");

    /** Those of them that every kernel has. */
    private static final List<String> SEEN = List.of("/proc/kcore", "/proc/keys", "/proc/timer_list");

    private static final List<String> READ_ONLY =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    private SecurityModules() {}

    static List<Rule> rules() {
        return List.of(appArmor(), labels(), systemPaths());
    }

    private static Rule appArmor() {
        return Rule.of("LSM-1", HIGH, "AppArmor is not turned off, and is in force where the engine has it")
                .because("it is the second wall behind the capabilities")
                .cis("5.2")
                .remedy("remove apparmor:unconfined from security_opt")
                .files(view -> appArmor(SecurityOptions.of(view.at("security_opt")), view::place))
                .created(view -> {
                    Verdict option = appArmor(SecurityOptions.of(view.host("SecurityOpt")), path -> Place.NOWHERE);
                    if (!(option instanceof Verdict.Held) || !has(view.engine("SecurityOptions"), "apparmor")) {
                        return option;
                    }
                    String profile = view.at("AppArmorProfile").text().orElse("");
                    return profile.equals("unconfined")
                            ? Verdict.broken("a profile", profile, Place.NOWHERE)
                            : Verdict.held("profile " + (profile.isEmpty() ? "docker-default" : profile));
                })
                .running(SecurityModules::confined);
    }

    private static Verdict appArmor(SecurityOptions options, Function<String, Place> place) {
        String value = options.last("apparmor").map(Option::value).orElse("the engine's own");
        return value.equals("unconfined")
                ? Verdict.broken("a profile", value, place.apply("security_opt"))
                : Verdict.held("profile: " + value);
    }

    private static Verdict confined(LiveView view) {
        if (!has(view.engine("SecurityOptions"), "apparmor")) {
            return Verdict.outside("the engine has no AppArmor");
        }
        String label = label(view);
        // A profile that only complains holds nothing back.
        return !label.matches("(?s).*\\((enforce|kill)\\)")
                ? Verdict.broken("a profile in force", label.isEmpty() ? "none" : label, Place.NOWHERE)
                : Verdict.held("in force: " + label);
    }

    /** SELinux ends it with a zero, which no report takes. */
    private static String label(LiveView view) {
        return view.process().text("attr/current").replace("\0", "").strip();
    }

    private static boolean has(Json options, String module) {
        return options.texts().stream().anyMatch(option -> option.startsWith("name=" + module));
    }

    private static Rule labels() {
        return Rule.of("LSM-2", HIGH, "SELinux labels are not turned off or replaced")
                .because("a container without its own label reads what others own")
                .cis("5.3")
                .remedy("remove label:… from security_opt")
                .files(view -> labels(SecurityOptions.of(view.at("security_opt")), view.place("security_opt")))
                .created(view -> labels(SecurityOptions.of(view.host("SecurityOpt")), Place.NOWHERE))
                .running(view -> {
                    if (!has(view.engine("SecurityOptions"), "selinux")) {
                        return Verdict.outside("the engine has no SELinux");
                    }
                    String label = label(view);
                    return label.contains(":container_t:") || label.contains(":svirt_lxc_net_t:")
                            ? Verdict.held("label " + label)
                            : Verdict.broken("the type container_t", label, Place.NOWHERE);
                });
    }

    private static Verdict labels(SecurityOptions options, Place place) {
        List<String> changed = new ArrayList<>();
        options.named("label").stream().map(Option::value).forEach(changed::add);
        // The engine takes this word alone for label=disable.
        options.named("disable").stream().map(Option::key).forEach(changed::add);
        return changed.isEmpty()
                ? Verdict.held("the engine's own labels")
                : Verdict.broken("no label entry", String.join(", ", changed), place);
    }

    private static Rule systemPaths() {
        return Rule.of("LSM-3", HIGH, "What the engine hides of /proc and /sys stays hidden")
                .because("/proc/kcore is the host's memory, and /proc/sys its settings")
                .remedy("remove systempaths=unconfined from security_opt")
                .files(view -> systemPaths(SecurityOptions.of(view.at("security_opt")), view.place("security_opt")))
                .created(view -> {
                    Faults faults = Faults.unless("the engine's own lists");
                    missing(MASKED, view.host("MaskedPaths"), "hidden", faults);
                    missing(READ_ONLY, view.host("ReadonlyPaths"), "read-only", faults);
                    return faults.or("hidden and read-only as the engine's defaults");
                })
                .running(SecurityModules::hidden);
    }

    private static Verdict systemPaths(SecurityOptions options, Place place) {
        return options.last("systempaths")
                        .map(Option::value)
                        .filter("unconfined"::equals)
                        .isPresent()
                ? Verdict.broken("the engine's own paths", "systempaths=unconfined", place)
                : Verdict.held("not changed");
    }

    private static void missing(List<String> paths, Json list, String what, Faults faults) {
        paths.stream()
                .filter(path -> !list.texts().contains(path))
                .forEach(path -> faults.add(path + " is not " + what));
    }

    private static Verdict hidden(LiveView view) {
        Faults faults = Faults.unless("each file mounted over or read-only");
        for (String path : SEEN) {
            boolean hidden = view.process().mount(path).isPresent() || isAbsent(view, path);
            faults.addIf(!hidden, path + " is not hidden", Place.NOWHERE);
        }
        for (String path : READ_ONLY) {
            boolean guarded =
                    view.process().mount(path).filter(mount -> mount.has("ro")).isPresent();
            faults.addIf(!guarded && !isAbsent(view, path), path + " can be written", Place.NOWHERE);
        }
        view.attempts().tried("LSM-3").stream()
                .filter(attempt -> !attempt.right())
                .forEach(attempt -> faults.add(
                        attempt.what() + " answers " + attempt.answer().orElse("nothing")));
        return faults.or("hidden: " + String.join(", ", SEEN));
    }

    /** What a kernel was built without, the engine cannot lay anything over: then the probe has not found it either. */
    private static boolean isAbsent(LiveView view, String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return view.attempts().of("LSM-3").stream()
                .anyMatch(attempt -> attempt.what().endsWith(name)
                        && attempt.answer().filter("ENOENT"::equals).isPresent());
    }
}
