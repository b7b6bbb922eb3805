package io.sentinel.verify.catalogue;

import static io.sentinel.verify.rule.Severity.CRITICAL;
import static io.sentinel.verify.rule.Severity.HIGH;
import static io.sentinel.verify.rule.Severity.MEDIUM;

import io.sentinel.engine.Json;
import io.sentinel.seccomp.OciProfile;
import io.sentinel.spec.SeccompChoice.Mode;
import io.sentinel.verify.evidence.Expected;
import io.sentinel.verify.evidence.InspectView;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.SeccompProfile;
import io.sentinel.verify.evidence.SecurityOptions;
import io.sentinel.verify.evidence.SecurityOptions.Option;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.evidence.TextFile;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Severity;
import io.sentinel.verify.rule.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The system call filter (seccomp(2)): that there is one, that it is the one meant, and that it has no known hole. */
final class Filters {

    private static final Set<String> REFUSING =
            Set.of("SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_TRAP");

    /** Calls by which containers were escaped, or which hand out rights over other processes and the kernel. */
    private static final List<String> DENIED = List.of(
            """
            acct add_key bpf chroot clock_settime create_module delete_module fanotify_init finit_module
            fsconfig fsmount fsopen fspick init_module io_uring_enter io_uring_register io_uring_setup
            ioperm iopl kcmp kexec_file_load kexec_load keyctl lookup_dcookie modify_ldt mount
            mount_setattr move_mount name_to_handle_at open_by_handle_at open_tree perf_event_open
            pivot_root pidfd_getfd process_vm_readv process_vm_writev ptrace quotactl reboot request_key
            setns settimeofday swapoff swapon syslog umount umount2 unshare userfaultfd vhangup"""
                    .strip()
                    .split("\\s+"));

    /** Each flag of clone(2) that makes a name space, by its bit. */
    private static final SortedMap<String, Long> NEW_NAMESPACES = new TreeMap<>(Map.of(
            "CLONE_NEWNS",
            0x20000L,
            "CLONE_NEWCGROUP",
            0x2000000L,
            "CLONE_NEWUTS",
            0x4000000L,
            "CLONE_NEWIPC",
            0x8000000L,
            "CLONE_NEWUSER",
            0x10000000L,
            "CLONE_NEWPID",
            0x20000000L,
            "CLONE_NEWNET",
            0x40000000L));

    private static final int ENOSYS = 38;
    /** One above the largest address family of Linux 6.18 (AF_MCTP is 45). */
    private static final int FAMILIES = 48;
    /** AF_UNIX, AF_INET, AF_INET6; AF_NETLINK for its routing protocol alone, which lists a program's own interfaces. */
    private static final Set<Long> PLAIN_FAMILIES = Set.of(1L, 2L, 10L);

    private static final long NETLINK = 16;
    /** Arguments are compared on 64 bits and read as 32: a bit above must not open what the lower ones close. */
    private static final long ABOVE_INT = 1L << 32;
    /** personality(2): ADDR_NO_RANDOMIZE, READ_IMPLIES_EXEC, ADDR_COMPAT_LAYOUT, MMAP_PAGE_ZERO. */
    private static final List<Long> WEAK_PERSONALITIES = List.of(0x40000L, 0x400000L, 0x200000L, 0x100000L);

    private Filters() {}

    static List<Rule> rules() {
        return List.of(
                one(),
                on(),
                asRendered(),
                deniesByDefault(),
                deniesTheDangerous(),
                noNewNamespaces(),
                nativeAlone(),
                plainSockets(),
                unconditional(),
                inForce());
    }

    private static Rule one() {
        return Rule.of("SEC-1", HIGH, "Exactly one system call filter is named")
                .because("of several entries the last one holds, whatever the first one says to a reader")
                .cis("5.22")
                .remedy("keep one seccomp entry under security_opt")
                .files(view -> one(SecurityOptions.of(view.at("security_opt")), view.place("security_opt")))
                .created(view -> one(SecurityOptions.of(view.host("SecurityOpt")), Place.NOWHERE));
    }

    private static Verdict one(SecurityOptions options, Place place) {
        int count = options.named("seccomp").size();
        return count == 1
                ? Verdict.held("there is one")
                : Verdict.broken("one seccomp entry", Integer.toString(count), place);
    }

