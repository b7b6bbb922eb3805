package io.sentinel.render;

import io.sentinel.spec.Image;
import io.sentinel.spec.Policy;
import io.sentinel.spec.PolicyCompiler;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** What a bundle has of the guard, where its spec wants one. */
final class GuardFiles {

    private static final String FOLDER = "guard/";

    private static final List<String> EXECUTABLE =
            List.of("sentinel-guard-x86_64", "sentinel-guard-aarch64", "python/install");

    /** A jar has no folders to list: a test compares this with {@code guard/python}. */
    static final List<String> HOOK = List.of(
            "python/sentinel_guard/__init__.py",
            "python/sentinel_guard/events.py",
            "python/sentinel_guard/files.py",
            "python/sentinel_guard/layer.py",
            "python/sentinel_guard/network.py",
            "python/sentinel_guard/policy.py",
            "python/sentinel_guard/programs.py",
            "python/sentinel_guard/report.py",
            "python/start/sentinel.pth",
            "python/start/sitecustomize.py");

    private GuardFiles() {}

    /** The launcher for each machine that an image may be for, as the plugin's build made it, and the hook of Python. */
    static List<BundleFile> programs() {
        return Stream.concat(
                        EXECUTABLE.stream().map(GuardFiles::resource).map(BundleFile::withExecutable),
                        HOOK.stream().map(GuardFiles::resource))
                .toList();
    }

    private static BundleFile resource(String name) {
        return Renderer.resource(FOLDER + name, FOLDER + name);
    }

    /**
     * What is mounted, as it changes without the image.
     *
     * @param yaml the policy that it is compiled from, byte for byte
     */
    static List<BundleFile> mounted(RenderInputs inputs, BundleFile yaml) {
        Policy policy = inputs.spec().policy();
        List<String> copied =
                inputs.spec().image().copy().stream().map(Image.Copy::to).toList();
        String sha256 = yaml.digest().substring("sha256:".length());
        String compiled = PolicyCompiler.compile(policy, inputs.spec().guard(), sha256, copied);
        return List.of(
                BundleFile.rendered(FOLDER + "policy", compiled.getBytes(StandardCharsets.UTF_8)),
                resource("resolv.conf"));
    }
}
