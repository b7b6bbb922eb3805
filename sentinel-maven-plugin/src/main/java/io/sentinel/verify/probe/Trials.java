package io.sentinel.verify.probe;

import io.sentinel.seccomp.Architecture;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.LiveView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is tried inside containers on one architecture, by rule: {@code guard/probe/attempts.txt}.
 *
 * @param all in the file's order
 */
public record Trials(List<Trial> all) {

    /**
     * The rules whose attempts are no rows of that file, and how each is tried: by a container of its own, or with addresses
     * and names that only the verifier knows.
     */
    public static final Map<String, String> ELSEWHERE = Map.of(
            "ENT-1", "a container whose entrypoint starts the probe",
            "ENT-3", "a run as 0:0, and one with a policy that can be written, end with the entrypoint's refusal",
            "MNT-10", "the workspace is looked through from the host",
            "NET-6", "one container connects to another one of the same network",
            "NET-12", "a stub network of the verifier's own, with the proxy between",
            "PX-1", "requests to the proxy: a host that is listed, and others",
            "PX-2", "requests to the proxy: ports and CONNECT",
            "PX-3", "requests to the proxy: addresses that must never be reached",
            "PX-4", "requests to the proxy: spellings of hosts");

    public Trials {
        all = List.copyOf(all);
    }

    /** All that the plugin knows, for a machine. Calls that it lacks are left out. */
    public static Trials of(Architecture architecture) {
        return AttemptsFile.read().on(architecture);
    }

    /** Those for some rules. */
    public Trials forRules(Collection<String> rules) {
        return new Trials(
                all.stream().filter(trial -> rules.contains(trial.rule())).toList());
    }

    /** What has the probe try them. */
    public ProbeTable table() {
        return new ProbeTable(all.stream().map(Trial::row).toList());
    }

    /**
     * What came of them.
     *
     * @param answers to a table that has all of {@link #table()}
     * @throws CannotTell where it had not
     */
    public LiveView.Attempts attempts(ProbeAnswers answers) {
        Map<String, List<LiveView.Attempt>> byRule = new TreeMap<>();
        all.forEach(trial -> byRule.computeIfAbsent(trial.rule(), rule -> new ArrayList<>())
                .add(trial.answered(answers.of(trial.row().id()))));
        byRule.replaceAll((rule, attempts) -> List.copyOf(attempts));
        return new LiveView.Attempts(Map.copyOf(byRule));
    }
}
