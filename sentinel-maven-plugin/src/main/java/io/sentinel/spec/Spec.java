package io.sentinel.spec;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One sandbox as a person described it, with every default filled in. Nothing in it is null.
 *
 * @param name the sandbox's name: lower-case letters, digits and hyphens, at most 40, starting with a letter
 * @param image what the sandbox's image is made from
 * @param command the program and its arguments; empty means that the base image's own entrypoint and command run
 * @param workspace the folder mounted at {@code /workspace}: relative to the project, below it, with forward slashes
 * @param user the numeric user that the spec names; empty means the invoker's own, or {@link User#FALLBACK} for root
 * @param resources the limits
 * @param seccomp which system call filter applies, and how
 * @param runtime what starts the agent's container
 * @param allow what the proxied profile may reach; empty means nothing
 * @param sidecarFrom what the sidecar's image is made from; empty for the base of the sandbox itself
 * @param environment literal variables of the agent, sorted by name
 * @param passEnvironment names of variables of the agent whose values are the invoker's own at each run
 * @param secrets files of the host that each run can read
 * @param policy what the guard inside the container allows
 * @param guard what that guard does with what the policy does not allow
 * @param verify what a verification of this sandbox takes into account
 * @param production whether it runs in production only, whatever the invoker's variables say
 */
public record Spec(
        String name,
        Image image,
        List<String> command,
        String workspace,
        Optional<User> user,
        Resources resources,
        SeccompChoice seccomp,
        ContainerRuntime runtime,
        AllowList allow,
        Optional<String> sidecarFrom,
        SortedMap<String, String> environment,
        List<String> passEnvironment,
        List<Secret> secrets,
        Policy policy,
        GuardMode guard,
        VerifyChoice verify,
        boolean production) {

    /** Where a spec stands in a project unless {@code sentinel.spec} says otherwise. */
    public static final String DEFAULT_PATH = "src/main/sentinel/sandbox.yaml";

    public Spec {
        command = List.copyOf(command);
        environment = unmodifiable(environment);
        passEnvironment = List.copyOf(passEnvironment);
        secrets = List.copyOf(secrets);
    }

    private static SortedMap<String, String> unmodifiable(Map<String, String> map) {
        return java.util.Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }
}
