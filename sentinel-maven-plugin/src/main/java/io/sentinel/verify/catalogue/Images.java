package io.sentinel.verify.catalogue;

import static io.sentinel.verify.rule.Severity.HIGH;
import static io.sentinel.verify.rule.Severity.MEDIUM;

import io.sentinel.engine.Json;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which image runs, and how it is built. */
final class Images {

    private static final Pattern ARGUMENT = Pattern.compile("(\\w+)=(\\S+)");

    private Images() {}

    static List<Rule> rules() {
        return List.of(explicit(), justBuilt(), noPull(), plainBuild(), noSecretArgument(), ownContext());
    }

    private static Rule explicit() {
        return Rule.of("IMG-1", MEDIUM, "The image is named exactly: an own tag, or a digest where others made it")
                .because("latest, and any tag of somebody else, is another image tomorrow")
                .cis("4.2", "5.28")
                .remedy("name the image by its digest: NAME@sha256:…")
                .files(view -> {
                    String image = view.at("image").text().orElse("");
                    boolean buildsItself = view.at("build").isObject();
                    boolean built = buildsItself || isBuilt(image, view.model().at("services"));
                    boolean other = view.expected().isOwn()
                            && !view.expected()
                                    .files()
                                    .getOrDefault("docker-compose.yml", "")
                                    .contains("image: \"" + image + '"');
                    if (other) {
                        return Verdict.broken("the image that the spec renders", image, view.place("image"));
                    }
                    return image.isEmpty() && buildsItself
                            ? Verdict.held("built here, named by Compose")
                            : explicit(image, built, view.place("image"));
                })
                .created(view -> {
                    String image = view.at("Config", "Image").text().orElse("");
                    // What was never pushed or pulled has no digest of a registry's: it was made here.
                    boolean local = !view.expected().isOwn()
                            && view.image("RepoDigests").isArray()
                            && view.image("RepoDigests").texts().isEmpty();
                    return local && !image.isEmpty()
                            ? Verdict.held(image + ", made here")
                            : explicit(image, view.expected().isOwn(), Place.NOWHERE);
                });
    }

    /** Whether a service of the project builds the image that another one names. */
    private static boolean isBuilt(String image, Json services) {
        return services.names().stream()
                .map(services::at)
                .anyMatch(service -> service.at("build").isObject()
                        && service.at("image").text().filter(image::equals).isPresent());
    }

    private static Verdict explicit(String image, boolean built, Place place) {
        if (image.contains("@sha256:") || image.startsWith("sha256:")) {
            return Verdict.held(image);
        }
        String tag = image.matches(".*:[^/:]+") ? image.substring(image.lastIndexOf(':') + 1) : "";
        boolean right = built && !tag.isEmpty() && !tag.equals("latest");
        return right
                ? Verdict.held(image)
                : Verdict.broken(
                        built ? "a tag other than latest" : "a digest", image.isEmpty() ? "no image" : image, place);
    }

    private static Rule justBuilt() {
        return Rule.of("IMG-2", HIGH, "What runs is the image that was just built")
                .because("a name can be given to another image at any time")
                .cis("5.28")
                .remedy("run mvn sentinel:build, and see who else tags images here")
                .created(view -> {
                    String built = view.expected().images().get(view.subject().service());
                    if (built == null) {
                        // The container was made by the image's name: it would be compared with itself.
                        return Verdict.outside("it was there before, and only its name says which it is");
                    }
                    String runs = view.at("Image").text().orElse("");
                    return runs.equals(built)
                            ? Verdict.held(runs)
                            : Verdict.broken(built, runs.isEmpty() ? "none" : runs, Place.NOWHERE);
                });
    }

    private static Rule noPull() {
        return Rule.of("IMG-3", MEDIUM, "No registry swaps the image when the service starts")
                .because("a pull brings whatever the registry has under that name now")
                .remedy("write pull_policy: never")
                .files(view -> {
                    String policy = view.at("pull_policy").text().orElse("not set");
                    boolean pinned = view.at("image").text().orElse("").contains("@sha256:");
                    boolean nameless =
                            view.at("build").isObject() && view.at("image").isAbsent();
                    return policy.matches("never|build") || pinned || nameless && policy.equals("not set")
                            ? Verdict.held(
                                    pinned
                                            ? "pinned by digest"
                                            : nameless ? "built here, and named by Compose" : policy)
                            : Verdict.broken("never or build", policy, view.place("pull_policy"));
                });
    }

