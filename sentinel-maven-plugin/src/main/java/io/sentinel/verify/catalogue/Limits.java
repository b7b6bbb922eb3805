package io.sentinel.verify.catalogue;

import static io.sentinel.verify.rule.Severity.HIGH;
import static io.sentinel.verify.rule.Severity.LOW;
import static io.sentinel.verify.rule.Severity.MEDIUM;

import io.sentinel.engine.Json;
import io.sentinel.spec.Resources;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.evidence.View;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;

/** What a container may use of the host: memory, processors, processes and files. */
final class Limits {

    /** Above this the kernel means "no limit": version 1 shows the largest multiple of a page. */
    private static final long UNLIMITED = 1L << 60;

    private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000L);
    /** More than any agent was seen to need of /dev/shm. */
    private static final long SHM = 1L << 30;

    private Limits() {}

    static List<Rule> rules() {
        return List.of(memory(), noSwap(), processes(), processors(), ulimits(), outOfMemory(), sharedMemory());
    }

    private static Rule memory() {
        return Rule.of("RES-1", HIGH, "Memory is limited, as the spec says")
                .because("without a limit an agent takes the host's, and the kernel ends somebody else's process")
                .cis("5.11")
                .remedy("write mem_limit, such as 512m")
                .files(view -> bounded(
                        memory(view), spec(view, limits -> limits.memory().bytes()), view.place("mem_limit")))
                .created(view -> bounded(
                        Facts.number(view.host("Memory").text()),
                        spec(view, limits -> limits.memory().bytes()),
                        Place.NOWHERE))
                .running(view -> bounded(
                        kernel(view.process().cgroup("memory.max", "memory/memory.limit_in_bytes")),
                        spec(view, limits -> limits.memory().bytes()),
                        Place.NOWHERE));
    }

    private static OptionalLong memory(StaticView view) {
        Optional<String> direct = view.at("mem_limit").text();
        return Facts.bytes(
                direct.isPresent()
                        ? direct
                        : view.at("deploy", "resources", "limits", "memory").text());
    }

    private static OptionalLong kernel(String text) {
        return text.equals("max") ? OptionalLong.of(Long.MAX_VALUE) : Facts.number(Optional.of(text));
    }

    private static OptionalLong spec(View view, ToLongFunction<Resources> of) {
        return view.subject().role() == Role.AGENT && view.expected().isOwn()
                ? OptionalLong.of(
                        of.applyAsLong(view.expected().spec().orElseThrow().resources()))
                : OptionalLong.empty();
    }

    /** Held where a number is above 0, no larger than the spec's, and no way to say that there is none. */
    private static Verdict bounded(OptionalLong found, OptionalLong most, Place place) {
        String expected = most.isPresent() ? "at most " + most.getAsLong() : "a limit";
        if (found.isEmpty() || found.getAsLong() <= 0 || found.getAsLong() >= UNLIMITED) {
            String shown =
                    found.isEmpty() ? "not set" : found.getAsLong() >= UNLIMITED ? "no limit" : "" + found.getAsLong();
            return Verdict.broken(expected, shown, place);
        }
        return most.isPresent() && found.getAsLong() > most.getAsLong()
                ? Verdict.broken(expected, "" + found.getAsLong(), place)
                : Verdict.held("" + found.getAsLong());
    }

    private static Rule noSwap() {
        return Rule.of("RES-2", MEDIUM, "There is no swap on top of the memory")
                .because("swapping slows the whole host, and the engine gives as much swap as memory unless told")
                .cis("5.11")
                .remedy("write memswap_limit, equal to mem_limit")
                .files(view -> {
                    Optional<String> both = view.at("memswap_limit").text();
                    return equal(
                            memory(view),
                            both.filter(text -> text.startsWith("-")).isPresent()
                                    ? Facts.number(both)
                                    : Facts.bytes(both),
                            view.place("memswap_limit"));
                })
                .created(view -> equal(
                        Facts.number(view.host("Memory").text()),
                        Facts.number(view.host("MemorySwap").text()),
                        Place.NOWHERE))
                .running(view -> {
                    // Version 2 counts swap alone, version 1 both together.
                    Optional<String> alone =
                            view.process().find("cgroup/memory.swap.max").map(String::strip);
                    if (alone.isPresent()) {
                        return alone.get().equals("0")
                                ? Verdict.held("memory.swap.max is 0")
                                : Verdict.broken("0", alone.get(), Place.NOWHERE);
                    }
                    return equal(
                            kernel(view.process().cgroup("memory/memory.limit_in_bytes")),
                            kernel(view.process().cgroup("memory/memory.memsw.limit_in_bytes")),
                            Place.NOWHERE);
                });
    }

    private static Verdict equal(OptionalLong memory, OptionalLong both, Place place) {
        return memory.isPresent() && memory.equals(both) && both.getAsLong() > 0
                ? Verdict.held("memory and swap together " + both.getAsLong())
                : Verdict.broken(
                        "the same as the memory limit", both.isEmpty() ? "not set" : "" + both.getAsLong(), place);
    }

    private static Rule processes() {
        return Rule.of("RES-3", HIGH, "Processes and threads are limited, as the spec says")
                .because("a fork bomb ends the host otherwise")
                .cis("5.29")
                .remedy("write pids_limit, such as 256")
                .files(view -> {
                    Optional<String> direct = view.at("pids_limit").text();
                    Optional<String> deploy =
                            view.at("deploy", "resources", "limits", "pids").text();
                    return bounded(
                            Facts.number(direct.isPresent() ? direct : deploy),
                            spec(view, Resources::pids),
                            view.place("pids_limit"));
                })
                .created(view -> bounded(
                        Facts.number(view.host("PidsLimit").text()), spec(view, Resources::pids), Place.NOWHERE))
                .running(view -> bounded(
                        kernel(view.process().cgroup("pids.max", "pids/pids.max")),
                        spec(view, Resources::pids),
                        Place.NOWHERE));
    }

    private static Rule processors() {
        return Rule.of("RES-4", MEDIUM, "Processors are limited, as the spec says")
                .because("one agent slows everything else on the host")
                .cis("5.12")
                .remedy("write cpus, such as 1.0")
                .files(view -> {
                    Optional<String> direct = view.at("cpus").text();
                    Optional<String> deploy =
                            view.at("deploy", "resources", "limits", "cpus").text();
                    OptionalLong found = nanos(direct.isPresent() ? direct : deploy);
                    OptionalLong quota = Facts.number(view.at("cpu_quota").text());
                    OptionalLong period = Facts.number(view.at("cpu_period").text());
                    return bounded(
                            found.isEmpty() && quota.orElse(0) > 0
                                    ? OptionalLong.of(share(quota.getAsLong(), period.orElse(0)))
                                    : found,
                            cpus(view),
                            view.place("cpus"));
                })
                .created(view -> {
                    OptionalLong nanos = Facts.number(view.host("NanoCpus").text());
                    OptionalLong quota = Facts.number(view.host("CpuQuota").text());
                    OptionalLong period = Facts.number(view.host("CpuPeriod").text());
                    boolean byQuota = nanos.orElse(0) == 0 && quota.orElse(0) > 0;
                    return bounded(
                            byQuota ? OptionalLong.of(share(quota.getAsLong(), period.orElse(0))) : nanos,
                            cpus(view),
                            Place.NOWHERE);
                })
                .running(view -> {
                    Optional<String> max = view.process().find("cgroup/cpu.max").map(String::strip);
                    if (max.isPresent()) {
                        String[] words = max.get().split(" ");
                        return bounded(
                                words[0].equals("max")
                                        ? OptionalLong.of(Long.MAX_VALUE)
                                        : OptionalLong.of(share(Long.parseLong(words[0]), Long.parseLong(words[1]))),
                                cpus(view),
                                Place.NOWHERE);
                    }
                    long quota = Long.parseLong(view.process().cgroup("cpu/cpu.cfs_quota_us"));
                    long period = Long.parseLong(view.process().cgroup("cpu/cpu.cfs_period_us"));
                    return bounded(
                            quota < 0 ? OptionalLong.of(Long.MAX_VALUE) : OptionalLong.of(share(quota, period)),
                            cpus(view),
                            Place.NOWHERE);
                });
    }

    private static OptionalLong nanos(Optional<String> cpus) {
        return cpus.filter(text -> text.matches("[0-9]{1,6}(\\.[0-9]{1,9})?"))
                .map(text ->
                        OptionalLong.of(new BigDecimal(text).multiply(NANOS).longValue()))
                .orElse(OptionalLong.empty());
    }

    private static long share(long quota, long period) {
        return BigDecimal.valueOf(quota).multiply(NANOS).longValue() / (period == 0 ? 100_000 : period);
    }

    private static OptionalLong cpus(View view) {
        return spec(view, limits -> limits.cpus().multiply(NANOS).longValue());
    }

    private static Rule ulimits() {
        return Rule.of("RES-5", LOW, "Open files are limited, and no core is dumped")
                .because("a core of an agent on the host's disk holds what the agent held")
                .cis("5.19")
                .remedy("write ulimits: {nofile: 1024, core: 0}")
                .files(view -> {
                    Faults faults = Faults.unless("nofile, and core 0");
                    Json files = view.at("ulimits", "nofile");
                    files(
                            Facts.number(files.isObject() ? files.at("hard").text() : files.text()),
                            view,
                            view.place("ulimits"),
                            faults);
                    view.at("ulimits").names().stream()
                            .filter(name -> view.expected().isOwn() && !name.matches("nofile|core"))
                            .forEach(name -> faults.add(name + " is set", view.place("ulimits", name)));
                    // Compose leaves a 0 out: "core: {}" is 0.
                    Json core = view.at("ulimits", "core");
                    boolean zero = !core.isAbsent()
                            && !core.isNull()
                            && (core.isObject()
                                    ? core.textMembers().values().stream().allMatch("0"::equals)
                                    : core.text().filter("0"::equals).isPresent());
                    faults.addIf(!zero, "core is " + (core.isAbsent() ? "not set" : core), view.place("ulimits"));
                    return faults.or("nofile is set, core is 0");
                })
                .created(view -> {
                    Faults faults = Faults.unless("nofile, and core 0");
                    List<Json> limits = view.host("Ulimits").elements();
                    Optional<String> files = limits.stream()
                            .filter(limit -> named(limit, "nofile"))
                            .findFirst()
                            .flatMap(limit -> limit.at("Hard").text());
                    files(Facts.number(files), view, Place.NOWHERE, faults);
                    faults.addIf(
                            limits.stream()
                                    .noneMatch(limit -> named(limit, "core")
                                            && limit.at("Hard")
                                                    .text()
                                                    .orElse("")
                                                    .equals("0")),
                            "core is not 0",
                            Place.NOWHERE);
                    return faults.or("nofile is set, core is 0");
                })
                .running(view -> {
                    Faults faults = Faults.unless("core 0, and open files as the spec says");
                    List<String> core = view.process().limit("Max core file size");
                    faults.addIf(!core.equals(List.of("0", "0")), "core is " + core, Place.NOWHERE);
                    List<String> files = view.process().limit("Max open files");
                    OptionalLong most = spec(view, Resources::nofile);
                    OptionalLong hard = Facts.number(Optional.of(files.get(1)));
                    faults.addIf(
                            hard.isEmpty() || most.isPresent() && hard.getAsLong() > most.getAsLong(),
                            "open files are " + files,
                            Place.NOWHERE);
                    return faults.or("core 0, open files " + files.get(1));
                });
    }

    private static void files(OptionalLong hard, View view, Place place, Faults faults) {
        OptionalLong most = spec(view, Resources::nofile);
        boolean right = hard.isPresent() && hard.getAsLong() > 0 && hard.getAsLong() <= most.orElse(UNLIMITED);
        faults.addIf(!right, "nofile is " + (hard.isPresent() ? hard.getAsLong() : "not set"), place);
    }

    private static boolean named(Json limit, String name) {
        return limit.at("Name").text().filter(name::equals).isPresent();
    }

    private static Rule outOfMemory() {
        return Rule.of("RES-6", MEDIUM, "The kernel may end the container when memory runs out")
                .because("otherwise it ends the host's processes first")
                .remedy("remove oom_kill_disable, and any oom_score_adj below 0")
                .files(view ->
                        outOfMemory(view.at("oom_kill_disable"), view.at("oom_score_adj"), view.place("oom_score_adj")))
                .created(view -> outOfMemory(view.host("OomKillDisable"), view.host("OomScoreAdj"), Place.NOWHERE))
                .running(view -> {
                    OptionalLong score = Facts.number(
                            Optional.of(view.process().text("oom_score_adj").strip()));
                    return Facts.required(score, "oom_score_adj") < 0
                            ? Verdict.broken("0 or more", "" + score.getAsLong(), Place.NOWHERE)
                            : Verdict.held("oom_score_adj is " + score.getAsLong());
                });
    }

    private static Verdict outOfMemory(Json disabled, Json score, Place place) {
        Faults faults = Faults.unless("not disabled, a score of 0 or more");
        faults.addIf(Facts.isYes(disabled), "oom_kill_disable is true", place);
        faults.addIf(Facts.number(score.text()).orElse(0) < 0, "oom_score_adj is " + score, place);
        return faults.or("as every process");
    }

    private static Rule sharedMemory() {
        return Rule.of("RES-7", LOW, "/dev/shm has a bound")
                .because("what is written there is the host's memory")
                .remedy("write shm_size, such as 64m")
                .files(view -> {
                    OptionalLong size = Facts.bytes(view.at("shm_size").text());
                    // Without one the engine gives 64 MiB.
                    return shm(size.orElse(1L << 26), view.place("shm_size"));
                })
                .created(view ->
                        shm(Facts.required(Facts.number(view.host("ShmSize").text()), "ShmSize"), Place.NOWHERE))
                .running(view -> {
                    Optional<String> size = view.process().mount("/dev/shm").stream()
                            .flatMap(mount -> mount.options().stream())
                            .filter(option -> option.startsWith("size="))
                            .map(option -> option.substring("size=".length()))
                            .findFirst();
                    if (view.process().mount("/dev/shm").isEmpty()) {
                        throw new CannotTell("nothing is mounted at /dev/shm");
                    }
                    return size.isEmpty()
                            ? Verdict.broken("a size", "none", Place.NOWHERE)
                            : shm(Facts.required(Facts.bytes(size), "the size of /dev/shm"), Place.NOWHERE);
                });
    }

    private static Verdict shm(long size, Place place) {
        return size > 0 && size <= SHM
                ? Verdict.held(size + " bytes")
                : Verdict.broken("at most " + SHM + " bytes", "" + size, place);
    }
}
