package io.sentinel.seccomp;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A profile as the kernel would apply it, by the meaning of its rules. */
record Filter(OciProfile profile) {

    /** What happens to a call; missing arguments are 0. */
    Action of(String name, long... arguments) {
        Set<Action> actions = profile.rules().stream()
                .filter(rule -> rule.names().contains(name))
                .filter(rule -> rule.args().stream().allMatch(comparison -> holds(comparison, arguments)))
                .map(OciRule::action)
                .collect(Collectors.toSet());
        if (actions.size() > 1) {
            throw new AssertionError(name + " has several answers: " + actions);
        }
        return actions.isEmpty() ? profile.defaultAction() : actions.iterator().next();
    }

    /** Calls that some arguments let through to the kernel by a rule of their own. */
    Set<String> allowedNames() {
        return names(profile.rules().stream()
                .filter(rule -> rule.action() instanceof Action.Allow)
                .toList());
    }

    private static Set<String> names(List<OciRule> rules) {
        Set<String> names = new TreeSet<>();
        rules.forEach(rule -> names.addAll(rule.names()));
        return names;
    }

    static boolean holds(Comparison comparison, long... arguments) {
        long argument = comparison.argument() < arguments.length ? arguments[comparison.argument()] : 0;
        return (argument & comparison.mask()) == comparison.value();
    }
}
