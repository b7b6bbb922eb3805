package io.sentinel.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One command of Compose as a value, without the words that bind it to a project. */
sealed interface ComposeCommand {

    /** How Compose reports what it does beside the output of the programs that it runs. */
    enum Progress {
        AUTO,
        PLAIN,
        QUIET;

        String word() {
            return this == AUTO ? "auto" : this == PLAIN ? "plain" : "quiet";
        }
    }

    /** The subcommand and its arguments. */
    List<String> words();

    default Progress progress() {
        return Progress.QUIET;
    }

    /** The fully resolved model, or with variables left as they are written. */
    record Config(boolean interpolated) implements ComposeCommand {
        @Override
        public List<String> words() {
            List<String> words = new ArrayList<>(List.of("config", "--format", "json"));
            if (!interpolated) {
                words.add("--no-interpolate");
            }
            return words;
        }
    }

    /** Builds images; of all enabled services if none is named. */
    record Build(List<String> services, Progress progress) implements ComposeCommand {
        public Build {
            services = services.isEmpty() ? List.of() : DockerCommand.checked(services);
        }

        @Override
        public List<String> words() {
            List<String> words = new ArrayList<>(List.of("build"));
            words.addAll(services);
            return words;
        }
    }

    /** One container of a service, attached. It is not removed afterwards, since its state is to be read then. */
    record Run(RunRequest request) implements ComposeCommand {
        @Override
        public List<String> words() {
            List<String> words = new ArrayList<>(List.of("run", "--name", request.container()));
            for (Map.Entry<String, String> label : request.labels().entrySet()) {
                words.add("--label");
                words.add(label.getKey() + "=" + label.getValue());
            }
            if (request.console() != Console.TERMINAL) {
                words.add("--no-TTY");
            }
            words.add("--interactive=" + (request.console() != Console.OUTPUT_ONLY));
            if (!request.dependencies()) {
                words.add("--no-deps");
            }
            request.entrypoint().ifPresent(path -> words.addAll(List.of("--entrypoint", path)));
            request.user().ifPresent(numbers -> words.addAll(List.of("--user", numbers)));
            request.published().forEach(port -> words.addAll(List.of("--publish", port)));
            words.add(request.service());
            words.addAll(request.words());
            return words;
        }
    }

    /** Starts services in the background and waits until they run, or are healthy where they have a check. */
    record Up(List<String> services, Duration limit) implements ComposeCommand {
        public Up {
            services = DockerCommand.checked(services);
        }

        @Override
        public List<String> words() {
            List<String> words = new ArrayList<>(List.of(
                    "up",
                    "--detach",
                    "--no-build",
                    "--pull",
                    "never",
                    "--wait",
                    "--wait-timeout",
                    DockerCommand.seconds(limit)));
            words.addAll(services);
            return words;
        }
    }

    /** Creates the containers of services and starts none. */
    record Create(List<String> services) implements ComposeCommand {
        public Create {
            services = DockerCommand.checked(services);
        }

        @Override
        public List<String> words() {
            List<String> words =
                    new ArrayList<>(List.of("up", "--no-start", "--no-build", "--pull", "never", "--no-deps"));
            words.addAll(services);
            return words;
        }
    }

    /** Removes the project's containers, networks and volumes. */
    record Down(Duration grace) implements ComposeCommand {
        @Override
        public List<String> words() {
            return List.of("down", "--remove-orphans", "--volumes", "--timeout", DockerCommand.seconds(grace));
        }
    }
}
