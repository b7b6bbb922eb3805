package io.sentinel.isolate;

import io.sentinel.render.SandboxException;
import io.sentinel.run.AgentProxy;
import io.sentinel.run.Beyond;
import io.sentinel.run.Invoker;
import io.sentinel.run.RefusedException;
import io.sentinel.spec.Overrides;
import io.sentinel.spec.Overrides.Override;
import io.sentinel.spec.Profile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What flags and variables choose for one run: which profile it is, and what stands before the spec. Contradictions are
 * refused here, values by the spec's own reader.
 */
public final class Choices {

    static final String ENV = "env";
    static final String PUBLISH = "publish";

    private static final String CUSTOM = "custom";
    private static final String NONE = "none";
    private static final String HOST = "host";
    private static final String PROXIED = "proxied";
    private static final List<String> NETWORKS = List.of(NONE, "bridge", PROXIED, HOST);

    private final Said said;
    private final Map<Setting, Choice> chosen = new EnumMap<>(Setting.class);
    private final SortedMap<String, String> environment = new TreeMap<>();
    private List<Publish> published = List.of();
    private Optional<AgentProxy> foreign = Optional.empty();

    private Choices(Said said) {
        this.said = said;
    }

    /**
     * Sorts what was said.
     *
     * @param said by flags
     * @param variables the invoker's own; an empty one says nothing
     * @throws SandboxException where something cannot be meant
     * @throws RefusedException where less would be isolated than was promised
     */
    public static Choices of(Said said, Map<String, String> variables) throws SandboxException {
        Choices choices = new Choices(said);
        for (Setting setting : Setting.values()) {
            Optional<String> variable = setting.variable()
                    .filter(name -> !variables.getOrDefault(name, "").isBlank());
            if (said.values().containsKey(setting)) {
                choices.put(setting, said.values().get(setting), choices.flag(setting.flag()));
            } else if (variable.isPresent()) {
                choices.put(setting, variables.get(variable.get()).strip(), variable.get());
            }
        }
        for (String pair : said.environment()) {
            int equals = pair.indexOf('=');
            if (equals <= 0) {
                throw new SandboxException(
                        choices.flag(ENV) + ": expected NAME=VALUE, found \"" + pair
                                + "\"; a variable of this shell is handed on by its name alone, under passEnvironment in the spec");
            }
            choices.environment.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        choices.published = Publish.all(choices.flag(PUBLISH), said.published());
        choices.refuse();
        Optional<Choice> file = choices.find(Setting.SECCOMP);
        if (file.isPresent() && choices.find(Setting.SECCOMP_PROFILE).isEmpty()) {
            choices.put(Setting.SECCOMP_PROFILE, CUSTOM, file.get().label());
        }
        return choices;
    }

    /** How a setting is said by the one who said something. */
    String flag(String name) {
        return said.prefix() + name;
    }

    private void put(Setting setting, String value, String label) {
        chosen.put(setting, new Choice(setting, value, label));
    }

    private Optional<Choice> find(Setting setting) {
        return Optional.ofNullable(chosen.get(setting));
    }

    /** Whether everything is as the spec has it, strict. */
    boolean isEmpty() {
        return chosen.isEmpty() && environment.isEmpty() && published.isEmpty();
    }

    private String network() {
        return value(Setting.NETWORK).orElse(NONE);
    }

    /**
     * How the network is cut: by {@code --network}, or because the proxy that was named is the sandbox's own. With the
     * host's network a run has the rest of the strict profile.
     */
    public Profile profile() {
        return switch (network()) {
            case NONE, HOST -> Profile.STRICT;
            case PROXIED -> Profile.PROXIED;
            default -> namesSidecar() ? Profile.PROXIED : Profile.STANDARD;
        };
    }

    /** Whether it has the host's network in place of the profile's. */
    public boolean hostNetwork() {
        return network().equals(HOST);
    }

    private boolean namesSidecar() {
        return value(Setting.PROXY)
                .filter(url -> url.matches("(?i)https?://" + AgentProxy.SIDECAR + "(:[0-9]+)?/?"))
                .isPresent();
    }

    /** As the engine reads them. */
    List<String> ports() {
        return published.stream().map(Publish::toString).toList();
    }

    List<Publish> published() {
        return published;
    }

    /** What of it no spec can say. */
    Beyond beyond(HostPaths paths) {
        return new Beyond(ports(), hostNetwork(), paths.workspace());
    }

    /** What a proxy of somebody else's leaves open. */
    Optional<String> proxyOpening() {
        return foreign.map(AgentProxy::opening);
    }

    /** Names of the variables that the program is given by flag. */
    List<String> environment() {
        return List.copyOf(environment.keySet());
    }

    private void refuse() throws SandboxException {
        if (!NETWORKS.contains(network())) {
            throw new SandboxException(find(Setting.NETWORK).orElseThrow().label()
                    + ": expected none, bridge, proxied or host, found \"" + network() + "\"; none is the default");
        }
        if (hostNetwork() && !said.knowing()) {
            throw new RefusedException("--network host: with the host's own network the agent is not isolated; choose"
                    + " proxied for listed hosts, or bridge, or add --" + Said.KNOWING
                    + " to the command sentinel-isolate");
        }
        if (said.knowing() && !hostNetwork()) {
            throw new SandboxException(
                    "--" + Said.KNOWING + " is said of --network host alone, and this run has another; leave it out");
        }
        refusePorts();
        refuseProxies();
        Optional<Choice> filter = find(Setting.SECCOMP);
        Optional<Choice> preset = find(Setting.SECCOMP_PROFILE);
        if (filter.isPresent() && preset.isPresent() && !preset.get().value().equals(CUSTOM)) {
            throw new SandboxException(filter.get().label() + " names a profile of your own, and "
                    + preset.get().label() + " is " + preset.get().value() + "; leave one out, or make it custom");
        }
    }

    private void refusePorts() throws RefusedException {
        if (published.isEmpty()) {
            return;
        }
        String port = flag(PUBLISH) + " " + said.published().get(0);
        if (hostNetwork()) {
            throw new RefusedException(port
                    + ": with the host's network every port of the agent's is one of the host's;" + " leave it out");
        }
        if (profile() == Profile.PROXIED) {
            throw new RefusedException(
                    port + ": the network of proxied has no way in; leave it out, or choose --network"
                            + " bridge without the sandbox's proxy");
        }
        if (profile() == Profile.STRICT) {
            throw new RefusedException(
                    port + ": without a network nothing reaches the agent; leave it out, or add" + " --network bridge");
        }
    }

    private void refuseProxies() throws SandboxException {
        Optional<Choice> proxy = find(Setting.PROXY);
        boolean networked = !network().equals(NONE);
        if (proxy.filter(Choices::isFlag).isPresent() && !networked) {
            throw new RefusedException(proxy.get().label() + " names a proxy, and without a network nothing reaches it;"
                    + " add --network proxied, or leave it out");
        }
        if (proxy.isPresent() && hostNetwork()) {
            throw new RefusedException(proxy.get().label() + " names a proxy, and with the host's network programs are"
                    + " told of none; leave it out, or choose --network bridge");
        }
        if (proxy.isPresent() && networked && !namesSidecar()) {
            foreign = Optional.of(AgentProxy.of(
                    proxy.get().label(),
                    proxy.get().value(),
                    label(Setting.NO_PROXY).orElse(""),
                    value(Setting.NO_PROXY).orElse("")));
        }
        if (foreign.isPresent() && profile() == Profile.PROXIED) {
            throw new RefusedException(
                    proxy.get().label() + " names another proxy than http://" + AgentProxy.SIDECAR
                            + ":3128, which is the only way out of --network proxied; leave it out, or choose --network bridge");
        }
        Optional<Choice> enforced = find(Setting.ENFORCE_PROXY).filter(choice -> Invoker.isNoNo(choice.value()));
        if (enforced.isPresent()
                && foreign.isPresent()
                && List.of(value(Setting.NO_PROXY).orElse("").split(",")).contains("*")) {
            throw new RefusedException(enforced.get().label() + " is set, and "
                    + label(Setting.NO_PROXY).orElseThrow() + " excepts every host from the proxy; name the hosts");
        }
        boolean unproxied = networked && proxy.isEmpty() && profile() != Profile.PROXIED;
        if (enforced.isPresent() && unproxied) {
            throw new RefusedException(
                    enforced.get().label() + " is set, and --network " + network()
                            + " reaches everything without a proxy; use --network proxied, or --network bridge with --proxy URL");
        }
    }

    private static boolean isFlag(Choice choice) {
        return choice.label().startsWith("-");
    }

    /**
     * What stands before the spec.
     *
     * @param paths of this host that the choices name
     * @param project its folder
     */
    Overrides overrides(HostPaths paths, Path project) {
        List<Override> values = new ArrayList<>();
        for (Choice choice : chosen.values()) {
            String value = choice.value();
            if (choice.setting() == Setting.WORKSPACE) {
                if (paths.workspace().isPresent()) {
                    continue;
                }
                value = fromProject(value, project);
            }
            choice.setting().override(choice.label(), value).ifPresent(values::add);
        }
        // What a spec says of one kind of filter means nothing beside the other.
        find(Setting.SECCOMP_PROFILE).ifPresent(preset -> {
            boolean custom = preset.value().equals(CUSTOM);
            (custom ? List.of("allow", "deny", "because") : List.of("file"))
                    .forEach(key -> values.add(Override.without(preset.label(), "seccomp", key)));
        });
        environment.forEach(
                (name, value) -> values.add(Override.text(flag(ENV) + " " + name, value, "environment", name)));
        return new Overrides(values, paths.policy(), paths.filter());
    }

    /** A folder of the project as a spec names it, whichever way it was written. */
    private static String fromProject(String name, Path project) {
        Path folder = project.resolve(name).normalize();
        boolean roundabout = name.startsWith("/") || List.of(name.split("/")).contains("..");
        return roundabout && !folder.equals(project)
                ? project.relativize(folder).toString()
                : name;
    }

    /** The guide's variables as the chosen settings have them, for the guard inside. */
    public SortedMap<String, String> variables() {
        SortedMap<String, String> variables = new TreeMap<>();
        for (Choice choice : chosen.values()) {
            choice.setting().variable().ifPresent(name -> variables.put(name, choice.value()));
        }
        return variables;
    }

    /** Where the value of a setting comes from; empty where neither flag nor variable says it. */
    Optional<String> label(Setting setting) {
        return find(setting).map(Choice::label);
    }

    /** Its value, where a flag or variable says it. */
    Optional<String> value(Setting setting) {
        return find(setting).map(Choice::value);
    }
}
