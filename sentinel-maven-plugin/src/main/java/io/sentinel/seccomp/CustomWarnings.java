package io.sentinel.seccomp;

import io.sentinel.seccomp.Condition.Operator;
import io.sentinel.seccomp.CustomReader.Read;
import io.sentinel.seccomp.Group.Alternative;
import io.sentinel.seccomp.Group.Entry;
import io.sentinel.spec.SeccompChoice.Preset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What is right with a person's profile and yet may surprise them. */
final class CustomWarnings {

    private static final int ENOSYS = 38;

    private final String file;
    private final Read profile;
    private final Group alwaysDenied;
    private final Set<String> sensitive;
    private final Set<String> vital;

    CustomWarnings(String file, Read profile, Presets presets) {
        this.file = file;
        this.profile = profile;
        this.alwaysDenied = presets.alwaysDenied();
        this.vital = presets.vital();
        this.sensitive = presets.sensitive();
        Preset.SHIPPED.forEach(preset -> sensitive.removeAll(presets.outright(preset)));
    }

    List<String> all() {
        List<String> warnings = new ArrayList<>();
        start(warnings);
        denied(warnings);
        sensitive(warnings);
        wideComparisons(warnings);
        if (!profile.otherTables().isEmpty()) {
            warnings.add(file + " lets programs use other tables of system calls beside the machine's own ("
                    + String.join(", ", profile.otherTables())
                    + "): conditions on socket are walked around there by socketcall, and the calls of these tables are"
                    + " seldom tested; remove them unless a program has 32 bits");
        }
        if (profile.flags().contains(CustomProfile.SPECULATION)) {
            warnings.add(file + " has the flag " + CustomProfile.SPECULATION
                    + ", which turns off a defence against reading memory by speculative execution; remove it");
        }
        if (profile.defaultErrno() != RuleReader.EPERM && profile.defaultAction() == OciAction.ERRNO) {
            warnings.add(file + " has a defaultErrnoRet, which engines before 23.0 skip: there a call that no rule is"
                    + " about fails with EPERM");
        }
        return List.copyOf(warnings);
    }

    private void start(List<String> warnings) {
        Set<String> missing = new TreeSet<>(vital);
        missing.removeIf(this::passesSometimes);
        if (!missing.isEmpty()) {
            warnings.add(file
                    + " may let no container start: the container runtime and the program's start need "
                    + String.join(", ", missing) + "; allow them");
        }
        boolean clone3 = profile.rules().stream().anyMatch(rule -> rule.names().contains("clone3"));
        if (!clone3 && !(profile.defaultAction() == OciAction.ERRNO && profile.defaultErrno() == ENOSYS)) {
            warnings.add(file + " says nothing about clone3: programs of glibc 2.34 and newer start no thread and no"
                    + " process unless it answers ENOSYS (SCMP_ACT_ERRNO with \"errnoRet\": " + ENOSYS + ")");
        }
    }

    private boolean passesSometimes(String name) {
        return profile.rules().stream()
                .anyMatch(rule -> rule.action().passes() && rule.names().contains(name));
    }

    private void denied(List<String> warnings) {
        List<String> allowed = new ArrayList<>();
        for (Entry entry : alwaysDenied.entries()) {
            List<String> names = entry.names().stream()
                    .map(name -> allowed(name, entry))
                    .filter(name -> !name.isEmpty())
                    .toList();
            if (!names.isEmpty()) {
                String because = entry.because().orElse(alwaysDenied.about());
                allowed.add(String.join(", ", names) + " (" + because.replaceFirst("\\.$", "") + ")");
            }
        }
        if (!allowed.isEmpty()) {
            warnings.add(file + " allows what every preset denies: " + String.join("; ", allowed));
        }
    }

    /** What the presets refuse on purpose, and not only for the host's sake. */
    private void sensitive(List<String> warnings) {
        Set<String> names = new TreeSet<>(sensitive);
        names.removeAll(alwaysDenied.names());
        names.removeIf(name -> profile.rules().stream()
                .noneMatch(rule -> rule.action().passes()
                        && rule.unconditional()
                        && rule.names().contains(name)));
        if (!names.isEmpty()) {
            warnings.add(
                    file + " allows, whatever the arguments, what the presets allow with some arguments only, or answer"
                            + " as if the kernel did not have it: " + String.join(", ", names));
        }
    }

    /** A call's name, with the cases of the entry that the profile lets through; empty: none. */
    private String allowed(String name, Entry entry) {
        if (entry.unconditional()) {
            return passesSometimes(name) ? name : "";
        }
        String cases = entry.when().stream()
                .filter(alternative -> allowed(name, alternative))
                .map(alternative -> '"' + alternative.sentence() + '"')
                .collect(Collectors.joining(" or "));
        return cases.isEmpty() ? "" : name + " where " + cases;
    }

    private boolean allowed(String name, Alternative alternative) {
        return profile.rules().stream()
                .filter(rule -> rule.action().passes() && rule.names().contains(name))
                .anyMatch(rule -> alternative.blocks().stream()
                        .anyMatch(block ->
                                rule.meets(block.stream().map(Condition::of).toList())));
    }

    private void wideComparisons(List<String> warnings) {
        String rules = rules(profile.rules(), true, c -> Set.of(Operator.NE, Operator.GE, Operator.GT)
                .contains(c.operator()));
        if (!rules.isEmpty()) {
            warnings.add(file + " allows " + rules + " by comparing all 64 bits with SCMP_CMP_NE, GE or GT: where the"
                    + " kernel reads an int, a program sets a bit above it and passes; say what is allowed, with"
                    + " SCMP_CMP_EQ or SCMP_CMP_MASKED_EQ");
        }
    }

    /** The calls of rules with such a condition, each with the rule's line. */
    static String rules(List<CustomRule> rules, boolean passing, Predicate<Condition> such) {
        return rules.stream()
                .filter(rule -> rule.action().passes() == passing)
                .filter(rule -> rule.when().stream().anyMatch(such))
                .map(rule -> String.format(
                        Locale.ROOT, "%s (line %d)", rule.names().iterator().next(), rule.line()))
                .collect(Collectors.joining(", "));
    }
}
