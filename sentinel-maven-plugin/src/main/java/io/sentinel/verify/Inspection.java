package io.sentinel.verify;

import io.sentinel.engine.Compose;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.Json;
import io.sentinel.engine.LabelFilter;
import io.sentinel.engine.ObjectKind;
import io.sentinel.run.Staging;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.Expected;
import io.sentinel.verify.evidence.FileTree;
import io.sentinel.verify.evidence.InspectView;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.evidence.Subject;
import io.sentinel.verify.evidence.TextFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What an engine makes of a project's services: created, inspected and read, and never started. By {@code create}, since a
 * container of {@code compose run} has neither ports nor restart policy.
 */
final class Inspection {

    private final Docker docker;
    private final Target target;
    private final FileTrees trees;
    private final Supplier<Json> engine;

    /**
     * @param trees reads the containers' file systems
     * @param engine what {@code docker info} says
     */
    Inspection(Docker docker, Target target, FileTrees trees, Supplier<Json> engine) {
        this.docker = docker;
        this.target = target;
        this.trees = trees;
        this.engine = engine;
    }

    /**
     * Looks at the services' containers.
     *
     * @param staging in which they were created
     * @param expected with the IDs of the images that were just built
     */
    List<InspectView> look(Staging staging, Expected expected) throws InterruptedException {
        Supplier<Map<String, Json>> created = Answers.now(() -> containers(staging));
        Map<String, Supplier<FileTree>> files = new TreeMap<>();
        Map<String, Supplier<Json>> images = new TreeMap<>();
        List<InspectView> views = new ArrayList<>();
        for (Subject subject : target.subjects()) {
            Supplier<Json> container = subject.role() == Role.PROJECT
                    ? Answers.none("a project is no container")
                    : () -> container(created, subject.service());
            Supplier<String> image = () -> container.get().at("Image").text().orElseThrow();
            Optional<String> imageId = known(image);
            if (imageId.isPresent() && !files.containsKey(imageId.get())) {
                String id = known(() -> container.get().at("Id").text().orElseThrow())
                        .orElseThrow();
                files.put(imageId.get(), Answers.now(() -> trees.of(id, imageId.get())));
                images.put(imageId.get(), Answers.now(() -> image(imageId.get())));
            }
            Supplier<Map<String, Json>> networks = Answers.now(() -> named(
                    ObjectKind.NETWORK,
                    container.get().at("NetworkSettings", "Networks").names()));
            Supplier<Map<String, Json>> volumes = Answers.now(() -> named(ObjectKind.VOLUME, volumes(container.get())));
            views.add(new InspectView(
                    subject,
                    expected,
                    container,
                    () -> images.get(image.get()).get(),
                    networks,
                    volumes,
                    engine,
                    () -> files.get(image.get()).get(),
                    () -> profile(new StaticView(subject, expected, target.files())),
                    staging.composeFile().toString()));
        }
        return views;
    }

    private Map<String, Json> containers(Staging staging) throws EngineException, IOException, InterruptedException {
        Map<String, Json> containers = new LinkedHashMap<>();
        String all = docker.listContainersJson(List.of(
                LabelFilter.is(Compose.PROJECT_LABEL, staging.name()), LabelFilter.is(Compose.ONE_OFF_LABEL, "False")));
        for (Json container : Json.parse(all).elements()) {
            container
                    .at("Config", "Labels", Compose.SERVICE_LABEL)
                    .text()
                    .ifPresent(service -> containers.put(service, container));
        }
        return containers;
    }

    private static Json container(Supplier<Map<String, Json>> created, String service) {
        Json container = created.get().get(service);
        if (container == null) {
            throw new CannotTell("the engine has created no container of " + service);
        }
        return container;
    }

    private Json image(String id) throws EngineException, IOException, InterruptedException {
        List<Json> found =
                Json.parse(docker.inspectJson(ObjectKind.IMAGE, List.of(id))).elements();
        if (found.isEmpty()) {
            throw new CannotTell("the image " + id + " is gone");
        }
        return found.get(0).with("History", docker.imageHistory(id));
    }

    private Map<String, Json> named(ObjectKind kind, List<String> names)
            throws EngineException, IOException, InterruptedException {
        SortedMap<String, Json> found = new TreeMap<>();
        if (names.isEmpty()) {
            return found;
        }
        for (Json json : Json.parse(docker.inspectJson(kind, names)).elements()) {
            json.at("Name").text().ifPresent(name -> found.put(name, json));
        }
        for (String name : names) {
            if (!found.containsKey(name)) {
                throw new CannotTell("the " + kind.name().toLowerCase(java.util.Locale.ROOT) + " " + name
                        + " could not be inspected");
            }
        }
        return found;
    }

    private static List<String> volumes(Json container) {
        return container.at("Mounts").elements().stream()
                .filter(mount ->
                        mount.at("Type").text().filter("volume"::equals).isPresent())
                .map(mount -> mount.at("Name").text().orElse(""))
                .filter(name -> !name.isEmpty())
                .sorted()
                .distinct()
                .toList();
    }

    private static Optional<Json> profile(StaticView view) {
        Optional<TextFile> file = view.seccomp();
        try {
            return file.isPresent() ? Optional.of(Json.parse(file.get().text())) : Optional.empty();
        } catch (IOException e) {
            throw new CannotTell("the seccomp profile is no JSON: " + e.getMessage());
        }
    }

    private static <T> Optional<T> known(Supplier<T> supplier) {
        try {
            return Optional.of(supplier.get());
        } catch (CannotTell e) {
            return Optional.empty();
        }
    }
}
