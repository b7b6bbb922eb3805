package io.sentinel.run;

import io.sentinel.engine.CallLog;
import io.sentinel.engine.ContainerFacts;
import io.sentinel.engine.Docker;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.EngineFault;
import io.sentinel.engine.LoggedCalls;
import io.sentinel.render.Rendered;
import io.sentinel.seccomp.LogReport;
import io.sentinel.seccomp.LoggedCall;
import io.sentinel.seccomp.SeccompSource;
import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.User;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the filter of a run in mode log lets through and logs; nothing at all in any other mode. */
final class SeccompLog implements AutoCloseable {

    private static final int COMM_BYTES = 15;

    private final SeccompChoice choice;
    private final Optional<CallLog> log;
    private final Optional<EngineException> problem;

    private SeccompLog(SeccompChoice choice, Optional<CallLog> log, Optional<EngineException> problem) {
        this.choice = choice;
        this.log = log;
        this.problem = problem;
    }

    /** Begins to listen, where the bundle's mode is log. */
    static SeccompLog open(Rendered bundle, Docker docker) throws InterruptedException {
        SeccompChoice choice = bundle.seccomp();
        if (choice.mode() != SeccompChoice.Mode.LOG) {
            return new SeccompLog(choice, Optional.empty(), Optional.empty());
        }
        try {
            return new SeccompLog(choice, Optional.of(CallLog.open(docker)), Optional.empty());
        } catch (EngineException e) {
            return new SeccompLog(choice, Optional.empty(), Optional.of(e));
        }
    }

    /** Whether there is something to report. */
    boolean isWanted() {
        return log.isPresent() || problem.isPresent();
    }

    /**
     * Tells what enforce would deny, or why that is not known.
     *
     * @param container the agent's, after its end
     * @param agent who it ran as
     */
    void report(ContainerFacts container, User agent, Events events) throws InterruptedException {
        if (!isWanted()) {
            return;
        }
        try {
            LoggedCalls heard = heard(container);
            LogReport report = new LogReport(SeccompSource.classPath(), choice);
            events.logged(report.lines(own(heard.kinds(), container.id(), agent), heard.complete()));
        } catch (EngineException e) {
            events.warning(
                    e.getMessage() + ", so it is not known what mode enforce would deny of this run; learn it with"
                            + " strace -f --seccomp-bpf, in a container of the image whose filter allows ptrace");
        }
    }

    private LoggedCalls heard(ContainerFacts container) throws EngineException, InterruptedException {
        if (problem.isPresent()) {
            throw problem.get();
        }
        // Another machine's kernel has its own records, and a virtual machine's engine answers on a local socket too.
        if (container.hostsFile().filter(Files::exists).isEmpty()) {
            throw new EngineException(
                    new EngineFault.LogUnreadable("the engine's containers are not on this machine itself"));
        }
        return log.orElseThrow().finish();
    }

    /** The run's own calls, and those that may be: of processes that had ended too soon, by the user of the agent. */
    private static List<LoggedCall> own(List<LoggedCalls.Kind> kinds, String container, User agent) {
        Optional<String> here = Optional.of(container);
        Set<Long> users = new HashSet<>(Set.of((long) agent.uid()));
        // A user namespace of the engine gives its users other numbers outside.
        kinds.stream()
                .filter(kind -> kind.container().equals(here) && kind.uid() != 0)
                .forEach(kind -> users.add(kind.uid()));
        List<LoggedCall> own = new ArrayList<>();
        for (LoggedCalls.Kind kind : kinds) {
            boolean certain = kind.container().equals(here);
            if (certain || kind.container().isEmpty() && users.contains(kind.uid())) {
                own.add(new LoggedCall(kind.architecture(), kind.number(), program(kind), kind.count(), certain));
            }
        }
        return own;
    }

    /** The program's file; what it calls itself too, where that says more. */
    private static String program(LoggedCalls.Kind kind) {
        String name = kind.file().substring(kind.file().lastIndexOf('/') + 1);
        String cut = name.substring(0, Math.min(name.length(), COMM_BYTES));
        return kind.name().equals(cut) ? kind.file() : kind.name() + " (" + kind.file() + ")";
    }

    @Override
    public void close() {
        log.ifPresent(CallLog::close);
    }
}
