package io.sentinel.verify.rule;

import io.sentinel.spec.Profile;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.InspectView;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.evidence.Role;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.evidence.Subject;
import io.sentinel.verify.evidence.View;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * One thing that holds of a good sandbox, as a sentence with its evidence. Built up by the methods that return a rule; each
 * returns a new one.
 */
public final class Rule {

    private final String id;
    private final Severity severity;
    private final String claim;
    private final String why;
    private final String remedy;
    private final List<String> cis;
    private final Set<Role> roles;
    private final Set<Profile> profiles;
    private final Optional<Function<StaticView, Verdict>> files;
    private final Optional<Function<InspectView, Verdict>> created;
    private final Optional<Function<LiveView, Verdict>> running;

    private Rule(
            String id,
            Severity severity,
            String claim,
            String why,
            String remedy,
            List<String> cis,
            Set<Role> roles,
            Set<Profile> profiles,
            Optional<Function<StaticView, Verdict>> files,
            Optional<Function<InspectView, Verdict>> created,
            Optional<Function<LiveView, Verdict>> running) {
        this.id = id;
        this.severity = severity;
        this.claim = claim;
        this.why = why;
        this.remedy = remedy;
        this.cis = List.copyOf(cis);
        this.roles = Set.copyOf(roles);
        this.profiles = Set.copyOf(profiles);
        this.files = files;
        this.created = created;
        this.running = running;
    }

    /**
     * A rule about every service that runs something.
     *
     * @param id family and number
     * @param severity of its being broken
     * @param claim what holds, as a sentence without its full stop
     */
    public static Rule of(String id, Severity severity, String claim) {
        return new Rule(
                id,
                severity,
                claim,
                "",
                "",
                List.of(),
                EnumSet.of(Role.AGENT, Role.SIDECAR, Role.HELPER),
                EnumSet.allOf(Profile.class),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** What somebody gains who finds it broken. */
    public Rule because(String reason) {
        return new Rule(id, severity, claim, reason, remedy, cis, roles, profiles, files, created, running);
    }

    /** What to do where it is broken. */
    public Rule remedy(String advice) {
        return new Rule(id, severity, claim, why, advice, cis, roles, profiles, files, created, running);
    }

    /** Numbers of the CIS Docker Benchmark 1.6. */
    public Rule cis(String... numbers) {
        return new Rule(id, severity, claim, why, remedy, List.of(numbers), roles, profiles, files, created, running);
    }

    /** About these alone. */
    public Rule about(Role first, Role... others) {
        return new Rule(
                id, severity, claim, why, remedy, cis, EnumSet.of(first, others), profiles, files, created, running);
    }

    /** Of agents of a bundle of ours, about those of these profiles alone; agents of other projects are not judged. */
    public Rule in(Profile first, Profile... others) {
        return new Rule(
                id, severity, claim, why, remedy, cis, roles, EnumSet.of(first, others), files, created, running);
    }

    /** How the static ring tells. */
    public Rule files(Function<StaticView, Verdict> check) {
        return new Rule(id, severity, claim, why, remedy, cis, roles, profiles, Optional.of(check), created, running);
    }

    /** How the inspect ring tells. */
    public Rule created(Function<InspectView, Verdict> check) {
        return new Rule(id, severity, claim, why, remedy, cis, roles, profiles, files, Optional.of(check), running);
    }

    /** How the live ring tells. */
    public Rule running(Function<LiveView, Verdict> check) {
        return new Rule(id, severity, claim, why, remedy, cis, roles, profiles, files, created, Optional.of(check));
    }

    /** The live ring tells by what the probe tried for this rule: every answer must be right. */
    public Rule probed() {
        return running(this::answers);
    }

    /** The same for a bundle of ours: it is about something that others' projects do not have. */
    public Rule probedInOurs() {
        return running(
                view -> view.expected().isOwn() ? answers(view) : Verdict.outside("it is about our own bundles"));
    }

    private Verdict answers(LiveView view) {
        Faults faults = Faults.unless("the right answer to each attempt");
        List<LiveView.Attempt> attempts = view.attempts().tried(id);
        for (LiveView.Attempt attempt : attempts) {
            String call = attempt.what().replaceAll("\\(.*", "");
            if (!attempt.right()
                    && !view.expected().leavesToGuard(view.subject().service(), call)) {
                faults.add(attempt.what() + " answers " + attempt.answer().get() + ", not "
                        + String.join(" or ", attempt.expected()));
            }
        }
        return faults.or(
                attempts.size() + (attempts.size() == 1 ? " attempt is" : " attempts are") + " answered right");
    }

    public String id() {
        return id;
    }

    /** The letters of its id. */
    public String family() {
        return id.substring(0, id.indexOf('-'));
    }

    public Severity severity() {
        return severity;
    }

    public String claim() {
        return claim;
    }

    public String why() {
        return why;
    }

    public String remedy() {
        return remedy;
    }

    public List<String> cis() {
        return cis;
    }

    /** The rings that it has a check for. */
    public Set<Ring> rings() {
        Map<Ring, Boolean> has = new EnumMap<>(Ring.class);
        has.put(Ring.STATIC, files.isPresent());
        has.put(Ring.INSPECT, created.isPresent());
        has.put(Ring.LIVE, running.isPresent());
        Set<Ring> rings = EnumSet.allOf(Ring.class);
        rings.removeIf(ring -> !has.get(ring));
        return rings;
    }

    /** Whether it says anything of a subject. */
    public boolean isAbout(Subject subject) {
        boolean everyProfile = profiles.size() == Profile.values().length;
        return roles.contains(subject.role())
                && (subject.role() != Role.AGENT
                        || everyProfile
                        || subject.profile().filter(profiles::contains).isPresent());
    }

    public Verdict judge(StaticView view) {
        return judge(view, files);
    }

    public Verdict judge(InspectView view) {
        return judge(view, created);
    }

    public Verdict judge(LiveView view) {
        return judge(view, running);
    }

    private <V extends View> Verdict judge(V view, Optional<Function<V, Verdict>> check) {
        if (check.isEmpty() || !isAbout(view.subject())) {
            return Verdict.outside("it has no check of that kind");
        }
        try {
            return check.get().apply(view);
        } catch (CannotTell e) {
            return new Verdict.Unknown(e.getMessage());
        } catch (RuntimeException e) {
            // A check that stumbles has seen nothing: that is no reason to believe that its rule holds.
            return new Verdict.Unknown("its check failed on what it saw: " + e);
        }
    }

    @Override
    public String toString() {
        return id + " " + claim;
    }
}
