package io.sentinel.verify.evidence;

import io.sentinel.engine.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A service, an image or a project as its files say. Services are asked of the model that Compose resolved: merged, extended,
 * included and interpolated, so that no spelling of a compose file hides anything.
 */
public final class StaticView implements View {

    private final Subject subject;
    private final Expected expected;
    private final ProjectFiles project;
    // Read once for all the rules that ask.
    private Optional<Dockerfile> dockerfile;
    private Optional<SeccompProfile> profile;

    public StaticView(Subject subject, Expected expected, ProjectFiles project) {
        this.subject = subject;
        this.expected = expected;
        this.project = project;
    }

    @Override
    public Subject subject() {
        return subject;
    }

    @Override
    public Expected expected() {
        return expected;
    }

    /** The files behind the model. */
    public ProjectFiles project() {
        return project;
    }

    /** The resolved model. */
    public Json model() {
        return project.model();
    }

    /** The subject's service in the resolved model. */
    public Json service() {
        Json service = model().at("services", subject.service());
        if (!service.isObject()) {
            throw new CannotTell("the project has no service " + subject.service());
        }
        return service;
    }

    /** The same with variables left as they are written. */
    public Json written() {
        return project.written().at("services", subject.service());
    }

    /** A value of the service. */
    public Json at(String... keys) {
        return service().at(keys);
    }

    /** Where a key of the service stands. */
    public Place place(String... keys) {
        List<String> path = new ArrayList<>(List.of("services", subject.service()));
        path.addAll(List.of(keys));
        return new Place.Key(path);
    }

    /** The folders and files of the host that the service mounts. */
    public List<Bind> binds() {
        return project.binds(subject.service());
    }

    /** The file that a container path shows through a bind mount of the service; empty where no mount covers it. */
    public Optional<TextFile> mounted(String path) {
        return project.mounted(subject.service(), path);
    }

    /** The system call filter that the service names: empty where it names none, or {@code unconfined}. */
    public Optional<TextFile> seccomp() {
        return SecurityOptions.of(at("security_opt")).seccompFile().map(file -> project.file(file)
                .orElseThrow(() -> new CannotTell("the seccomp profile " + file + " is not there")));
    }

    /**
     * The same, read.
     *
     * @throws CannotTell where it is no profile
     */
    public Optional<SeccompProfile> profile() {
        if (profile == null) {
            profile = seccomp().map(file -> SeccompProfile.parse(file, hasNoCapability()));
        }
        return profile;
    }

    private boolean hasNoCapability() {
        return at("cap_drop").texts().stream().anyMatch("ALL"::equalsIgnoreCase)
                && at("cap_add").texts().isEmpty()
                && !at("privileged").isTrue();
    }

    /** Whether a build context is fetched from elsewhere, in the spellings that the engine's client takes. */
    public static boolean isRemote(String context) {
        return context.matches("(?i)[a-z][a-z0-9+.-]*://.*|git@.*|github\\.com/.*");
    }

    /** What builds the subject's image, up to the stage that is built: empty where the service only names one. */
    public Optional<Dockerfile> dockerfile() {
        if (dockerfile == null) {
            Optional<String> target = at("build", "target").text().filter(name -> !name.isEmpty());
            dockerfile = readDockerfile().map(whole -> target.map(whole::upTo).orElse(whole));
        }
        return dockerfile;
    }

    private Optional<Dockerfile> readDockerfile() {
        if (!at("build").isObject()) {
            return Optional.empty();
        }
        Optional<String> inline = at("build", "dockerfile_inline").text();
        if (inline.isPresent()) {
            return inline.map(text -> Dockerfile.parse(new TextFile("dockerfile_inline", text)));
        }
        String context = at("build", "context").text().orElse(".");
        if (isRemote(context)) {
            throw new CannotTell("the build context " + context + " is not on this machine");
        }
        String name = at("build", "dockerfile").text().orElse("Dockerfile");
        String file = name.startsWith("/") ? name : context + "/" + name;
        return Optional.of(Dockerfile.parse(
                project.file(file).orElseThrow(() -> new CannotTell("the Dockerfile " + file + " is not there"))));
    }
}
