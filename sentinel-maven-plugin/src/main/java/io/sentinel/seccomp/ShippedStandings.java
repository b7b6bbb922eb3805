package io.sentinel.seccomp;

import io.sentinel.spec.CallStandings;
import java.util.Optional;

/** How the shipped data sees a call; read when it is first asked, since most specs name none. */
public final class ShippedStandings implements CallStandings {

    private static final String VITAL_GROUP = "groups/runtime-start.yaml";

    private SystemCalls calls;
    private Group alwaysDenied;
    private Group vital;

    @Override
    public Standing of(String call) {
        load();
        if (!calls.serves(call)) {
            return Standing.UNKNOWN;
        }
        if (alwaysDenied.names().contains(call)) {
            return Standing.DANGEROUS;
        }
        return vital.names().contains(call) ? Standing.VITAL : Standing.ORDINARY;
    }

    @Override
    public Optional<String> nearest(String unknown) {
        load();
        return calls.nearest(unknown);
    }

    private void load() {
        if (calls == null) {
            SeccompSource source = SeccompSource.classPath();
            calls = SystemCalls.read(source);
            DataReader reader = new DataReader(source, calls);
            alwaysDenied = reader.group(Presets.ALWAYS_DENIED);
            vital = reader.group(VITAL_GROUP);
        }
    }
}
