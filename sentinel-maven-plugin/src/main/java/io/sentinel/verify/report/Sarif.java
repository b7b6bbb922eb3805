package io.sentinel.verify.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sentinel.render.Sha256;
import io.sentinel.spec.Waiver;
import io.sentinel.text.SafeText;
import io.sentinel.verify.catalogue.Catalogue;
import io.sentinel.verify.rule.Canary;
import io.sentinel.verify.rule.Drift;
import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Location;
import io.sentinel.verify.rule.Report;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Severity;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * {@code report.sarif}: what is broken or could not be told, as SARIF 2.1.0 (OASIS) in the part of it that GitHub's code
 * scanning reads. Every result has a file and a line there, or it would be refused: one without a line of its own points to
 * the first line of the file that a person changes.
 */
final class Sarif {

    private static final String SCHEMA =
            "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/" + "sarif-schema-2.1.0.json";

    /** What fails a build besides a rule: these two need an entry of their own, since every result is of a rule. */
    private static final Rule CANARY = Rule.of("CANARY", Severity.CRITICAL, "What must work in a sandbox works")
            .because("a sandbox in which nothing runs proves nothing, and its other findings with it")
            .remedy("see what the attempt was told");

    private static final Rule DRIFT = Rule.of(
                    "DRIFT", Severity.CRITICAL, "Spec, compose model, container and kernel agree on every limit")
            .because("a limit that a layer loses on the way is written down and not enforced")
            .remedy("look at the layer that lost it: its version, and what it was given");

    private final Report report;
    private final String source;
    private final Map<String, Integer> index = new LinkedHashMap<>();
    private final List<Rule> rules = new ArrayList<>();

    private Sarif(Report report, String source) {
        this.report = report;
        this.source = source;
        Catalogue.rules().forEach(this::addRule);
        report.findings().forEach(finding -> addRule(finding.rule()));
        addRule(CANARY);
        addRule(DRIFT);
    }

    /** @param source the file that a person changes, relative to the project, with forward slashes */
    static byte[] of(Report report, String source) {
        Sarif sarif = new Sarif(report, source);
        return JsonText.of(sarif::write);
    }

    private void addRule(Rule rule) {
        if (index.putIfAbsent(rule.id(), rules.size()) == null) {
            rules.add(rule);
        }
    }

