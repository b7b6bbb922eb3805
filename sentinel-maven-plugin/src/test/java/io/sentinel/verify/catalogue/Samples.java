package io.sentinel.verify.catalogue;

import io.sentinel.engine.Json;
import io.sentinel.spec.GuardMode;
import io.sentinel.spec.Profile;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.Expected;
import io.sentinel.verify.evidence.FileTree;
import io.sentinel.verify.evidence.InspectView;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.ProcessFacts;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.evidence.Subject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/** The good samples, one bundle of ours and one project of others, with a case's difference laid over them. */
final class Samples {

    static final String OTHER = "/other";

    private static final String SERVICE = "agent";
    private static final Map<String, Subject> OWN = new LinkedHashMap<>();
    /** The same sandbox with a guard. */
    private static final Map<String, Subject> GUARDED = new LinkedHashMap<>();

    private static final String GUARD = "guarded-";
    private static final Map<String, Subject> OTHERS = new LinkedHashMap<>();

    static {
        for (Profile profile : Profile.values()) {
            OWN.put(
                    profile.name().toLowerCase(java.util.Locale.ROOT),
                    Subject.agent(profile.service(), Optional.of(profile)));
        }
        OWN.put("proxy", Subject.of(Role.SIDECAR, "sentinel-proxy"));
        OWN.put("probe", Subject.of(Role.HELPER, "sentinel-probe"));
        OWN.put("image", Subject.of(Role.IMAGE, "sentinel-strict"));
        OWN.put("proxy-image", Subject.of(Role.IMAGE, "sentinel-proxy"));
        OWN.put("project", Subject.project());
        for (Profile profile : Profile.values()) {
            GUARDED.put(GUARD + profile.word(), OWN.get(profile.word()));
        }
        GUARDED.put(GUARD + "project", Subject.project());
        OTHERS.put("other", Subject.agent(SERVICE, Optional.empty()));
        OTHERS.put("other-image", Subject.of(Role.IMAGE, SERVICE));
        OTHERS.put("other-project", Subject.project());
    }

    /** Where a verification has what stands for the spec's secrets. */
    private static final String PLACEHOLDERS = "/dev/shm/placeholders";

    private final Expected own;
    private final Expected guarded = Bundles.expected(Bundles.with(GuardMode.ENFORCE));
    private final Expected auditing = Bundles.expected(Bundles.with(GuardMode.AUDIT));
    private final Expected others = Expected.ofOthers(OTHER);
    private final Object resolved = Overlay.read(Bundles.read("resolved.json"));
    private final Object written = Overlay.read(Bundles.read("written.json"));
    private final Object guardedResolved = Overlay.read(Bundles.read("guarded/resolved.json"));
    private final Object guardedWritten = Overlay.read(Bundles.read("guarded/written.json"));
    private final Map<String, Object> created = Overlay.map(RuleCase.yaml(Bundles.read("created.yaml")));
    private final Map<String, Object> running = Overlay.map(RuleCase.yaml(Bundles.read("running.yaml")));
    private final Map<String, Object> other = Overlay.map(RuleCase.yaml(Bundles.read("other.yaml")));

    Samples() throws Exception {
        own = Bundles.expected();
    }

    static Subject subject(String on) {
        Subject subject = OWN.getOrDefault(on, GUARDED.getOrDefault(on, OTHERS.get(on)));
        if (subject == null) {
            throw new IllegalArgumentException("nobody is called " + on);
        }
        return subject;
    }

    private static boolean isOwn(String on) {
        return OWN.containsKey(on) || isGuarded(on);
    }

    private static boolean isGuarded(String on) {
        return GUARDED.containsKey(on);
    }

    /** Whose sample it departs from, where it has a guard. */
    private static String bare(String on) {
        return isGuarded(on) ? on.substring(GUARD.length()) : on;
    }

    private Expected own(String on, Map<String, Object> seen) {
        return !isGuarded(on) ? own : "audit".equals(seen.get("mode")) ? auditing : guarded;
    }

    /** The names of all whom the static ring is asked about in the same project. */
    static Set<String> all(String on) {
        return isGuarded(on) ? GUARDED.keySet() : isOwn(on) ? OWN.keySet() : OTHERS.keySet();
    }

    // --- The static ring.

