package io.sentinel.spec;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads {@code sandbox.yaml}. Pure: it opens no file, resolves no name and knows no clock.
 *
 * <p>The file is at most 4 MiB of UTF-8 with one plain mapping; what it does not name has a safe default.
 */
public final class SpecReader {

    /** The most that one argument or variable of a program may take, without its final NUL (MAX_ARG_STRLEN, execve(2)). */
    static final int MAX_ARGUMENT_BYTES = 128 * 1024 - 1;

    private static final Pattern NAME = Pattern.compile("[a-z](?:[a-z0-9-]*[a-z0-9])?");
    private static final int MAX_NAME = 40;
    private static final int MAX_STEP_BYTES = 32 * 1024;

    private SpecReader() {}

    /**
     * Reads a spec, with every default filled in.
     *
     * @param fileName how the person knows the file; where it is a relative path, the workspace may not contain it
     * @param content the file's bytes
     * @param standings what is known of system calls; asked only where the spec names some
     * @throws InvalidFileException with all problems of the file at once
     */
    public static Spec read(String fileName, byte[] content, CallStandings standings) throws InvalidFileException {
        return read(fileName, content, standings, Overrides.NONE);
    }

    /**
     * The same with other values.
     *
     * @param overrides stand before what the file says
     */
    public static Spec read(String fileName, byte[] content, CallStandings standings, Overrides overrides)
            throws InvalidFileException {
        Problems problems = new Problems(fileName);
        Node.Mapping root = overrides.over(YamlParser.parse(content, problems));
        Fields fields = new Fields(root, "", Section.SPEC, problems);

        Optional<String> name = fields.required("name", "add a line such as name: my-agent")
                .flatMap(v -> v.text(
                        NAME,
                        MAX_NAME,
                        "a name of at most " + MAX_NAME
                                + " lower-case letters, digits and hyphens, starting with a letter"
                                + " and not ending with a hyphen",
                        "correct the name"));
        Image image = fields.get("image")
                .flatMap(v -> v.fields(Section.IMAGE))
                .map(ImageReader::read)
                .orElse(Image.DEFAULT);
        List<String> command = fields.get("command").map(SpecReader::command).orElse(List.of());
        Optional<Value> workspaceValue = fields.get("workspace");
        String workspace = workspaceValue.isEmpty()
                ? WorkspacePath.standard(fileName, problems)
                : workspaceValue
                        .flatMap(v -> v.fields(Section.WORKSPACE))
                        .flatMap(f -> f.required("path", "add it, or remove workspace"))
                        .flatMap(v -> WorkspacePath.read(v, fileName))
                        .orElse(WorkspacePath.DEFAULT);
        Optional<User> user =
                fields.get("user").flatMap(v -> v.fields(Section.USER)).flatMap(SpecReader::user);
        Resources resources = fields.get("resources")
                .flatMap(v -> v.fields(Section.RESOURCES))
                .map(ResourcesReader::read)
                .orElse(Resources.DEFAULT);
        SeccompChoice seccomp = fields.get("seccomp")
                .flatMap(v -> v.fields(Section.SECCOMP))
                .map(f -> SeccompReader.read(f, standings, overrides.filter().map(Overrides.NamedText::name)))
                .orElse(SeccompChoice.DEFAULT);
        ContainerRuntime runtime = fields.get("runtime")
                .flatMap(v -> oneOf(v, ContainerRuntime.values()))
                .orElse(ContainerRuntime.RUNC);
        Optional<Fields> proxied = fields.get("profiles")
                .flatMap(v -> v.fields(Section.PROFILES))
                .flatMap(f -> f.get("proxied"))
                .flatMap(v -> v.fields(Section.PROXIED));
        AllowList allow =
                proxied.flatMap(f -> f.get("allow")).map(AllowReader::read).orElse(AllowList.EMPTY);
        Optional<String> sidecarFrom = proxied.flatMap(f -> f.get("from")).flatMap(ImageReference::read);
        TreeMap<String, String> environment =
                fields.get("environment").map(EnvironmentReader::read).orElseGet(TreeMap::new);
        List<String> passEnvironment = fields.get("passEnvironment")
                .map(v -> PassEnvironmentReader.read(v, fields.get("environment")))
                .orElse(List.of());
        List<Secret> secrets = fields.get("secrets")
                .map(v -> SecretsReader.read(v, image.copy()))
                .orElse(List.of());
        Policy policy = overrides.policy().isPresent()
                ? policy(overrides.policy().get())
                : fields.get("policy")
                        .flatMap(v -> v.fields(Section.POLICY))
                        .map(PolicyReader::read)
                        .orElse(Policy.DEFAULT);
        GuardMode guard =
                fields.get("guard").flatMap(v -> oneOf(v, GuardMode.values())).orElse(GuardMode.ENFORCE);
        VerifyChoice verify = fields.get("verify")
                .flatMap(v -> v.fields(Section.VERIFY))
                .map(VerifyReader::read)
                .orElse(VerifyChoice.NONE);
        boolean production = fields.get("production")
                .map(v -> production(v, seccomp, guard, overrides))
                .orElse(false);

        problems.throwIfAny();
        return new Spec(
                name.orElseThrow(),
                image,
                command,
                workspace,
                user,
                resources,
                seccomp,
                runtime,
                allow,
                sidecarFrom,
                environment,
                passEnvironment,
                secrets,
                policy,
                guard,
                verify,
                production);
    }

