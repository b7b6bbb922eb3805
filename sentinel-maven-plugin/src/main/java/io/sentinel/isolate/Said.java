package io.sentinel.isolate;

import java.util.List;
import java.util.Map;

/**
 * What a person said of one run, beside variables.
 *
 * @param values by setting; of a switch, {@code true}
 * @param environment variables of the program, each as {@code NAME=VALUE}
 * @param published ports, each as {@code [IP:]HOST_PORT:PORT[/udp]}
 * @param knowing whether the person says to know that the host's network is no isolation
 * @param prefix what stands before a setting's name where it was said: {@code --}
 */
public record Said(
        Map<Setting, String> values, List<String> environment, List<String> published, boolean knowing, String prefix) {

    /** By which a person says to know. */
    public static final String KNOWING = "i-know-this-is-not-isolated";

    public Said {
        values = Map.copyOf(values);
        environment = List.copyOf(environment);
        published = List.copyOf(published);
    }
}
