package io.sentinel.seccomp;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sentinel.seccomp.CustomReader.Read;
import io.sentinel.seccomp.Group.Alternative;
import io.sentinel.seccomp.Group.Entry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A person's profile in mode log: what no rule is about is logged and let through, what {@code always-denied.yaml} names
 * stays refused as far as the person's own rules leave room. A refusal is added only where none of theirs lets the same
 * arguments through: an unconditional one would make theirs void, one that overlaps would have an order that nobody
 * chose. Two refusals may overlap: whichever comes first refuses.
 *
 * @param json the profile
 * @param added the refusals in it that the person's file does not have
 * @param warnings what it lets through, a sentence each
 */
record CustomLogMode(byte[] json, List<OciRule> added, List<String> warnings) {

    static CustomLogMode of(String file, Read profile, Group alwaysDenied) {
        Set<String> unguarded = new TreeSet<>();
        List<OciRule> added = new ArrayList<>();
        for (Entry entry : alwaysDenied.entries()) {
            for (String name : entry.names()) {
                List<CustomRule> own = profile.rules().stream()
                        .filter(rule -> rule.names().contains(name))
                        .toList();
                if (!refused(own)) {
                    add(name, entry, alwaysDenied.about(), own, added, unguarded);
                }
            }
        }
        List<String> warnings = new ArrayList<>();
        if (!unguarded.isEmpty()) {
            warnings.add("in mode log " + file + " lets through what every preset denies of "
                    + String.join(", ", unguarded) + ": its own rules about them leave no room for a refusal");
        }
        String narrow = CustomWarnings.rules(profile.rules(), false, CustomLogMode::missesHighBits);
        if (!narrow.isEmpty()) {
            warnings.add(
                    "in mode log the refusals of " + narrow + " in " + file + " compare all 64 bits: where the kernel"
                            + " reads an int, a program sets a bit above it and passes; compare with SCMP_CMP_MASKED_EQ");
        }
        return new CustomLogMode(written(profile, added), List.copyOf(added), List.copyOf(warnings));
    }

    /** Whether a bit that the kernel does not read makes the comparison fail. */
    private static boolean missesHighBits(Condition condition) {
        return switch (condition.operator()) {
            case EQ, LT, LE -> true;
            case MASKED_EQ -> condition.value() >>> Integer.SIZE != 0;
            case NE, GE, GT -> false;
        };
    }

    /** Whether a profile's rules about a call refuse it on every machine, whatever its arguments. */
    private static boolean refused(List<CustomRule> own) {
        return own.stream()
                .anyMatch(rule -> rule.unconditional()
                        && rule.action().refuses()
                        && rule.scope().equals(CustomRule.Scope.EVERYWHERE));
    }

    private static void add(
            String name, Entry entry, String about, List<CustomRule> own, List<OciRule> added, Set<String> unguarded) {
        String because = entry.because().orElse(about);
        if (entry.unconditional()) {
            // Where every rule about the call refuses, it does no harm that this one makes them void.
            if (own.stream().noneMatch(rule -> rule.action().passes())) {
                added.add(new OciRule(List.of(name), entry.action(), List.of(), Optional.of(because)));
            } else {
                unguarded.add(name);
            }
            return;
        }
        for (Alternative alternative : entry.when()) {
            Optional<String> comment = Optional.of(alternative.sentence() + ": " + because);
            for (List<Comparison> block : alternative.blocks()) {
                List<Condition> conditions = block.stream().map(Condition::of).toList();
                if (own.stream().anyMatch(rule -> rule.action().passes() && rule.meets(conditions))) {
                    unguarded.add(name);
                } else if (own.stream().noneMatch(rule -> rule.when().equals(conditions))) {
                    added.add(new OciRule(List.of(name), entry.action(), block, comment));
                    // One case may take dozens of rules; its reason stands on the first.
                    comment = Optional.empty();
                }
            }
        }
    }

    private static byte[] written(Read profile, List<OciRule> added) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = OciProfileWriter.JSON.createGenerator(out)) {
            json.setPrettyPrinter(OciProfileWriter.layout());
            json.writeStartObject();
            for (JsonValue.Member member : profile.root().members()) {
                switch (member.key()) {
                    case "defaultAction" -> json.writeStringField(member.key(), OciAction.LOG.ociName());
                    case "defaultErrnoRet" -> {}
                    case "syscalls" -> {
                        json.writeArrayFieldStart(member.key());
                        writeRules(member.value(), added, json);
                        json.writeEndArray();
                    }
                    default -> write(member, json);
                }
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        out.write('\n');
        return out.toByteArray();
    }

    private static void writeRules(JsonValue rules, List<OciRule> added, JsonGenerator json) throws IOException {
        for (JsonValue rule : ((JsonValue.Items) rules).items()) {
            // It would say what the default says now, which older runtimes refuse.
            if (!hasAction(rule, OciAction.LOG)) {
                write(rule, json);
            }
        }
        for (OciRule rule : added) {
            OciProfileWriter.write(rule, json);
        }
    }

    private static boolean hasAction(JsonValue rule, OciAction action) {
        return ((JsonValue.Members) rule)
                .members().stream()
                        .anyMatch(member -> member.key().equals("action")
                                && member.value() instanceof JsonValue.Text text
                                && text.text().equals(action.ociName()));
    }

    private static void write(JsonValue.Member member, JsonGenerator json) throws IOException {
        json.writeFieldName(member.key());
        write(member.value(), json);
    }

    private static void write(JsonValue value, JsonGenerator json) throws IOException {
        if (value instanceof JsonValue.Text text) {
            json.writeString(text.text());
        } else if (value instanceof JsonValue.Number number) {
            json.writeNumber(number.written());
        } else if (value instanceof JsonValue.Word word) {
            json.writeRawValue(word.word());
        } else if (value instanceof JsonValue.Items list) {
            json.writeStartArray();
            for (JsonValue item : list.items()) {
                write(item, json);
            }
            json.writeEndArray();
        } else if (value instanceof JsonValue.Members object) {
            json.writeStartObject();
            for (JsonValue.Member member : object.members()) {
                write(member, json);
            }
            json.writeEndObject();
        }
    }
}
