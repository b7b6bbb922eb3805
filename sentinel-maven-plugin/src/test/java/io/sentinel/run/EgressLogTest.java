package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.sentinel.spec.AllowList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of squid's log. {@code squid-5.7.log} was written by that squid with the rules of {@code squid.conf}, in a
 * network namespace with a resolver and servers of its own; a heading says what the client did.
 */
class EgressLogTest {

    static final String HEALTH = line("127.0.0.1", "CONNECT", "health.invalid", "443", "-", 200, "TCP_TUNNEL", "-");

    private static final String PROBE = line("127.0.0.1", "-", "-", "-", "-", 0, "NONE_NONE", "-");

    @TempDir
    private Path folder;

    @Test
    void oneRecordOfEachRequest() throws Exception {
        Map<String, String> records = new LinkedHashMap<>();
        for (Map.Entry<String, List<String>> did : cases().entrySet()) {
            List<String> shown = new ArrayList<>();
            for (String line : did.getValue()) {
                EgressLine.parse(line).record().ifPresent(record -> shown.add(shown(record)));
            }
            records.put(did.getKey(), String.join(" | ", shown));
        }
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("first", "allowed CONNECT ok.invalid:443 unreachable");
        expected.put("allowed tunnel", "allowed CONNECT ok.invalid:443 ok.invalid");
        expected.put("allowed, other listed sni", "allowed CONNECT ok.invalid:443 other.invalid");
        expected.put("sni denied", "denied CONNECT ok.invalid:443 evil.invalid sni");
        expected.put("no sni", "allowed CONNECT ok.invalid:443");
        expected.put("garbage", "denied CONNECT ok.invalid:443 no-tls");
        expected.put("closed at once", "denied CONNECT ok.invalid:443 no-tls");
        expected.put("half hello", "denied CONNECT ok.invalid:443 no-tls");
        expected.put("hostile sni", "denied CONNECT ok.invalid:443 e%22%5Cv%1B%5B31m%0A%FF sni");
        expected.put("hostile sni 2", "denied CONNECT ok.invalid:443 x%22,%22decision%22:%22allowed sni");
        expected.put("connect refused", "allowed CONNECT dead.invalid:443 dead.invalid unreachable");
        expected.put("no dns", "allowed CONNECT nx.invalid:443 nx.invalid unreachable");
        expected.put("inward", "denied CONNECT inward.invalid:443 private-address | denied - - malformed");
        expected.put("unlisted connect", "denied CONNECT evil.invalid:443 domain");
        expected.put("port", "denied CONNECT ok.invalid:22 port");
        expected.put("http ok", "allowed GET ok.invalid:80");
        expected.put("http refused", "allowed GET dead.invalid:80 unreachable");
        expected.put("http nx", "allowed GET nx.invalid:80 unreachable");
        expected.put("http inward", "denied GET inward.invalid:80 private-address");
        expected.put("http unlisted", "denied GET evil.invalid:80 domain");
        expected.put("http port", "denied GET ok.invalid:8080 port");
        expected.put("http literal", "denied GET 203.0.113.10:80 ip-literal");
        expected.put("http v6 literal", "denied GET %5B::1%5D:80 ip-literal");
        expected.put("ftp", "denied GET ok.invalid:21 scheme");
        expected.put("trace", "denied TRACE ok.invalid:80 method");
        expected.put("quoted method", "denied FO - malformed");
        expected.put("pct method", "denied FO%2522O ok.invalid:80 method");
        expected.put("long method", "denied " + "M".repeat(32) + " - malformed");
        expected.put("quoted host", "denied GET e%22v%5Cil.invalid:80 bad-name");
        expected.put("esc host", "denied GET - malformed");
        expected.put("ff host", "denied GET ev%FFil.invalid:80 bad-name");
        expected.put("long host", "denied GET " + "a".repeat(255) + ":80 domain");
        expected.put("pct host", "denied GET a%2522b.invalid:80 bad-name");
        expected.put("origin form", "denied GET - malformed");
        expected.put("tls to front", "denied - - malformed");
        expected.put("empty", "");
        expected.put("http9.9", "denied GET - malformed");
        expected.put("connect without port", "denied CONNECT foo:443 domain");
        expected.put("connect bad port", "denied CONNECT - malformed");
        expected.put("get bad port", "denied GET - malformed");
        expected.put("cache_object", "denied GET ok.invalid:3128 manager");
        expected.put("case and dot", "allowed GET ok.invalid:80");
        expected.put("nothing sent", "");
        assertThat(records).containsExactlyEntriesOf(expected);
    }

