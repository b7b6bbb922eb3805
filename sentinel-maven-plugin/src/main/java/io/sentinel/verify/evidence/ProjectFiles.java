package io.sentinel.verify.evidence;

import io.sentinel.engine.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A compose project's model and files. Whoever reads the disk provides it; every method throws {@link CannotTell} where
 * something is there and cannot be read.
 */
public interface ProjectFiles {

    /** What {@code docker compose config} makes of the project's own file, all profiles enabled. */
    Json model();

    /** The same without interpolation: {@code ${VARIABLE}} as written, {@code env_file} still named. */
    Json written();

    /**
     * What a bare {@code docker compose} in the project's folder would load: override files, siblings and {@code .env}
     * included.
     */
    Json bare();

    /** The project's folder: absolute, symbolic links followed. */
    String folder();

    /** The name of the project's own compose file, relative to {@link #folder}. */
    String composeFile();

    /** The binds of a service, in their order. */
    default List<Bind> binds(String service) {
        List<Bind> binds = new ArrayList<>();
        List<Json> volumes = model().at("services", service, "volumes").elements();
        for (int i = 0; i < volumes.size(); i++) {
            Json volume = volumes.get(i);
            if (volume.at("type").text().filter("bind"::equals).isEmpty()) {
                continue;
            }
            String source = volume.at("source").text().orElse("");
            binds.add(new Bind(
                    i,
                    source,
                    real(source),
                    volume.at("target").text().orElse(""),
                    volume.at("read_only").isTrue(),
                    volume.at("bind", "propagation").text().orElse("")));
        }
        return binds;
    }

    /** The file behind a path in a service's container, where a bind of the service shows it. */
    default Optional<TextFile> mounted(String service, String path) {
        Path wanted = Path.of(path).normalize();
        return binds(service).stream()
                .filter(bind -> wanted.startsWith(Path.of(bind.target()).normalize()))
                .max(Comparator.comparingInt(bind -> bind.target().length()))
                .flatMap(bind -> {
                    String rest = Path.of(bind.target())
                            .normalize()
                            .relativize(wanted)
                            .toString();
                    return file(rest.isEmpty() ? bind.real() : bind.real() + "/" + rest);
                });
    }

    /**
     * A file, if it is there.
     *
     * @param path absolute, or relative to {@link #folder}
     */
    Optional<TextFile> file(String path);

    /**
     * Where a path leads, symbolic links followed as far as it exists.
     *
     * @param path absolute, or relative to {@link #folder}
     */
    String real(String path);

    /** Every file below {@link #folder}, by its path from there. */
    SortedMap<String, FileState> states();

    /** The paths below a folder of the project that are named by their kind as set-id, device or symbolic links out. */
    List<String> oddities(String folder);
}
