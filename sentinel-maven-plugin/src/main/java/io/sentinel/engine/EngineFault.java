package io.sentinel.engine;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What can be wrong with Docker on a machine, or with one of its commands. */
public sealed interface EngineFault {

    /** What is wrong and what to do, in one sentence; the last lines of an error output may follow it. */
    String sentence();

    /** The program is in no folder of PATH. */
    record ProgramMissing(String program, String path) implements EngineFault {
        @Override
        public String sentence() {
            return "The program '" + program + "' is in no absolute folder of PATH (" + path
                    + "): install Docker Engine 20.10 or newer with its command line, or put its folder on PATH.";
        }
    }

    /** The operating system would not start the program. */
    record NotStarted(String program, String reason) implements EngineFault {
        @Override
        public String sentence() {
            return "The program '" + program + "' was found but could not be started (" + reason
                    + "): check that this user may execute it and that the working directory exists.";
        }
    }

    /**
     * The client is there, and no engine answers it.
     *
     * @param endpoint where the client looked, with the setting that it has this from
     * @param detail the last line that the client said; empty if it said nothing
     */
    record EngineSilent(String endpoint, String detail) implements EngineFault {
        @Override
        public String sentence() {
            return "No Docker engine answers at " + endpoint
                    + ": start it, set DOCKER_HOST or DOCKER_CONTEXT to one that"
                    + " runs, or let this user reach its socket"
                    + (detail.isEmpty() ? "." : " (docker says: " + detail + ").");
        }
    }

    /** {@code docker compose} is not there, and no other compose either. */
    record ComposeMissing() implements EngineFault {
        @Override
        public String sentence() {
            return "The docker client has no working 'compose' plugin: install Docker Compose "
                    + EngineFacts.OLDEST_COMPOSE
                    + " or newer as a plugin (package docker-compose-plugin, or the file docker-compose in"
                    + " ~/.docker/cli-plugins).";
        }
    }

    /** {@code docker compose} is not there, but a {@code docker-compose} of the given version is on PATH. */
    record ComposeStandalone(String program, String version) implements EngineFault {
        @Override
        public String sentence() {
            return "Only the separate program " + program + " (version " + version
                    + ") is here, which the docker client does not know as its 'compose' plugin: install Docker Compose "
                    + EngineFacts.OLDEST_COMPOSE + " or newer as a plugin (package docker-compose-plugin, or the file"
                    + " docker-compose in ~/.docker/cli-plugins).";
        }
    }

    /** The engine is older than {@link EngineFacts#OLDEST_ENGINE}. */
    record EngineTooOld(String found) implements EngineFault {
        @Override
        public String sentence() {
            return "The Docker engine is version " + found
                    + ", which ignores or lacks controls that the sandbox relies on:" + " update it to "
                    + EngineFacts.OLDEST_ENGINE + " or newer.";
        }
    }

    /**
     * The engine runs containers of another operating system.
     *
     * @param os in Go's words
     */
    record EngineNotLinux(String os) implements EngineFault {
        public EngineNotLinux {
            os = ErrorOutput.oneLine(os);
        }

        @Override
        public String sentence() {
            return "The Docker engine runs containers of " + os
                    + ", where none of the sandbox's controls exist: switch it"
                    + " to Linux containers, or set DOCKER_HOST or DOCKER_CONTEXT to an engine that has them.";
        }
    }

    /** Compose is older than {@link EngineFacts#OLDEST_COMPOSE}. */
    record ComposeTooOld(String found) implements EngineFault {
        @Override
        public String sentence() {
            return "Docker Compose is version " + found + ", which ignores or lacks keys that the sandbox relies on:"
                    + " update it to " + EngineFacts.OLDEST_COMPOSE + " or newer.";
        }
    }

    /**
     * A command failed on an engine that answers.
     *
     * @param words program and arguments
     * @param exitCode other than 0
     * @param lastLines the end of its error output, bounded and without control characters; may be empty
     */
    record CommandFailed(List<String> words, int exitCode, String lastLines) implements EngineFault {

        /** How many of its last lines are kept. */
        public static final int MOST_LINES = ErrorOutput.MAX_LINES;

        public CommandFailed {
            words = List.copyOf(words);
            lastLines = ErrorOutput.lastLines(lastLines);
        }

