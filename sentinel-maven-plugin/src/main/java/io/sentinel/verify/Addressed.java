package io.sentinel.verify;

import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.Json;
import io.sentinel.engine.ObjectKind;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The addresses that an engine gave to a container. */
final class Addressed {

    private Addressed() {}

    /**
     * Its IPv4 address on one network; empty where it has none, or does not run.
     *
     * @param network as the compose file names it: the engine's own name has the project's before it
     */
    static Optional<String> of(Docker docker, String container, String network)
            throws EngineException, IOException, InterruptedException {
        List<Json> found = Json.parse(docker.inspectJson(ObjectKind.CONTAINER, List.of(container)))
                .elements();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        for (Map.Entry<String, Json> one :
                found.get(0).at("NetworkSettings", "Networks").members().entrySet()) {
            if (one.getKey().endsWith("_" + network)) {
                return one.getValue().at("IPAddress").text().filter(address -> !address.isEmpty());
            }
        }
        return Optional.empty();
    }
}
