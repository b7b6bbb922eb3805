package io.sentinel.engine;

import java.util.SortedMap;

/**
 * What the engine knows of a volume ({@code docker volume inspect}).
 *
 * @param name its name, which is its ID too
 * @param labels its labels
 */
public record VolumeFacts(String name, SortedMap<String, String> labels) {

    static VolumeFacts of(Json volume) {
        return new VolumeFacts(
                volume.at("Name").text().orElseThrow(), volume.at("Labels").textMembers());
    }
}
