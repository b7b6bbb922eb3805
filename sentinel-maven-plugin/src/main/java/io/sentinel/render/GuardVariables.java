package io.sentinel.render;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The guide's variables of the invoker that are handed into the container, by name, with the guide's defaults. */
public final class GuardVariables {

    /** Name to default; empty where the guide has none. */
    public static final Map<String, String> DEFAULTS = defaults();

    private GuardVariables() {}

    private static Map<String, String> defaults() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("SENTINEL_PRODUCTION", "");
        map.put("SENTINEL_ALLOW_NETWORK_IN_PRODUCTION", "");
        map.put("SENTINEL_POLICY_IMMUTABLE", "");
        map.put("SENTINEL_POLICY_SHA256", "");
        map.put("SENTINEL_SECCOMP_MODE", "");
        map.put("SENTINEL_SECCOMP_PROFILE", "");
        map.put("SENTINEL_PROXY", "");
        map.put("SENTINEL_NO_PROXY", "");
        map.put("SENTINEL_ENFORCE_PROXY", "");
        map.put("SENTINEL_TAMPER_CHECK_INTERVAL_MS", "250");
        map.put("SENTINEL_TAMPER_CHECK_SAMPLE_RATE", "0.0");
        map.put("SENTINEL_DNS_CACHE_TTL_SECONDS", "2");
        map.put("SENTINEL_DNS_RESOLVE_TIMEOUT_MS", "1000");
        return Collections.unmodifiableMap(map);
    }
}
