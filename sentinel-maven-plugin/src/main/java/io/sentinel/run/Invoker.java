package io.sentinel.run;

import com.sun.security.auth.module.UnixSystem;
import io.sentinel.render.GuardVariables;
import io.sentinel.spec.User;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who runs Sentinel, and what they say by their environment.
 *
 * @param uid numeric user
 * @param gid numeric group
 * @param environment all variables
 */
public record Invoker(long uid, long gid, Map<String, String> environment) {

    public Invoker {
        environment = Map.copyOf(environment);
    }

    /**
     * Who runs this process. The kernel is asked, since the JDK takes a user whom passwd(5) does not know for root.
     *
     * @param environment all variables
     */
    public static Invoker current(Map<String, String> environment) {
        Path self = Path.of("/proc/self");
        if (Files.exists(self)) {
            return new Invoker(id(self, "unix:uid"), id(self, "unix:gid"), environment);
        }
        // No Linux: the engine is in a machine of its own.
        UnixSystem system = new UnixSystem();
        return new Invoker(system.getUid(), system.getGid(), environment);
    }

    /** Its owner is who runs it (proc(5)); numbers above 2^31 are negative there. */
    private static long id(Path self, String attribute) {
        try {
            return Integer.toUnsignedLong((Integer) Files.getAttribute(self, attribute));
        } catch (IOException e) {
            throw new UncheckedIOException("the kernel does not tell who runs this process", e);
        }
    }

    public boolean isRoot() {
        return uid == 0;
    }

    /** Who runs in the sandbox: the spec's user, else this one, so that the files are theirs; never root. */
    public User agent(Optional<User> specUser) {
        return specUser.orElseGet(() -> {
            boolean usable = uid > 0 && uid <= Integer.MAX_VALUE;
            boolean group = gid > 0 && gid <= Integer.MAX_VALUE;
            return usable ? new User((int) uid, group ? (int) gid : User.FALLBACK.gid()) : User.FALLBACK;
        });
    }

    /** By which a compose file of ours learns who runs in the sandbox. */
    public SortedMap<String, String> agentVariables(Optional<User> specUser) {
        User agent = agent(specUser);
        return new TreeMap<>(
                Map.of("SENTINEL_UID", Integer.toString(agent.uid()), "SENTINEL_GID", Integer.toString(agent.gid())));
    }

    /**
     * All that a compose file of ours is looked at with: the guide's variables, who runs in the sandbox, and nothing of the
     * invoker's for those that it passes on.
     *
     * @param passed their names
     */
    public SortedMap<String, String> variables(Optional<User> specUser, List<String> passed) {
        SortedMap<String, String> variables = guardVariables();
        variables.putAll(agentVariables(specUser));
        variables.putAll(Given.nothing(passed));
        return variables;
    }

    /** The guide's variables, where they are set. */
    public SortedMap<String, String> guardVariables() {
        SortedMap<String, String> set = new TreeMap<>();
        for (String name : GuardVariables.DEFAULTS.keySet()) {
            if (environment.containsKey(name)) {
                set.put(name, environment.get(name));
            }
        }
        return set;
    }

    /** Whether a variable says yes, in so many words: for what opens something, a misspelt yes is none. */
    boolean saysYes(String name) {
        String value = environment.getOrDefault(name, "").trim().toLowerCase(Locale.ROOT);
        return List.of("true", "1", "yes", "on").contains(value);
    }

    /** Whether a variable says anything but no. */
    boolean says(String name) {
        return isNoNo(environment.getOrDefault(name, ""));
    }

    /** Whether a word is anything but nothing or a plain no: a misspelt yes does not pass for a no. */
    public static boolean isNoNo(String word) {
        return !List.of("", "false", "0", "no", "off").contains(word.trim().toLowerCase(Locale.ROOT));
    }
}