        @Override
        public String sentence() {
            String head = "'" + ErrorOutput.oneLine(String.join(" ", words)) + "' failed with exit code " + exitCode;
            return lastLines.isEmpty()
                    ? head + " and said nothing: run it by hand to see more."
                    : head + "; mend what its last lines say:\n" + lastLines;
        }
    }

    /**
     * A container was to run and never started.
     *
     * @param service its compose service
     * @param exitCode of {@code docker compose run}
     * @param detail what the engine says of it; may be empty
     */
    record NotRun(String service, int exitCode, String detail) implements EngineFault {
        public NotRun {
            detail = ErrorOutput.oneLine(detail);
        }

        @Override
        public String sentence() {
            return "The container of " + service
                    + " did not start, or was removed while it ran (docker compose run ended with exit code " + exitCode
                    + (detail.isEmpty() ? "): see what it printed above." : "): " + detail);
        }
    }

    /**
     * A port of the host that was to lead to the agent is not free.
     *
     * @param detail what the engine says of it
     */
    record PortTaken(String detail) implements EngineFault {
        public PortTaken {
            detail = ErrorOutput.oneLine(detail);
        }

        /** Whether an engine that could not start a container says so. */
        public static boolean isMeant(String startError) {
            return startError.contains("port is already allocated") || startError.contains("address already in use");
        }

        @Override
        public String sentence() {
            return "A port of this host that --publish names is taken (" + detail
                    + "): end what listens there ('ss -ltnup' shows it), or publish another.";
        }
    }

    /**
     * The engine does not have the container runtime that the spec names.
     *
     * @param runtime that is missing
     * @param known what the engine has
     */
    record RuntimeMissing(String runtime, List<String> known) implements EngineFault {
        public RuntimeMissing {
            known = List.copyOf(known);
        }

        @Override
        public String sentence() {
            return "The engine has no container runtime " + runtime + ", which the spec or --runtime names; it has "
                    + String.join(", ", known) + ": install it and register it under that name in the engine's"
                    + " configuration (daemon.json, runtimes), or choose runc.";
        }
    }

    /** The bundle that a run had rendered is another one now. */
    record BundleReplaced() implements EngineFault {
        @Override
        public String sentence() {
            return "Another call has written the bundle's folder while this one was starting, and nothing was started from"
                    + " it: run this again, and let calls with different specs have folders of their own (sentinel.bundle).";
        }
    }

    /** A command did not end within its time. */
    record CommandTimedOut(List<String> words, Duration limit) implements EngineFault {
        public CommandTimedOut {
            words = List.copyOf(words);
            Objects.requireNonNull(limit, "limit");
        }

        @Override
        public String sentence() {
            return "'" + ErrorOutput.oneLine(String.join(" ", words)) + "' did not end within " + limit.toSeconds()
                    + " s and was stopped: see whether the engine hangs ('docker info') or the machine is overloaded.";
        }
    }

    /** A command succeeded but its answer is not what such a command answers. */
    record AnswerUnreadable(List<String> words, String expected, String found) implements EngineFault {
        public AnswerUnreadable {
            words = List.copyOf(words);
            found = ErrorOutput.oneLine(found);
        }

        @Override
        public String sentence() {
            return "'" + ErrorOutput.oneLine(String.join(" ", words)) + "' answered '" + found + "' where " + expected
                    + " was expected: check that 'docker' on PATH is Docker's own client.";
        }
    }

    /**
     * The sidecar, without which the agent of a proxied run reaches nothing, was not there as it has to be. A fault of its
     * own, since callers tell it from an engine that is missing.
     *
     * @param why what had become of it
     * @param detail what its health check, or squid itself, said of the reason; may be empty
     */
    record SidecarFailed(Why why, String detail) implements EngineFault {

        /** What can become of a sidecar. */
        public enum Why {
            UNHEALTHY("does not pass its health check"),
            OUT_OF_MEMORY("wanted more memory than it has, and was killed"),
            EXITED("had ended"),
            GONE("was removed"),
            UNRECORDED("had its log, of what the agent asked for, lost");

            private final String words;

            Why(String words) {
                this.words = words;
            }
        }

        public SidecarFailed {
            detail = ErrorOutput.oneLine(detail);
        }

