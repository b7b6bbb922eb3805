package io.sentinel.spec;

/**
 * A numeric, non-root user.
 *
 * @param uid from 1 to 2147483647 (the engine's bound)
 * @param gid from 1 to 2147483647
 */
public record User(int uid, int gid) {

    /** Who runs in the sandbox when neither the spec nor a non-root invoker says otherwise. */
    public static final User FALLBACK = new User(10001, 10001);

    public User {
        if (uid < 1 || gid < 1) {
            throw new IllegalArgumentException("a sandbox never runs as root: " + uid + ":" + gid);
        }
    }
}
