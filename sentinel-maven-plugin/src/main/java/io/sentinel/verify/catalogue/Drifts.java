package io.sentinel.verify.catalogue;

import io.sentinel.engine.Json;
import io.sentinel.spec.ContainerRuntime;
import io.sentinel.spec.Resources;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.Secret;
import io.sentinel.spec.Spec;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.InspectView;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.ProcessFacts;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.SecurityOptions;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.evidence.Subject;
import io.sentinel.verify.evidence.View;
import io.sentinel.verify.rule.Drift;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * One fact as the spec asks for it, as Compose resolved it, as the engine created it and as the kernel enforces it: where a
 * layer says something else than the one above it, it has lost what was asked for.
 */
public final class Drifts {

    private static final List<String> LAYERS = List.of("the spec", "Compose's model", "the engine", "the kernel");

    /** The kernel counts memory, and the files of a tmpfs, in whole pages (4 KiB on both machines that are served). */
    private static final long PAGE = 4096;

    /** The engine hands processors on in hundred-thousandths of one. */
    private static final long SHARE = 10_000;

    private static final String YES = "yes";
    private static final String NO = "no";
    private static final String NONE = "none";
    private static final String UNLIMITED = "unlimited";

    private Drifts() {}

    /** What one layer says, if it says anything. */
    private interface Said<V> extends Function<V, Optional<String>> {}

    private record Fact(
            String name, Said<Spec> spec, Said<StaticView> model, Said<InspectView> container, Said<LiveView> kernel) {}

    private static final List<Fact> FACTS = List.of(
            new Fact(
                    "memory limit",
                    spec -> memory(OptionalLong.of(spec.resources().memory().bytes())),
                    view -> memory(Facts.bytes(first(view.at("mem_limit"), limit(view, "memory")))),
                    view -> memory(Facts.number(view.host("Memory").text())),
                    view -> memory(number(view.process().cgroup("memory.max", "memory/memory.limit_in_bytes")))),
            new Fact(
                    "processes",
                    spec -> Optional.of(Integer.toString(spec.resources().pids())),
                    view -> first(view.at("pids_limit"), limit(view, "pids")).map(Drifts::processes),
                    view -> view.host("PidsLimit").text().map(Drifts::processes),
                    view -> Optional.of(processes(view.process().cgroup("pids.max", "pids/pids.max")))),
            new Fact(
                    "processors",
                    spec -> share(spec.resources().cpus()),
                    view -> first(view.at("cpus"), limit(view, "cpus")).flatMap(text -> share(new BigDecimal(text))),
                    view -> Facts.number(view.host("NanoCpus").text()).stream()
                            .filter(nanos -> nanos > 0)
                            .mapToObj(nanos -> share(BigDecimal.valueOf(nanos).movePointLeft(9)))
                            .flatMap(Optional::stream)
                            .findFirst(),
                    view -> quota(view.process())),
            new Fact(
                    "open files",
                    spec -> Optional.of(Integer.toString(spec.resources().nofile())),
                    view -> model(view.at("ulimits", "nofile")),
                    view -> view.host("Ulimits").elements().stream()
                            .filter(limit -> limit.at("Name").text().equals(Optional.of("nofile")))
                            .map(limit -> limit.at("Hard").text())
                            .flatMap(Optional::stream)
                            .findFirst(),
                    view -> Optional.of(view.process().limit("Max open files").get(1))),
            new Fact(
                    "user",
                    spec -> spec.user().map(user -> user.uid() + ":" + user.gid()),
                    view -> view.at("user").text().filter(text -> text.matches("[0-9]+:[0-9]+")),
                    view -> view.at("Config", "User").text().filter(text -> text.matches("[0-9]+:[0-9]+")),
                    view -> Optional.of(view.process().status("Uid").get(1) + ":"
                            + view.process().status("Gid").get(1))),
            new Fact(
                    "root file system cannot be written",
                    spec -> Optional.of(YES),
                    view -> yes(Facts.isYes(view.at("read_only"))),
                    view -> yes(view.host("ReadonlyRootfs").isTrue()),
                    view -> view.process().mount("/").flatMap(mount -> yes(mount.has("ro")))),
            new Fact(
                    "no new privileges",
                    spec -> Optional.of(YES),
                    view -> yes(noNewPrivileges(view.at("security_opt"))),
                    view -> yes(noNewPrivileges(view.host("SecurityOpt"))),
                    view -> yes(view.process().status("NoNewPrivs").equals(List.of("1")))),
            new Fact(
                    "all capabilities dropped",
                    spec -> Optional.of(YES),
                    view -> yes(dropsAll(view.at("cap_drop")) && Facts.isEmpty(view.at("cap_add"))),
                    view -> yes(dropsAll(view.host("CapDrop")) && Facts.isEmpty(view.host("CapAdd"))),
                    view -> yes(view.process().status("CapBnd").get(0).matches("0+"))),
            new Fact(
                    "system call filter",
                    spec -> yes(spec.seccomp().mode() != SeccompChoice.Mode.OFF),
                    view -> yes(SecurityOptions.of(view.at("security_opt"))
                            .seccompFile()
                            .isPresent()),
                    view -> yes(SecurityOptions.of(view.host("SecurityOpt"))
                            .seccompFile()
                            .isPresent()),
                    view -> yes(view.process().status("Seccomp").equals(List.of("2")))),
            // Whatever an engine's usual runtime is: only that one which was asked for is gone would be a loss.
            new Fact(
                    "a runtime with a kernel of its own",
                    spec -> yes(spec.runtime() != ContainerRuntime.RUNC),
                    view -> yes(hasOwnKernel(view.at("runtime"))),
                    view -> yes(hasOwnKernel(view.host("Runtime"))),
                    view -> {
                        throw new CannotTell("a process does not show what started it");
                    }),
            new Fact(
                    "an init as process 1",
                    spec -> Optional.of(YES),
                    view -> yes(Facts.isYes(view.at("init"))),
                    view -> yes(view.host("Init").isTrue()),
                    view -> view.process().find("init").flatMap(text -> yes(text.matches("(?s).*init.*|.*tini.*")))),
            new Fact(
                    "secrets",
                    spec -> Optional.of(GivenFiles.names(
                            spec.secrets().stream().map(Secret::target).toList())),
                    view -> GivenFiles.names(view, GivenFiles.targets(view)),
                    view -> GivenFiles.names(
                            view,
                            view.at("Mounts").elements().stream()
                                    .flatMap(mount -> mount.at("Destination").text().stream())
                                    .toList()),
                    view -> GivenFiles.names(
                            view,
                            view.process().mounts().stream()
                                    .map(ProcessFacts.Mount::target)
                                    .toList())),
            tmpfs("/tmp", resources -> resources.tmp().bytes()),
            tmpfs("/run", resources -> resources.run().bytes()));

