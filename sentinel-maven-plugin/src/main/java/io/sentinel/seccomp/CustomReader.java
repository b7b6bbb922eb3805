package io.sentinel.seccomp;

import io.sentinel.spec.InvalidFileException;
import io.sentinel.spec.Problems;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads a seccomp profile that a person wrote, with the keys that Docker knows (moby, {@code profiles/seccomp}, 20.10 to
 * 26.1) and {@code comment}. The engine skips keys that it does not know and reads keys in any case of letters, so what a
 * person misspelt would silently change the filter: it is refused here.
 */
final class CustomReader {

    private static final List<String> LISTENER = List.of("listenerPath", "listenerMetadata");
    private static final List<String> PROFILE = List.of(
            "defaultAction",
            "defaultErrnoRet",
            "archMap",
            "architectures",
            "flags",
            "syscalls",
            "comment",
            LISTENER.get(0),
            LISTENER.get(1));
    private static final Map<String, OciAction> ACTIONS = words(OciAction.values(), OciAction::ociName);
    /** Of the runtime specification, those that mean something without a listener; and one that runc skips. */
    private static final Map<String, String> FLAGS = words(
            new String[] {"SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG", CustomProfile.SPECULATION},
            flag -> flag);
    /** libseccomp's, as the runtime specification writes them. */
    private static final Map<String, String> TABLES = words(
            Stream.of(
                            "X86",
                            "X86_64",
                            "X32",
                            "ARM",
                            "AARCH64",
                            "MIPS",
                            "MIPS64",
                            "MIPS64N32",
                            "MIPSEL",
                            "MIPSEL64",
                            "MIPSEL64N32",
                            "PPC",
                            "PPC64",
                            "PPC64LE",
                            "S390",
                            "S390X",
                            "PARISC",
                            "PARISC64",
                            "RISCV64",
                            "LOONGARCH64",
                            "M68K",
                            "SH",
                            "SHEB")
                    .map(word -> "SCMP_ARCH_" + word)
                    .toArray(String[]::new),
            table -> table);
    /** What runs on the served architectures beside their own: 32-bit programs, and x32. */
    private static final List<String> OTHER_TABLES = List.of("SCMP_ARCH_X86", "SCMP_ARCH_X32", "SCMP_ARCH_ARM");

    private static final String DEFAULT_REFUSES =
            "an action that refuses (SCMP_ACT_ERRNO, SCMP_ACT_KILL, SCMP_ACT_KILL_THREAD, SCMP_ACT_KILL_PROCESS or"
                    + " SCMP_ACT_TRAP)";

    private final Problems problems;
    private final RuleReader rules;

    private CustomReader(Problems problems, SystemCalls calls) {
        this.problems = problems;
        this.rules = new RuleReader(calls);
    }

    /**
     * What a profile says.
     *
     * @param defaultErrno what a call answers that no rule is about, where the action is {@link OciAction#ERRNO}
     * @param otherTables the tables of system calls that programs of a served architecture may use beside its own
     * @param rules those that an engine keeps on some machine
     */
    record Read(
            JsonValue.Members root,
            OciAction defaultAction,
            int defaultErrno,
            List<String> otherTables,
            List<String> flags,
            List<CustomRule> rules) {}

    static Read read(String file, byte[] json, SystemCalls calls) throws InvalidFileException {
        Problems problems = new Problems(file);
        JsonValue value = JsonParsing.parse(json, problems);
        return new CustomReader(problems, calls).profile(new JsonPlace(value, "", problems));
    }

    static <W> Map<String, W> words(W[] words, Function<W, String> name) {
        return Arrays.stream(words).collect(Collectors.toMap(name, word -> word));
    }

