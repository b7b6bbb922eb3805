package io.sentinel.cli;

import io.sentinel.isolate.Said;
import io.sentinel.isolate.Setting;
import io.sentinel.spec.Spec;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The flags that say what a run is to be, in the groups of the help; what is not said is null. */
final class Flags {

    @ArgGroup(validate = false, order = 1, heading = "%nSandbox:%n")
    private Sandbox sandbox = new Sandbox();

    @ArgGroup(validate = false, order = 2, heading = "%nNetwork:%n")
    private Network network = new Network();

    @ArgGroup(validate = false, order = 3, heading = "%nSystem call filter:%n")
    private Filter filter = new Filter();

    @ArgGroup(validate = false, order = 4, heading = "%nLimits:%n")
    private Limits limits = new Limits();

    private static final class Sandbox {

        @Option(
                names = "--spec",
                paramLabel = "FILE",
                description = "The spec; " + Spec.DEFAULT_PATH + " unless named.")
        private String spec = Spec.DEFAULT_PATH;

        @Option(names = "--image", paramLabel = "IMAGE", description = "The image that the sandbox's is made from.")
        private String image;

        @Option(
                names = "--workspace",
                paramLabel = "DIR",
                description =
                        "The folder that is /workspace inside: of the project, or one of your own elsewhere, which is made"
                                + " where it is missing.")
        private String workspace;

        @Option(names = "--policy", paramLabel = "FILE", description = "The guard's policy, in place of the spec's.")
        private String policy;

        @Option(
                names = "--runtime",
                paramLabel = "NAME",
                description = "runc (the default), runsc (gVisor) or kata, if the engine has it.")
        private String runtime;

        @Option(names = "--env", paramLabel = "NAME=VALUE", description = "A variable of the program; repeatable.")
        private List<String> environment = List.of();
    }

    private static final class Network {

        @Option(
                names = "--network",
                paramLabel = "KIND",
                description =
                        "none (the default); proxied: only the hosts that the spec lists, through the sandbox's own"
                                + " proxy; bridge: an ordinary network; host: this host's own, which is no isolation.")
        private String network;

        @Option(names = "--" + Said.KNOWING, description = "Needed for --network host.")
        private boolean knowing;

        @Option(
                names = "--publish",
                paramLabel = "[IP:]HOST_PORT:PORT[/udp]",
                description =
                        "A port of this host that leads to one of the program's, on 127.0.0.1 unless an IP is said;"
                                + " repeatable. For --network bridge.")
        private List<String> published = List.of();

        @Option(
                names = "--proxy",
                paramLabel = "URL",
                description = "http://sentinel-proxy:3128, which is the sandbox's own and means --network proxied for a"
                        + " run with a network; or another, of which programs are told by HTTP_PROXY and the like with"
                        + " --network bridge. Of one with a password, use the variable: arguments can be read by others."
                        + " Variable: SENTINEL_PROXY.")
        private String proxy;

        @Option(
                names = "--no-proxy",
                paramLabel = "HOSTS",
                description =
                        "Hosts that are reached without it; localhost,127.0.0.1,::1 unless named. Variable: SENTINEL_NO_PROXY.")
        private String noProxy;

        @Option(
                names = "--enforce-proxy",
                description = "Refuse a network without a proxy. Variable: SENTINEL_ENFORCE_PROXY.")
        private boolean enforceProxy;
    }

    private static final class Filter {

        @Option(
                names = "--seccomp-profile",
                paramLabel = "NAME",
                description = "strict (the default), datasci or custom. Variable: SENTINEL_SECCOMP_PROFILE.")
        private String profile;

        @Option(
                names = "--seccomp",
                paramLabel = "FILE",
                description = "A profile of your own, wherever it is; it is custom then.")
        private String file;

        @Option(
                names = "--seccomp-mode",
                paramLabel = "MODE",
                description = "enforce (the default); log: what is not allowed is recorded and let through; off."
                        + " Variable: SENTINEL_SECCOMP_MODE.")
        private String mode;
    }

    private static final class Limits {

        @Option(names = "--timeout", paramLabel = "TIME", description = "Wall-clock time, as in 10m.")
        private String timeout;

        @Option(names = "--memory", paramLabel = "SIZE", description = "As in 512m; there is no swap on top.")
        private String memory;

        @Option(names = "--cpus", paramLabel = "NUMBER", description = "Share of processors, as in 1.5.")
        private String cpus;

        @Option(names = "--pids", paramLabel = "NUMBER", description = "Processes and threads together.")
        private String pids;
    }

    /** Those that were said. */
    Said said() {
        Map<Setting, String> said = new EnumMap<>(Setting.class);
        put(said, Setting.IMAGE, sandbox.image);
        put(said, Setting.WORKSPACE, sandbox.workspace);
        put(said, Setting.POLICY, sandbox.policy);
        put(said, Setting.NETWORK, network.network);
        put(said, Setting.PROXY, network.proxy);
        put(said, Setting.NO_PROXY, network.noProxy);
        put(said, Setting.ENFORCE_PROXY, network.enforceProxy ? "true" : null);
        put(said, Setting.SECCOMP_PROFILE, filter.profile);
        put(said, Setting.SECCOMP, filter.file);
        put(said, Setting.SECCOMP_MODE, filter.mode);
        put(said, Setting.RUNTIME, sandbox.runtime);
        put(said, Setting.TIMEOUT, limits.timeout);
        put(said, Setting.MEMORY, limits.memory);
        put(said, Setting.CPUS, limits.cpus);
        put(said, Setting.PIDS, limits.pids);
        return new Said(said, sandbox.environment, network.published, network.knowing, "--");
    }

    private static void put(Map<Setting, String> said, Setting setting, String value) {
        if (value != null) {
            said.put(setting, value);
        }
    }

    /** The spec's file. */
    Path spec() {
        return Path.of(sandbox.spec);
    }
}
