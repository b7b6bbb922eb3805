package io.sentinel.engine;

import java.util.List;
import java.util.SortedMap;

/**
 * What the engine knows of an image ({@code docker image inspect}).
 *
 * @param id digest of its configuration, {@code sha256:…}: two images with one ID are the same
 * @param repoDigests {@code name@sha256:…} under which registries know it; empty for one that was built here
 * @param labels its labels
 * @param layers digests of its root file system's layers, lowest first
 * @param entrypoint words; empty if it has none
 * @param command default words after the entrypoint; empty if it has none
 * @param environment {@code NAME=value} entries in the image's order
 * @param volumes folders for which the engine makes a writable volume at each start, sorted
 * @param user as the image names it; empty means root
 * @param os such as linux
 * @param architecture in Go's words: amd64, arm64
 */
public record ImageFacts(
        String id,
        List<String> repoDigests,
        SortedMap<String, String> labels,
        List<String> layers,
        List<String> entrypoint,
        List<String> command,
        List<String> environment,
        List<String> volumes,
        String user,
        String os,
        String architecture) {

    static ImageFacts of(Json image) {
        Json config = image.at("Config");
        return new ImageFacts(
                image.at("Id").text().orElseThrow(),
                image.at("RepoDigests").texts(),
                config.at("Labels").textMembers(),
                image.at("RootFS", "Layers").texts(),
                config.at("Entrypoint").texts(),
                config.at("Cmd").texts(),
                config.at("Env").texts(),
                config.at("Volumes").names(),
                config.at("User").text().orElse(""),
                image.at("Os").text().orElse(""),
                image.at("Architecture").text().orElse(""));
    }
}
