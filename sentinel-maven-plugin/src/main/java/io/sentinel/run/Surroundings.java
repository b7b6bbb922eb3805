package io.sentinel.run;

import io.sentinel.render.FreshFile;
import io.sentinel.render.Layout;
import io.sentinel.render.Rendered;
import io.sentinel.render.SandboxException;
import io.sentinel.spec.Profile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What Compose is given for one run: its files, and the variables that they read.
 *
 * @param proxy of which programs are told
 * @param workspace a folder outside of the project, in place of the spec's
 */
record Surroundings(Layout layout, Invoker invoker, Optional<AgentProxy> proxy, Optional<Path> workspace) {

    /**
     * Those of a run.
     *
     * @throws RefusedException where it has a network without the proxy that the invoker asks for
     */
    static Surroundings of(Profile profile, Beyond beyond, Layout layout, Invoker invoker) throws SandboxException {
        boolean standard = profile == Profile.STANDARD;
        Optional<AgentProxy> proxy = standard ? AgentProxy.of(invoker.environment()) : Optional.empty();
        if (proxy.filter(AgentProxy::isSidecar).isPresent()) {
            throw new RefusedException(AgentProxy.VARIABLE + " names " + AgentProxy.SIDECAR
                    + ", which only the profile proxied has; use -Dsentinel.profile=proxied, or unset it");
        }
        if (proxy.isEmpty() && (standard || beyond.hostNetwork()) && invoker.says("SENTINEL_ENFORCE_PROXY")) {
            throw new RefusedException("SENTINEL_ENFORCE_PROXY is set, and this run has a network without a proxy; use"
                    + " -Dsentinel.profile=proxied, name one in " + AgentProxy.VARIABLE + ", or unset it");
        }
        return new Surroundings(layout, invoker, proxy, beyond.workspace());
    }

    /** The bundle's, and what is laid over it. */
    List<Path> files() throws IOException {
        if (proxy.isEmpty()) {
            return List.of(layout.composeFile());
        }
        Path overlay = layout.work().resolve(proxy.get().overlayName());
        FreshFile.write(overlay, proxy.get().overlay());
        return List.of(layout.composeFile(), overlay);
    }

    /**
     * All of them.
     *
     * @param guard those of the guard
     */
    SortedMap<String, String> variables(Bundles bundles, Rendered bundle, Owner owner, Map<String, String> guard)
            throws SandboxException, IOException {
        SortedMap<String, String> variables = new TreeMap<>(guard);
        variables.putAll(mounts(bundle));
        if (proxy.isPresent()) {
            variables.putAll(proxy.get().variables(bundles.spec().environment()));
        }
        variables.put(Staging.OWNER, owner.label());
        return variables;
    }

    /** Who runs in the sandbox, and where. */
    SortedMap<String, String> mounts(Rendered bundle) {
        SortedMap<String, String> variables = new TreeMap<>(invoker.agentVariables(bundle.user()));
        workspace.ifPresent(folder -> variables.put("SENTINEL_WORKSPACE", folder.toString()));
        return variables;
    }
}