    private static Rule on() {
        return Rule.of("SEC-2", CRITICAL, "The system call filter is on")
                .because("without it every call of the host's kernel is open to the agent")
                .cis("5.22")
                .remedy("name a profile: seccomp:./FILE under security_opt, in place of unconfined")
                .files(view -> {
                    SecurityOptions options = SecurityOptions.of(view.at("security_opt"));
                    Place place = options.last("seccomp")
                            .map(option -> view.place("security_opt", Integer.toString(option.index())))
                            .orElse(view.place("security_opt"));
                    return on(options, place, () -> Verdict.outside("none is named, which SEC-1 tells"));
                })
                .created(view -> on(
                        SecurityOptions.of(view.host("SecurityOpt")),
                        Place.NOWHERE,
                        () -> byDefault(view.engine("SecurityOptions"))))
                .running(Filters::filtered);
    }

    private static Verdict on(SecurityOptions options, Place place, Supplier<Verdict> byDefault) {
        String value = options.last("seccomp").map(Option::value).orElse("");
        return value.isEmpty()
                ? byDefault.get()
                : value.equals("unconfined")
                        ? Verdict.broken("a profile", value, place)
                        : Verdict.held("a profile is named");
    }

    /** An engine has a filter of its own for containers that name none, unless it is set to have none. */
    private static Verdict byDefault(Json options) {
        return options.texts().stream()
                .filter(option -> option.startsWith("name=seccomp"))
                .findFirst()
                .filter(option -> !option.contains("profile=unconfined"))
                .map(option -> Verdict.held("the engine's own: " + option))
                .orElseGet(() -> Verdict.broken("a profile", "none named, and the engine has none", Place.NOWHERE));
    }

    private static Verdict filtered(LiveView view) {
        String mode = String.join(" ", view.process().status("Seccomp"));
        return mode.equals("2")
                ? Verdict.held("Seccomp is 2 (filter)")
                : Verdict.broken("Seccomp 2 (filter)", "Seccomp " + mode, Place.NOWHERE);
    }

    private static Rule asRendered() {
        return Rule.of("SEC-3", HIGH, "The filter that holds is the one that was rendered")
                .because("a file that is swapped keeps its name")
                .cis("5.22")
                .remedy("run mvn sentinel:generate, and see who wrote to the bundle")
                .files(view -> {
                    String name = SecurityOptions.of(view.at("security_opt"))
                            .last("seccomp")
                            .map(Option::value)
                            .orElse("unconfined");
                    if (name.equals("unconfined")) {
                        return Verdict.outside("no profile is named");
                    }
                    Optional<String> rendered = rendered(view, name);
                    if (rendered.isEmpty()) {
                        return ofOthers(view.expected(), "the profile " + name, view.place("security_opt"));
                    }
                    TextFile file = view.seccomp().orElseThrow();
                    return same(rendered.get(), file.text(), file.line(1));
                })
                .created(Filters::asRendered);
    }

    private static Verdict ofOthers(Expected expected, String what, Place place) {
        return expected.isOwn()
                ? Verdict.broken("a profile of the bundle", what, place)
                : Verdict.outside("nobody said which profile is meant");
    }

    /** The one that is meant for the subject, where a path leads to it: a bundle holds those of other choices as well. */
    private static Optional<String> rendered(StaticView view, String path) {
        String plain = Path.of(path).normalize().toString();
        String file = view.subject().role() == Role.AGENT
                ? view.expected().filter(view.subject().service())
                : OciProfile.SIDECAR_FILE;
        return Optional.ofNullable(view.expected().files().get(plain)).filter(text -> plain.equals("seccomp/" + file));
    }

    private static Verdict asRendered(InspectView view) {
        Optional<Option> option = SecurityOptions.of(view.host("SecurityOpt")).last("seccomp");
        Optional<Json> meant = view.profile().get();
        if (option.isEmpty() || meant.isEmpty()) {
            return Verdict.outside("no profile is named");
        }
        return same(meant.get().toString(), option.get().value(), Place.NOWHERE);
    }