    @Test
    void writesWhatTheSchemaSays() throws Exception {
        List<String> lines = cases().values().stream().flatMap(List::stream).toList();
        Path file = written(lines);

        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(Path.of("../docs/egress.schema.json")), InputFormat.JSON);
        List<String> records = Files.readAllLines(file);
        assertThat(records).hasSize(43 - 2 + 1);
        for (String record : records) {
            assertThat(schema.validate(record, InputFormat.JSON)).as(record).isEmpty();
        }
        assertThat(records.get(1))
                .isEqualTo("{\"schemaVersion\":1,\"ts\":\"2026-11-24T15:51:18.835Z\",\"method\":\"CONNECT\","
                        + "\"host\":\"ok.invalid\",\"port\":443,\"sni\":\"ok.invalid\",\"decision\":\"allowed\","
                        + "\"reason\":null,\"bytesIn\":637,\"bytesOut\":1896}");
    }

    @Test
    void theHealthChecksAreLeftOut() throws Exception {
        assertThat(written(List.of(HEALTH, HEALTH))).isEmptyFile();
        // An agent's own question for that name is none of them.
        assertThat(Files.readAllLines(written(List.of(request("health.invalid")))))
                .hasSize(1);
    }

    @Test
    void aLogWithoutItsBeginningIsTold() throws Exception {
        assertThat(told(List.of(HEALTH))).noneMatch(line -> line.contains("beginning"));
        assertThat(told(List.of(PROBE, HEALTH))).noneMatch(line -> line.contains("beginning"));
        assertThat(told(List.of(PROBE, request("a.invalid"), HEALTH))).anyMatch(line -> line.contains("beginning"));
        assertThat(told(List.of(request("a.invalid"), HEALTH)))
                .contains("The proxy's log was longer than the engine keeps (30 MB), and its beginning is gone: counts"
                        + " are too low, and hosts may be missing here.");
    }

    @Test
    void whatIsNoLineIsCounted() throws Exception {
        String good = request("a.invalid");
        List<String> lines = List.of(
                good.substring(40),
                good.substring(0, 40),
                good + good,
                "",
                "[]",
                "{}",
                "null",
                good.replace("\"bytesIn\":1", "\"bytesIn\":\"x\""),
                good.replace("\"status\":403", "\"status\":[403]"),
                good.replace("\"ts\":1", "\"ts\":1e999999999"),
                good.replace("{", "{\"method\":\"GET\","),
                "x".repeat(300_000));
        assertThat(told(lines))
                .contains(
                        "Lines of the proxy's log that could not be read: 12.", "This run asked nothing of the proxy.");
    }

    @Test
    void arbitraryBytesNeverBreakIt() throws Exception {
        Random random = new Random(7);
        byte[] good = request("a.invalid").getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = good.clone();
            for (int j = random.nextInt(4); j >= 0; j--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try (EgressLog log =
                    new EgressLog(folder.resolve("fuzz.jsonl"), EgressReportTest.report(AllowList.EMPTY))) {
                log.write(bytes);
                List<String> lines = log.finish().lines("f");
                assertThat(lines).allMatch(line -> line.matches("[ -~]*"));
            }
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsNoSuccess() throws Exception {
        Path file = folder.resolve("taken");
        Files.createDirectories(file.resolve("by a folder"));
        try (EgressLog log = new EgressLog(file, EgressReportTest.report(AllowList.EMPTY))) {
            assertThatThrownBy(log::finish).isInstanceOf(IOException.class);
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void aWriteThatFailedIsToldInTheEnd() throws Exception {
        EgressLog log = new EgressLog(folder.resolve("egress.jsonl"), EgressReportTest.report(AllowList.EMPTY));
        log.close();
        byte[] line = (request("a.invalid") + "\n").getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> log.write(line)).isInstanceOf(IOException.class);
        assertThatThrownBy(log::finish).isInstanceOf(IOException.class).hasMessageContaining("closed");
    }

    /** What is left out is left out here: a rule of squid's own would hide how a tunnel ended. */
    @Test
    void squidLogsEveryLineInTheFormatThatIsRead() throws Exception {
        List<String> conf = Files.readAllLines(Path.of("../templates/squid.conf.ftl"));
        assertThat(conf.stream().filter(text -> text.startsWith("access_log ")))
                .containsExactly("access_log stdio:/dev/stdout logformat=sentinel");
        String format = conf.stream()
                .filter(text -> text.startsWith("logformat sentinel "))
                .findFirst()
                .orElseThrow();
        assertThat(keys(format)).isEqualTo(keys(request("a.invalid")));
    }

    private static List<String> keys(String line) {
        return Pattern.compile("[{,]\"(\\w+)\":")
                .matcher(line)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    /** A line of squid's about a denied request. */
    static String request(String host) {
        return line("172.20.0.3", "GET", host, "80", "-", 403, "TCP_DENIED", "-")
                .replace("\"reason\":\"-\"", "\"reason\":\"domain\"");
    }

    private static String line(
            String client,
            String method,
            String host,
            String port,
            String sni,
            int status,
            String result,
            String bump) {
        return "{\"ts\":1795535514.868,\"client\":\"" + client + "\",\"method\":\"" + method + "\",\"host\":\"" + host
                + "\",\"port\":\"" + port + "\",\"sni\":\"" + sni + "\",\"status\":" + status + ",\"result\":\""
                + result + "\",\"bump\":\"" + bump
                + "\",\"reason\":\"-\",\"error\":\"-\",\"bytesIn\":1,\"bytesOut\":2,\"ms\":0}";
    }

    private static String shown(EgressRecord record) {
        return Stream.of(
                        record.allowed() ? "allowed" : "denied",
                        record.method().orElse("-"),
                        record.host().orElse("-")
                                + (record.port().isPresent()
                                        ? ":" + record.port().getAsInt()
                                        : ""),
                        record.sni().orElse(""),
                        record.reason().orElse(""))
                .filter(word -> !word.isEmpty())
                .reduce((a, b) -> a + " " + b)
                .orElseThrow();
    }

    private Path written(List<String> lines) throws IOException {
        Path file = folder.resolve("egress.jsonl");
        try (EgressLog log = new EgressLog(file, EgressReportTest.report(AllowList.EMPTY))) {
            log.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
            log.finish();
        }
        return file;
    }

    private List<String> told(List<String> lines) throws IOException {
        try (EgressLog log = new EgressLog(folder.resolve("told.jsonl"), EgressReportTest.report(AllowList.EMPTY))) {
            log.write(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
            return log.finish().lines("f");
        }
    }

    private static Map<String, List<String>> cases() throws IOException {
        Map<String, List<String>> cases = new LinkedHashMap<>();
        List<String> lines = List.of();
        for (String line : Files.readAllLines(Path.of("src/test/resources/squid-5.7.log"))) {
            if (line.startsWith("# ")) {
                lines = new ArrayList<>();
                cases.put(line.substring(2), lines);
            } else {
                lines.add(line);
            }
        }
        return cases;
    }
}
