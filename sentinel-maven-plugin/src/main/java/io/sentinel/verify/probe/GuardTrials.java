package io.sentinel.verify.probe;

import io.sentinel.spec.Profile;
import io.sentinel.verify.evidence.GuardFacts;
import io.sentinel.verify.evidence.GuardFacts.Tried;
import io.sentinel.verify.evidence.LiveView.Attempt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the probe looks at and tries under the guard, and again without it. Every attempt is one that no policy can allow, so
 * that whatever a spec says its answer is known; and that comes to nothing where it is let through.
 */
public final class GuardTrials {

    /** A program that cannot run: it is empty. */
    static final String NOTHING = ProbeProgram.TARGET + "/nothing";

    private static final String TRAIL = "/opt/sentinel/audit";
    private static final List<String> DENIED = List.of("EACCES");
    private static final Duration WAIT = Duration.ofSeconds(1);
    /** Nobody listens there in a container (RFC 863 has it for what is thrown away). */
    private static final int PORT = 9;
    /** From which version on Landlock knows ports. */
    private static final int PORTS = 4;

    private static final Row STATUS = Row.file("guard/status", "/proc/self/status");
    private static final Row PARENT = new Row("guard/parent/status", List.of("parent", "status"));
    private static final Row STARTED_AS = new Row("guard/parent/cmdline", List.of("parent", "cmdline"));
    private static final Row POLICY = Row.file("guard/policy", "/opt/sentinel/policy");
    private static final Row SOURCE = Row.file("guard/sentinel.yaml", "/workspace/sentinel.yaml");

    private static final Trial EXEC = new Trial(
            "GRD-3",
            "starting " + NOTHING,
            new Row("guard/exec", List.of("run", NOTHING)),
            DENIED,
            Optional.of("ENOEXEC"));
    private static final Trial OPEN = new Trial(
            "GRD-4",
            "opening " + TRAIL,
            new Row("guard/trail/open", List.of("open", TRAIL, "r")),
            DENIED,
            Optional.of("ok"));
    private static final Trial CREATE = new Trial(
            "GRD-4",
            "making a file in " + TRAIL,
            new Row("guard/trail/create", List.of("create", TRAIL)),
            DENIED,
            Optional.of("ok"));
    /** The address of the engine's resolver, which the guard alone may ask: on loopback, in the container itself. */
    private static final Trial CONNECT = connect("guard/connect", "127.0.0.11");

    private static final Trial PROXY = connect("guard/proxy", "127.0.0.1");

    private GuardTrials() {}

    private static Trial connect(String id, String ip) {
        return new Trial(
                "GRD-3",
                "connecting to " + ip + ":" + PORT,
                Row.connect(id, ip, PORT, WAIT),
                DENIED,
                Optional.of("ECONNREFUSED"));
    }

    private static List<Trial> trials(Profile profile) {
        List<Trial> trials = new ArrayList<>(List.of(EXEC, OPEN, CREATE));
        switch (profile) {
            case STANDARD -> trials.add(CONNECT);
            case PROXIED -> trials.add(PROXY);
            case STRICT -> {} // there is nobody to reach
        }
        return trials;
    }

    /** What the probe does under the guard. */
    public static ProbeTable under(Profile profile) {
        List<Row> rows = new ArrayList<>(List.of(STATUS, PARENT, STARTED_AS, POLICY));
        trials(profile).forEach(trial -> rows.add(trial.row()));
        return new ProbeTable(rows);
    }

    /** What it does without one, whatever the profile. */
    public static ProbeTable without() {
        List<Row> rows = new ArrayList<>(List.of(STATUS, SOURCE));
        for (Trial trial : List.of(EXEC, OPEN, CREATE, CONNECT, PROXY)) {
            rows.add(trial.row());
        }
        return new ProbeTable(rows);
    }

    /**
     * What came of both.
     *
     * @param judged whether the policy has sockets judged; where it has not, none is tried
     * @param under answers to {@link #under}
     * @param without answers to a table that has all of {@link #without}
     * @param records of the trail
     * @param fault what is wrong with it
     */
    public static GuardFacts facts(
            Profile profile,
            boolean judged,
            ProbeAnswers under,
            ProbeAnswers without,
            List<GuardFacts.Noted> records,
            Optional<String> fault) {
        List<Tried> tried = new ArrayList<>();
        for (Trial trial : trials(profile)) {
            if (judged || !trial.row().words().get(0).equals("connect")) {
                String id = trial.row().id();
                Attempt open = new Trial(
                                trial.rule(),
                                trial.what(),
                                trial.row(),
                                List.of(trial.tells().orElseThrow()),
                                trial.tells())
                        .answered(without.of(id));
                tried.add(new Tried(trial.rule(), trial.answered(under.of(id)), open, trial == PROXY ? PORTS : 0));
            }
        }
        return new GuardFacts(
                texts(under, STATUS, PARENT, STARTED_AS, POLICY),
                texts(without, STATUS, SOURCE),
                tried,
                records,
                fault);
    }

    private static SortedMap<String, String> texts(ProbeAnswers answers, Row... rows) {
        SortedMap<String, String> texts = new TreeMap<>();
        for (Row row : rows) {
            if (answers.of(row.id()) instanceof Answer.Text text) {
                texts.put(row.id().substring("guard/".length()), text.text());
            }
        }
        return texts;
    }
}
