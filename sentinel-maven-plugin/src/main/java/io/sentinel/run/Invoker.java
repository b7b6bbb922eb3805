package io.sentinel.run;

import io.sentinel.render.GuardVariables;
import io.sentinel.spec.User;
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

    /** Whether a variable says anything but no: a misspelt yes does not pass for a no. */
    boolean says(String name) {
        String value = environment.getOrDefault(name, "").trim().toLowerCase(Locale.ROOT);
        return !List.of("", "false", "0", "no", "off").contains(value);
    }
}
