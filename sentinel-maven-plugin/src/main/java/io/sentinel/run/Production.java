package io.sentinel.run;

import io.sentinel.render.Rendered;
import io.sentinel.spec.GuardMode;
import io.sentinel.spec.Profile;
import io.sentinel.spec.SandboxLock.LockedImage;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.Waiver;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What production promises of a run, and what one lacks of it. Pure: all is given.
 *
 * @param origin who says that it is production
 * @param invoker whose variables say what is allowed, and which policy is meant
 * @param profile how the network is cut
 * @param hostNetwork whether it is the host's own in place of that
 * @param bundle that is run
 * @param signed whether a signature of its policy was given
 * @param badSignature why that is not good; empty where it is, or there is none
 * @param key where the public key stands that vouches for the policy; empty where none does
 * @param place where the policy that is mounted stands
 * @param lockedPolicy the policy's digest by {@code sandbox.lock}, where it has one of this policy
 * @param drift what of the bundle on disk is not as its lock says
 * @param waivers of the spec
 * @param today in UTC
 * @param weakenings of what the spec asks for, by flags or variables
 */
public record Production(
        String origin,
        Invoker invoker,
        Profile profile,
        boolean hostNetwork,
        Rendered bundle,
        boolean signed,
        Optional<String> badSignature,
        Optional<PolicyPlace> key,
        PolicyPlace place,
        Optional<String> lockedPolicy,
        List<String> drift,
        List<Waiver> waivers,
        LocalDate today,
        List<String> weakenings) {

    public static final String VARIABLE = "SENTINEL_PRODUCTION";
    static final String ALLOW_NETWORK = "SENTINEL_ALLOW_NETWORK_IN_PRODUCTION";
    static final String IMMUTABLE = "SENTINEL_POLICY_IMMUTABLE";
    static final String SHA256 = "SENTINEL_POLICY_SHA256";

    private static final Pattern DIGEST = Pattern.compile("[0-9a-fA-F]{64}");
    private static final int SHOWN = 8;

    public Production {
        drift = List.copyOf(drift);
        waivers = List.copyOf(waivers);
        weakenings = List.copyOf(weakenings);
    }

    /**
     * Who says that it is production; empty where nobody does.
     *
     * @param spec whether the spec says so
     * @param file the spec's, as a person knows it
     */
    public static Optional<String> origin(Invoker invoker, boolean spec, String file) {
        return invoker.says(VARIABLE) ? Optional.of(VARIABLE) : spec ? Optional.of(file) : Optional.empty();
    }

    /** @throws RefusedException that lists all lacks, where there are some */
    void require() throws RefusedException {
        List<String> lacks = lacks();
        if (!lacks.isEmpty()) {
            throw new RefusedException(
                    (origin.equals(VARIABLE) ? VARIABLE + " is set" : origin + " says production: true")
                            + ", and this run is not ready for it; nothing was started:\n  - "
                            + String.join("\n  - ", lacks));
        }
    }

    /** What is lacking, each in a sentence with its remedy. */
    List<String> lacks() {
        List<String> lacks = new ArrayList<>();
        network(lacks);
        SeccompChoice.Mode mode = bundle.seccomp().mode();
        if (mode != SeccompChoice.Mode.ENFORCE) {
            lacks.add(
                    "the system call filter's mode is " + mode.word() + "; take seccomp.mode out of the spec, and leave"
                            + " --seccomp-mode and SENTINEL_SECCOMP_MODE out");
        }
        if (bundle.guard() != GuardMode.ENFORCE) {
            lacks.add("the guard is " + bundle.guard().word() + "; take guard out of the spec, which is to enforce");
        }
        if (bundle.asks()) {
            lacks.add("the policy's on_block is ask, and production asks nobody; set on_block: deny");
        }
        if (!invoker.saysYes(IMMUTABLE)) {
            lacks.add(IMMUTABLE + " is not true; set it");
        }
        badSignature.ifPresent(lacks::add);
        hash(lacks);
        key.ifPresent(stands -> lacks.addAll(stands.lacks()));
        lacks.addAll(place.lacks());
        pin(lacks, "the base image ", bundle.base());
        if (profile == Profile.PROXIED && !bundle.sidecarBase().equals(bundle.base())) {
            pin(lacks, "the sidecar's base image ", bundle.sidecarBase());
        }
        if (!drift.isEmpty()) {
            String more = drift.size() > SHOWN ? " and " + (drift.size() - SHOWN) + " more" : "";
            lacks.add("the bundle on disk is not as its sentinel.lock says: "
                    + String.join(", ", drift.subList(0, Math.min(SHOWN, drift.size()))) + more
                    + "; find out who changed it, and remove the folder, so that it is rendered anew");
        }
        for (Waiver waiver : waivers) {
            if (waiver.hasEnded(today)) {
                lacks.add("the waiver of " + waiver.rule() + " ended on " + waiver.until()
                        + "; mend what it excused, or renew it under verify.waivers");
            }
        }
        weakenings.forEach(reason -> lacks.add(reason + "; leave it out, or change the spec"));
        return lacks;
    }

    private void network(List<String> lacks) {
        if (hostNetwork) {
            lacks.add("with --network host nothing keeps the program from this host's own network; leave it out");
        }
        if (profile != Profile.STRICT && !invoker.saysYes(ALLOW_NETWORK)) {
            lacks.add("the profile " + profile.word() + " has a network; use strict (--network none), or set "
                    + ALLOW_NETWORK + "=true");
        }
    }

    private void hash(List<String> lacks) {
        String found = bundle.policy().sha256();
        String given = invoker.environment().getOrDefault(SHA256, "").strip();
        if (given.isEmpty()) {
            if (!signed) {
                lacks.add("nothing says which policy is meant; set " + SHA256 + " to the one that was reviewed (mvn"
                        + " sentinel:pin prints it), or sign it");
            }
        } else if (!DIGEST.matcher(given).matches()) {
            lacks.add(SHA256 + " is not 64 hexadecimal digits; set it to what sha256sum prints");
        } else if (!given.equalsIgnoreCase(found)) {
            lacks.add("the policy's SHA-256 is " + found + ", and " + SHA256 + " is " + given
                    + "; review the policy, and set its hash");
        }
        if (lockedPolicy.isPresent()
                && !lockedPolicy.get().equals(bundle.policy().digest())) {
            lacks.add("the policy's SHA-256 is " + found + ", and sandbox.lock has "
                    + lockedPolicy.get().substring("sha256:".length())
                    + "; review the policy, and run mvn sentinel:pin");
        }
    }

    private static void pin(List<String> lacks, String what, Rendered.Base base) {
        boolean pinned = base.name().contains("@sha256:")
                || base.locked().map(LockedImage::id).isPresent();
        if (!pinned) {
            lacks.add(what + base.name() + " is not pinned; run mvn sentinel:pin, and commit sandbox.lock");
        }
    }
}
