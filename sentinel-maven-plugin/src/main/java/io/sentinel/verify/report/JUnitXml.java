package io.sentinel.verify.report;

import io.sentinel.text.SafeText;
import io.sentinel.verify.rule.Canary;
import io.sentinel.verify.rule.Drift;
import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Report;
import io.sentinel.verify.rule.Rule;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * {@code TEST-sentinel-verify.xml}: each ring and service is a suite and each finding a case of it, in the format that Surefire writes
 * and CI servers read. Broken at or above the threshold is a failure, not to be told an error, waived a skip; below the
 * threshold a case passes and says in its output what is wrong. There are no times: a case of a ring is a look at facts.
 */
final class JUnitXml {

    /** What became of a case. */
    private enum Result {
        PASSED,
        FAILURE,
        ERROR,
        SKIPPED
    }

    /**
     * @param name unique within its class
     * @param message why it did not pass
     * @param output what else there is to say
     */
    private record Case(
            String className, String name, Result result, String type, String message, Optional<String> output) {}

    private record Suite(String name, List<Case> cases) {
        long count(Result result) {
            return cases.stream().filter(one -> one.result() == result).count();
        }
    }

    private final Report report;
    private final XMLStreamWriter xml;

    private JUnitXml(Report report, XMLStreamWriter xml) {
        this.report = report;
        this.xml = xml;
    }

