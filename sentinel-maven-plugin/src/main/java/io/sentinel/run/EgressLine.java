package io.sentinel.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * One line of squid's log, in the format {@code sentinel} of {@code squid.conf}. A tunnel comes as up to three lines: of the
 * listener that agents talk to, of the ClientHello that the other one read, and of the tunnel itself when it is over. The
 * first never says how it went on, so the others stand for it.
 */
final class EgressLine {

    /** The name of {@code proxy/proxy-health}. */
    private static final String HEALTH = "health.invalid";

    /** Only the sidecar itself talks to squid from there: its health check, and the first listener to the second. */
    private static final String ITSELF = "127.0.0.1";

    /** The reasons that {@code squid.conf} notes. */
    private static final Set<String> RULES = Set.of(
            "bad-name",
            "domain",
            "ip-literal",
            "manager",
            "method",
            "port",
            "private-address",
            "reserved-address",
            "scheme",
            "sni");

    private static final JsonFactory JSON = new JsonFactory();

    private final Map<String, String> fields;

    private EgressLine(Map<String, String> fields) {
        this.fields = fields;
    }

    /** @throws IOException if it is no line of that log */
    static EgressLine parse(String line) throws IOException {
        Map<String, String> fields = new HashMap<>();
        try (JsonParser json = JSON.createParser(line)) {
            expect(json.nextToken() == JsonToken.START_OBJECT);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                expect(json.nextToken().isScalarValue() && fields.put(name, json.getText()) == null);
            }
            expect(json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null);
        }
        EgressLine read = new EgressLine(fields);
        // All that is needed later is there, or it is no such line.
        read.record();
        return read;
    }

    /** Whether it is of the sidecar's own health check. */
    boolean isHealthCheck() throws IOException {
        return get("client").equals(ITSELF) && get("host").equals(HEALTH);
    }

    /** Whether squid only looked whether its second listener is there, as it does after a start or reload. */
    boolean isProbe() throws IOException {
        return get("client").equals(ITSELF)
                && present("method").isEmpty()
                && present("host").isEmpty();
    }

    /** What it says of an agent's request; empty where another line says it, or nothing was asked. */
    Optional<EgressRecord> record() throws IOException {
        int status = (int) number("status");
        String result = get("result");
        String bump = get("bump");
        boolean noMethod = present("method").isEmpty();
        boolean hello = bump.equals("splice") && result.startsWith("NONE_NONE") && status == 200;
        boolean firstListener = bump.equals("-") && result.startsWith("TCP_TUNNEL") && status == 200;
        boolean nothingAsked = noMethod && (status == 0 || get("client").equals(ITSELF));
        Optional<String> denial = denial(status, result, bump);
        if (denial.isEmpty() && (hello || firstListener || nothingAsked) || isHealthCheck()) {
            return Optional.empty();
        }
        boolean failed = status >= 500 && (!get("error").equals("-") || bump.equals("splice"));
        Optional<String> reason = denial.isEmpty() && failed ? Optional.of(EgressRecord.UNREACHABLE) : denial;
        return Optional.of(new EgressRecord(
                ts(),
                present("method"),
                present("host"),
                port(),
                present("sni"),
                denial.isEmpty(),
                reason,
                number("bytesIn"),
                number("bytesOut")));
    }

    /** Why squid denied it: the rule's own word, or ours for what never came to a rule. */
    private Optional<String> denial(int status, String result, String bump) throws IOException {
        Optional<String> rule = present("reason");
        if (rule.isPresent()) {
            return rule.filter(RULES::contains).or(() -> Optional.of("other"));
        }
        if (bump.equals("peek")) {
            // The tunnel was open, and no whole ClientHello came: nothing of it went any further.
            return Optional.of("no-tls");
        }
        if (get("error").equals("ERR_TOO_BIG")) {
            return Optional.of("too-large");
        }
        if (result.startsWith("TCP_DENIED") || bump.equals("terminate")) {
            return Optional.of("other");
        }
        boolean refused = status >= 400 && status < 500 || status == 501 || status == 505;
        return refused && result.startsWith("NONE_NONE") ? Optional.of("malformed") : Optional.empty();
    }

    private Instant ts() throws IOException {
        try {
            return Instant.ofEpochMilli(
                    new BigDecimal(get("ts")).movePointRight(3).longValueExact());
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IOException("no time", e);
        }
    }

    private OptionalInt port() throws IOException {
        return present("port").isPresent() ? OptionalInt.of((int) number("port")) : OptionalInt.empty();
    }

    private long number(String name) throws IOException {
        try {
            return Long.parseLong(get(name));
        } catch (NumberFormatException e) {
            throw new IOException("no number: " + name, e);
        }
    }

    /** A field for which squid had something to write. */
    private Optional<String> present(String name) throws IOException {
        return Optional.of(get(name)).filter(text -> !text.isEmpty() && !text.equals("-"));
    }

    private String get(String name) throws IOException {
        String value = fields.get(name);
        expect(value != null);
        return value;
    }

    private static void expect(boolean holds) throws IOException {
        if (!holds) {
            throw new IOException("no line of the format sentinel");
        }
    }
}
