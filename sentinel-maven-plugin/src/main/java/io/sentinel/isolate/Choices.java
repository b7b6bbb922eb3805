package io.sentinel.isolate;

import io.sentinel.render.SandboxException;
import io.sentinel.run.RefusedException;
import io.sentinel.spec.Overrides;
import io.sentinel.spec.Overrides.Override;
import io.sentinel.spec.Overrides.PolicyFile;
import io.sentinel.spec.Profile;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What flags and variables choose for one run: which profile it is, and what stands before the spec. Contradictions are
 * refused here, values by the spec's own reader.
 */
public final class Choices {

    private static final String SIDECAR = "sentinel-proxy";
    private static final String CUSTOM = "custom";

    private final Map<Setting, Choice> chosen = new EnumMap<>(Setting.class);
    private final SortedMap<String, String> environment = new TreeMap<>();

    private Choices() {}

    /**
     * Sorts what was said.
     *
     * @param flags the values of flags, by setting; of a switch, {@code true}
     * @param pairs of {@code --env}: {@code NAME=VALUE}
     * @param variables the invoker's own; an empty one says nothing
     * @throws SandboxException where something cannot be meant
     */
    public static Choices of(Map<Setting, String> flags, List<String> pairs, Map<String, String> variables)
            throws SandboxException {
        Choices choices = new Choices();
        for (Setting setting : Setting.values()) {
            Optional<String> variable = setting.variable()
                    .filter(name -> !variables.getOrDefault(name, "").isBlank());
            if (flags.containsKey(setting)) {
                choices.put(setting, flags.get(setting), "--" + setting.flag());
            } else if (variable.isPresent()) {
                choices.put(setting, variables.get(variable.get()).strip(), variable.get());
            }
        }
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals <= 0) {
                throw new SandboxException("--env: expected NAME=VALUE, found \"" + pair
                        + "\"; a variable of this shell is handed on by --env NAME=\"$NAME\"");
            }
            choices.environment.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        choices.refuse();
        Optional<Choice> file = choices.find(Setting.SECCOMP);
        if (file.isPresent() && choices.find(Setting.SECCOMP_PROFILE).isEmpty()) {
            choices.put(Setting.SECCOMP_PROFILE, CUSTOM, file.get().label());
        }
        return choices;
    }

    private void put(Setting setting, String value, String label) {
        chosen.put(setting, new Choice(setting, value, label));
    }

    private Optional<Choice> find(Setting setting) {
        return Optional.ofNullable(chosen.get(setting));
    }

    /** Whether everything is as the spec has it. */
    boolean isEmpty() {
        return chosen.isEmpty() && environment.isEmpty();
    }

    /** How the network is cut: by {@code --network}, or because the proxy that was named is the sandbox's own. */
    public Profile profile() {
        String word = find(Setting.NETWORK).map(Choice::value).orElse("none");
        return word.equals("proxied") || !word.equals("none") && namesSidecar()
                ? Profile.PROXIED
                : word.equals("none") ? Profile.STRICT : Profile.STANDARD;
    }

    private boolean namesSidecar() {
        return find(Setting.PROXY)
                .map(Choice::value)
                .filter(url -> url.matches("https?://" + SIDECAR + "(:[0-9]+)?/?"))
                .isPresent();
    }

    private void refuse() throws SandboxException {
        Optional<Choice> network = find(Setting.NETWORK);
        if (network.isPresent()
                && !List.of("none", "bridge", "proxied").contains(network.get().value())) {
            String value = network.get().value();
            throw value.equals("host")
                    ? new RefusedException("--network host: not supported yet; with the host's own network nothing is"
                            + " isolated: choose proxied for listed hosts, or bridge")
                    : new SandboxException("--network: expected none, bridge or proxied, found \"" + value
                            + "\"; none is the default");
        }
        boolean networked =
                network.filter(choice -> !choice.value().equals("none")).isPresent();
        Optional<Choice> proxy = find(Setting.PROXY);
        if (proxy.filter(Choices::isFlag).isPresent() && !networked) {
            throw new RefusedException("--proxy names a proxy, and without a network nothing reaches it; add --network"
                    + " proxied, or leave --proxy out");
        }
        boolean enforced = find(Setting.ENFORCE_PROXY).filter(Choices::says).isPresent();
        if (networked && profile() == Profile.STANDARD) {
            String enforcer = find(Setting.ENFORCE_PROXY).map(Choice::label).orElse("");
            if (proxy.isPresent()) {
                throw new RefusedException(proxy.get().label() + ": not supported yet: a proxy other than http://"
                        + SIDECAR + ":3128, which is the sandbox's own and lets through what the spec's"
                        + " profiles.proxied.allow lists; use that one");
            }
            if (enforced) {
                throw new RefusedException(enforcer + " is set, and --network bridge reaches everything without a"
                        + " proxy; use --network proxied");
            }
        }
        Optional<Choice> filter = find(Setting.SECCOMP);
        Optional<Choice> preset = find(Setting.SECCOMP_PROFILE);
        if (filter.isPresent() && preset.isPresent() && !preset.get().value().equals(CUSTOM)) {
            throw new SandboxException("--seccomp names a profile of your own, and "
                    + preset.get().label() + " is " + preset.get().value() + "; leave one out, or make it custom");
        }
    }

    private static boolean isFlag(Choice choice) {
        return choice.label().startsWith("--");
    }

    /** Anything but no: a misspelt yes does not pass for a no. */
    private static boolean says(Choice choice) {
        return !List.of("false", "0", "no", "off").contains(choice.value().toLowerCase(Locale.ROOT));
    }

    /** What stands before the spec. */
    public Overrides overrides(Optional<PolicyFile> policy) {
        List<Override> values = new ArrayList<>();
        for (Choice choice : chosen.values()) {
            choice.setting().override(choice.label(), choice.value()).ifPresent(values::add);
        }
        // What a spec says of one kind of filter means nothing beside the other.
        find(Setting.SECCOMP_PROFILE).ifPresent(preset -> {
            boolean custom = preset.value().equals(CUSTOM);
            (custom ? List.of("allow", "deny", "because") : List.of("file"))
                    .forEach(key -> values.add(Override.without(preset.label(), "seccomp", key)));
        });
        environment.forEach((name, value) -> values.add(Override.text("--env " + name, value, "environment", name)));
        return new Overrides(values, policy);
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