    private static Verdict same(String meant, String found, Place place) {
        try {
            return meant.equals(found) || Json.parse(meant).equals(Json.parse(found))
                    ? Verdict.held("both are the same JSON")
                    : Verdict.broken("the profile as it was rendered", "another one", place);
        } catch (IOException e) {
            return Verdict.broken("the profile as it was rendered", "no JSON: " + e.getMessage(), place);
        }
    }

    private static Rule deniesByDefault() {
        return fileRule("SEC-4", CRITICAL, "A call that no rule is about is refused")
                .because("a list of what is forbidden never has the next call of the next kernel")
                .cis("5.22")
                .remedy("set defaultAction to SCMP_ACT_ERRNO")
                .files(check((view, profile) -> {
                    String action = profile.defaultAction();
                    boolean logs = action.equals("SCMP_ACT_LOG")
                            && view.expected()
                                    .spec()
                                    .filter(spec -> spec.seccomp().mode() == Mode.LOG)
                                    .isPresent();
                    return REFUSING.contains(action) || logs
                            ? Verdict.held("defaultAction is " + action)
                            : Verdict.broken("SCMP_ACT_ERRNO or a KILL", action, profile.place("defaultAction"));
                }));
    }

    private static Rule deniesTheDangerous() {
        return fileRule("SEC-5", CRITICAL, "No call by which containers are escaped gets through")
                .because(
                        "mount, ptrace, bpf, keyctl, io_uring, user name spaces and their like are where escapes begin")
                .cis("5.22")
                .remedy("take the call out of the profile")
                .files(check((view, profile) -> {
                    Faults faults = Faults.unless("each refused");
                    DENIED.stream()
                            .filter(call -> !view.expected()
                                    .leavesToGuard(view.subject().service(), call))
                            .filter(call -> profile.admits(call, Map.of()))
                            .forEach(call -> faults.add(call + " gets through", profile.place('"' + call + '"')));
                    return faults.or(DENIED.size() + " calls are refused");
                }))
                .probed();
    }

    private static Rule noNewNamespaces() {
        return fileRule(
                        "SEC-6",
                        CRITICAL,
                        "clone makes no name space, and clone3 answers as if the kernel did not have it")
                .because("in a user name space of its own a process has every capability")
                .remedy("allow clone only where argument 0 masked by 0x7E020000 is 0, and answer clone3 by ENOSYS (38)")
                .files(check((view, profile) -> {
                    Faults faults = Faults.unless("no flag of a name space, and clone3 ENOSYS");
                    NEW_NAMESPACES.forEach((flag, bit) -> {
                        if (profile.admits("clone", Map.of(0, bit))) {
                            faults.add("clone(" + flag + ") gets through", profile.place("\"clone\""));
                        }
                    });
                    faults.addIf(
                            !profile.answers("clone3", ENOSYS),
                            "clone3 does not answer ENOSYS",
                            profile.place("\"clone3\""));
                    return faults.or("all " + NEW_NAMESPACES.size() + " flags are refused, clone3 answers ENOSYS");
                }))
                .probed();
    }

    private static Rule nativeAlone() {
        return fileRule("SEC-7", CRITICAL, "Only the machine's own table of system calls can be used")
                .because(
                        "the numbers of another table (i386, x32) mean other calls, and walk around a filter by numbers")
                .remedy("leave subArchitectures empty")
                .files(check((view, profile) -> {
                    Faults faults = Faults.unless("no further table");
                    for (Json map : profile.json().at("archMap").elements()) {
                        faults.addIf(
                                !map.at("subArchitectures").elements().isEmpty(),
                                map.at("architecture").text().orElse("?") + " takes "
                                        + Facts.shown(map.at("subArchitectures")),
                                profile.place("subArchitectures"));
                    }
                    List<String> named = profile.json().at("architectures").texts();
                    named.stream()
                            .filter(arch -> arch.matches("SCMP_ARCH_(X86|X32|ARM)"))
                            .forEach(arch -> faults.add(arch + " is named", profile.place('"' + arch + '"')));
                    faults.addIf(
                            named.isEmpty()
                                    && profile.json().at("archMap").elements().isEmpty(),
                            "the profile names no architecture",
                            profile.place("{"));
                    return faults.or("native tables alone");
                }))
                .probed();
    }

