package io.sentinel.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The words by which {@code docker run} makes the container that Compose makes of a service. How a container is confined
 * stands in the compose file and nowhere else; Compose resolves it, and this says the same in the client's options. A key
 * that it does not know how to say stops the run, so that no control gets lost on the way.
 */
final class ServiceWords {

    /** What is Compose's own business, or said by the request. */
    private static final Set<String> ELSEWHERE =
            Set.of("build", "command", "depends_on", "image", "profiles", "pull_policy", "scale");

    /** How a service is connected, unless the request says that. */
    private static final Set<String> NETWORK = Set.of("network_mode", "networks");

    private final Json model;
    private final Path folder;
    private final RunRequest request;
    private final List<String> words = new ArrayList<>();

    private ServiceWords(Json model, Path folder, RunRequest request) {
        this.model = model;
        this.folder = folder;
        this.request = request;
    }

    /**
     * All of them.
     *
     * @param model as {@link Compose#valuesJson} gives it, with the service's profile enabled
     * @param folder that the model's relative paths start from
     * @param variables names of those that the program gets from the client's own environment
     * @throws IllegalStateException where the service has a key, or a value of one, that this does not know
     */
    static List<String> of(Json model, Path folder, RunRequest request, Collection<String> variables) {
        Json service = model.at("services", request.service());
        if (!service.isObject()) {
            throw new IllegalStateException("the model has no service " + request.service());
        }
        return new ServiceWords(model, folder, request).all(service, variables);
    }

    private List<String> all(Json service, Collection<String> variables) {
        words.addAll(List.of("container", "run", "--pull", "never", "--name", request.container()));
        if (request.console() != Console.OUTPUT_ONLY) {
            words.add("--interactive");
        }
        if (request.console() == Console.TERMINAL) {
            words.add("--tty");
        }
        service.members().forEach(this::say);
        passed(service.at("environment"), variables);
        // After those of the service: the client takes the last one of a name.
        variables.forEach(name -> option("--env", name));
        request.labels().forEach((name, value) -> option("--label", name + "=" + value));
        request.network().ifPresent(name -> option("--network", name));
        request.published().forEach(port -> option("--publish", port));
        request.user().ifPresent(numbers -> option("--user", numbers));
        request.entrypoint().ifPresent(path -> option("--entrypoint", path));
        words.add(text("image", service.at("image")));
        words.addAll(request.words().isEmpty() ? service.at("command").texts() : request.words());
        return List.copyOf(words);
    }

    private void say(String key, Json value) {
        if (ELSEWHERE.contains(key) || request.network().isPresent() && NETWORK.contains(key)) {
            return;
        }
        switch (key) {
            case "cap_add", "cap_drop" -> each(value, "--" + key.replace('_', '-'));
            case "cgroup" -> option("--cgroupns", text(key, value));
            case "cpus" -> option("--cpus", text(key, value));
            case "dns" -> each(value, "--dns");
            case "entrypoint" -> {
                if (!value.isNull()) {
                    throw unknown(key, value);
                }
            }
            case "environment" -> environment(value);
            case "init" -> flag("--init", key, value);
            case "ipc" -> option("--ipc", text(key, value));
            case "labels" -> value.textMembers().forEach((name, label) -> option("--label", name + "=" + label));
            case "logging" -> {
                option("--log-driver", text(key, value.at("driver")));
                value.at("options").textMembers().forEach((name, setting) -> option("--log-opt", name + "=" + setting));
            }
            case "mem_limit" -> option("--memory", text(key, value));
            case "memswap_limit" -> option("--memory-swap", text(key, value));
            case "network_mode" -> option("--network", text(key, value));
            case "networks" -> networks(value);
            case "pids_limit" -> option("--pids-limit", text(key, value));
            case "read_only" -> flag("--read-only", key, value);
            case "restart" -> option("--restart", text(key, value));
            case "runtime" -> option("--runtime", text(key, value));
            case "secrets" -> value.elements().forEach(this::secret);
            case "security_opt" -> value.texts().forEach(this::securityOption);
            case "shm_size" -> option("--shm-size", text(key, value));
            case "stop_grace_period" -> option("--stop-timeout", seconds(key, value));
            case "tmpfs" -> each(value, "--tmpfs");
            case "ulimits" -> value.members().forEach(this::limit);
            case "user" -> option("--user", text(key, value));
            case "volumes" -> value.elements().forEach(this::mount);
            case "working_dir" -> option("--workdir", text(key, value));
            default -> throw unknown(key, value);
        }
    }

