package io.sentinel.cli;

import io.sentinel.isolate.Said;
import io.sentinel.isolate.Setting;
import io.sentinel.spec.Spec;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The flags that say what a run is to be, in the groups of the help. They are told to picocli one by one, as the rest of the
 * command is: reading annotations by reflection would take a fifth of the time of a whole start.
 */
final class Flags {

    private final OptionSpec spec = flag("spec", "FILE", "The spec; " + Spec.DEFAULT_PATH + " unless named.")
            .build();
    private final OptionSpec environment = repeatable("env", "NAME=VALUE", "A variable of the program; repeatable.");
    private final OptionSpec knowing = OptionSpec.builder("--" + Said.KNOWING)
            .description("Needed for --network host.")
            .build();
    private final OptionSpec publish = repeatable(
            "publish",
            "[IP:]HOST_PORT:PORT[/udp]",
            "A port of this host that leads to one of the program's, on 127.0.0.1 unless an IP is said; repeatable. For"
                    + " --network bridge.");
    private final Map<Setting, OptionSpec> settings = new EnumMap<>(Setting.class);

    /** Adds them to a command. */
    Flags(CommandSpec command) {
        command.addArgGroup(group(
                1,
                "Sandbox",
                spec,
                of(Setting.IMAGE, "IMAGE", "The image that the sandbox's is made from."),
                of(
                        Setting.WORKSPACE,
                        "DIR",
                        "The folder that is /workspace inside: of the project, or one of your own elsewhere, which is made"
                                + " where it is missing."),
                of(Setting.POLICY, "FILE", "The guard's policy, in place of the spec's."),
                of(Setting.RUNTIME, "NAME", "runc (the default), runsc (gVisor) or kata, if the engine has it."),
                environment));
        command.addArgGroup(group(
                2,
                "Network",
                of(
                        Setting.NETWORK,
                        "KIND",
                        "none (the default); proxied: only the hosts that the spec lists, through the sandbox's own proxy;"
                                + " bridge: an ordinary network; host: this host's own, which is no isolation."),
                knowing,
                publish,
                of(
                        Setting.PROXY,
                        "URL",
                        "http://sentinel-proxy:3128, which is the sandbox's own and means --network proxied for a run with a"
                                + " network; or another, of which programs are told by HTTP_PROXY and the like with --network"
                                + " bridge. Of one with a password, use the variable: arguments can be read by others."),
                of(
                        Setting.NO_PROXY,
                        "HOSTS",
                        "Hosts that are reached without it; localhost,127.0.0.1,::1 unless named."),
                of(Setting.ENFORCE_PROXY, "", "Refuse a network without a proxy.")));
        command.addArgGroup(group(
                3,
                "System call filter",
                of(Setting.SECCOMP_PROFILE, "NAME", "strict (the default), datasci or custom."),
                of(Setting.SECCOMP, "FILE", "A profile of your own, wherever it is; it is custom then."),
                of(
                        Setting.SECCOMP_MODE,
                        "MODE",
                        "enforce (the default); log: what is not allowed is recorded and let through; off.")));
        command.addArgGroup(group(
                4,
                "Limits",
                of(Setting.TIMEOUT, "TIME", "Wall-clock time, as in 10m."),
                of(Setting.MEMORY, "SIZE", "As in 512m; there is no swap on top."),
                of(Setting.CPUS, "NUMBER", "Share of processors, as in 1.5."),
                of(Setting.PIDS, "NUMBER", "Processes and threads together.")));
    }

    private static ArgGroupSpec group(int order, String heading, OptionSpec... flags) {
        ArgGroupSpec.Builder group =
                ArgGroupSpec.builder().validate(false).order(order).heading("%n" + heading + ":%n");
        for (OptionSpec flag : flags) {
            group.addArg(flag);
        }
        return group.build();
    }

    /** @param label of its value; empty for a switch */
    private OptionSpec of(Setting setting, String label, String text) {
        String variable =
                setting.variable().map(name -> " Variable: " + name + ".").orElse("");
        OptionSpec flag = label.isEmpty()
                ? OptionSpec.builder("--" + setting.flag())
                        .description(text + variable)
                        .build()
                : flag(setting.flag(), label, text + variable).build();
        settings.put(setting, flag);
        return flag;
    }

    private static OptionSpec.Builder flag(String name, String label, String text) {
        return OptionSpec.builder("--" + name)
                .paramLabel(label)
                .type(String.class)
                .description(text);
    }

    private static OptionSpec repeatable(String name, String label, String text) {
        return flag(name, label, text)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .build();
    }

    /** Those that were said. */
    Said said(ParseResult parsed) {
        Map<Setting, String> said = new EnumMap<>(Setting.class);
        settings.forEach((setting, flag) -> {
            String value = String.valueOf(parsed.<Object>matchedOptionValue(flag.longestName(), ""));
            if (parsed.hasMatchedOption(flag) && !(flag.type() == boolean.class && value.equals("false"))) {
                said.put(setting, value);
            }
        });
        return new Said(said, texts(parsed, environment), texts(parsed, publish), isOn(parsed, knowing), "--");
    }

    /** Whether a switch was said, and not as {@code --switch=false}. */
    static boolean isOn(ParseResult parsed, OptionSpec flag) {
        return parsed.matchedOptionValue(flag.longestName(), false);
    }

    private static List<String> texts(ParseResult parsed, OptionSpec repeatable) {
        return parsed.matchedOptionValue(repeatable.longestName(), List.of());
    }

    /** The spec's file. */
    String spec(ParseResult parsed) {
        return parsed.matchedOptionValue(spec.longestName(), Spec.DEFAULT_PATH);
    }
}
