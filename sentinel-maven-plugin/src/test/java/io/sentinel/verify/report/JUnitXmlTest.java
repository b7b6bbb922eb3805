package io.sentinel.verify.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentinel.text.SafeText;
import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.rule.Finding;
import io.sentinel.verify.rule.Report;
import io.sentinel.verify.rule.Severity;
import io.sentinel.verify.rule.Verdict;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import org.apache.maven.plugin.surefire.log.api.NullConsoleLogger;
import org.apache.maven.plugins.surefire.report.ReportTestCase;
import org.apache.maven.plugins.surefire.report.ReportTestSuite;
import org.apache.maven.plugins.surefire.report.SurefireReportParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.SAXException;

class JUnitXmlTest {

    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenFitsTheFormat() throws Exception {
        validate(JUnitXml.of(Samples.rich()));
        validate(JUnitXml.of(Samples.clean(EnumSet.of(Ring.STATIC))));
    }

    @Test
    void theFormatRefusesTwoCasesOfOneName() throws Exception {
        String xml = new String(JUnitXml.of(Samples.rich()), StandardCharsets.UTF_8);
        String twice = xml.replaceFirst("(\n    <testcase [^>]*/>)", "$1$1");
        assertThat(twice).isNotEqualTo(xml);
        assertThatThrownBy(() -> validate(twice.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(SAXException.class);
    }

    @Test
    void twoFindingsOfOneNameAreTwoCases() throws Exception {
        Finding held = Samples.finding("CAP-1", "agent", Ring.STATIC, Verdict.held("it has"));
        byte[] xml = JUnitXml.of(report(Severity.LOW, held, held));
        validate(xml);
        assertThat(read(xml).get(0).getTestCases()).hasSize(2);
    }

    /** By the reader of Maven's own report. */
    @Test
    void surefireReadsWhatWasFound() throws Exception {
        Report report = Samples.rich();
        List<ReportTestSuite> suites = read(JUnitXml.of(report));
        assertThat(suites)
                .extracting(ReportTestSuite::getFullClassName)
                .startsWith("sentinel.static.sentinel-strict", "sentinel.static.sentinel-standard")
                .contains("sentinel.live.image of sentinel-strict", "sentinel.static.the project")
                .endsWith(
                        "sentinel.canaries.sentinel-strict",
                        "sentinel.canaries.sentinel-proxied",
                        "sentinel.drift.sentinel-strict",
                        "sentinel.drift.sentinel-proxied")
                .doesNotHaveDuplicates();
        int cases =
                suites.stream().mapToInt(suite -> suite.getTestCases().size()).sum();
        assertThat(cases).isEqualTo(report.findings().size() + 3 + 2);
        assertThat(suites.stream().mapToInt(ReportTestSuite::getNumberOfTests).sum())
                .isEqualTo(cases);
        long failing = suites.stream()
                .flatMap(suite -> suite.getTestCases().stream())
                .filter(one -> one.hasFailure() || one.hasError())
                .count();
        assertThat(failing).isEqualTo(report.failing().size() + 1 + 2);
        assertThat(suites.stream().mapToInt(ReportTestSuite::getNumberOfErrors).sum())
                .isEqualTo(3);
    }

    @Test
    void aVerdictIsAResult() throws Exception {
        Verdict broken = Verdict.broken("ALL among what is dropped", "nothing", Place.NOWHERE);
        Finding waived = Samples.finding("CAP-1", "waived", Ring.STATIC, broken);
        List<ReportTestSuite> suites = read(JUnitXml.of(report(
                Severity.HIGH,
                Samples.finding("CAP-1", "held", Ring.STATIC, Verdict.held("it has")),
                Samples.finding("CAP-1", "broken", Ring.STATIC, broken),
                Samples.finding("CAP-1", "unknown", Ring.STATIC, new Verdict.Unknown("it was not there")),
                Samples.finding("RES-8", "below", Ring.STATIC, broken),
                new Finding(
                        waived.rule(),
                        waived.subject(),
                        waived.ring(),
                        waived.verdict(),
                        waived.location(),
                        Optional.of(Samples.USED)))));
        List<ReportTestCase> cases =
                suites.stream().flatMap(suite -> suite.getTestCases().stream()).toList();
        assertThat(cases).extracting(ReportTestCase::isSuccessful).containsExactly(true, false, false, true, false);
        ReportTestCase failure = cases.get(1);
        assertThat(failure.getFullName()).isEqualTo("sentinel.static.broken.CAP-1 Every capability is dropped");
        assertThat(failure.hasFailure()).isTrue();
        assertThat(failure.getFailureType()).isEqualTo("high");
        assertThat(failure.getFailureMessage()).isEqualTo("expected ALL among what is dropped, found nothing");
        assertThat(failure.getFailureDetail()).contains("remedy: write cap_drop: [ALL]");
        assertThat(cases.get(2).hasError()).isTrue();
        assertThat(cases.get(2).getFailureMessage()).isEqualTo("could not be told: it was not there");
        assertThat(cases.get(4).hasSkipped()).isTrue();
        assertThat(cases.get(4).getFailureMessage())
                .isEqualTo("waived until 2027-01-31: the model needs a large /dev/shm");
    }

    @Test
    void belowTheThresholdTheOutputSaysWhatIsWrong() throws Exception {
        Verdict broken = Verdict.broken("1", "3 replicas", Place.NOWHERE);
        String xml = new String(
                JUnitXml.of(report(Severity.HIGH, Samples.finding("RES-8", "agent", Ring.STATIC, broken))),
                StandardCharsets.UTF_8);
        assertThat(xml)
                .contains("<system-out>broken, below the threshold high (low): expected 1, found 3 replicas\n")
                .contains("failures=\"0\" errors=\"0\" skipped=\"0\"")
                .doesNotContain("<failure");
    }

    @Test
    void noWordOfAContainerIsMarkup() throws Exception {
        Verdict hostile = Verdict.broken("nothing", Samples.HOSTILE, Place.NOWHERE);
        byte[] xml = JUnitXml.of(report(Severity.LOW, Samples.finding("ENV-1", "agent", Ring.LIVE, hostile)));
        validate(xml);
        ReportTestCase read = read(xml).get(0).getTestCases().get(0);
        assertThat(read.getFailureDetail()).contains(SafeText.lines(Samples.HOSTILE));
    }

    private static Report report(Severity threshold, Finding... findings) {
        Set<Ring> rings = EnumSet.noneOf(Ring.class);
        List.of(findings).forEach(finding -> rings.add(finding.ring()));
        return Samples.report(rings, threshold, List.of(findings), List.of(), List.of(), List.of(), List.of());
    }

    private List<ReportTestSuite> read(byte[] xml) throws Exception {
        Files.write(folder.resolve(Reports.JUNIT), xml);
        List<File> folders = List.of(folder.toFile());
        return new SurefireReportParser(folders, new NullConsoleLogger()).parseXMLReportFiles();
    }

    private static void validate(byte[] xml) throws Exception {
        SchemaFactory factory = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
        Schema schema = factory.newSchema(JUnitXmlTest.class.getResource("/verify/report/junit.xsd"));
        schema.newValidator().validate(new StreamSource(new ByteArrayInputStream(xml)));
    }
}
