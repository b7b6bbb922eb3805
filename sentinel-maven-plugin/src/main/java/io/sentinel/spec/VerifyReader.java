package io.sentinel.spec;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads {@code verify}. */
final class VerifyReader {

    private static final int MAX_REASON_BYTES = 1000;

    /** Everything that a waiver may name, beside which rules are asked about the project as a whole. */
    private static final List<String> SERVICES = Stream.concat(
                    Stream.of(Profile.values()).map(Profile::service), Stream.of("sentinel-proxy", "sentinel-probe"))
            .toList();

    private VerifyReader() {}

    static VerifyChoice read(Fields fields) {
        List<Value> waivers = fields.get("waivers").flatMap(Value::items).orElse(List.of());
        List<Value> canaries = fields.get("canaries").flatMap(Value::items).orElse(List.of());
        return new VerifyChoice(
                Value.distinct(waivers, VerifyReader::waiver, waiver -> List.of(waiver.rule(), waiver.service())),
                Value.each(canaries, SpecReader::step));
    }

    private static Optional<Waiver> waiver(Value item) {
        return item.fields(Section.WAIVER).flatMap(fields -> {
            Optional<String> rule = fields.required("rule", "name the rule that is waived, such as NET-7")
                    .flatMap(value -> oneOf(value, RuleIds.all(), "the id of a rule, such as NET-7"));
            Optional<String> reason = fields.required("reason", "say why, for whoever reviews it")
                    .flatMap(value -> value.nonBlank(MAX_REASON_BYTES));
            Optional<LocalDate> until = fields.required("until", "name its last day, such as 2030-12-31")
                    .flatMap(VerifyReader::day);
            Optional<Value> service = fields.get("service");
            Optional<String> named =
                    service.flatMap(value -> oneOf(value, SERVICES, "one of " + String.join(", ", SERVICES)));
            if (service.isPresent() && named.isEmpty()) {
                return Optional.empty(); // or it would be read as one for every service
            }
            return rule.flatMap(r -> reason.flatMap(why -> until.map(day -> new Waiver(r, named, why, day))));
        });
    }

    private static Optional<String> oneOf(Value value, List<String> words, String expected) {
        return value.text()
                .flatMap(text -> words.contains(text)
                        ? Optional.of(text)
                        : value.refuse(
                                expected,
                                Nearest.to(text, words.stream())
                                        .map(near -> "the nearest is " + near + ": correct it")
                                        .orElse("correct it")));
    }

    /** A day is the one thing that a plain date can mean here, so it needs no quotes. */
    private static Optional<LocalDate> day(Value value) {
        String expected = "a day as YYYY-MM-DD";
        if (!(value.node() instanceof Node.Scalar scalar) || scalar.text().length() != 10) {
            return value.refuse(expected, "write its last day, such as 2030-12-31");
        }
        try {
            return Optional.of(LocalDate.parse(scalar.text()));
        } catch (DateTimeParseException e) {
            return value.refuse(expected, "write its last day, such as 2030-12-31");
        }
    }
}
