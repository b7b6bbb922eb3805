package io.sentinel.verify.catalogue;

import io.sentinel.spec.GuardMode;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.GuardFacts;
import io.sentinel.verify.evidence.GuardFacts.Noted;
import io.sentinel.verify.evidence.GuardFacts.Tried;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.LiveView.Attempt;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.rule.Faults;
import io.sentinel.verify.rule.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the live ring tells of the guard: by a program that the image's own entrypoint started, and by the trail. */
final class GuardsAlive {

    private static final Pattern KERNEL = Pattern.compile("Landlock ([0-9]{1,4})(;.*)?");
    /** The first version of Landlock that has all that the guard enforces by. */
    private static final int WHOLE = 6;

    private static final String ANSWERED = "answers ";

    private GuardsAlive() {}

    /** The guard is the parent of this very process, by what the process sees of it and by what the guard recorded. */
    static Verdict inForce(LiveView view) {
        GuardFacts facts = view.guard();
        Faults faults = Faults.unless("the guard as its parent, with a filter of its own on it, and a record of that");
        String own = facts.text("status");
        String parent = facts.text("parent/status");
        String command = facts.text("parent/cmdline").split("\0", 2)[0];
        long parents = GuardFacts.number(own, "PPid");
        faults.addIf(
                !command.equals(Guards.GUARD) || parents != GuardFacts.number(parent, "Pid"),
                "its parent is " + (command.isEmpty() ? "unknown" : command),
                Place.NOWHERE);
        long filters = GuardFacts.number(own, "Seccomp_filters");
        long before = GuardFacts.number(facts.textWithout("status"), "Seccomp_filters");
        faults.addIf(
                GuardFacts.number(own, "Seccomp") != 2 || filters <= before,
                filters + " system call filters, and " + before + " without the guard",
                Place.NOWHERE);
        faults.addIf(GuardFacts.number(own, "NoNewPrivs") != 1, "its programs may gain privileges", Place.NOWHERE);
        Optional<Noted> start = facts.record("start");
        faults.addIf(start.isEmpty(), "the trail has no start", Place.NOWHERE);
        start.ifPresent(record -> faults.addIf(
                record.pid() != parents,
                "the trail is of process " + record.pid() + ", and the parent is " + parents,
                Place.NOWHERE));
        return faults.or("process " + parents + " is the guard, with " + (filters - before) + " filter of its own");
    }

    /** One digest in four places: the spec's, the file in the container, the compiled policy there, and the trail. */
    static Verdict policy(LiveView view) {
        GuardFacts facts = view.guard();
        String meant = Guards.digest(view);
        Faults faults = Faults.unless("the SHA-256 " + Guards.shortened(meant) + " everywhere");
        String compiled = facts.text("policy");
        String file = Guards.sha256(facts.textWithout("sentinel.yaml"));
        String source = GuardFacts.fact(compiled, "source").orElse("none");
        faults.addIf(!file.equals(meant), "/workspace/sentinel.yaml has " + Guards.shortened(file), Place.NOWHERE);
        faults.addIf(!source.equals(meant), "the compiled policy names " + Guards.shortened(source), Place.NOWHERE);
        faults.addIf(
                !compiled.equals(view.expected().files().get("guard/policy")),
                "the compiled policy is not what the spec renders",
                Place.NOWHERE);
        Optional<Noted> record = facts.record("policy");
        faults.addIf(record.isEmpty(), "the trail names no policy", Place.NOWHERE);
        record.ifPresent(one -> {
            faults.addIf(
                    !one.target().equals(meant), "the trail names " + Guards.shortened(one.target()), Place.NOWHERE);
            String mode = mode(view).word();
            faults.addIf(
                    !one.reason().equals(mode),
                    "the trail's mode is " + one.reason() + ", and the spec's " + mode,
                    Place.NOWHERE);
        });
        return faults.or(
                "all name " + Guards.shortened(meant) + ", mode " + mode(view).word());
    }

