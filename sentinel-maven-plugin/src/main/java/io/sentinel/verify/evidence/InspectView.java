package io.sentinel.verify.evidence;

import io.sentinel.engine.Json;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A container as the engine created it. Nothing runs in it yet.
 *
 * @param subject whom it is about
 * @param expected what was meant
 * @param created what {@code docker inspect} says of the container; asked lazily
 * @param imageFacts what {@code docker image inspect} says of its image
 * @param networkFacts what {@code docker network inspect} says of its networks, by their names
 * @param volumeFacts what {@code docker volume inspect} says of its named volumes, by their names
 * @param engineFacts what {@code docker info} says
 * @param tree its file system, read from {@code docker export}
 * @param profile the system call filter that its compose file names
 * @param composeFile the absolute path of the compose file that was verified
 */
public record InspectView(
        Subject subject,
        Expected expected,
        Supplier<Json> created,
        Supplier<Json> imageFacts,
        Supplier<Map<String, Json>> networkFacts,
        Supplier<Map<String, Json>> volumeFacts,
        Supplier<Json> engineFacts,
        Supplier<FileTree> tree,
        Supplier<Optional<Json>> profile,
        String composeFile)
        implements View {

    /** A value of the container. */
    public Json at(String... keys) {
        return created.get().at(keys);
    }

    /** A value of the container's {@code HostConfig}. */
    public Json host(String key) {
        return created.get().at("HostConfig", key);
    }

    /** A value of the image. */
    public Json image(String... keys) {
        return imageFacts.get().at(keys);
    }

    /** The container's networks: what {@code docker network inspect} says, by name. */
    public Map<String, Json> networks() {
        return networkFacts.get();
    }

    /** Its named volumes: what {@code docker volume inspect} says, by name. */
    public Map<String, Json> volumes() {
        return volumeFacts.get();
    }

    /** A value of {@code docker info}. */
    public Json engine(String... keys) {
        return engineFacts.get().at(keys);
    }

    public FileTree files() {
        return tree.get();
    }
}