    /** What all subjects of a project see of a case's difference. */
    Map<String, StaticView> files(String on, Map<String, Object> seen) {
        known(
                seen,
                "service",
                "model",
                "resolved",
                "written",
                "bare",
                "files",
                "tampered",
                "links",
                "oddities",
                "mode",
                "dark");
        Expected own = own(on, seen);
        Map<String, String> texts = new TreeMap<>(own.files());
        Expected expected = own;
        String folder = Bundles.FOLDER;
        Object base = isGuarded(on) ? guardedResolved : resolved;
        Object baseWritten = isGuarded(on) ? guardedWritten : written;
        if (!isOwn(on)) {
            texts.clear();
            Overlay.map(other.get("files")).forEach((name, text) -> texts.put(name, profile(String.valueOf(text))));
            expected = others;
            folder = OTHER;
            base = other.get("model");
            baseWritten = base;
        }
        change(texts, seen.get("files"));
        if (isOwn(on)) {
            expected = new Expected(
                    own.spec(),
                    new TreeMap<>(texts),
                    MemoryProject.states(texts),
                    own.services(),
                    own.handedOn(),
                    own.roots(),
                    own.images());
        }
        change(texts, seen.get("tampered"));
        Object service = Map.of();
        if (seen.containsKey("service")) {
            service = Map.of("services", Map.of(subject(on).service(), seen.get("service")));
        }
        MemoryProject project = new MemoryProject(
                folder,
                isOwn(on) ? "docker-compose.yml" : "compose.yaml",
                laid(base, service, seen.get("model"), seen.get("resolved")),
                laid(baseWritten, service, seen.get("model"), seen.get("written")),
                laid(base, service, seen.get("model"), seen.get("resolved"), seen.get("bare")),
                texts,
                strings(seen.get("links")),
                lists(seen.get("oddities")),
                dark(seen));
        Map<String, StaticView> views = new LinkedHashMap<>();
        for (String name : all(on)) {
            views.put(name, new StaticView(subject(name), expected, project));
        }
        return views;
    }

    private static Json laid(Object base, Object... differences) {
        Object all = base;
        for (Object difference : differences) {
            all = difference == null ? all : Overlay.lay(all, difference);
        }
        return Overlay.json(all);
    }

    private static void change(Map<String, String> texts, Object changes) {
        Overlay.map(changes).forEach((name, change) -> {
            if (Overlay.GONE.equals(change)) {
                texts.remove(name);
            } else {
                texts.put(name, Overlay.text(texts.getOrDefault(name, ""), change));
            }
        });
    }

    private String profile(String text) {
        return text.equals("(seccomp)") ? own.files().get("seccomp/sentinel-seccomp.json") : text;
    }

    // --- The inspect ring.

    InspectView created(String on, Map<String, Object> seen) {
        known(
                seen,
                "container",
                "image",
                "networks",
                "volumes",
                "engine",
                "tree",
                "contents",
                "profile",
                "images",
                "mode",
                "dark");
        Map<String, Object> sample =
                Overlay.map(Overlay.lay(sample(created, on), without(seen, "dark", "images", "mode")));
        Set<String> dark = dark(seen);
        Expected own = own(on, seen);
        Expected expected = isOwn(on) ? own.withRoot(PLACEHOLDERS) : others;
        Map<String, String> images = strings(seen.get("images"));
        Expected withImages = images.isEmpty() ? expected : expected.withImages(new TreeMap<>(images));
        String seccomp = isOwn(on) && subject(on).role() == Role.SIDECAR
                ? own.files().get("seccomp/sentinel-seccomp-proxy.json")
                : own.files().get("seccomp/sentinel-seccomp.json");
        return new InspectView(
                subject(on),
                withImages,
                seen("container", dark, () -> Overlay.json(inlined(sample.get("container"), seccomp))),
                seen("image", dark, () -> Overlay.json(sample.get("image"))),
                seen("networks", dark, () -> jsons(sample.get("networks"))),
                seen("volumes", dark, () -> jsons(sample.get("volumes"))),
                seen("engine", dark, () -> Overlay.json(sample.get("engine"))),
                seen("tree", dark, () -> tree(sample, own)),
                seen("profile", dark, () -> Optional.of(parse(seccomp))),
                isOwn(on) ? Bundles.FOLDER + "/docker-compose.yml" : OTHER + "/compose.yaml");
    }

    private static Object inlined(Object container, String seccomp) {
        Map<String, Object> host = Overlay.map(Overlay.map(container).get("HostConfig"));
        if (!(host.get("SecurityOpt") instanceof List<?> options)) {
            return container;
        }
        List<Object> inlined = new ArrayList<>();
        options.forEach(option -> inlined.add(String.valueOf(option).replace("(seccomp)", seccomp)));
        return Overlay.lay(container, Map.of("HostConfig", Map.of("SecurityOpt", inlined)));
    }

    /** The sample of all, what this one has otherwise, and what a guard adds to it. */
    private static Object sample(Map<String, Object> samples, String on) {
        Object sample = Overlay.lay(samples.get("all"), samples.getOrDefault(bare(on), Map.of()));
        return isGuarded(on)
                ? Overlay.lay(Overlay.lay(sample, samples.get("guarded")), samples.getOrDefault(on, Map.of()))
                : sample;
    }