    private static Policy policy(Overrides.PolicyFile file) throws InvalidFileException {
        Problems problems = new Problems(file.name());
        Node.Mapping root = YamlParser.parse(file.text().getBytes(StandardCharsets.UTF_8), problems);
        Policy policy = PolicyReader.read(new Fields(root, "", Section.POLICY, problems));
        problems.throwIfAny();
        return policy;
    }

    private static List<String> command(Value value) {
        List<Value> items = value.items().orElse(List.of());
        if (items.isEmpty() && value.node() instanceof Node.Sequence) {
            value.refuse(
                    "a program and its arguments",
                    "an empty list",
                    "name the program, or remove command to run the image's own");
        }
        return arguments(items, MAX_ARGUMENT_BYTES);
    }

    /** A program, which is not blank, and its arguments, which may be anything. */
    static List<String> arguments(List<Value> items, int maxBytes) {
        return items.stream()
                .flatMap(item -> (item == items.get(0) ? item.nonBlank(maxBytes) : item.freeText(maxBytes)).stream())
                .toList();
    }

    /** A line for the shell, or words that no shell sees. */
    static Optional<Step> step(Value item) {
        if (item.node() instanceof Node.Sequence) {
            List<Value> words = item.items().orElseThrow();
            return words.isEmpty()
                    ? item.refuse("a line or a list of words", "an empty list", "write the step, or remove it")
                    : Optional.of(new Step.Arguments(arguments(words, MAX_STEP_BYTES)));
        }
        if (item.node() instanceof Node.Mapping) {
            return item.refuse("a line or a list of words", "write the step as one text; a colon needs quotes");
        }
        return item.nonBlank(MAX_STEP_BYTES).map(Step.Line::new);
    }

    private static Optional<User> user(Fields fields) {
        String remedy = "name both uid and gid, or remove user";
        String reason = "never root, which is 0";
        Optional<Integer> uid = fields.required("uid", remedy).flatMap(v -> v.integer(1, Integer.MAX_VALUE, reason));
        Optional<Integer> gid = fields.required("gid", remedy).flatMap(v -> v.integer(1, Integer.MAX_VALUE, reason));
        return uid.flatMap(u -> gid.map(g -> new User(u, g)));
    }

    /** A mode that a person asks for on top of the file is no problem of the file: the run is refused for it. */
    private static boolean production(Value value, SeccompChoice seccomp, GuardMode guard, Overrides overrides) {
        boolean on = value.bool().orElse(false);
        if (on && seccomp.mode() != SeccompChoice.Mode.ENFORCE && !overrides.have("seccomp", "mode")) {
            value.say("production enforces the system call filter, and seccomp.mode is "
                    + seccomp.mode().word() + "; remove one of the two keys");
        }
        if (on && guard != GuardMode.ENFORCE) {
            value.say("production enforces the policy, and guard is " + guard.word() + "; remove one of the two keys");
        }
        return on;
    }

    private static boolean is(Value value, String word) {
        return value.node() instanceof Node.Scalar scalar && scalar.text().equals(word);
    }

    /** One of the constants, by its name in lower case. */
    static <E extends Enum<E>> Optional<E> oneOf(Value value, E[] choices) {
        List<String> words =
                Stream.of(choices).map(c -> c.name().toLowerCase(Locale.ROOT)).toList();
        // Before anything else is asked: "off" is one of YAML's words for false, and nobody would put it in quotes.
        for (int i = 0; i < choices.length; i++) {
            if (is(value, words.get(i))) {
                return Optional.of(choices[i]);
            }
        }
        Optional<String> text = value.text();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String remedy = Nearest.to(text.get(), words.stream())
                .map(near -> "the nearest is " + near + ": correct it")
                .orElse("write one of them");
        return value.refuse(String.join(" or ", words), remedy);
    }
}
