package io.sentinel.verify.catalogue;

import static io.sentinel.verify.rule.Severity.CRITICAL;
import static io.sentinel.verify.rule.Severity.HIGH;
import static io.sentinel.verify.rule.Severity.LOW;
import static io.sentinel.verify.rule.Severity.MEDIUM;

import io.sentinel.engine.Json;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How a service is run: how often, how long, with what written down, and with which devices. */
final class Services {

    /** Kernel settings that belong to the container's own name spaces and take rights away, or give none. */
    private static final Map<String, String> SAFE_SYSCTLS = Map.of(
            "net.ipv4.ip_forward", "0",
            "net.ipv4.ping_group_range", ".*",
            "net.ipv4.ip_unprivileged_port_start", ".*",
            "net.ipv4.tcp_.*", ".*",
            "net.core.somaxconn", ".*",
            "net.ipv6.conf.(all|default).disable_ipv6", "1");

    private static final Set<String> RUNTIMES = Set.of(
            "",
            "runc",
            "crun",
            "io.containerd.runc.v2",
            "runsc",
            "io.containerd.runsc.v1",
            "kata",
            "kata-runtime",
            "io.containerd.kata.v2");

    private Services() {}

    static List<Rule> rules() {
        return List.of(once(), staysDown(), bounded(), init(), noGrowth(), noDevices(), sysctls(), runtime());
    }

    private static Rule once() {
        return Rule.of("RES-8", LOW, "A service runs once")
                .because("limits hold for each container: ten of them have ten times as much")
                .remedy("remove scale and deploy.replicas")
                .files(view -> {
                    Faults faults = Faults.unless("at most 1");
                    for (List<String> keys : List.of(List.of("scale"), List.of("deploy", "replicas"))) {
                        Json count = view.at(keys.toArray(String[]::new));
                        faults.addIf(
                                Facts.number(count.text()).orElse(1) > 1,
                                count.toString(),
                                view.place(keys.toArray(String[]::new)));
                    }
                    return faults.or("once");
                });
    }

    private static Rule staysDown() {
        return Rule.of("RES-9", LOW, "A container that was stopped does not come back by itself")
                .because("what a person or a time limit ended would live on")
                .cis("5.15")
                .remedy("write restart: \"no\"; for a proxy on-failure:5 at most")
                .files(view -> {
                    Verdict restart = restart(
                            view.at("restart").text().orElse(""), view.subject().role(), view.place("restart"));
                    Json policy = view.at("deploy", "restart_policy");
                    if (!policy.isObject() || !(restart instanceof Verdict.Held)) {
                        return restart;
                    }
                    // It wins over restart, and without a condition it means any (compose-spec, deploy).
                    String condition = policy.at("condition").text().orElse("any");
                    String most = policy.at("max_attempts")
                            .text()
                            .map(text -> ":" + text)
                            .orElse("");
                    return restart(
                            condition.equals("none") ? "no" : condition + most,
                            view.subject().role(),
                            view.place("deploy", "restart_policy"));
                })
                .created(view -> {
                    Json policy = view.host("RestartPolicy");
                    String most = policy.at("MaximumRetryCount")
                            .text()
                            .filter(text -> !text.equals("0"))
                            .map(text -> ":" + text)
                            .orElse("");
                    return restart(
                            policy.at("Name").text().orElse("") + most,
                            view.subject().role(),
                            Place.NOWHERE);
                });
    }

    private static Verdict restart(String policy, Role role, Place place) {
        boolean right = policy.isEmpty()
                || policy.equals("no")
                || role == Role.SIDECAR && policy.matches("on-failure:0*[1-9][0-9]*");
        return right ? Verdict.held(policy.isEmpty() ? "not set" : policy) : Verdict.broken("no", policy, place);
    }

    private static Rule bounded() {
        return Rule.of("RES-10", MEDIUM, "What it writes is kept, and bounded")
                .because("without a log nobody sees what an agent did; without a bound it fills the host's disk")
                .cis("2.13")
                .remedy("write logging: {driver: json-file, options: {max-size: 10m, max-file: \"3\"}}")
                .files(view -> log(view.at("logging", "driver"), view.at("logging", "options"), view.place("logging")))
                .created(view -> log(
                        view.host("LogConfig").at("Type"),
                        view.host("LogConfig").at("Config"),
                        Place.NOWHERE));
    }

    private static Verdict log(Json driver, Json options, Place place) {
        String type = driver.text().orElse("json-file");
        Faults faults = Faults.unless("a driver that keeps, max-size and max-file");
        // Any other sends what an agent says elsewhere: a way out even of a container without a network.
        faults.addIf(!type.matches("|json-file|local|journald"), "driver " + type, place);
        if (type.matches("json-file|local") || type.isEmpty()) {
            // "local" has bounds of its own: 20 MB, 5 files.
            // A size of -1 is the engine's word for none.
            boolean sized = Facts.bytes(options.at("max-size").text()).orElse(0) > 0;
            boolean local = type.equals("local") && Facts.isEmpty(options.at("max-size"));
            faults.addIf(!local && !sized, "no max-size", place);
            faults.addIf(!type.equals("local") && Facts.isEmpty(options.at("max-file")), "no max-file", place);
        }
        return faults.or(type + " with " + String.join(", ", options.names()));
    }