    private static FileTree tree(Map<String, Object> sample, Expected own) {
        Map<String, FileTree.Entry> entries = new HashMap<>();
        Overlay.map(sample.get("tree")).forEach((path, facts) -> {
            Map<String, Object> known = Overlay.map(facts);
            entries.put(
                    path,
                    new FileTree.Entry(
                            FileTree.Kind.valueOf(String.valueOf(known.getOrDefault("kind", "FILE"))),
                            (Integer) known.getOrDefault("mode", 0644),
                            Long.parseLong(String.valueOf(known.getOrDefault("uid", 0))),
                            Long.parseLong(String.valueOf(known.getOrDefault("gid", 0))),
                            String.valueOf(known.getOrDefault("link", ""))));
        });
        Map<String, String> contents = new TreeMap<>();
        strings(sample.get("contents"))
                .forEach((path, text) -> contents.put(
                        path, text.replace("(entrypoint)", own.files().get("scripts/entrypoint.sh"))));
        return new FileTree(new TreeMap<>(entries), new TreeMap<>(contents));
    }

    // --- The live ring.

    LiveView running(String on, Map<String, Object> seen) {
        known(seen, "status", "mounts", "files", "host", "attempts", "engine", "mode", "guard", "dark");
        Map<String, Object> own = Overlay.map(running.getOrDefault(bare(on), Map.of()));
        Map<String, Object> base = Overlay.map(Overlay.lay(running.get("all"), without(own, "files")));
        if (isGuarded(on)) {
            base = Overlay.map(Overlay.lay(Overlay.lay(base, running.get("guarded")), running.get(on)));
        }
        Map<String, String> files = new TreeMap<>(strings(base.get("files")));
        change(files, own.get("files"));
        change(files, seen.get("files"));
        Overlay.map(seen.get("status"))
                .forEach((key, value) ->
                        files.put("status", LiveSample.line(files.get("status"), key + ":", String.valueOf(value))));
        Overlay.map(seen.get("mounts"))
                .forEach((target, line) ->
                        files.put("mountinfo", LiveSample.mount(files.get("mountinfo"), target, line)));
        Map<String, Object> sample =
                Overlay.map(Overlay.lay(base, without(seen, "files", "status", "mounts", "mode", "dark")));
        Set<String> dark = dark(seen);
        Expected expected = isOwn(on) ? own(on, seen) : others;
        return new LiveView(
                subject(on),
                expected,
                seen(
                        "process",
                        dark,
                        () -> new ProcessFacts(new TreeMap<>(files), new TreeMap<>(strings(sample.get("host"))))),
                seen("attempts", dark, () -> LiveSample.attempts(sample.get("attempts"))),
                seen("guard", dark, () -> GuardSample.of(Overlay.map(sample.get("guard")), expected)),
                seen("engine", dark, () -> Overlay.json(sample.get("engine"))));
    }

    // --- What all of them need.

    private static void known(Map<String, Object> seen, String... keys) {
        Set<String> unknown = new TreeSet<>();
        seen.keySet().forEach(key -> unknown.add(key.replaceFirst("\\+$", "")));
        unknown.removeAll(Set.of(keys));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("nothing is seen in this ring by the name of " + unknown);
        }
    }

    private static Map<String, Object> without(Map<String, Object> seen, String... keys) {
        Map<String, Object> rest = new LinkedHashMap<>(seen);
        rest.keySet().removeAll(Set.of(keys));
        return rest;
    }

    /** Made when it is first asked for, and kept, as what is gathered of a real container is. */
    private static <T> Supplier<T> seen(String what, Set<String> dark, Supplier<T> value) {
        List<T> made = new ArrayList<>();
        return () -> {
            if (dark.contains(what)) {
                throw new CannotTell("the " + what + " could not be looked at");
            }
            if (made.isEmpty()) {
                made.add(value.get());
            }
            return made.get(0);
        };
    }

    private static Json parse(String json) {
        try {
            return Json.parse(json);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Map<String, Json> jsons(Object map) {
        Map<String, Json> all = new TreeMap<>();
        Overlay.map(map).forEach((name, value) -> all.put(name, Overlay.json(value)));
        return all;
    }

    static Map<String, String> strings(Object map) {
        Map<String, String> all = new LinkedHashMap<>();
        Overlay.map(map).forEach((name, value) -> all.put(name, String.valueOf(value)));
        return all;
    }

    private static Map<String, List<String>> lists(Object map) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        Overlay.map(map)
                .forEach((name, value) -> all.put(
                        name, ((List<?>) value).stream().map(String::valueOf).toList()));
        return all;
    }

    private static Set<String> dark(Map<String, Object> seen) {
        Set<String> dark = new TreeSet<>();
        if (seen.get("dark") instanceof List<?> list) {
            list.forEach(what -> dark.add(String.valueOf(what)));
        }
        return dark;
    }
}
