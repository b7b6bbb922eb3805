package io.sentinel.seccomp;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Data files made up for a test, and the real table of names; all presets have the one group {@code calls} unless a test says otherwise. */
final class Data implements SeccompSource {

    private final Map<String, String> files = new LinkedHashMap<>();

    Data() {
        file("presets/strict.yaml", "about: Strict.\ngroups: [calls]\n");
        file("presets/proxy.yaml", "about: Proxy.\ngroups: [calls]\n");
        file("presets/datasci.yaml", "about: Datasci.\ngroups: [calls]\n");
        file("groups/calls.yaml", "about: Calls.\nallow:\n  - names: [read]\n");
        file("always-denied.yaml", "about: Denied.\nrefuse:\n  - {names: [mount], errno: EPERM, because: Mounts.}\n");
        file("for-guard.yaml", "about: Guard.\nallow:\n  - {names: [mount], because: Guard.}\n");
    }

    static Data withGroup(String yaml) {
        return new Data().file("groups/calls.yaml", yaml);
    }

    Data file(String path, String yaml) {
        files.put(path, yaml);
        return this;
    }

    @Override
    public byte[] read(String path) {
        if (path.equals("syscalls.csv")) {
            return SeccompSource.classPath().read(path);
        }
        String yaml = files.get(path);
        if (yaml == null) {
            throw new SeccompDataException(path + " is missing");
        }
        return yaml.getBytes(StandardCharsets.UTF_8);
    }
}
