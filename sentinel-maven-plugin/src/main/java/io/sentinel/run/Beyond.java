package io.sentinel.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What one run has that no spec can say.
 *
 * @param published ports of the host that lead to one of the agent, each as {@code IP:HOST_PORT:PORT/PROTOCOL}
 * @param hostNetwork whether it has the host's own network in place of its profile's
 * @param workspace the real path of a folder outside of the project, in place of the spec's
 */
public record Beyond(List<String> published, boolean hostNetwork, Optional<Path> workspace) {

    /** Nothing of it. */
    public static final Beyond NONE = new Beyond(List.of(), false, Optional.empty());

    /** The word for the host's network, where a profile has its own. */
    public static final String HOST = "host";

    public Beyond {
        published = List.copyOf(published);
    }

    /** What it leaves open, in a sentence for every report. */
    public Optional<String> opening() {
        return hostNetwork
                ? Optional.of("network host: THIS IS NOT ISOLATED. The agent has this host's own network: it listens on"
                        + " every address and port, reaches what listens on loopback only, the abstract sockets of other"
                        + " programs (which may be ways to become another user), and whatever this host reaches; the"
                        + " guard judges no name and no socket; the rest of the strict service's settings holds")
                : Optional.empty();
    }
}
