package io.sentinel.spec;

import io.sentinel.spec.SeccompChoice.Adjustments;
import io.sentinel.spec.SeccompChoice.Mode;
import io.sentinel.spec.SeccompChoice.Preset;
import java.util.List;
import java.util.Optional;

/** Reads {@code seccomp}. */
final class SeccompReader {

    private static final int MAX_REASON_BYTES = 500;

    private final Fields fields;
    private final CallStandings standings;
    private final Optional<String> given;

    private SeccompReader(Fields fields, CallStandings standings, Optional<String> given) {
        this.fields = fields;
        this.standings = standings;
        this.given = given;
    }

    /** @param given the name of a custom profile that stands before {@code file}, and is no path of the project */
    static SeccompChoice read(Fields fields, CallStandings standings, Optional<String> given) {
        return new SeccompReader(fields, standings, given).read();
    }

    private SeccompChoice read() {
        Preset preset = fields.get("preset")
                .flatMap(v -> SpecReader.oneOf(v, Preset.values()))
                .orElse(SeccompChoice.DEFAULT.preset());
        Mode mode = fields.get("mode")
                .flatMap(v -> SpecReader.oneOf(v, Mode.values()))
                .orElse(SeccompChoice.DEFAULT.mode());
        Optional<String> because = fields.get("because").flatMap(SeccompReader::reason);
        if (preset == Preset.CUSTOM) {
            refuseBesideCustom();
            Optional<String> file = given.isPresent()
                    ? given
                    : fields.required("file", "name the profile, below the project's folder")
                            .flatMap(Paths::projectPath);
            return new SeccompChoice(preset, mode, file, Adjustments.NONE);
        }
        fields.get("file").ifPresent(v -> v.say("only preset: custom has a file; set that, or remove file"));
        List<String> allow = calls("allow", this::allowed);
        List<String> deny = calls("deny", (call, name) -> denied(call, name, allow));
        if (fields.get("allow").isEmpty() && fields.get("deny").isEmpty()) {
            fields.get("because").ifPresent(v -> v.say("a reason for nothing; add allow or deny, or remove it"));
        }
        return new SeccompChoice(preset, mode, Optional.empty(), new Adjustments(allow, deny, because));
    }

    /** It stands in logs and reports: one line that shows all that it has. */
    private static Optional<String> reason(Value value) {
        Optional<String> reason = value.nonBlank(MAX_REASON_BYTES);
        return reason.isPresent() && !Texts.printable(reason.get())
                ? value.refuse("one line of printable characters", "write it in one line")
                : reason;
    }

    private void refuseBesideCustom() {
        for (String key : List.of("allow", "deny", "because")) {
            fields.get(key)
                    .ifPresent(v -> v.say("a custom profile says itself what it allows; change the file, or take a"
                            + " preset that ships"));
        }
    }

    /** What one of the lists says of a known call; it reports what is wrong and answers with empty then. */
    private interface Check {
        Optional<String> accept(Value call, String name);
    }

    private List<String> calls(String key, Check check) {
        List<Value> items = fields.get(key).flatMap(Value::items).orElse(List.of());
        return Value.distinct(items, item -> item.text().flatMap(name -> known(item, name, check)), name -> name);
    }

    private Optional<String> known(Value call, String name, Check check) {
        if (!standings.knows(name)) {
            String remedy = standings
                    .nearest(name)
                    .map(near -> "the nearest is " + near + ": correct it")
                    .orElse("correct or remove it");
            return call.refuse("a system call of Linux on x86_64 or aarch64", remedy);
        }
        return check.accept(call, name);
    }

    private Optional<String> allowed(Value call, String name) {
        boolean explained = fields.get("because").isPresent();
        return standings.isSensitive(name) && !explained
                ? call.say("the presets refuse " + name + " on purpose, whole or with some arguments (mvn"
                        + " sentinel:seccomp -Dsyscall=" + name
                        + " tells why); give your reason under because, or remove"
                        + " it")
                : Optional.of(name);
    }

    private Optional<String> denied(Value call, String name, List<String> allow) {
        if (allow.contains(name)) {
            return call.say(name + " stands under allow too; remove one of them");
        }
        return standings.isVital(name)
                ? call.say("the container could not start its program without " + name + "; remove it")
                : Optional.of(name);
    }
}
