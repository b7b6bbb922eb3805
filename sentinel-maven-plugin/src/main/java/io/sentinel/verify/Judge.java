package io.sentinel.verify;

import io.sentinel.spec.Waiver;
import io.sentinel.verify.catalogue.Catalogue;
import io.sentinel.verify.evidence.InspectView;
import io.sentinel.verify.evidence.LiveView;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.evidence.View;
import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Location;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Asks every rule, and notes what it says with where that stands and whether it is waived. */
final class Judge {

    private final SourceLines lines;
    private final String folder;
    private final List<Waiver> waivers;
    private final LocalDate today;

    /**
     * @param lines of the compose file
     * @param folder of the project that is judged, as a person knows it
     * @param waivers of the spec
     * @param today in UTC
     */
    Judge(SourceLines lines, String folder, List<Waiver> waivers, LocalDate today) {
        this.lines = lines;
        this.folder = folder;
        this.waivers = List.copyOf(waivers);
        this.today = today;
    }

    List<Finding> judge(StaticView view) {
        return judge(view, Ring.STATIC, rule -> rule.judge(view));
    }

    List<Finding> judge(InspectView view) {
        return judge(view, Ring.INSPECT, rule -> rule.judge(view));
    }

    List<Finding> judge(LiveView view) {
        return judge(view, Ring.LIVE, rule -> rule.judge(view));
    }

    private List<Finding> judge(View view, Ring ring, Function<Rule, Verdict> ask) {
        List<Finding> findings = new ArrayList<>();
        for (Rule rule : Catalogue.rules()) {
            if (!rule.rings().contains(ring) || !rule.isAbout(view.subject())) {
                continue;
            }
            Verdict verdict = Masks.of(ask.apply(rule));
            if (verdict instanceof Verdict.Outside) {
                continue;
            }
            Optional<Location> location = verdict instanceof Verdict.Broken broken
                    ? lines.locate(broken.place()).map(this::shown)
                    : Optional.empty();
            // A person who waives a rule knows how it is broken; of what nobody saw, nobody does.
            Optional<Waiver> waiver = verdict instanceof Verdict.Broken
                    ? waivers.stream()
                            .filter(one -> one.covers(rule.id(), view.subject().service(), today))
                            .findFirst()
                    : Optional.empty();
            findings.add(new Finding(rule, view.subject(), ring, verdict, location, waiver));
        }
        return findings;
    }

    private Location shown(Location location) {
        return new Location(Path.of(folder).resolve(location.file()).normalize().toString(), location.line());
    }
}
