package io.sentinel.verify.evidence;

import io.sentinel.spec.Profile;
import java.util.Optional;

/**
 * What a rule is judged on.
 *
 * @param role what it is
 * @param service the compose service; for an image the first one that runs it; for the project {@code "-"}
 * @param profile the profile that starts an agent of a bundle of ours; empty for everything else
 */
public record Subject(Role role, String service, Optional<Profile> profile) {

    public static Subject agent(String service, Optional<Profile> profile) {
        return new Subject(Role.AGENT, service, profile);
    }

    public static Subject of(Role role, String service) {
        return new Subject(role, service, Optional.empty());
    }

    public static Subject project() {
        return of(Role.PROJECT, "-");
    }

    /** Whether it stands where the proxy is the only way out: the proxied agent, and the helper that looks from there. */
    public boolean isBehindProxy() {
        return role == Role.HELPER || is(Profile.PROXIED);
    }

    public boolean is(Profile which) {
        return profile.equals(Optional.of(which));
    }
}