    private static boolean hasOwnKernel(Json runtime) {
        return runtime.text()
                .filter(text -> text.equals(ContainerRuntime.RUNSC.word()) || text.equals(ContainerRuntime.KATA.word()))
                .isPresent();
    }

    private static Fact tmpfs(String path, Function<Resources, Long> size) {
        return new Fact(
                "size of " + path,
                spec -> blocks(OptionalLong.of(size.apply(spec.resources()))),
                view -> view.at("tmpfs").texts().stream()
                        .filter(entry -> entry.equals(path) || entry.startsWith(path + ":"))
                        .map(entry -> option(entry.substring(path.length()), "size"))
                        .flatMap(Optional::stream)
                        .findFirst()
                        .flatMap(text -> blocks(Facts.bytes(Optional.of(text)))),
                view -> view.host("Tmpfs")
                        .at(path)
                        .text()
                        .flatMap(options -> option(options, "size"))
                        .flatMap(text -> blocks(Facts.bytes(Optional.of(text)))),
                view -> view.process()
                        .mount(path)
                        .flatMap(mount -> option(String.join(",", mount.options()), "size"))
                        .flatMap(text -> blocks(Facts.bytes(Optional.of(text)))));
    }

    /**
     * Where the layers of the agents disagree. A layer that was not looked at, or could not be, says nothing: that it could
     * not is told by the rules.
     */
    public static List<Drift> among(List<StaticView> models, List<InspectView> containers, List<LiveView> processes) {
        List<Drift> drifts = new ArrayList<>();
        for (StaticView model : models) {
            Subject subject = model.subject();
            if (subject.role() != Role.AGENT) {
                continue;
            }
            for (Fact fact : FACTS) {
                compare(
                                subject.service(),
                                fact.name(),
                                List.of(
                                        model.expected().spec().flatMap(spec -> fact.spec()
                                                .apply(spec)),
                                        said(fact.model(), model),
                                        of(containers, subject).flatMap(view -> said(fact.container(), view)),
                                        of(processes, subject).flatMap(view -> said(fact.kernel(), view))))
                        .ifPresent(drifts::add);
            }
        }
        return drifts;
    }