    private static Rule plainSockets() {
        return fileRule("SEC-8", HIGH, "Sockets are of UNIX and the Internet alone, and address randomisation stays on")
                .because(
                        "AF_ALG, AF_VSOCK and AF_PACKET reach kernel code and the host; a fixed layout helps every exploit")
                .remedy("compare argument 0 of socket and of personality with the values that programs need")
                .files(check((view, profile) -> {
                    Faults faults = Faults.unless("families 1, 2, 10 (16 for protocol 0), plain personalities");
                    IntStream.range(0, FAMILIES)
                            .asLongStream()
                            .flatMap(family -> LongStream.of(family, family + ABOVE_INT))
                            .filter(family -> isOpen(profile, family))
                            .limit(1)
                            .forEach(family -> faults.add(
                                    "a socket of family " + (family & (ABOVE_INT - 1)) + " gets through",
                                    profile.place("\"socket\"")));
                    WEAK_PERSONALITIES.stream()
                            .filter(value -> profile.admits("personality", Map.of(0, value)))
                            .limit(1)
                            .forEach(value -> faults.add(
                                    String.format(Locale.ROOT, "personality(0x%x) gets through", value),
                                    profile.place("\"personality\"")));
                    return faults.or("other families and personalities are refused");
                }))
                .probed();
    }

    private static boolean isOpen(SeccompProfile profile, long family) {
        long low = family & (ABOVE_INT - 1);
        if (low == NETLINK) {
            // NETLINK_SOCK_DIAG lists the sockets of others; any but NETLINK_ROUTE (0) is too much.
            return profile.admits("socket", Map.of(0, family, 2, 4L));
        }
        return !PLAIN_FAMILIES.contains(low) && profile.admits("socket", Map.of(0, family));
    }

    private static Rule unconditional() {
        return fileRule("SEC-9", MEDIUM, "The filter is the same on every kernel and for every set of capabilities")
                .because("a rule that depends on them opens a hole where nobody looks")
                .remedy("remove includes and excludes")
                .files(check((view, profile) -> {
                    Faults faults = Faults.unless("no includes and no excludes that loosen");
                    for (Json rule : profile.json().at("syscalls").elements()) {
                        for (String key : List.of("includes", "excludes")) {
                            boolean loosens = List.of("caps", "minKernel", "arches").stream()
                                    .anyMatch(on -> !Facts.isEmpty(rule.at(key, on)));
                            // To look for its line is only worth the time where there is something to show.
                            if (loosens
                                    && !REFUSING.contains(
                                            rule.at("action").text().orElse(""))) {
                                faults.add(
                                        key + " on " + Facts.shown(rule.at("names")), profile.place('"' + key + '"'));
                            }
                        }
                    }
                    return faults.or("no rule depends on anything");
                }));
    }

    private static Rule inForce() {
        return Rule.of("SEC-10", CRITICAL, "The kernel has the filter in force on the running process")
                .because("it proves that the engine applied what it was given")
                .cis("5.22")
                .remedy("see SEC-1 and SEC-2; an engine or kernel without seccomp cannot be used")
                .running(view -> {
                    Verdict mode = filtered(view);
                    if (!(mode instanceof Verdict.Held)) {
                        return mode;
                    }
                    // Linux 5.9 and newer count them; an older kernel shows the mode alone.
                    boolean counted = view.process().text("status").contains("Seccomp_filters:");
                    String count =
                            counted ? view.process().status("Seccomp_filters").get(0) : "1";
                    return count.matches("[1-9][0-9]*")
                            ? Verdict.held("mode 2, filters: " + (counted ? count : "not counted by this kernel"))
                            : Verdict.broken("at least one filter", count, Place.NOWHERE);
                });
    }

    /** A rule about the filter's file, which the services of a project share. */
    private static Rule fileRule(String id, Severity severity, String claim) {
        return Rule.of(id, severity, claim).about(Role.AGENT, Role.SIDECAR, Role.HELPER);
    }

    private static Function<StaticView, Verdict> check(BiFunction<StaticView, SeccompProfile, Verdict> check) {
        return view -> view.profile()
                .map(profile -> check.apply(view, profile))
                .orElseGet(() -> Verdict.outside("no profile is named, as SEC-1 and SEC-2 tell"));
    }
}