    private static Rule init() {
        return Rule.of("RES-11", LOW, "Process 1 is an init")
                .because("an agent that is process 1 leaves zombies and does not hear signals")
                .remedy("write init: true")
                .files(view -> Facts.isYes(view.at("init"))
                        ? Verdict.held("init is true")
                        : Verdict.broken("true", "not set", view.place("init")))
                .created(view -> view.host("Init").isTrue()
                        ? Verdict.held("Init is true")
                        : Verdict.broken("true", view.host("Init").toString(), Place.NOWHERE))
                .running(view -> {
                    // Its words are apart by zeros, which no report takes.
                    String first =
                            view.process().text("init").replace('\0', ' ').strip();
                    return first.matches("(?s)(/\\S*/)?(docker-init|tini(-static)?|catatonit|init)(\\s.*)?")
                            ? Verdict.held("process 1 is " + first)
                            : Verdict.broken("docker-init", first, Place.NOWHERE);
                });
    }

    private static Rule noGrowth() {
        return Rule.of("RES-12", LOW, "The container's layer cannot grow on the host's disk")
                .because("the disk is shared with everything else on the host")
                .remedy("write read_only: true, or a storage_opt size where the engine's driver takes one")
                .files(view -> Facts.isYes(view.at("read_only")) || !Facts.isEmpty(view.at("storage_opt", "size"))
                        ? Verdict.held("it cannot")
                        : Verdict.broken("read_only, or a size", "neither", view.place("read_only")))
                .created(view -> view.host("ReadonlyRootfs").isTrue()
                                || !Facts.isEmpty(view.host("StorageOpt").at("size"))
                        ? Verdict.held("it cannot")
                        : Verdict.broken("read-only, or a size", "neither", Place.NOWHERE));
    }

    private static Rule noDevices() {
        return Rule.of("DEV-1", CRITICAL, "No device of the host is in the container")
                .because("a disk, /dev/kvm or /dev/mem is the host, whatever else holds")
                .cis("5.18")
                .remedy("remove devices, device_cgroup_rules, gpus and deploy's devices")
                .files(view -> {
                    Faults faults = Faults.unless("none");
                    for (List<String> keys : List.of(
                            List.of("devices"),
                            List.of("device_cgroup_rules"),
                            List.of("gpus"),
                            List.of("deploy", "resources", "reservations", "devices"))) {
                        Json found = view.at(keys.toArray(String[]::new));
                        faults.addIf(
                                !Facts.isEmpty(found), String.join(".", keys) + " " + found, view.place(keys.get(0)));
                    }
                    return faults.or("none");
                })
                .created(view -> {
                    Faults faults = Faults.unless("none");
                    for (String key : List.of("Devices", "DeviceCgroupRules", "DeviceRequests")) {
                        faults.addIf(!Facts.isEmpty(view.host(key)), key + " " + view.host(key), Place.NOWHERE);
                    }
                    return faults.or("none");
                })
                .probed();
    }

    private static Rule sysctls() {
        return Rule.of("DEV-2", HIGH, "Kernel settings are left as they are, or made tighter")
                .because("some settings of a container's name spaces give it rights back")
                .remedy("remove sysctls")
                .files(view -> sysctls(view.at("sysctls"), view.place("sysctls")))
                .created(view -> sysctls(view.host("Sysctls"), Place.NOWHERE))
                .running(view -> view.process()
                        .mount("/proc/sys")
                        .filter(mount -> mount.has("ro"))
                        .map(mount -> Verdict.held("/proc/sys is read-only"))
                        .orElseGet(() -> Verdict.broken("/proc/sys read-only", "it can be written", Place.NOWHERE)));
    }

    private static Verdict sysctls(Json settings, Place place) {
        Faults faults = Faults.unless("none but those that take rights away");
        settings.textMembers()
                .forEach((name, value) -> faults.addIf(
                        SAFE_SYSCTLS.entrySet().stream()
                                .noneMatch(safe -> name.matches(safe.getKey()) && value.matches(safe.getValue())),
                        name + "=" + value,
                        place));
        settings.texts().forEach(entry -> faults.add(entry, place));
        return faults.or(settings.names().isEmpty() ? "none is set" : settings.toString());
    }

    private static Rule runtime() {
        return Rule.of("DEV-3", HIGH, "The container runtime is one that isolates, as the spec says")
                .because("another runtime may apply none of the rest")
                .remedy("remove runtime, or name runc, runsc or kata")
                .files(view -> Facts.oneOf("runtime", view.at("runtime"), RUNTIMES, view.place("runtime")))
                .created(view -> Facts.oneOf("Runtime", view.host("Runtime"), RUNTIMES, Place.NOWHERE));
    }
}