    private static <V extends View> Optional<V> of(List<V> views, Subject subject) {
        return views.stream().filter(view -> view.subject().equals(subject)).findFirst();
    }

    /** Of a bundle of ours, where each of them is written, that a layer has none is something that it says too. */
    private static <V extends View> Optional<String> said(Said<V> what, V by) {
        try {
            Optional<String> said = what.apply(by);
            return said.isEmpty() && by.expected().isOwn() ? Optional.of(NONE) : said;
        } catch (CannotTell e) {
            return Optional.empty();
        } catch (RuntimeException e) {
            // A value of a form that no engine was seen to give: the rule about it says so.
            return Optional.empty();
        }
    }

    private static Optional<Drift> compare(String service, String fact, List<Optional<String>> layers) {
        Optional<String> above = Optional.empty();
        for (int i = 0; i < layers.size(); i++) {
            Optional<String> here = layers.get(i);
            // What nobody asked for, and holds all the same, was not lost.
            boolean gained = above.equals(Optional.of(NO)) && here.equals(Optional.of(YES));
            if (above.isPresent() && here.isPresent() && !here.equals(above) && !gained) {
                return Optional.of(new Drift(
                        service, fact, layers.get(0), layers.get(1), layers.get(2), layers.get(3), LAYERS.get(i)));
            }
            above = here.isPresent() ? here : above;
        }
        return Optional.empty();
    }

    private static Optional<String> yes(boolean is) {
        return Optional.of(is ? YES : NO);
    }

    /** As a control group counts: down to a whole page, and the largest number is none (page_counter_memparse). */
    private static Optional<String> memory(OptionalLong bytes) {
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        long pages = bytes.getAsLong() / PAGE;
        return Optional.of(pages <= 0 || pages == Long.MAX_VALUE / PAGE ? UNLIMITED : Long.toString(pages * PAGE));
    }

    /** As a tmpfs counts: up to a whole page (shmem_parse_one). */
    private static Optional<String> blocks(OptionalLong bytes) {
        return bytes.isPresent()
                ? Optional.of(Long.toString((bytes.getAsLong() + PAGE - 1) / PAGE * PAGE))
                : Optional.empty();
    }

    /** Compose and the engine write "no limit" as 0 or below, the kernel as a word. */
    private static String processes(String limit) {
        return limit.equals("max") || limit.matches("0|-[0-9]+") ? UNLIMITED : limit;
    }

    private static OptionalLong number(String text) {
        return text.equals("max") ? OptionalLong.of(Long.MAX_VALUE) : Facts.number(Optional.of(text));
    }

    private static Optional<String> share(BigDecimal processors) {
        if (processors.signum() <= 0) {
            return Optional.of(UNLIMITED);
        }
        long nanos = processors.movePointRight(9).longValue();
        return Optional.of(BigDecimal.valueOf(nanos / SHARE * SHARE, 9)
                .stripTrailingZeros()
                .toPlainString());
    }

    private static Optional<String> quota(ProcessFacts process) {
        String[] words =
                process.find("cgroup/cpu.max").map(String::strip).orElse("").split(" ");
        String quota = words.length == 2 ? words[0] : process.cgroup("cpu/cpu.cfs_quota_us");
        String period = words.length == 2 ? words[1] : process.cgroup("cpu/cpu.cfs_period_us");
        return quota.equals("max") || quota.startsWith("-")
                ? Optional.of(UNLIMITED)
                : share(new BigDecimal(quota).divide(new BigDecimal(period), 9, java.math.RoundingMode.HALF_UP));
    }

    private static Optional<String> limit(StaticView view, String name) {
        return view.at("deploy", "resources", "limits", name).text();
    }

    private static Optional<String> first(Json own, Optional<String> other) {
        return own.text().or(() -> other);
    }

    /** One number for both, or the hard one. */
    private static Optional<String> model(Json limit) {
        return limit.text().or(() -> limit.at("hard").text());
    }

    private static boolean noNewPrivileges(Json options) {
        return SecurityOptions.of(options)
                .last("no-new-privileges")
                .filter(option -> option.value().equals("true"))
                .isPresent();
    }

    private static boolean dropsAll(Json list) {
        return list.texts().stream().anyMatch("ALL"::equalsIgnoreCase);
    }

    private static Optional<String> option(String options, String key) {
        Optional<String> last = Optional.empty();
        for (String option : options.split("[:,]")) {
            if (option.startsWith(key + "=")) {
                last = Optional.of(option.substring(key.length() + 1));
            }
        }
        return last;
    }
}
