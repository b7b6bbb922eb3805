package io.sentinel.render;

import io.sentinel.spec.ContainerRuntime;
import io.sentinel.spec.GuardMode;
import io.sentinel.spec.Origin;
import io.sentinel.spec.Overrides.PolicyFile;
import io.sentinel.spec.SandboxLock.LockedImage;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SecretNames;
import io.sentinel.spec.Spec;
import io.sentinel.spec.User;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Renders a bundle in memory. Reads the files that {@code image.copy} names, and writes nothing. */
public final class Renderer {

    private static final int LONGEST_LINE = 65_000;

    private final Templates templates = new Templates();

    /**
     * @throws SandboxException when what the spec names is not there or must not be copied, or the lock does not fit it
     * @throws IOException when a file of the project cannot be read
     */
    public Rendering render(RenderInputs inputs) throws SandboxException, IOException {
        Spec spec = inputs.spec();
        Path agents = inputs.layout().project().resolve(spec.workspace());
        inputs.layout().checkWorkspace(agents);
        Optional<LockedImage> locked =
                locked(inputs.lock().image(), "image.from", spec.image().from());
        Rendered.Base base = new Rendered.Base(from(spec.image().from(), locked), locked);
        Rendered.Base sidecarBase = sidecarBase(inputs, base);
        Refusals refusals = new Refusals();
        List<ContextReader.CopiedTree> trees =
                new ContextReader(inputs.layout(), agents).read(spec.image().copy(), refusals);
        SecretFiles.refuseCopied(inputs.layout(), spec, refusals);
        if (inputs.filter().isEmpty()) {
            SpecFiles.missingProfile(inputs.layout(), spec.seccomp())
                    .ifPresent(sentence -> refusals.add("seccomp.file", sentence));
        }
        refusals.throwIfAny(inputs.layout());

        // What needs no template, while these are parsed.
        SeccompFiles seccomp = SeccompFiles.of(inputs);
        List<BundleFile> sidecar = List.of(
                resource("proxy/Dockerfile", "proxy/Dockerfile"),
                resource("proxy/.dockerignore", "proxy/dockerignore"),
                resource("proxy/proxy-health", "proxy/proxy-health").withExecutable(),
                resource("proxy/network-probe", "proxy/network-probe").withExecutable(),
                resource("proxy/proxy-reload", "proxy/proxy-reload").withExecutable(),
                resource("proxy/proxy-start", "proxy/proxy-start").withExecutable());
        List<BundleFile> programs = spec.guard() == GuardMode.OFF ? List.of() : GuardFiles.programs();

        Map<String, Object> model = new HashMap<>();
        model.put("spec", spec);
        model.put("version", inputs.version());
        model.put("from", base.name());
        model.put("sidecarFrom", sidecarBase.name());
        model.put("fallback", User.FALLBACK);
        model.put("runsAs", spec.user().orElse(User.FALLBACK));
        spec.user().ifPresent(user -> model.put("user", user));
        model.put("command", command(spec, locked));
        model.put("copies", copies(trees));
        Allowed allowed = Allowed.of(spec.allow(), inputs.origins());
        model.put("allowed", allowed);
        model.put("origins", origins(inputs));
        model.put("guarded", spec.guard() != GuardMode.OFF);
        model.put("enforced", spec.guard() == GuardMode.ENFORCE);
        model.put("ownKernel", spec.runtime() != ContainerRuntime.RUNC);
        model.put("recordedOnly", spec.seccomp().mode() == SeccompChoice.Mode.LOG);

        List<BundleFile> files = new ArrayList<>();
        trees.forEach(tree -> files.addAll(tree.files()));
        files.add(refuseLongLines(file("Dockerfile", "Dockerfile", model)));
        files.add(file(".dockerignore", "dockerignore", model));
        files.add(file("scripts/entrypoint.sh", "entrypoint.sh", model).withExecutable());
        files.addAll(programs);
        String buildDigest = Bundle.of(files).digest();

        String sidecarDigest =
                Sha256.of((Bundle.of(sidecar).digest() + " " + sidecarBase.name()).getBytes(StandardCharsets.UTF_8));
        files.addAll(sidecar);
        files.add(resource("proxy/hosts", "proxy/hosts"));
        files.add(file(Bundle.RULES, "squid.conf", model));
        files.add(file(Bundle.HOSTS, "allowed-domains.txt", model));

        files.addAll(seccomp.files());
        BundleFile policy = inputs.policyFile()
                .map(file -> BundleFile.rendered(Bundle.POLICY, file.text().getBytes(StandardCharsets.UTF_8)))
                .orElseGet(() -> policy(spec));
        files.add(policy);
        if (spec.guard() != GuardMode.OFF) {
            files.addAll(GuardFiles.mounted(inputs, policy));
            model.put("trail", reached(inputs.layout(), inputs.layout().trail()));
        }
        Optional<String> mounted = inputs.policyFile().flatMap(PolicyFile::mounted);
        mounted.ifPresent(path -> model.put("policyFile", path));

        String image = image(spec.name(), buildDigest);
        String sidecarImage = image(spec.name() + "-proxy", sidecarDigest);
        model.put("image", image);
        model.put("proxyImage", sidecarImage);
        model.put("buildDigest", buildDigest);
        model.put("proxyDigest", sidecarDigest);
        seccomp.agents().ifPresent(path -> model.put("seccompFile", path));
        seccomp.standard().ifPresent(path -> model.put("standardSeccompFile", path));
        model.put("guardVariables", GuardVariables.DEFAULTS);
        model.put("noSecrets", SecretFiles.UNSET);
        model.put("workspace", workspace(inputs));
        files.add(file(Bundle.COMPOSE, Bundle.COMPOSE, model));

        files.add(BundleLock.render(Bundle.of(files), inputs));
        Bundle bundle = Bundle.of(files);
        Rendered facts = new Rendered(
                bundle.digest(),
                spec.name(),
                image,
                sidecarImage,
                base,
                sidecarBase,
                command(spec, locked),
                spec.resources().timeout(),
                inputs.origins(),
                !spec.allow().isEmpty(),
                agents,
                spec.user(),
                Stream.of(seccomp.weakenings(), allowed.weakenings(), passed(spec), PolicyWeakenings.of(spec))
                        .flatMap(List::stream)
                        .toList(),
                spec.seccomp(),
                new Rendered.Mounted(
                        mounted.map(Path::of)
                                .orElseGet(() -> inputs.layout().bundle().resolve(Bundle.POLICY)),
                        policy.digest()),
                spec.production(),
                spec.guard(),
                PolicyWeakenings.asks(spec),
                spec.runtime(),
                spec.passEnvironment(),
                spec.secrets());
        return new Rendering(facts, bundle);
    }

