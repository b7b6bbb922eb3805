package io.sentinel.seccomp;

import io.sentinel.seccomp.Group.Alternative;
import io.sentinel.seccomp.Group.Entry;
import io.sentinel.spec.SeccompChoice.Mode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Turns groups into rules: first the calls that are allowed as they are, then those with a condition, then the refusals
 * that differ from the default; within each in the order of the data. A call that several groups name alike stands
 * among the rules of the first.
 */
final class ProfileCompiler {

    private final String preset;
    private final Mode mode;
    private final String about;
    private final List<Group> groups;
    private final Action defaultAction;
    private final Set<Ruled> ruled = new HashSet<>();
    private final Map<Body, Set<String>> rules = new LinkedHashMap<>();

    /**
     * @param preset its name, for the profile's comment
     * @param mode one that filters
     * @param about what the filter is for, in sentences
     * @param groups what it allows, and answers in its own way
     * @param alwaysDenied what it denies even where it only logs
     */
    ProfileCompiler(String preset, Mode mode, String about, List<Group> groups, Group alwaysDenied) {
        this.preset = preset;
        this.mode = mode;
        this.about = about;
        this.groups = new ArrayList<>(groups);
        this.groups.add(alwaysDenied);
        this.defaultAction = switch (mode) {
            case ENFORCE -> new Action.Refuse(Errno.EPERM);
            case LOG -> new Action.Log();
            case OFF -> throw new IllegalArgumentException("mode off has no filter");
        };
    }

    OciProfile compile() {
        for (Group group : groups) {
            for (Entry entry : group.entries()) {
                add(group, entry);
            }
        }
        List<OciRule> sorted = new ArrayList<>();
        rules.forEach((body, names) ->
                sorted.add(new OciRule(List.copyOf(names), body.action(), body.args(), body.comment())));
        sorted.sort(Comparator.comparingInt(ProfileCompiler::rank));
        return new OciProfile(comment(), defaultAction, sorted);
    }

    private void add(Group group, Entry entry) {
        // libseccomp refuses a rule whose action is the default one.
        if (entry.action().equals(defaultAction)) {
            return;
        }
        List<String> names = entry.names().stream()
                .filter(name -> ruled.add(new Ruled(name, entry.action())))
                .toList();
        if (names.isEmpty()) {
            return;
        }
        if (entry.when().isEmpty()) {
            add(
                    names,
                    new Body(
                            entry.action(),
                            List.of(),
                            Optional.of(entry.because().orElse(group.about()))));
        }
        for (Alternative alternative : entry.when()) {
            Optional<String> comment =
                    Optional.of(alternative.sentence() + ": " + entry.because().orElse(group.about()));
            for (List<Comparison> block : alternative.blocks()) {
                add(names, new Body(entry.action(), block, comment));
                // One case may take dozens of rules; its reason stands on the first.
                comment = Optional.empty();
            }
        }
    }

    private void add(List<String> names, Body body) {
        rules.computeIfAbsent(body, b -> new TreeSet<>()).addAll(names);
    }

    private static int rank(OciRule rule) {
        if (rule.action() instanceof Action.Allow) {
            return rule.args().isEmpty() ? 0 : 1;
        }
        return 2;
    }

    private String comment() {
        String others = mode == Mode.ENFORCE
                ? "A call that no rule allows fails with EPERM."
                : "For troubleshooting only: a call that no rule is about is logged and let through.";
        return "Rendered by Sentinel; do not edit. Preset " + preset + ", mode " + mode.word() + ". " + about + " "
                + others;
    }

    private record Ruled(String name, Action action) {}

    private record Body(Action action, List<Comparison> args, Optional<String> comment) {}
}