    private void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("$schema", SCHEMA);
        json.writeStringField("version", "2.1.0");
        json.writeArrayFieldStart("runs");
        json.writeStartObject();
        tool(json);
        json.writeObjectFieldStart("automationDetails");
        json.writeStringField("id", "sentinel-verify/" + SafeText.line(report.project()) + "/");
        json.writeEndObject();
        json.writeArrayFieldStart("invocations");
        json.writeStartObject();
        json.writeBooleanField("executionSuccessful", true);
        json.writeStringField("startTimeUtc", report.startedAt().toString());
        json.writeStringField(
                "endTimeUtc", report.startedAt().plus(report.duration()).toString());
        json.writeEndObject();
        json.writeEndArray();
        json.writeStringField("columnKind", "utf16CodeUnits");
        results(json);
        json.writeEndObject();
        json.writeEndArray();
        json.writeEndObject();
    }

    private void tool(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("tool");
        json.writeObjectFieldStart("driver");
        json.writeStringField("name", "Sentinel");
        json.writeStringField("version", report.version());
        json.writeArrayFieldStart("rules");
        for (Rule rule : rules) {
            rule(json, rule);
        }
        json.writeEndArray();
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void rule(JsonGenerator json, Rule rule) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", rule.id());
        text(json, "shortDescription", rule.claim() + ".");
        text(json, "fullDescription", sentence(rule.why()));
        text(json, "help", sentence(rule.remedy()));
        json.writeObjectFieldStart("defaultConfiguration");
        json.writeStringField("level", level(rule.severity()));
        json.writeEndObject();
        json.writeObjectFieldStart("properties");
        json.writeStringField("security-severity", score(rule.severity()));
        json.writeStringField("problem.severity", problem(rule.severity()));
        json.writeStringField("precision", "very-high");
        List<String> tags = new ArrayList<>(List.of("security", "sandbox"));
        rule.cis().forEach(number -> tags.add("CIS Docker Benchmark 1.6: " + number));
        JsonText.texts(json, "tags", tags);
        json.writeEndObject();
        json.writeEndObject();
    }

    private void results(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("results");
        for (Finding finding : report.findings()) {
            Evidence evidence = Evidence.of(finding.verdict());
            if (!evidence.isHeld()) {
                String place =
                        Alike.whom(finding.subject()) + ", " + finding.ring().word() + " ring";
                String told = finding.rule().claim() + ": " + evidence.sentence() + " (" + place + ")";
                String identity = String.join(
                        "|",
                        finding.rule().id(),
                        finding.subject().role().name(),
                        finding.subject().service(),
                        finding.ring().word());
                result(json, finding.rule(), told, finding.location(), identity, finding.waiver());
            }
        }
        for (Canary canary : report.canaries()) {
            if (!canary.worked()) {
                String told = "In " + canary.service() + " this must work, and does not: " + canary.what() + ": "
                        + canary.told();
                String identity = "CANARY|" + canary.service() + "|" + canary.what();
                result(json, CANARY, told, Optional.empty(), identity, Optional.empty());
            }
        }
        for (Drift drift : report.drifts()) {
            String told = drift.fact() + " of " + drift.service() + " is lost by " + drift.lostBy() + ": "
                    + Alike.layers(drift);
            String identity = "DRIFT|" + drift.service() + "|" + drift.fact();
            result(json, DRIFT, told, Optional.empty(), identity, Optional.empty());
        }
        json.writeEndArray();
    }

    private void result(
            JsonGenerator json,
            Rule rule,
            String told,
            Optional<Location> location,
            String identity,
            Optional<Waiver> waiver)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("ruleId", rule.id());
        json.writeNumberField("ruleIndex", index.get(rule.id()));
        // One that could not be told has the level of a broken one: it is no better.
        json.writeStringField("level", level(rule.severity()));
        text(json, "message", sentence(told));
        location(json, location);
        fingerprint(json, identity);
        if (waiver.isPresent()) {
            json.writeArrayFieldStart("suppressions");
            json.writeStartObject();
            // In the spec, which is not the file that is at fault.
            json.writeStringField("kind", "external");
            json.writeStringField("status", "accepted");
            json.writeStringField(
                    "justification",
                    SafeText.line(waiver.get().reason()) + " (until "
                            + waiver.get().until() + ")");
            json.writeEndObject();
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private void location(JsonGenerator json, Optional<Location> location) throws IOException {
        json.writeArrayFieldStart("locations");
        json.writeStartObject();
        json.writeObjectFieldStart("physicalLocation");
        json.writeObjectFieldStart("artifactLocation");
        json.writeStringField("uri", uri(location.map(Location::file).orElse(source)));
        json.writeStringField("uriBaseId", "%SRCROOT%");
        json.writeEndObject();
        json.writeObjectFieldStart("region");
        json.writeNumberField("startLine", location.map(Location::line).orElse(1));
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndArray();
    }

    /** The same as long as the same rule says it of the same service in the same ring, wherever its line has moved to. */
    private static void fingerprint(JsonGenerator json, String identity) throws IOException {
        String digest = Sha256.of(identity.getBytes(StandardCharsets.UTF_8)).substring("sha256:".length());
        json.writeObjectFieldStart("partialFingerprints");
        // The one name that GitHub reads. It would make one of the line's text, which several results may share.
        json.writeStringField("primaryLocationLineHash", digest.substring(0, 16) + ":1");
        json.writeStringField("sentinelFinding/v1", digest);
        json.writeEndObject();
    }

    /** A path as a relative reference (RFC 3986), in which a blank or a per cent sign has to be escaped. */
    private static String uri(String path) {
        try {
            return new URI(null, null, path, null).toASCIIString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not a relative path: " + path, e);
        }
    }

    private static void text(JsonGenerator json, String name, String text) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeStringField("text", harmless(text));
        json.writeEndObject();
    }

    /**
     * Without what SARIF gives a meaning in a message (3.11.5 and 3.11.6): numbers in braces are placeholders, and
     * {@code [words](address)} is a link.
     */
    private static String harmless(String text) {
        return SafeText.lines(text).replaceAll("\\{(\\d+)}", "{{$1}}").replace("](", "] (");
    }

    private static String sentence(String text) {
        String begun = text.isEmpty() ? "-" : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
        return begun.endsWith(".") ? begun : begun + ".";
    }

    private static String level(Severity severity) {
        return switch (severity) {
            case CRITICAL, HIGH -> "error";
            case MEDIUM -> "warning";
            case LOW -> "note";
        };
    }

    /** A number in the middle of the range that code scanning shows under the same word. */
    private static String score(Severity severity) {
        return switch (severity) {
            case CRITICAL -> "9.5";
            case HIGH -> "8.0";
            case MEDIUM -> "5.5";
            case LOW -> "2.0";
        };
    }

    private static String problem(Severity severity) {
        return switch (severity) {
            case CRITICAL, HIGH -> "error";
            case MEDIUM -> "warning";
            case LOW -> "recommendation";
        };
    }
}
