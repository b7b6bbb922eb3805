package io.sentinel.isolate;

import io.sentinel.spec.Overrides.Override;
import java.util.List;
import java.util.Optional;

/** What a person may say of one run. A flag stands before a variable, both before the spec, and that before the default. */
public enum Setting {
    IMAGE("image", "", true, "image", "from"),
    POLICY("policy", ""),
    WORKSPACE("workspace", "", true, "workspace", "path"),
    NETWORK("network", ""),
    PROXY("proxy", "SENTINEL_PROXY"),
    NO_PROXY("no-proxy", "SENTINEL_NO_PROXY"),
    ENFORCE_PROXY("enforce-proxy", "SENTINEL_ENFORCE_PROXY"),
    SECCOMP_PROFILE("seccomp-profile", "SENTINEL_SECCOMP_PROFILE", false, "seccomp", "preset"),
    SECCOMP("seccomp", ""),
    SECCOMP_MODE("seccomp-mode", "SENTINEL_SECCOMP_MODE", false, "seccomp", "mode"),
    RUNTIME("runtime", "", false, "runtime"),
    TIMEOUT("timeout", "", false, "resources", "timeout"),
    MEMORY("memory", "", false, "resources", "memory"),
    CPUS("cpus", "", false, "resources", "cpus"),
    PIDS("pids", "", false, "resources", "pids");

    private final String flag;
    private final String variable;
    private final boolean text;
    private final List<String> keys;

    Setting(String flag, String variable, String... keys) {
        this(flag, variable, true, keys);
    }

    Setting(String flag, String variable, boolean text, String... keys) {
        this.flag = flag;
        this.variable = variable;
        this.text = text;
        this.keys = List.of(keys);
    }

    /** As it is written on a command line, without the hyphens. */
    public String flag() {
        return flag;
    }

    /** Its environment variable, where it has one. */
    public Optional<String> variable() {
        return Optional.of(variable).filter(name -> !name.isEmpty());
    }

    /** Where a spec says it, as a person would write it; empty for what no spec says. */
    public Optional<String> key() {
        return keys.isEmpty() ? Optional.empty() : Optional.of(String.join(".", keys));
    }

    /** The value in place of the spec's. */
    Optional<Override> override(String label, String value) {
        return keys.isEmpty() ? Optional.empty() : Optional.of(new Override(keys, Optional.of(value), !text, label));
    }
}
