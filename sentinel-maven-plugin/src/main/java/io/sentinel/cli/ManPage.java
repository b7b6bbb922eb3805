package io.sentinel.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The manual page of a command, in the language of man(7), from what its help is made of. */
final class ManPage {

    private static final List<Map.Entry<String, String>> VARIABLES = List.of(
            Map.entry("SENTINEL_SECCOMP_PROFILE", "as --seccomp-profile"),
            Map.entry("SENTINEL_SECCOMP_MODE", "as --seccomp-mode"),
            Map.entry("SENTINEL_PROXY", "as --proxy; without a network it means nothing"),
            Map.entry("SENTINEL_NO_PROXY", "as --no-proxy"),
            Map.entry("SENTINEL_ENFORCE_PROXY", "as --enforce-proxy; anything but false, 0, no and off is a yes"),
            Map.entry(
                    "SENTINEL_PRODUCTION",
                    "refuse a run that is not ready for production; anything but false, 0, no and off is a yes"),
            Map.entry(
                    "SENTINEL_ALLOW_NETWORK_IN_PRODUCTION",
                    "true, 1, yes or on: a network in production; without it there is none"),
            Map.entry("SENTINEL_POLICY_IMMUTABLE", "true, 1, yes or on: what production asks of the policy"),
            Map.entry("SENTINEL_POLICY_SHA256", "the hash that the policy is to have, in hexadecimal"),
            Map.entry(
                    "SENTINEL_POLICY_HMAC_KEY, SENTINEL_POLICY_HMAC_SHA256",
                    "a key and the policy's HMAC-SHA256 under it, in hexadecimal; both or neither"),
            Map.entry(
                    "SENTINEL_POLICY_PUBLIC_KEY, SENTINEL_POLICY_SIGNATURE",
                    "files with an Ed25519 public key (PEM) and the policy's signature by it; both or neither"),
            Map.entry(
                    "SENTINEL_APPROVAL_MODE",
                    "console: this terminal asks about hosts that the policy does not list, where its on_block is ask; reject,"
                            + " the default: they are denied"),
            Map.entry(
                    "SENTINEL_TAMPER_CHECK_INTERVAL_MS",
                    "how often the guard looks at itself and its policy; 250 unless set, 0: at each call that it sees"),
            Map.entry(
                    "SENTINEL_TAMPER_CHECK_SAMPLE_RATE",
                    "the chance, from 0.0 (the default) to 1.0, that it looks with such a call as well"),
            Map.entry(
                    "SENTINEL_DNS_CACHE_TTL_SECONDS",
                    "for how long the guard gives the same answer to a name again; 2 unless set, 0: it is asked each time"),
            Map.entry(
                    "SENTINEL_DNS_RESOLVE_TIMEOUT_MS",
                    "how long the guard waits for an answer to a name; 1000 unless set, 0: a minute"),
            Map.entry("DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG", "where the engine is, as for docker(1)"),
            Map.entry("SENTINEL_ISOLATE_JAR", "the command's jar, for the script that starts it"),
            Map.entry("XDG_CACHE_HOME", "where the JVM's archive of classes is kept; ~/.cache unless set"));

    private static final List<Map.Entry<String, String>> FILES = List.of(
            Map.entry("src/main/sentinel/sandbox.yaml", "the spec, unless --spec names another"),
            Map.entry("sandbox-workspace", "what is /workspace inside, unless the spec or --workspace names another"),
            Map.entry("target/sentinel/outcome.json", "how the last run ended, with what it made weaker"),
            Map.entry("target/sentinel/egress.jsonl", "what the last run with --network proxied asked for"),
            Map.entry("target/sentinel/audit", "what the guards of runs decided, one file a run"),
            Map.entry("target/sentinel/isolate", "the bundles of runs whose flags change the spec"));

    private static final List<Map.Entry<String, String>> EXAMPLES = List.of(
            Map.entry("sentinel-isolate --build-if-missing -- python agent.py", "without a network"),
            Map.entry(
                    "sentinel-isolate --network proxied -- python agent.py",
                    "reaches the hosts that the spec lists, and no others"),
            Map.entry(
                    "sentinel-isolate --network bridge --publish 8080:80 -- python -m http.server 80",
                    "reached from this host at http://127.0.0.1:8080/"),
            Map.entry(
                    "sentinel-isolate --seccomp-mode log -- ./new-tool",
                    "records the system calls that the filter would refuse"),
            Map.entry("sentinel-isolate --explain --memory 1g", "runs nothing"));

    private static final int WIDTH = 72;

    private final List<String> lines = new ArrayList<>();

    private ManPage() {}

    /** The whole page, with a line feed at its end. */
    static String of(CommandSpec command) {
        ManPage page = new ManPage();
        page.write(command);
        return String.join("\n", page.lines) + "\n";
    }

    private void write(CommandSpec command) {
        String name = command.name();
        lines.add(".\\\" Written from the command's own help by sentinel-isolate --man.");
        lines.add(".TH " + quoted(name.toUpperCase(Locale.ROOT)) + " 1 \"\" " + quoted("Sentinel"));
        section("NAME");
        String header = command.usageMessage().header()[0];
        lines.add(text(name) + " \\- "
                + text(header.substring(0, 1).toLowerCase(Locale.ROOT) + header.substring(1, header.length() - 1)));
        section("SYNOPSIS");
        lines.add(".B " + text(name));
        lines.add(text("[flags] -- program [argument...]"));
        section("DESCRIPTION");
        for (String paragraph : command.usageMessage().description()) {
            fill(paragraph.replace("%n", ""));
        }
        section("OPTIONS");
        command.options().stream().filter(option -> option.group() == null).forEach(this::option);
        for (ArgGroupSpec group : command.argGroups()) {
            lines.add(".SS " + quoted(group.heading().replace("%n", "").replace(":", "")));
            group.options().forEach(this::option);
        }
        section("EXIT STATUS");
        command.usageMessage()
                .exitCodeList()
                .forEach((code, meaning) -> entry(code.replace("*", "any other"), meaning));
        section("ENVIRONMENT");
        VARIABLES.forEach(one -> entry(one.getKey(), one.getValue()));
        section("FILES");
        FILES.forEach(one -> entry(one.getKey(), one.getValue()));
        section("EXAMPLES");
        EXAMPLES.forEach(one -> entry(one.getKey(), one.getValue()));
        section("SEE ALSO");
        lines.add(".BR docker (1),");
        lines.add(".BR docker-compose (1)");
    }

    private void section(String name) {
        lines.add(".SH " + quoted(name));
    }

    private void option(OptionSpec option) {
        if (!option.hidden()) {
            String label = option.arity().max() == 0 ? "" : " " + option.paramLabel();
            entry(String.join(", ", option.names()) + label, String.join(" ", option.description()));
        }
    }

    private void entry(String term, String meaning) {
        lines.add(".TP");
        lines.add(".B " + text(term));
        fill(meaning);
    }

    /** Lines of a length that reviewers and linters like; the reader of the page sees none of these ends. */
    private void fill(String text) {
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (line.length() + word.length() >= WIDTH) {
                lines.add(text(line.toString()));
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        lines.add(text(line.toString()));
    }

    private static String quoted(String text) {
        return '"' + text(text).replace("\"", "\\(dq") + '"';
    }

    /** Nothing of it is a request, an escape, or a hyphen that may become another character. */
    private static String text(String text) {
        String escaped = text.replace("\\", "\\e").replace("-", "\\-");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}
