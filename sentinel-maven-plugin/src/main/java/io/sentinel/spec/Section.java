package io.sentinel.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every mapping of the files and its keys: the one list that readers, messages, schema and documentation share. */
enum Section {
    SPEC(
            "",
            used("name"),
            used("image"),
            used("command"),
            used("workspace"),
            used("user"),
            used("resources"),
            used("seccomp"),
            used("runtime"),
            used("profiles"),
            used("environment"),
            used("passEnvironment"),
            used("secrets"),
            used("policy"),
            used("guard"),
            used("verify"),
            used("production")),
    IMAGE("image", used("from"), used("packages"), used("run"), used("copy")),
    COPY("image.copy[]", used("from"), used("to")),
    WORKSPACE("workspace", used("path")),
    USER("user", used("uid"), used("gid")),
    RESOURCES(
            "resources",
            used("memory"),
            used("cpus"),
            used("pids"),
            used("nofile"),
            used("tmp"),
            used("run"),
            used("timeout")),
    SECCOMP("seccomp", used("preset"), used("mode"), used("file"), used("allow"), used("deny"), used("because")),
    PROFILES("profiles", used("proxied")),
    PROXIED("profiles.proxied", used("allow"), used("from")),
    ALLOWED_HOST("profiles.proxied.allow[]", used("host"), used("ports"), used("methods"), used("private")),
    SECRET("secrets[]", used("name"), used("file")),
    POLICY(
            "policy",
            used("allowed_paths"),
            used("blocked_paths"),
            used("readable_paths"),
            used("allowed_commands"),
            used("blocked_command_bases"),
            used("allowed_interpreters"),
            used("on_block"),
            used("host_match_mode"),
            used("allowed_hosts"),
            used("network_failsafe"),
            used("policy_integrity"),
            used("audit"),
            unknown("judge*", "no model decides what the agent may do: remove the key, and list what it may do"),
            unknown("phishing*", "no name is guessed to be bad, as only allowed_hosts are reached: remove the key"),
            unknown(
                    "opa*",
                    "no service outside decides what the agent may do: remove the key, and list what it may do")),
    POLICY_HOST("policy.allowed_hosts[]", used("host"), used("match"), used("schemes"), used("ports")),
    FAILSAFE(
            "policy.network_failsafe",
            used("socket_connect"),
            used("allow_private_network"),
            used("blocked_hosts"),
            used("blocked_ips"),
            used("allowed_ips")),
    INTEGRITY("policy.policy_integrity", used("tamper_detection")),
    AUDIT("policy.audit", used("on_failure")),
    VERIFY("verify", used("waivers"), used("canaries")),
    WAIVER("verify.waivers[]", used("rule"), used("service"), used("reason"), used("until")),
    LOCK("", used("schemaVersion"), used("image"), used("sidecarImage"), used("policy"), used("origins")),
    LOCKED_IMAGE("image", used("reference"), used("digest"), used("id"), used("entrypoint"), used("command")),
    LOCKED_ORIGINS("origins", used("apt"), used("git"), used("maven"), used("npm"), used("pip"));

    private final String path;
    private final List<Key> keys;

    Section(String path, Key... keys) {
        this.path = path;
        this.keys = List.of(keys);
    }

    /**
     * One key of a mapping.
     *
     * @param name as it is written; with {@code *} at its end, every key that starts so
     * @param instead what to do in place of a key that others know and that is none here; empty for one that works
     */
    record Key(String name, Optional<String> instead) {

        private boolean matches(String written) {
            return name.endsWith("*") ? written.startsWith(name.substring(0, name.length() - 1)) : written.equals(name);
        }
    }

    /** Where the mapping stands in its file. */
    String path() {
        return path;
    }

    List<Key> keys() {
        return keys;
    }

    Optional<Key> find(String written) {
        return keys.stream().filter(key -> key.matches(written)).findFirst();
    }

    /** The keys that work, for a message. */
    String knownKeys() {
        return working().collect(Collectors.joining(", "));
    }

    /** What a person who wrote an unknown key probably meant. */
    String advice(String unknown) {
        Optional<String> near = Nearest.to(unknown, working());
        if (near.isPresent()) {
            return "the nearest known key is " + near.get() + "; correct or remove it";
        }
        // A key at the top is often one that only lost its place; deeper, the same word means something else.
        Stream<Section> others = this == SPEC ? Arrays.stream(values()) : Stream.empty();
        return others.filter(s -> !s.path.isEmpty() && s.working().anyMatch(unknown::equals))
                .findFirst()
                .map(s -> unknown + " belongs under " + s.path + "; move or remove it")
                .orElseGet(() -> "known keys here: " + knownKeys() + "; correct or remove it");
    }

    private Stream<String> working() {
        return keys.stream().filter(key -> key.instead().isEmpty()).map(Key::name);
    }

    private static Key used(String name) {
        return new Key(name, Optional.empty());
    }

    private static Key unknown(String name, String instead) {
        return new Key(name, Optional.of(instead));
    }
}
