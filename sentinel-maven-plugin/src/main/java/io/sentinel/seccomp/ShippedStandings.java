package io.sentinel.seccomp;

import io.sentinel.spec.CallStandings;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** How the shipped data sees a call; read when it is first asked, since most specs name none. */
public final class ShippedStandings implements CallStandings {

    /** How docker-init starts the program. */
    private static final String STARTS_THE_PROGRAM = "clone";

    private SystemCalls calls;
    private Set<String> sensitive;
    private Set<String> vital;

    @Override
    public boolean knows(String call) {
        load();
        return calls.serves(call);
    }

    @Override
    public boolean isSensitive(String call) {
        load();
        return sensitive.contains(call);
    }

    @Override
    public boolean isVital(String call) {
        load();
        return vital.contains(call);
    }

    @Override
    public Optional<String> nearest(String unknown) {
        load();
        return calls.nearest(unknown);
    }

    private void load() {
        if (calls == null) {
            Presets presets = Presets.read(SeccompSource.classPath());
            calls = presets.calls();
            sensitive = presets.sensitive();
            vital = new HashSet<>(presets.vital());
            vital.add(STARTS_THE_PROGRAM);
        }
    }
}