    static byte[] of(Report report) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            XMLStreamWriter xml =
                    XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out, StandardCharsets.UTF_8.name());
            new JUnitXml(report, xml).write();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return out.toByteArray();
    }

    private void write() throws XMLStreamException {
        List<Suite> suites = suites();
        xml.writeStartDocument("UTF-8", "1.0");
        line(0);
        xml.writeStartElement("testsuites");
        attribute("name", "sentinel:verify of " + report.project());
        attribute("time", seconds(report.duration().toMillis()));
        totals(suites);
        for (Suite suite : suites) {
            suite(suite);
        }
        line(0);
        xml.writeEndElement();
        xml.writeEndDocument();
        line(0);
    }

    /** A suite for each class, as readers know it from Java: each would otherwise be made of its cases' class names. */
    private List<Suite> suites() {
        Map<String, List<Case>> classes = new LinkedHashMap<>();
        Stream.of(
                        report.findings().stream()
                                .sorted(Comparator.comparing(Finding::ring))
                                .map(this::of),
                        report.canaries().stream().map(JUnitXml::of),
                        report.drifts().stream().map(JUnitXml::of))
                .flatMap(cases -> cases)
                .forEach(one -> classes.computeIfAbsent(one.className(), name -> new ArrayList<>())
                        .add(one));
        return classes.entrySet().stream()
                .map(entry -> withNamesOfTheirOwn(new Suite(entry.getKey(), entry.getValue())))
                .toList();
    }

    private Case of(Finding finding) {
        Rule rule = finding.rule();
        Evidence evidence = Evidence.of(finding.verdict());
        String className = "sentinel." + finding.ring().word() + "." + Alike.whom(finding.subject());
        String name = rule.id() + " " + rule.claim();
        String type = rule.severity().word();
        if (evidence.isHeld()) {
            return new Case(className, name, Result.PASSED, type, "", Optional.empty());
        }
        String told = evidence.sentence();
        String details = told + "\nwhy: " + rule.why() + "\nremedy: " + rule.remedy()
                + finding.location()
                        .map(place -> "\nat: " + place.file() + ":" + place.line())
                        .orElse("");
        if (finding.waiver().isPresent()) {
            String reason = "waived until " + finding.waiver().get().until() + ": "
                    + finding.waiver().get().reason();
            return new Case(className, name, Result.SKIPPED, type, reason, Optional.of(details));
        }
        if (rule.severity().compareTo(report.threshold()) < 0) {
            String below = evidence.word() + ", below the threshold "
                    + report.threshold().word() + " (" + type + "): ";
            return new Case(className, name, Result.PASSED, type, "", Optional.of(below + details));
        }
        Result result = evidence.isUnknown() ? Result.ERROR : Result.FAILURE;
        return new Case(className, name, result, type, told, Optional.of(details));
    }

    private static Case of(Canary canary) {
        return new Case(
                "sentinel.canaries." + canary.service(),
                canary.what(),
                canary.worked() ? Result.PASSED : Result.FAILURE,
                "canary",
                canary.told(),
                canary.worked() ? Optional.empty() : Optional.of(canary.told()));
    }

    private static Case of(Drift drift) {
        String told = "lost by " + drift.lostBy() + ": " + Alike.layers(drift);
        return new Case(
                "sentinel.drift." + drift.service(), drift.fact(), Result.FAILURE, "drift", told, Optional.of(told));
    }

    /** A CI server takes two cases of one name for one. */
    private static Suite withNamesOfTheirOwn(Suite suite) {
        Set<String> taken = new HashSet<>();
        List<Case> cases = new ArrayList<>();
        for (Case one : suite.cases()) {
            String name = one.name();
            for (int n = 2; !taken.add(name); n++) {
                name = one.name() + " [" + n + "]";
            }
            cases.add(new Case(one.className(), name, one.result(), one.type(), one.message(), one.output()));
        }
        return new Suite(suite.name(), cases);
    }

    private void suite(Suite suite) throws XMLStreamException {
        line(1);
        xml.writeStartElement("testsuite");
        attribute("name", suite.name());
        attribute("timestamp", report.startedAt().toString());
        attribute("time", "0");
        totals(List.of(suite));
        for (Case one : suite.cases()) {
            testCase(one);
        }
        line(1);
        xml.writeEndElement();
    }

    private void totals(List<Suite> suites) throws XMLStreamException {
        attribute(
                "tests",
                suites.stream().mapToLong(suite -> suite.cases().size()).sum());
        attribute("failures", total(suites, Result.FAILURE));
        attribute("errors", total(suites, Result.ERROR));
        attribute("skipped", total(suites, Result.SKIPPED));
    }

    private static long total(List<Suite> suites, Result result) {
        return suites.stream().mapToLong(suite -> suite.count(result)).sum();
    }

    private void testCase(Case one) throws XMLStreamException {
        line(2);
        if (one.result() == Result.PASSED && one.output().isEmpty()) {
            xml.writeEmptyElement("testcase");
            names(one);
            return;
        }
        xml.writeStartElement("testcase");
        names(one);
        if (one.result() != Result.PASSED) {
            line(3);
            String element = one.result().name().toLowerCase(Locale.ROOT);
            if (one.result() == Result.SKIPPED) {
                xml.writeEmptyElement(element);
                attribute("message", one.message());
            } else {
                xml.writeStartElement(element);
                attribute("message", one.message());
                attribute("type", one.type());
                text(one.output().orElse(""));
                xml.writeEndElement();
            }
        }
        if (one.result() == Result.PASSED || one.result() == Result.SKIPPED) {
            line(3);
            xml.writeStartElement("system-out");
            text(one.output().orElse(""));
            xml.writeEndElement();
        }
        line(2);
        xml.writeEndElement();
    }

    private void names(Case one) throws XMLStreamException {
        attribute("classname", one.className());
        attribute("name", one.name());
        attribute("time", "0");
    }

    private void attribute(String name, long value) throws XMLStreamException {
        attribute(name, Long.toString(value));
    }

    private void attribute(String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, SafeText.line(value));
    }

    private void text(String value) throws XMLStreamException {
        xml.writeCharacters(SafeText.lines(value));
    }

    private void line(int depth) throws XMLStreamException {
        xml.writeCharacters("\n" + "  ".repeat(depth));
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%d.%03d", millis / 1000, millis % 1000);
    }
}
