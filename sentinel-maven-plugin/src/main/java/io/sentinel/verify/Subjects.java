package io.sentinel.verify;

import io.sentinel.engine.Json;
import io.sentinel.spec.Profile;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.Subject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whom the rules are asked about. */
final class Subjects {

    static final String SIDECAR = "sentinel-proxy";
    static final String HELPER = "sentinel-probe";
    /** Builds the agent's image, and never runs. */
    static final String BUILDER = "sentinel-image";

    private Subjects() {}

    /** Of a bundle of ours. */
    static List<Subject> own() {
        List<Subject> subjects = new ArrayList<>();
        for (Profile profile : Profile.values()) {
            subjects.add(Subject.agent(profile.service(), Optional.of(profile)));
        }
        subjects.add(Subject.of(Role.SIDECAR, SIDECAR));
        subjects.add(Subject.of(Role.HELPER, HELPER));
        subjects.add(Subject.of(Role.IMAGE, Profile.STRICT.service()));
        subjects.add(Subject.of(Role.IMAGE, SIDECAR));
        subjects.add(Subject.project());
        return subjects;
    }

    /**
     * Of a project that others wrote. An image that is only named has a user, files and a history as one that is built: it is
     * looked at too, once for all the services that run it.
     *
     * @param services those that run untrusted code
     */
    static List<Subject> ofOthers(Json model, List<String> services) {
        List<Subject> subjects = new ArrayList<>();
        Set<String> images = new HashSet<>();
        for (String service : services) {
            if (model.at("services", service, "build").isObject()) {
                model.at("services", service, "image").text().ifPresent(images::add);
            }
        }
        for (String service : services) {
            subjects.add(Subject.agent(service, Optional.empty()));
            Json build = model.at("services", service, "build");
            Optional<String> image = build.isObject()
                    ? Optional.of(build.toString())
                    : model.at("services", service, "image").text();
            if (image.filter(images::add).isPresent()) {
                subjects.add(Subject.of(Role.IMAGE, service));
            }
        }
        subjects.add(Subject.project());
        return subjects;
    }
}
