package io.sentinel.spec;

import io.sentinel.spec.HostRule.Match;
import io.sentinel.spec.Policy.NetworkFailsafe;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What a policy would have to say for what a run was denied: line by line for the spec, and what no line allows. The names
 * are an agent's own. Each addition is read by the reader of specs before it is told, and left out where that refuses it.
 */
public final class PolicyAdditions {

    /** An agent can be denied any number of things. */
    private static final int MOST = 20;

    private static final List<String> PROGRAMS =
            List.of("/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/");

    /** A policy has no system calls. */
    private static final CallStandings NO_CALLS = new CallStandings() {
        @Override
        public boolean knows(String call) {
            return false;
        }

        @Override
        public boolean isSensitive(String call) {
            return false;
        }

        @Override
        public boolean isVital(String call) {
            return false;
        }

        @Override
        public Optional<String> nearest(String unknown) {
            return Optional.empty();
        }
    };

    private final Policy before;
    private Policy after;
    private final Set<String> sentences = new LinkedHashSet<>();
    private int left;

    private PolicyAdditions(Policy before) {
        this.before = before;
        this.after = before;
    }

    /**
     * Something that was denied.
     *
     * @param action as the trail has it
     * @param key the policy's key that decided
     * @param target a path, a host name, or an address with its port
     */
    public record Denied(String action, String key, String target) {}

    /** @param denied most important first: after the first {@value #MOST} the others are counted */
    public static PolicyAdditions of(Policy policy, Collection<Denied> denied) {
        PolicyAdditions additions = new PolicyAdditions(policy);
        // What the guard left out of the policy when it began is none of the agent's doing.
        List<Denied> asked = denied.stream()
                .filter(one -> !one.action().equals("policy") && !one.action().equals("integrity"))
                .distinct()
                .toList();
        asked.stream().limit(MOST).forEach(additions::add);
        additions.left = Math.max(0, asked.size() - MOST);
        return additions;
    }

    /** The policy with all that is proposed. */
    public Policy policy() {
        return after;
    }

    private void add(Denied one) {
        String target = one.target();
        switch (one.key()) {
            case "allowed_commands", "allowed_interpreters" -> program(target);
            case "allowed_paths" -> written(target);
            case "readable_paths" -> read(target);
            case "allowed_hosts" -> host(target);
            case "network_failsafe.allowed_ips" -> address(target);
            case "network_failsafe.allow_private_network" ->
                say(
                        target,
                        "is a private address: network_failsafe.allow_private_network would have to be true, which opens"
                                + " this host's network to every allowed host");
            case "blocked_paths",
                    "blocked_command_bases",
                    "network_failsafe.blocked_hosts",
                    "network_failsafe.blocked_ips" ->
                say(target, "is blocked by " + one.key() + ", which is stronger than every list that allows");
            default -> say(target, "is allowed by no key of the policy (" + Texts.excerpt(one.key()) + ")");
        }
    }

    private void program(String target) {
        String name = PROGRAMS.stream()
                .filter(target::startsWith)
                .map(folder -> target.substring(folder.length()))
                .filter(rest -> !rest.contains("/"))
                .findFirst()
                .orElse(target);
        if (isWritten(target)) {
            say(target, "lies where the agent writes: put it into the image by image.copy, and name it there");
        } else if (target.startsWith("/.sentinel") || Paths.isWithin(target, "/opt/sentinel")) {
            say(target, "is the guard's own");
        } else if (before.blockedCommandBases().stream().anyMatch(base -> Programs.blocks(base, name))) {
            say(target, "is blocked by blocked_command_bases: take it out there first");
        } else if (Programs.interpreter(name).isPresent()) {
            tried(target, policy -> copy(policy, Lists.INTERPRETERS, with(policy.allowedInterpreters(), name)));
        } else {
            tried(target, policy -> copy(policy, Lists.COMMANDS, with(policy.allowedCommands(), name)));
        }
    }

    private boolean isWritten(String path) {
        return Paths.isAgents(path)
                || before.allowedPaths().stream()
                        .map(Paths::inSandbox)
                        .anyMatch(folder -> Paths.isWithin(path, folder));
    }

    /** A rule is of what is there at the start: what is to be made needs its folder. */
    private void written(String target) {
        if (!Paths.isWithin(target, "/workspace") || target.equals("/workspace")) {
            say(target, "lies in the image, which nobody can write: write below /workspace, or to /tmp");
            return;
        }
        String folder = relative(target.substring(0, target.lastIndexOf('/')));
        tried(target, policy -> {
            List<String> paths = with(uncovered(policy.allowedPaths(), folder), folder);
            // What is written to is read as well, and the reader wants no path twice.
            Policy writing = copy(policy, Lists.PATHS, paths);
            return copy(writing, Lists.READABLE, uncovered(policy.readablePaths(), folder));
        });
    }

    private void read(String target) {
        if (Paths.isWithin(target, "/opt/sentinel")) {
            say(target, "is the guard's own");
            return;
        }
        String path = relative(target);
        tried(target, policy -> copy(policy, Lists.READABLE, with(uncovered(policy.readablePaths(), path), path)));
    }