    /** What a variable holds, every program of the sandbox and whoever may inspect its container can read. */
    private static List<String> passed(Spec spec) {
        Stream<String> written = spec.environment().entrySet().stream()
                .filter(variable -> !variable.getValue().isEmpty() && SecretNames.isOne(variable.getKey()))
                .map(variable ->
                        "environment has a value for " + variable.getKey() + ", which is named like a secret: it"
                                + " stands in the spec and in the bundle, and every program in the sandbox reads it; the spec's"
                                + " secrets give a file");
        Stream<String> passed = spec.passEnvironment().stream()
                .filter(SecretNames::isOne)
                .map(name -> "passEnvironment hands on " + name + ", which is named like a secret: every program in the"
                        + " sandbox and whoever may inspect the container reads it; the spec's secrets give a file");
        return Stream.concat(written, passed).toList();
    }

    /**
     * The tag is what the image is built from, so a stale image is never taken for a current one. No registry serves
     * "localhost/".
     */
    private static String image(String name, String digest) {
        return "localhost/sentinel/" + name + ":" + digest.substring("sha256:".length(), "sha256:".length() + 16);
    }

    /** BuildKit's parser takes no longer lines, and says so without a name. */
    private static BundleFile refuseLongLines(BundleFile dockerfile) throws SandboxException {
        byte[] bytes = ((BundleFile.Content.Rendered) dockerfile.content()).bytes();
        if (new String(bytes, StandardCharsets.UTF_8).lines().anyMatch(line -> line.length() >= LONGEST_LINE)) {
            throw new SandboxException("a step of image.run, or all of image.packages, is longer than " + LONGEST_LINE
                    + " characters once it is"
                    + " escaped for the Dockerfile, which takes no longer lines; put it into a script and copy that");
        }
        return dockerfile;
    }

