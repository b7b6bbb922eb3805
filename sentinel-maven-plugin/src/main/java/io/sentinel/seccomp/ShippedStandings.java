package io.sentinel.seccomp;

import io.sentinel.spec.CallStandings;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** How the shipped data sees a call; read when it is first asked, since most specs name none. */
public final class ShippedStandings implements CallStandings {

    private static final String VITAL_GROUP = "groups/runtime-start.yaml";
    /** How docker-init starts the program. It has a condition, which that group cannot repeat. */
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
            SeccompSource source = SeccompSource.classPath();
            Presets presets = Presets.read(source);
            calls = presets.calls();
            sensitive = presets.sensitive();
            vital = new HashSet<>(
                    new DataReader(source, calls).group(VITAL_GROUP).names());
            vital.add(STARTS_THE_PROGRAM);
        }
    }
}