    private static String relative(String path) {
        if (path.equals("/workspace")) {
            return ".";
        }
        return path.startsWith("/workspace/") ? "./" + path.substring("/workspace/".length()) : path;
    }

    private static List<String> uncovered(List<String> paths, String folder) {
        return paths.stream()
                .filter(path -> !Paths.isWithin(Paths.inSandbox(path), Paths.inSandbox(folder)))
                .toList();
    }

    private void host(String target) {
        String address = target.replaceFirst(":[0-9]{1,5}$", "").replaceAll("^\\[|]$", "");
        if (target.startsWith("/") || IpRange.parse(address).isPresent()) {
            say(target, "was asked for by its address: ask by the name, and list that under allowed_hosts");
            return;
        }
        HostRule rule = HostRule.of(target, Match.EXACT);
        tried(target, policy -> copy(policy, with(policy.allowedHosts(), rule), policy.networkFailsafe()));
    }

    private void address(String target) {
        String address = target.replaceFirst(":[0-9]{1,5}$", "").replaceAll("^\\[|]$", "");
        tried(target, policy -> {
            NetworkFailsafe sockets = policy.networkFailsafe();
            return copy(
                    policy,
                    policy.allowedHosts(),
                    new NetworkFailsafe(
                            sockets.socketConnect(),
                            sockets.allowPrivateNetwork(),
                            sockets.blockedHosts(),
                            sockets.blockedIps(),
                            with(sockets.allowedIps(), address)));
        });
    }

    /** Takes an addition that the reader takes. */
    private void tried(String target, UnaryOperator<Policy> addition) {
        Policy wider = addition.apply(after);
        try {
            byte[] text = PolicyYaml.spec(wider).getBytes(StandardCharsets.UTF_8);
            after = SpecReader.read("policy", text, NO_CALLS).policy();
        } catch (InvalidFileException e) {
            say(target, "cannot be allowed: " + e.problems().get(0).message());
        }
    }

    private void say(String target, String what) {
        sentences.add(Texts.excerpt(target) + " " + what + ".");
    }

    private static <T> List<T> with(List<T> list, T more) {
        Set<T> all = new LinkedHashSet<>(list);
        all.add(more);
        return List.copyOf(all);
    }

    private enum Lists {
        PATHS,
        READABLE,
        COMMANDS,
        INTERPRETERS
    }

    private static Policy copy(Policy policy, Lists which, List<String> list) {
        return new Policy(
                which == Lists.PATHS ? list : policy.allowedPaths(),
                policy.blockedPaths(),
                which == Lists.READABLE ? list : policy.readablePaths(),
                which == Lists.COMMANDS ? list : policy.allowedCommands(),
                policy.blockedCommandBases(),
                which == Lists.INTERPRETERS ? list : policy.allowedInterpreters(),
                policy.onBlock(),
                policy.hostMatchMode(),
                policy.allowedHosts(),
                policy.networkFailsafe(),
                policy.tamperDetection(),
                policy.onAuditFailure());
    }

    private static Policy copy(Policy policy, List<HostRule> hosts, NetworkFailsafe sockets) {
        return new Policy(
                policy.allowedPaths(),
                policy.blockedPaths(),
                policy.readablePaths(),
                policy.allowedCommands(),
                policy.blockedCommandBases(),
                policy.allowedInterpreters(),
                policy.onBlock(),
                policy.hostMatchMode(),
                hosts,
                sockets,
                policy.tamperDetection(),
                policy.onAuditFailure());
    }

    /** For the end of a report, line by line and safe to show; none where nothing was denied. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        List<String> changed = changed();
        if (!changed.isEmpty()) {
            lines.add(
                    "The spec allows what was denied with this; the names are the agent's, so keep those that you know:");
            lines.addAll(changed);
            if (!after.allowedInterpreters().equals(before.allowedInterpreters())) {
                lines.add("  An interpreter does what it is told, whatever allowed_commands says.");
            }
        }
        sentences.stream().limit(MOST).map(sentence -> "  " + sentence).forEach(lines::add);
        if (left > 0) {
            lines.add("  And " + left + " kinds more were denied, which sentinel:audit shows.");
        }
        return lines;
    }

    private List<String> changed() {
        List<String> lines = new ArrayList<>();
        line(lines, "allowed_paths", before.allowedPaths(), after.allowedPaths());
        line(lines, "readable_paths", before.readablePaths(), after.readablePaths());
        line(lines, "allowed_commands", before.allowedCommands(), after.allowedCommands());
        line(lines, "allowed_interpreters", before.allowedInterpreters(), after.allowedInterpreters());
        if (!before.allowedHosts().equals(after.allowedHosts())) {
            lines.add("  policy.allowed_hosts: " + PolicyYaml.hosts(after.allowedHosts(), after.hostMatchMode()));
        }
        line(
                lines,
                "network_failsafe.allowed_ips",
                before.networkFailsafe().allowedIps(),
                after.networkFailsafe().allowedIps());
        return lines;
    }

    private static void line(List<String> lines, String key, List<String> old, List<String> now) {
        if (!old.equals(now)) {
            lines.add("  policy." + key + ": " + PolicyYaml.texts(now));
        }
    }
}