    private Read profile(JsonPlace root) throws InvalidFileException {
        Map<String, JsonPlace> fields = root.fields(PROFILE).orElse(Map.of());
        Optional<OciAction> defaultAction = Optional.empty();
        int errno = RuleReader.EPERM;
        List<String> tables = new ArrayList<>();
        List<String> flags = List.of();
        List<CustomRule> read = List.of();
        if (root.value() instanceof JsonValue.Members) {
            defaultAction = root.required(
                            fields,
                            "defaultAction",
                            "write \"defaultAction\": \"SCMP_ACT_ERRNO\": without it and without rules the engine"
                                    + " applies no filter at all")
                    .flatMap(CustomReader::defaultAction);
            errno = RuleReader.errno(fields.get("defaultErrnoRet"), defaultAction);
            tables.addAll(architectures(fields));
            Optional.ofNullable(fields.get("comment")).ifPresent(JsonPlace::text);
            flags = Optional.ofNullable(fields.get("flags"))
                    .map(list -> list.each(flag -> flag.word("a flag", FLAGS)))
                    .orElse(List.of());
            for (String key : LISTENER) {
                Optional.ofNullable(fields.get(key))
                        .ifPresent(listener -> listener.say("a listener decides about calls outside of the sandbox;"
                                + " engine 20.10 drops it, newer ones would ask it; remove the key"));
            }
            read = root.required(fields, "syscalls", "list the calls that the sandbox needs")
                    .map(list -> list.each(rules::rule))
                    .orElse(List.of());
        }
        read = read.stream().filter(rule -> rule.scope().somewhere()).toList();
        CustomContradictions.report(read, problems);
        problems.throwIfAny();
        return new Read((JsonValue.Members) root.value(), defaultAction.orElseThrow(), errno, tables, flags, read);
    }

    private static Optional<OciAction> defaultAction(JsonPlace place) {
        Optional<OciAction> action = place.word(DEFAULT_REFUSES, ACTIONS, OciAction::refuses);
        if (action.isEmpty() || action.get().refuses()) {
            return action;
        }
        return place.refuse(
                DEFAULT_REFUSES,
                switch (action.get()) {
                    case LOG ->
                        "it lets through every call that no rule is about; to see which those are, write"
                                + " SCMP_ACT_ERRNO here and choose mode: log in the spec";
                    case TRACE -> "whoever traces the program decides then; write SCMP_ACT_ERRNO";
                    case NOTIFY ->
                        "a program outside of the sandbox decides then, and runc refuses it; write SCMP_ACT_ERRNO";
                    default ->
                        "it lets through every call that no rule is about; write SCMP_ACT_ERRNO, and a rule for"
                                + " what the sandbox needs";
                });
    }

    /** The other tables that programs may use. A machine's own one is filtered whether it is listed or not. */
    private static List<String> architectures(Map<String, JsonPlace> fields) {
        JsonPlace list = fields.get("architectures");
        JsonPlace map = fields.get("archMap");
        List<String> tables = new ArrayList<>();
        if (list != null) {
            tables.addAll(list.each(CustomReader::table));
        }
        if (map != null) {
            map.each(CustomReader::mapped).forEach(tables::addAll);
        }
        if (hasItems(list) && hasItems(map)) {
            list.say("the engine refuses a profile with both this and archMap; remove one of them");
        }
        return tables.stream()
                .filter(OTHER_TABLES::contains)
                .distinct()
                .sorted()
                .toList();
    }

    private static boolean hasItems(JsonPlace list) {
        return list != null
                && list.value() instanceof JsonValue.Items items
                && !items.items().isEmpty();
    }

    private static Optional<List<String>> mapped(JsonPlace entry) {
        Optional<Map<String, JsonPlace>> fields = entry.fields(List.of("architecture", "subArchitectures"));
        if (fields.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> architecture = entry.required(
                        fields.get(), "architecture", "write one such as SCMP_ARCH_X86_64")
                .flatMap(CustomReader::table);
        List<String> others = Optional.ofNullable(fields.get().get("subArchitectures"))
                .map(list -> list.each(CustomReader::table))
                .orElse(List.of());
        // The engine reads the one entry of the machine's own architecture.
        boolean served =
                Arrays.stream(Architecture.values()).anyMatch(a -> a.ociName().equals(architecture.orElse("")));
        return Optional.of(served ? others : List.of());
    }

    private static Optional<String> table(JsonPlace place) {
        return place.word("an architecture such as SCMP_ARCH_X86_64 or SCMP_ARCH_AARCH64", TABLES);
    }
}
