package io.sentinel.verify.evidence;

import io.sentinel.seccomp.OciProfile;
import io.sentinel.spec.GuardMode;
import io.sentinel.spec.Profile;
import io.sentinel.spec.Secret;
import io.sentinel.spec.Spec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a project is meant to be: known from the spec for a bundle of ours, and little for a project that others wrote.
 *
 * @param spec what the bundle was rendered from; empty for a project that is not ours
 * @param files what the spec renders of the bundle now, contents by path; empty for a project that is not ours
 * @param states every file of it, those that the spec copies among them; empty for a project that is not ours
 * @param services the services that the project may have; empty for a project that is not ours
 * @param handedOn variables of the invoker, or of who runs it for them, that the compose file may hand into a container
 * @param roots the folders of the host that services may mount something of: absolute, symbolic links followed
 * @param images the IDs of the images that were built in this verification, by service; none of those that were there already
 */
public record Expected(
        Optional<Spec> spec,
        SortedMap<String, String> files,
        SortedMap<String, FileState> states,
        SortedSet<String> services,
        SortedSet<String> handedOn,
        List<String> roots,
        SortedMap<String, String> images) {

    public Expected {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
        states = Collections.unmodifiableSortedMap(new TreeMap<>(states));
        services = Collections.unmodifiableSortedSet(new TreeSet<>(services));
        handedOn = Collections.unmodifiableSortedSet(new TreeSet<>(handedOn));
        roots = List.copyOf(roots);
        images = Collections.unmodifiableSortedMap(new TreeMap<>(images));
    }

    /**
     * Of a project that others wrote.
     *
     * @param folder the project's own, symbolic links followed
     */
    public static Expected ofOthers(String folder) {
        return new Expected(
                Optional.empty(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeSet<>(),
                new TreeSet<>(),
                List.of(folder),
                new TreeMap<>());
    }

    /** The same with the IDs of the images that were just built, by service. */
    public Expected withImages(SortedMap<String, String> built) {
        return new Expected(spec, files, states, services, handedOn, roots, built);
    }

    /** The same with one more folder that services may mount something of. */
    public Expected withRoot(String root) {
        List<String> more = new ArrayList<>(roots);
        more.add(root);
        return new Expected(spec, files, states, services, handedOn, more, images);
    }

    /** The secrets of the spec, by where an agent's container has each. */
    public SortedMap<String, Secret> secrets() {
        SortedMap<String, Secret> secrets = new TreeMap<>();
        spec.ifPresent(known -> known.secrets().forEach(secret -> secrets.put(secret.target(), secret)));
        return secrets;
    }

    /** Whether the project is a bundle of ours. */
    public boolean isOwn() {
        return spec.isPresent();
    }

    /** Whether it is one whose spec has a guard. */
    public boolean isGuarded() {
        return spec.filter(known -> known.guard() != GuardMode.OFF).isPresent();
    }

    /** Where an agent's container has something of the guard mounted: its policy, its trail, and that it is the resolver. */
    public boolean isGuards(String target) {
        return isGuarded() && GUARDS.contains(target);
    }

    /** The file name of the filter that is meant for an agent's service; empty for a project that is not ours. */
    public String filter(String service) {
        return spec.map(known -> leavesToGuard(service, OciProfile.OF_GUARD)
                        ? OciProfile.fileNameForGuard(known.seccomp())
                        : OciProfile.fileName(known.seccomp()))
                .orElse("");
    }

    /**
     * Whether a call gets through in a container for the guard's supervisor alone, whose launcher takes it from the agent by a
     * filter of its own.
     */
    public boolean leavesToGuard(String service, String call) {
        return isGuarded()
                && call.equals(OciProfile.OF_GUARD)
                && service.equals(Profile.STANDARD.service())
                && spec.orElseThrow().seccomp().file().isEmpty();
    }

    private static final List<String> GUARDS =
            List.of("/opt/sentinel/policy", "/opt/sentinel/audit", "/etc/resolv.conf");

    /** Folders of programs and configuration, which nothing may lie over. */
    public static final List<String> SYSTEM =
            List.of("/bin", "/boot", "/etc", "/lib", "/lib32", "/lib64", "/opt", "/sbin", "/usr");
}