    static Verdict denies(LiveView view) {
        GuardFacts facts = view.guard();
        Faults faults = Faults.unless(expected(view));
        List<String> held = new ArrayList<>();
        int version = version(facts);
        for (Tried one : facts.of("GRD-3")) {
            String what = one.under().what();
            if (one.landlock() > version) {
                held.add(what + ": left to the network by this kernel's Landlock " + version);
                continue;
            }
            judge(view, one, faults, held);
            // Where the kernel alone decides, by its ports, nobody is told.
            String target = what.substring(what.lastIndexOf(' ') + 1);
            boolean recorded = facts.records().stream()
                    .anyMatch(record -> record.isDenied() && record.target().equals(target));
            faults.addIf(one.landlock() == 0 && !recorded, what + " stands in no record as denied", Place.NOWHERE);
        }
        if (held.isEmpty() && faults.none()) {
            throw new CannotTell("nothing was tried under the guard");
        }
        return Guards.ifEnforced(view, faults.or(String.join("; ", held)));
    }

    static Verdict trail(LiveView view) {
        GuardFacts facts = view.guard();
        Faults faults = Faults.unless(
                "a whole chain to this process's end" + (Guards.audits(view) ? "" : ", out of its reach"));
        facts.fault().ifPresent(fault -> faults.add("the trail does not hold: " + fault));
        long own = GuardFacts.number(facts.text("status"), "Pid");
        Optional<Noted> end = facts.record("end");
        faults.addIf(
                facts.fault().isEmpty() && end.filter(one -> one.pid() == own).isEmpty(),
                "its end is of another process than " + own,
                Place.NOWHERE);
        List<String> held = new ArrayList<>();
        List<Tried> tried = facts.of("GRD-4");
        if (tried.isEmpty()) {
            throw new CannotTell("nobody tried to reach the trail");
        }
        tried.forEach(one -> judge(view, one, faults, held));
        return Guards.ifEnforced(view, faults.or(facts.records().size() + " records hold; " + String.join("; ", held)));
    }

    /**
     * What must fail under the guard, and not without it: what fails either way shows nothing. Under a guard that audits it
     * must answer as without one.
     */
    private static void judge(LiveView view, Tried one, Faults faults, List<String> held) {
        for (Attempt attempt : List.of(one.under(), one.without())) {
            if (attempt.answer().isEmpty()) {
                throw new CannotTell(attempt.what() + " could not be tried: " + attempt.why());
            }
        }
        String without = one.without().answer().get();
        if (!one.without().right()) {
            throw new CannotTell(one.without().what() + " " + ANSWERED + without
                    + " without the guard, so that it does not show what the guard does");
        }
        boolean audits = Guards.audits(view);
        String answer = one.under().answer().get();
        boolean right = audits ? answer.equals(without) : one.under().right();
        faults.addIf(
                !right,
                one.under().what() + " " + ANSWERED + answer + ", not "
                        + (audits ? without : String.join(" or ", one.under().expected())),
                Place.NOWHERE);
        held.add(one.under().what() + ": " + answer);
    }

    private static String expected(LiveView view) {
        return Guards.audits(view)
                ? "each attempt recorded as denied, and let through"
                : "each attempt refused, and recorded as denied";
    }

    static Verdict profile(LiveView view) {
        String meant = view.subject().profile().orElseThrow().word();
        Optional<Noted> start = view.guard().record("start");
        String found = start.map(Noted::reason).orElse("none, as there is no start");
        return found.equals(meant)
                ? Verdict.held("the trail says " + found)
                : Verdict.broken("the profile " + meant, "the trail says " + found, Place.NOWHERE);
    }

    static Verdict kernel(LiveView view) {
        GuardFacts facts = view.guard();
        String said = facts.record("kernel").map(Noted::target).orElse("");
        int version = version(facts);
        return version >= WHOLE && said.equals("Landlock " + version)
                ? Verdict.held(said)
                : Verdict.broken("Landlock " + WHOLE + " or newer, and nothing left to others", said, Place.NOWHERE);
    }

    /** The version of Landlock that the guard found; 0 where there is none, which only a guard that audits goes on without. */
    private static int version(GuardFacts facts) {
        String said = facts.record("kernel").map(Noted::target).orElse("");
        Matcher matcher = KERNEL.matcher(said);
        if (!matcher.matches()) {
            throw new CannotTell("the trail does not say what the kernel has");
        }
        return Integer.parseInt(matcher.group(1));
    }

    private static GuardMode mode(LiveView view) {
        return view.expected().spec().orElseThrow().guard();
    }
}
