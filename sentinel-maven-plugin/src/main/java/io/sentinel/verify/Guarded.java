package io.sentinel.verify;

import io.sentinel.audit.AuditRecord;
import io.sentinel.audit.AuditTrail;
import io.sentinel.engine.Beside;
import io.sentinel.engine.EngineException;
import io.sentinel.engine.RunRequest;
import io.sentinel.run.Staging;
import io.sentinel.spec.Profile;
import io.sentinel.verify.evidence.CannotTell;
import io.sentinel.verify.evidence.GuardFacts;
import io.sentinel.verify.evidence.GuardFacts.Noted;
import io.sentinel.verify.probe.GuardTrials;
import io.sentinel.verify.probe.ProbeAnswers;
import io.sentinel.verify.probe.ProbeTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What the guard makes of a program that the image's own entrypoint starts, in each profile, and what it records of it. */
final class Guarded {

    private static final Duration LIMIT = Duration.ofMinutes(1);
    /** Of a trail: the probe does a handful of things, and what is in its place may do more. */
    private static final int MOST_RECORDS = 1000;

    private final Staging staging;
    private final ProbeVolume volume;

    Guarded(Staging staging, ProbeVolume volume) {
        this.staging = staging;
        this.volume = volume;
    }

    /**
     * One such start.
     *
     * @param under what the probe answered
     * @param records of its trail
     * @param fault what is wrong with that
     */
    record Seen(ProbeAnswers under, List<Noted> records, Optional<String> fault) {

        /** With the same probe's answers without the guard beside it. */
        GuardFacts facts(Profile profile, boolean judged, ProbeAnswers without) {
            return GuardTrials.facts(profile, judged, under, without, records, fault);
        }
    }

    /** All profiles, by their services. */
    Map<String, Supplier<Seen>> look() throws EngineException, InterruptedException {
        Map<String, Beside<Supplier<Seen>>> running = new LinkedHashMap<>();
        Map<String, Supplier<Seen>> seen = new TreeMap<>();
        try {
            for (Profile profile : Profile.values()) {
                running.put(profile.service(), Beside.start(() -> Answers.now(() -> look(profile))));
            }
            for (Map.Entry<String, Beside<Supplier<Seen>>> one : running.entrySet()) {
                seen.put(one.getKey(), one.getValue().join());
            }
        } finally {
            running.values().forEach(Beside::close);
        }
        return seen;
    }

    private Seen look(Profile profile) throws EngineException, IOException, InterruptedException {
        String name = "guard-" + profile.word();
        Path called = Overrides.write(
                staging.folder().resolve(name + ".yaml"),
                """
                services:
                  %s:
                    # Its entrypoint would refuse a network in production, and it is the guard behind it that is looked at.
                    environment: {SENTINEL_TRAIL: %s, SENTINEL_ALLOW_NETWORK_IN_PRODUCTION: "true"}
                """,
                profile.service(),
                name);
        ProbeTable table = GuardTrials.under(profile);
        RunRequest request = RunRequest.of(profile.service(), staging.name() + "-" + name, Map.of(), LIMIT)
                .withoutDependencies()
                .running(volume.put(name, table, 0));
        ProbeAnswers under = Glimpse.answers(staging, List.of(volume.override(), called), request, table);
        Path trail = staging.trail()
                .orElseThrow(() -> new CannotTell("there is no folder for a trail"))
                .resolve(name + ".jsonl");
        if (!Files.isRegularFile(trail, LinkOption.NOFOLLOW_LINKS)) {
            return new Seen(under, List.of(), Optional.of("the guard left no trail"));
        }
        List<Noted> records = new ArrayList<>();
        AuditTrail.Reading reading = AuditTrail.read(trail, "the trail", (record, line, holds) -> {
            if (records.size() < MOST_RECORDS && record.source() == AuditRecord.Source.GUARD) {
                records.add(noted(record));
            }
        });
        return new Seen(under, records, reading.faults().stream().findFirst().map(fault -> fault.sentence()));
    }

    private static Noted noted(AuditRecord record) {
        return new Noted(
                record.pid(),
                record.action(),
                record.target(),
                record.decision().word(),
                record.key(),
                record.reason());
    }
}