    private static Rule plainBuild() {
        return Rule.of("BLD-1", HIGH, "The build gets nothing of the host's")
                .because(
                        "a build step with the host's network, an SSH agent or entitlements acts as the person who builds")
                .remedy("remove build.network: host, build.ssh and build.entitlements")
                .about(Role.IMAGE)
                .files(built(view -> {
                    Json build = view.at("build");
                    Faults faults = Faults.unless("none of it");
                    String network = build.at("network").text().orElse("default");
                    faults.addIf(
                            !network.matches("default|none"), "network " + network, view.place("build", "network"));
                    for (String key : List.of("ssh", "entitlements", "extra_hosts")) {
                        faults.addIf(
                                !Facts.isEmpty(build.at(key)), key + " " + build.at(key), view.place("build", key));
                    }
                    view.dockerfile().ifPresent(dockerfile -> dockerfile.all("RUN").stream()
                            .filter(line -> line.arguments()
                                    .matches("(?s)(--\\S+\\s+)*--(network=host|security=insecure)\\s.*"))
                            .forEach(line ->
                                    faults.add("RUN " + line.arguments().split("\\s", 2)[0], dockerfile.place(line))));
                    return faults.or("none of it");
                }));
    }

    private static Rule noSecretArgument() {
        return Rule.of("BLD-2", HIGH, "No build argument holds a secret")
                .because("arguments stand in the image's history for everyone who has the image")
                .cis("4.10")
                .remedy("use a build secret (RUN --mount=type=secret), or none")
                .about(Role.IMAGE)
                .files(built(view -> {
                    Faults faults = Faults.unless("none that looks like one");
                    Map<String, String> arguments = view.at("build", "args").textMembers();
                    arguments.forEach((name, value) -> Secrets.in(name, value)
                            .ifPresent(why -> faults.add(why, view.place("build", "args", name))));
                    return faults.or("none of " + arguments.size());
                }))
                .created(view -> {
                    Json history = view.image("History");
                    if (!history.isArray()) {
                        throw new CannotTell("the image's history could not be read");
                    }
                    Faults faults = Faults.unless("none that looks like one");
                    for (String step : history.texts()) {
                        // "|2 A=1 B=2 /bin/sh -c …", with RUN before it where BuildKit built.
                        boolean has = step.matches("(?s)(RUN )?\\|[0-9]+ .*");
                        Matcher argument = ARGUMENT.matcher(has ? step.replaceFirst("(?s)/bin/\\w+ -.*", "") : "");
                        while (argument.find()) {
                            Secrets.in(argument.group(1), argument.group(2)).ifPresent(faults::add);
                        }
                    }
                    return faults.or("none in " + history.elements().size() + " steps");
                });
    }

    private static Rule ownContext() {
        return Rule.of("BLD-3", MEDIUM, "The image is built from the project's own folder and Dockerfile")
                .because(
                        "a context elsewhere, another target or an inline Dockerfile is another build than the one that is read")
                .remedy("write build: {context: .}")
                .about(Role.IMAGE)
                .files(built(view -> {
                    Json build = view.at("build");
                    Faults faults = Faults.unless("a folder of the project, its Dockerfile, the last stage");
                    String context = build.at("context").text().orElse(".");
                    boolean remote = StaticView.isRemote(context);
                    boolean outside = !remote && !Mounts.below(view.project().real(context), view.expected());
                    faults.addIf(remote || outside, "context " + context, view.place("build", "context"));
                    String dockerfile = build.at("dockerfile").text().orElse("Dockerfile");
                    String file = dockerfile.startsWith("/") ? dockerfile : context + "/" + dockerfile;
                    boolean other = view.expected().isOwn() && !dockerfile.equals("Dockerfile");
                    faults.addIf(
                            other
                                    || !remote
                                            && !outside
                                            && !Mounts.below(view.project().real(file), view.expected()),
                            "dockerfile " + dockerfile,
                            view.place("build", "dockerfile"));
                    for (String key : List.of("dockerfile_inline", "target", "additional_contexts", "cache_from")) {
                        faults.addIf(!Facts.isEmpty(build.at(key)), key + " is set", view.place("build", key));
                    }
                    return faults.or(context);
                }));
    }

    /** What a build gets says nothing of an image that is only named. */
    private static Function<StaticView, Verdict> built(Function<StaticView, Verdict> check) {
        return view -> view.at("build").isObject() ? check.apply(view) : Verdict.outside("nothing is built");
    }
}