        /**
         * What is wrong with a sidecar, if anything is.
         *
         * @param sidecar empty where there is none
         * @param lastErrors the end of its error output
         */
        public static Optional<SidecarFailed> of(Optional<ContainerFacts> sidecar, String lastErrors) {
            if (sidecar.isEmpty()) {
                return Optional.of(new SidecarFailed(Why.GONE, ""));
            }
            ContainerFacts facts = sidecar.get();
            if (facts.running()) {
                return facts.health()
                        .filter(health -> health.status().equals("unhealthy"))
                        .map(health -> new SidecarFailed(Why.UNHEALTHY, health.lastOutput()));
            }
            String when = facts.finishedAt().map(instant -> ", " + instant).orElse("");
            // Nothing but the line that squid gives up with tells a reason; the rest is its ordinary talk.
            String fatal = lastErrors
                    .lines()
                    .filter(line -> line.contains("FATAL"))
                    .reduce((first, second) -> second)
                    .map(line -> "; " + line)
                    .orElse("");
            Why why = facts.oomKilled() ? Why.OUT_OF_MEMORY : Why.EXITED;
            return Optional.of(new SidecarFailed(why, "exit code " + facts.exitCode() + when + fatal));
        }

        @Override
        public String sentence() {
            return "The sidecar sentinel-proxy " + why.words + (detail.isEmpty() ? "" : " (" + detail + ")")
                    + ". Without it an agent of the proxied profile reaches nothing, so this run counts as failed,"
                    + " whatever the agent made of it: run it again, and if that fails too, see what the sidecar says in"
                    + " 'docker compose --profile proxied up sentinel-proxy' in the bundle's folder.";
        }
    }

    /**
     * The network of the proxied profile is not as closed as the bundle asks for, or that could not be seen; the agent was
     * not started.
     *
     * @param why what is open
     * @param detail where that showed
     */
    record NetworkOpen(Why why, String detail) implements EngineFault {

        /** What can be open. */
        public enum Why {
            HOST(
                    "com.docker.network.bridge.inhibit_ipv4",
                    "from the network of the proxied profile, something answers at the gateway's address",
                    "reach the ports of the host"),
            IPV6(
                    "enable_ipv6: false",
                    "a container on the network of the proxied profile has an IPv6 address",
                    "reach the host, and what it leads to, by IPv6"),
            DNS(
                    "dns: [127.0.0.1]",
                    "the resolver of a container in the proxied profile may ask other name servers",
                    "send data out in names"),
            UNSEEN("", "", "");

            private final String option;
            private final String found;
            private final String consequence;

            Why(String option, String found, String consequence) {
                this.option = option;
                this.found = found;
                this.consequence = consequence;
            }
        }

        public NetworkOpen {
            Objects.requireNonNull(why, "why");
            detail = ErrorOutput.oneLine(detail);
        }

        @Override
        public String sentence() {
            if (why == Why.UNSEEN) {
                return "Whether the network of the proxied profile is closed could not be seen from inside it ("
                        + detail
                        + "), so the agent was not started: run it again, and if that fails too, see what"
                        + " 'docker compose --profile proxied run --rm sentinel-probe' says in the bundle's folder.";
            }
            return "This engine took the option " + why.option + " and ignored it: " + why.found + " (" + detail
                    + "), so an agent could " + why.consequence
                    + ". It was not started: use Docker Engine on Linux, of a"
                    + " version that README.md says was tried, or the profile strict.";
        }
    }

    /**
     * A sidecar was told to read its rules anew, and did not come back.
     *
     * @param container its name
     * @param detail what it said, or what had become of it
     */
    record NotReloaded(String container, String detail) implements EngineFault {
        public NotReloaded {
            detail = ErrorOutput.lastLines(detail);
        }

        @Override
        public String sentence() {
            return "The sidecar " + container
                    + " read its rules anew and is not as it has to be since then, so that its"
                    + " agent may reach nothing: end that sandbox (mvn sentinel:stop), and start it again"
                    + (detail.isEmpty() ? "." : ". What it says:\n" + detail);
        }
    }

    /**
     * The kernel's record of what seccomp filters log cannot be had.
     *
     * @param reason what is missing
     */
    record LogUnreadable(String reason) implements EngineFault {
        public LogUnreadable {
            reason = ErrorOutput.oneLine(reason);
        }

        @Override
        public String sentence() {
            return "The kernel's record of logged system calls cannot be read here (" + reason + ")";
        }
    }
}
