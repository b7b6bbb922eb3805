package io.sentinel.seccomp;

import io.sentinel.seccomp.Condition.Operator;
import io.sentinel.seccomp.CustomRule.Scope;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads one rule of a seccomp profile that a person wrote. */
final class RuleReader {

    /** What the runtime answers where a profile does not say. */
    static final int EPERM = 1;

    /** The highest that the kernel hands on; it cuts off what is higher. */
    private static final int MAX_ERRNO = 4095;

    private static final int LAST_ARGUMENT = 5;
    private static final int MAX_VERSION = 255;

    private static final Map<String, OciAction> ACTIONS = CustomReader.words(OciAction.values(), OciAction::ociName);
    private static final Map<String, Operator> OPERATORS = CustomReader.words(Operator.values(), Operator::ociName);
    /** The engine's words in conditions; they are Go's and Debian's rather than the kernel's. */
    private static final Map<String, Optional<Architecture>> MACHINES = Stream.concat(
                    Stream.of(
                                    "x86",
                                    "x32",
                                    "arm",
                                    "mips",
                                    "mips64",
                                    "mips64n32",
                                    "mipsel",
                                    "mipsel64",
                                    "mipsel64n32",
                                    "mips3l64n32",
                                    "mipsle",
                                    "ppc",
                                    "ppc64",
                                    "ppc64le",
                                    "s390",
                                    "s390x",
                                    "riscv64",
                                    "loong64")
                            .map(word -> Map.entry(word, Optional.<Architecture>empty())),
                    Stream.of(
                            Map.entry("amd64", Optional.of(Architecture.X86_64)),
                            Map.entry("arm64", Optional.of(Architecture.AARCH64))))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));

    private static final Pattern KERNEL = Pattern.compile("([0-9]{1,3})\\.([0-9]{1,3})");
    private static final Pattern CAPABILITY = Pattern.compile("CAP_[A-Z_]+");

    private final SystemCalls calls;

    RuleReader(SystemCalls calls) {
        this.calls = calls;
    }

    Optional<CustomRule> rule(JsonPlace place) {
        Optional<Map<String, JsonPlace>> read =
                place.fields(List.of("names", "name", "action", "errnoRet", "args", "comment", "includes", "excludes"));
        if (read.isEmpty()) {
            return Optional.empty();
        }
        Map<String, JsonPlace> fields = read.get();
        Set<String> names = names(place, fields);
        Optional<OciAction> action = place.required(
                        fields, "action", "write what happens to the calls, as in \"action\": \"SCMP_ACT_ALLOW\"")
                .flatMap(RuleReader::action);
        int errno = errno(fields.get("errnoRet"), action);
        Optional.ofNullable(fields.get("comment")).ifPresent(JsonPlace::text);
        Optional<List<Condition>> when = conditions(fields.get("args"));
        Scope scope = scope(fields);
        if (names.isEmpty() || action.isEmpty() || when.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new CustomRule(
                names,
                action.get(),
                errno,
                when.get(),
                scope,
                place.value().line(),
                place.value().column()));
    }

    private Set<String> names(JsonPlace place, Map<String, JsonPlace> fields) {
        JsonPlace one = fields.get("name");
        JsonPlace many = fields.get("names");
        Set<String> names = new LinkedHashSet<>();
        if (one == null && many == null) {
            place.required(fields, "names", "list the calls that the rule is about");
        }
        if (one != null && many != null) {
            one.say("the engine refuses a rule with both this and names; put all of them in names");
        }
        if (one != null) {
            call(one).ifPresent(names::add);
        }
        if (many != null) {
            if (many.value() instanceof JsonValue.Items items && items.items().isEmpty()) {
                many.say(
                        "expected at least one system call, found none; list the calls that the rule is about, or remove"
                                + " it");
            }
            names.addAll(many.each(this::call));
        }
        return names;
    }

    private Optional<String> call(JsonPlace place) {
        Optional<String> name = place.text();
        if (name.isEmpty() || calls.knows(name.get())) {
            return name;
        }
        // The search for the nearest name costs milliseconds.
        Optional<String> near = place.problems().full() ? Optional.empty() : calls.nearest(name.get());
        return place.refuse(
                "the name of a system call",
                near.map(n -> "the nearest is " + n + "; ").orElse("")
                        + "the engine would skip it; correct or remove it");
    }

    private static Optional<OciAction> action(JsonPlace place) {
        Optional<OciAction> action = place.word("an action", ACTIONS, a -> a.passes() || a.refuses());
        if (action.isPresent() && action.get() == OciAction.TRACE) {
            return place.refuse(
                    "an action that decides",
                    "whoever traces the program decides with it, also from inside; write SCMP_ACT_ERRNO, with"
                            + " \"errnoRet\": 38 for what happens without a tracer");
        }
        if (action.isPresent() && action.get() == OciAction.NOTIFY) {
            return place.refuse(
                    "an action that decides",
                    "a listener outside of the sandbox decides with it, which Docker does not have; write"
                            + " SCMP_ACT_ALLOW or SCMP_ACT_ERRNO");
        }
        return action;
    }

    /** The number that an action answers; 0 for an action that answers none. */
    static int errno(JsonPlace place, Optional<OciAction> action) {
        boolean answers = action.filter(OciAction.ERRNO::equals).isPresent();
        if (place == null) {
            return answers ? EPERM : 0;
        }
        if (action.isPresent() && !answers) {
            place.say(action.get().ociName() + " answers no number; remove this, or write SCMP_ACT_ERRNO");
            return 0;
        }
        Optional<Long> errno = place.whole(MAX_ERRNO);
        if (errno.isPresent() && errno.get() == 0) {
            place.say(
                    "with 0 a refused call claims that it succeeded; write a number of errno(3), such as 1 for EPERM or"
                            + " 38 for ENOSYS");
        }
        return errno.map(Long::intValue).orElse(EPERM);
    }

    private static Optional<List<Condition>> conditions(JsonPlace args) {
        if (args == null) {
            return Optional.of(List.of());
        }
        Optional<List<JsonPlace>> items = args.items();
        List<Condition> when = new ArrayList<>();
        boolean whole = items.isPresent();
        for (JsonPlace item : items.orElse(List.of())) {
            Optional<Condition> condition = condition(item);
            whole &= condition.isPresent();
            if (condition.isPresent()) {
                int argument = condition.get().argument();
                if (when.stream().anyMatch(other -> other.argument() == argument)) {
                    item.say("a second comparison of argument " + argument
                            + " in one rule, which the runtime takes for an"
                            + " alternative: the rule holds when either does; write a rule for each, or one"
                            + " comparison that says both");
                    whole = false;
                }
                when.add(condition.get());
            }
        }
        return whole ? Optional.of(when) : Optional.empty();
    }

    private static Optional<Condition> condition(JsonPlace place) {
        Optional<Map<String, JsonPlace>> read = place.fields(List.of("index", "value", "valueTwo", "op"));
        if (read.isEmpty()) {
            return Optional.empty();
        }
        Map<String, JsonPlace> fields = read.get();
        Optional<Long> index = place.required(fields, "index", "write which argument is compared, from 0 to 5")
                .flatMap(p -> p.whole(LAST_ARGUMENT));
        Optional<Operator> operator = place.required(
                        fields, "op", "write how it is compared, as in \"op\": \"SCMP_CMP_EQ\"")
                .flatMap(p -> p.word("an operator", OPERATORS));
        Optional<Long> value = place.required(fields, "value", "write what the argument is compared with")
                .flatMap(p -> p.whole(Condition.ALL));
        Optional<Long> second = Optional.ofNullable(fields.get("valueTwo"))
                .map(p -> p.whole(Condition.ALL))
                .orElse(Optional.of(0L));
        if (index.isEmpty() || operator.isEmpty() || value.isEmpty() || second.isEmpty()) {
            return Optional.empty();
        }
        return sensible(
                place, fields, new Condition(index.get().intValue(), operator.get(), value.get(), second.get()));
    }

    private static Optional<Condition> sensible(JsonPlace place, Map<String, JsonPlace> fields, Condition condition) {
        long value = condition.value();
        long second = condition.second();
        if (condition.operator() == Operator.MASKED_EQ) {
            if (value == 0) {
                return fields.get("value")
                        .say(
                                "for SCMP_CMP_MASKED_EQ this is the mask, and with 0 the comparison always holds; write the"
                                        + " bits that count, and what they equal as valueTwo");
            }
            return (second & ~value) == 0
                    ? Optional.of(condition)
                    : fields.get("valueTwo")
                            .say("has bits outside of the mask " + Long.toUnsignedString(value)
                                    + " (value), which libseccomp drops, so that the rule holds for more than it says;"
                                    + " correct one of the two");
        }
        if (second != 0) {
            return fields.get("valueTwo")
                    .say("the engine skips it for " + condition.operator().ociName()
                            + "; remove it, or write SCMP_CMP_MASKED_EQ with the mask as value");
        }
        boolean never = condition.operator() == Operator.LT && value == 0
                || condition.operator() == Operator.GT && value == Condition.ALL;
        return never ? place.say("the comparison never holds; correct or remove the rule") : Optional.of(condition);
    }

    private static Scope scope(Map<String, JsonPlace> fields) {
        Filter includes = filter(fields.get("includes"));
        Filter excludes = filter(fields.get("excludes"));
        if (!includes.capabilities.isEmpty()) {
            return Scope.NOWHERE;
        }
        Set<Architecture> architectures = EnumSet.allOf(Architecture.class);
        if (!includes.machines.isEmpty()) {
            architectures.retainAll(served(includes));
        }
        architectures.removeAll(served(excludes));
        return new Scope(
                architectures,
                includes.kernel.orElse(Scope.EVERYWHERE.from()),
                excludes.kernel.orElse(Scope.EVERYWHERE.below()));
    }

    private static Set<Architecture> served(Filter filter) {
        return Set.copyOf(filter.machines.stream().flatMap(Optional::stream).toList());
    }

    private static Filter filter(JsonPlace place) {
        Map<String, JsonPlace> fields = place == null
                ? Map.of()
                : place.fields(List.of("caps", "arches", "minKernel")).orElse(Map.of());
        return new Filter(
                each(fields.get("caps"), p -> p.text(CAPABILITY, "a capability such as CAP_SYS_ADMIN", "correct it")),
                each(
                        fields.get("arches"),
                        p -> p.word("an architecture as the engine calls it, such as amd64 or arm64", MACHINES)),
                Optional.ofNullable(fields.get("minKernel")).flatMap(RuleReader::kernel));
    }

    private static <T> List<T> each(JsonPlace list, Function<JsonPlace, Optional<T>> read) {
        return list == null ? List.of() : list.each(read);
    }

    private static Optional<Integer> kernel(JsonPlace place) {
        Optional<String> text = place.text();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Matcher matcher = KERNEL.matcher(text.get());
        int version = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
        int minor = matcher.matches() ? Integer.parseInt(matcher.group(2)) : 0;
        return version > 0 && version <= MAX_VERSION && minor <= MAX_VERSION
                ? Optional.of(Scope.kernel(version, minor))
                : place.refuse("a kernel's first two numbers, as in \"4.8\"", "correct it");
    }

    private record Filter(List<String> capabilities, List<Optional<Architecture>> machines, Optional<Integer> kernel) {}
}
