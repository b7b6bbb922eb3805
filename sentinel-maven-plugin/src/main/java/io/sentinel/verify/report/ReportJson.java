package io.sentinel.verify.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sentinel.spec.Profile;
import io.sentinel.spec.Waiver;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Canary;
import io.sentinel.verify.rule.Drift;
import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Location;
import io.sentinel.verify.rule.Report;
import io.sentinel.verify.rule.Rule;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** {@code report.json}, described by {@code docs/verify.schema.json}. Texts are as they came, escaped as JSON has it. */
final class ReportJson {

    private static final int SCHEMA_VERSION = 1;

    private ReportJson() {}

    static byte[] of(Report report) {
        return JsonText.of(json -> write(json, report));
    }

    private static void write(JsonGenerator json, Report report) throws IOException {
        json.writeStartObject();
        json.writeNumberField("schemaVersion", SCHEMA_VERSION);
        json.writeStringField("version", report.version());
        json.writeStringField("project", report.project());
        json.writeStringField("bundleDigest", report.bundleDigest());
        json.writeStringField("engine", report.engine());
        json.writeStringField("startedAt", report.startedAt().toString());
        json.writeNumberField("durationMillis", report.duration().toMillis());
        JsonText.texts(
                json, "rings", report.rings().stream().sorted().map(Ring::word).toList());
        json.writeStringField("threshold", report.threshold().word());
        json.writeBooleanField("passed", report.passed());
        counts(json, report);
        json.writeArrayFieldStart("findings");
        for (Finding finding : report.findings()) {
            finding(json, finding);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("canaries");
        for (Canary canary : report.canaries()) {
            canary(json, canary);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("drifts");
        for (Drift drift : report.drifts()) {
            drift(json, drift);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("waivers");
        for (Waiver waiver : report.waivers()) {
            json.writeStartObject();
            json.writeStringField("rule", waiver.rule());
            waiver(json, waiver);
            json.writeStringField("use", WaiverUse.of(waiver, report).word());
            json.writeEndObject();
        }
        json.writeEndArray();
        JsonText.texts(json, "weakenings", report.weakenings());
        json.writeEndObject();
    }

    private static void counts(JsonGenerator json, Report report) throws IOException {
        Counts counts = Counts.of(report.findings());
        json.writeObjectFieldStart("counts");
        json.writeNumberField("rules", counts.rules());
        json.writeNumberField("findings", counts.findings());
        json.writeNumberField("held", counts.held());
        json.writeNumberField("broken", counts.broken());
        json.writeNumberField("unknown", counts.unknown());
        json.writeNumberField("waived", counts.waived());
        json.writeNumberField("failing", report.failing().size());
        json.writeEndObject();
    }

    private static void finding(JsonGenerator json, Finding finding) throws IOException {
        Rule rule = finding.rule();
        Evidence evidence = Evidence.of(finding.verdict());
        json.writeStartObject();
        json.writeStringField("rule", rule.id());
        json.writeStringField("family", rule.family());
        json.writeStringField("claim", rule.claim());
        json.writeStringField("why", rule.why());
        JsonText.texts(json, "cis", rule.cis());
        json.writeStringField("severity", rule.severity().word());
        json.writeStringField("service", finding.subject().service());
        json.writeStringField("role", finding.subject().role().name().toLowerCase(Locale.ROOT));
        JsonText.text(json, "profile", finding.subject().profile().map(Profile::word));
        json.writeStringField("ring", finding.ring().word());
        json.writeStringField("verdict", evidence.word());
        JsonText.text(json, "expected", evidence.expected());
        JsonText.text(json, "found", evidence.found());
        JsonText.text(json, "reason", evidence.reason());
        location(json, finding.location());
        json.writeStringField("remedy", rule.remedy());
        if (finding.waiver().isPresent()) {
            json.writeObjectFieldStart("waiver");
            waiver(json, finding.waiver().get());
            json.writeEndObject();
        } else {
            json.writeNullField("waiver");
        }
        json.writeEndObject();
    }

    private static void location(JsonGenerator json, Optional<Location> location) throws IOException {
        if (location.isEmpty()) {
            json.writeNullField("location");
            return;
        }
        json.writeObjectFieldStart("location");
        json.writeStringField("file", location.get().file());
        json.writeNumberField("line", location.get().line());
        json.writeEndObject();
    }

    private static void waiver(JsonGenerator json, Waiver waiver) throws IOException {
        JsonText.text(json, "service", waiver.service());
        json.writeStringField("reason", waiver.reason());
        json.writeStringField("until", waiver.until().toString());
    }

    private static void canary(JsonGenerator json, Canary canary) throws IOException {
        json.writeStartObject();
        json.writeStringField("service", canary.service());
        json.writeStringField("what", canary.what());
        json.writeBooleanField("worked", canary.worked());
        json.writeStringField("told", canary.told());
        json.writeEndObject();
    }

    private static void drift(JsonGenerator json, Drift drift) throws IOException {
        json.writeStartObject();
        json.writeStringField("service", drift.service());
        json.writeStringField("fact", drift.fact());
        JsonText.text(json, "spec", drift.spec());
        JsonText.text(json, "model", drift.model());
        JsonText.text(json, "container", drift.container());
        JsonText.text(json, "kernel", drift.kernel());
        json.writeStringField("lostBy", drift.lostBy());
        json.writeEndObject();
    }
}