    private static Rendered.Base sidecarBase(RenderInputs inputs, Rendered.Base base) throws SandboxException {
        if (inputs.spec().sidecarFrom().isEmpty()) {
            return base;
        }
        String from = inputs.spec().sidecarFrom().get();
        Optional<LockedImage> locked = locked(inputs.lock().sidecarImage(), "profiles.proxied.from", from);
        return new Rendered.Base(from(from, locked), locked);
    }

    private static Optional<LockedImage> locked(Optional<LockedImage> locked, String key, String from)
            throws SandboxException {
        if (locked.isPresent() && !locked.get().reference().equals(from)) {
            throw new SandboxException(
                    "sandbox.lock pins the base image " + locked.get().reference() + ", and the spec's " + key + " is "
                            + from + "; run mvn sentinel:pin to pin the new one");
        }
        return locked;
    }

    private static String from(String reference, Optional<LockedImage> locked) {
        return locked.flatMap(LockedImage::digest)
                .filter(digest -> !reference.contains("@"))
                .map(digest -> reference + "@" + digest)
                .orElse(reference);
    }

    /** The spec's command; without one the base's own, where it is known. */
    private static List<String> command(Spec spec, Optional<LockedImage> locked) {
        if (!spec.command().isEmpty() || locked.isEmpty()) {
            return spec.command();
        }
        List<String> own = new ArrayList<>(locked.get().entrypoint());
        own.addAll(locked.get().command());
        return own;
    }

    /** By each named list's word, what it came to. */
    private static Map<String, List<String>> origins(RenderInputs inputs) {
        Map<String, List<String>> all = new TreeMap<>();
        inputs.origins()
                .forEach((list, found) -> all.put(
                        list.word(), found.stream().map(Origin::toString).toList()));
        return all;
    }

    private static List<Map<String, String>> copies(List<ContextReader.CopiedTree> trees) {
        return trees.stream()
                .map(tree -> Map.of("source", tree.source(), "target", copyWord(tree.target())))
                .toList();
    }

    /** COPY expands variables and quotes in its words, exec form or not; a backslash takes a character as it is. */
    private static String copyWord(String word) {
        return word.replaceAll("[\\\\$'\"]", "\\\\$0");
    }

    private static String workspace(RenderInputs inputs) throws SandboxException {
        Layout layout = inputs.layout();
        return reached(layout, layout.project().resolve(inputs.spec().workspace()));
    }

    /** As a mount's source: from the bundle, without anything that Compose would read otherwise. */
    private static String reached(Layout layout, Path folder) throws SandboxException {
        String path = layout.fromBundle(folder);
        if (!path.matches("[A-Za-z0-9._/+@=,-]+")) {
            throw new SandboxException("the way from the bundle (" + layout.shown(layout.bundle()) + ") to "
                    + layout.shown(folder) + " is " + path
                    + "; it may hold letters, digits and ._/+@=,- only: choose another bundle folder");
        }
        return path.startsWith(".") ? path : "./" + path;
    }

    /** The policy of a spec: a function of its policy and its name alone, so that its hash holds for every version. */
    public BundleFile policy(Spec spec) {
        return file(Bundle.POLICY, "sentinel.yaml", Map.of("spec", spec));
    }

    private BundleFile file(String path, String template, Map<String, Object> model) {
        return BundleFile.rendered(path, templates.render(template, model));
    }

    static BundleFile resource(String path, String name) {
        return BundleFile.rendered(path, Resources.read(name));
    }
}