    private void option(String name, String value) {
        // In one word, so that no value is taken for an option.
        words.add(name + "=" + value);
    }

    private void flag(String name, String key, Json value) {
        if (!value.isTrue()) {
            throw unknown(key, value);
        }
        words.add(name);
    }

    private void each(Json list, String name) {
        list.texts().forEach(text -> option(name, text));
    }

    private void environment(Json variables) {
        variables.textMembers().forEach((name, value) -> option("--env", name + "=" + value));
    }

    /** A variable without a value is the invoker's; where they have none, the engine takes an image's own away too. */
    private void passed(Json environment, Collection<String> variables) {
        environment.members().forEach((name, value) -> {
            if (value.isNull() && !variables.contains(name)) {
                option("--env", name);
            }
        });
    }

    /** Compose makes a mount of each, at its own path or below its folder of secrets. */
    private void secret(Json secret) {
        if (!Set.of("source", "target").containsAll(secret.names())) {
            throw unknown("secrets", secret);
        }
        String source = text("secrets", secret.at("source"));
        Json top = model.at("secrets", source);
        if (!Set.of("name", "file").containsAll(top.names())) {
            throw unknown("secrets", top);
        }
        String target = secret.at("target").text().orElse(source);
        mount(
                text("secrets", top.at("file")),
                target.startsWith("/") ? target : "/run/secrets/" + target,
                Optional.empty(),
                true);
    }

    private void networks(Json networks) {
        for (Map.Entry<String, Json> network : networks.members().entrySet()) {
            if (!network.getValue().isNull() || networks.names().size() > 1) {
                throw unknown("networks", networks);
            }
            option("--network", text("networks", model.at("networks", network.getKey(), "name")));
        }
    }

    private void securityOption(String option) {
        String file = option.startsWith("seccomp:") ? option.substring("seccomp:".length()) : "";
        option(
                "--security-opt",
                file.isEmpty() || file.equals("unconfined")
                        ? option
                        : "seccomp=" + folder.resolve(file).normalize());
    }

    /** Compose leaves a zero out, and an object without members is a limit of zero. */
    private void limit(String name, Json value) {
        String soft = value.text().or(() -> value.at("soft").text()).orElse("0");
        String hard = value.text().or(() -> value.at("hard").text()).orElse("0");
        option("--ulimit", name + "=" + soft + ":" + hard);
    }

    private void mount(Json volume) {
        Set<String> known = Set.of("type", "source", "target", "read_only", "bind");
        Set<String> ofBind = Set.of("propagation", "create_host_path");
        if (!known.containsAll(volume.names())
                || !ofBind.containsAll(volume.at("bind").names())
                || !text("volumes", volume.at("type")).equals("bind")) {
            throw unknown("volumes", volume);
        }
        mount(
                text("volumes", volume.at("source")),
                text("volumes", volume.at("target")),
                volume.at("bind", "propagation").text(),
                volume.at("read_only").isTrue());
    }

    private void mount(String source, String target, Optional<String> propagation, boolean readOnly) {
        List<String> fields = new ArrayList<>(List.of("type=bind"));
        fields.add("source=" + source);
        fields.add("target=" + target);
        propagation.ifPresent(way -> fields.add("bind-propagation=" + way));
        if (readOnly) {
            fields.add("readonly");
        }
        option(
                "--mount",
                String.join(",", fields.stream().map(ServiceWords::field).toList()));
    }

    /** The client reads a mount as a line of comma-separated values (RFC 4180). */
    private static String field(String field) {
        return field.contains(",") || field.contains("\"") ? '"' + field.replace("\"", "\"\"") + '"' : field;
    }

    private static String seconds(String key, Json value) {
        String text = text(key, value);
        if (!text.matches("[0-9]+s")) {
            throw unknown(key, value);
        }
        return text.substring(0, text.length() - 1);
    }

    private static String text(String key, Json value) {
        return value.text().orElseThrow(() -> unknown(key, value));
    }

    private static IllegalStateException unknown(String key, Json value) {
        return new IllegalStateException(
                "the service has " + key + ": " + value + ", which cannot be said in options of docker run");
    }
}
