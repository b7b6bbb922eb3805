package io.sentinel.engine;

import java.util.SortedMap;

/**
 * What the engine knows of a network ({@code docker network inspect}).
 *
 * @param id 64 hexadecimal digits
 * @param name its name
 * @param internal whether the engine lets nothing out of it
 * @param labels its labels
 */
public record NetworkFacts(String id, String name, boolean internal, SortedMap<String, String> labels) {

    static NetworkFacts of(Json network) {
        return new NetworkFacts(
                network.at("Id").text().orElseThrow(),
                network.at("Name").text().orElseThrow(),
                network.at("Internal").isTrue(),
                network.at("Labels").textMembers());
    }
}
