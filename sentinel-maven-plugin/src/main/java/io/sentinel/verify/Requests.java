package io.sentinel.verify;

import io.sentinel.spec.Profile;
import io.sentinel.verify.evidence.LiveView.Attempt;
import io.sentinel.verify.evidence.LiveView.Attempts;
import io.sentinel.verify.probe.Answer;
import io.sentinel.verify.probe.ProbeAnswers;
import io.sentinel.verify.probe.ProbeTable;
import io.sentinel.verify.probe.Row;
import io.sentinel.verify.rule.Canary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a proxied agent asks the sidecar for, and what it tries past it. Every name and address is of the verifier's own
 * containers, or of a domain for examples that nobody has (RFC 2606): what passes by mistake comes to no stranger.
 */
final class Requests {

    /** On the verifier's list, and the target's name. */
    static final String LISTED = "listed.sentinel.example";

    /** On the list too, and a name of the sidecar on the agents' network, whose addresses are private. */
    static final String INWARD = "inward.sentinel.example";

    static final String CANARY = "a listed host is reached through the sidecar";

    private static final String UNLISTED = "unlisted.sentinel.example";
    private static final int PROXY = 3128;
    private static final Duration WAIT = Duration.ofSeconds(4);
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})[ \r\n].*", Pattern.DOTALL);

    private static final List<String> PASSES = List.of("200");
    private static final List<String> DENIED = List.of("403");
    /** What is no request at all may be told so. */
    private static final List<String> DENIED_OR_MALFORMED = List.of("403", "400");

    private static final List<String> UNREACHED = List.of("ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH");
    private static final List<String> UNRESOLVED =
            List.of("ETIMEDOUT", "ECONNREFUSED", "rcode 2", "rcode 3", "rcode 5");

    private record Asked(String rule, String what, Row row, List<String> expected) {}

    private final List<Asked> all = new ArrayList<>();
    private final String sidecar;

    /**
     * @param sidecar its address on the agents' network
     * @param target the target's
     * @param far the sidecar's on the target's network
     */
    Requests(String sidecar, String target, String far) {
        this.sidecar = sidecar;
        get("PX-1", "http://" + LISTED + "/", PASSES);
        connect("PX-1", LISTED + ":443", PASSES);
        get("PX-1", "http://" + UNLISTED + "/", DENIED);
        connect("PX-1", UNLISTED + ":443", DENIED);
        request("PX-1", "TRACE", "http://" + LISTED + "/", DENIED);
        request("PX-1", "PURGE", "http://" + LISTED + "/", DENIED);
        request("PX-1", "POST", "http://" + UNLISTED + "/", DENIED);

        connect("PX-2", LISTED + ":22", DENIED);
        connect("PX-2", LISTED + ":80", DENIED);
        connect("PX-2", LISTED + ":25", DENIED);
        get("PX-2", "http://" + LISTED + ":22/", DENIED);
        get("PX-2", "http://" + LISTED + ":443/", DENIED);
        get("PX-2", "ftp://" + LISTED + "/", DENIED);

        connect("PX-3", INWARD + ":443", DENIED);
        get("PX-3", "http://" + INWARD + "/", DENIED);
        connect("PX-3", target + ":443", DENIED);
        get("PX-3", "http://" + target + "/", DENIED);
        get("PX-3", "http://" + number(target) + "/", DENIED_OR_MALFORMED);
        connect("PX-3", sidecar + ":443", DENIED);
        connect("PX-3", "127.0.0.1:3129", DENIED);
        connect("PX-3", "127.0.0.1:443", DENIED);
        get("PX-3", "http://127.0.0.1/", DENIED);
        get("PX-3", "http://[::1]/", DENIED);
        get("PX-3", "http://[::ffff:" + target + "]/", DENIED);
        get("PX-3", "http://localhost/", DENIED);

        get("PX-4", "http://" + LISTED.toUpperCase(java.util.Locale.ROOT) + "/", PASSES);
        // The same name, with the root's dot (RFC 1034, 3.1).
        get("PX-4", "http://" + LISTED + "./", List.of("200", "403", "400"));
        get("PX-4", "http://sub." + LISTED + "/", DENIED);
        get("PX-4", "http://not" + LISTED + "/", DENIED);
        get("PX-4", "http://" + LISTED + ".unlisted.example/", DENIED);
        get("PX-4", "http://sentinel.example/", DENIED);
        get("PX-4", "http://" + LISTED + "@" + UNLISTED + "/", DENIED_OR_MALFORMED);
        get("PX-4", "http://" + LISTED + "%00.unlisted.example/", DENIED_OR_MALFORMED);

        String rule = "NET-12";
        get(rule, "http://" + LISTED + "/", PASSES);
        connect(rule, UNLISTED + ":443", DENIED);
        connect(rule, target + ":443", DENIED);
        connect(rule, LISTED + ":22", DENIED);
        add(rule, "connecting to the target itself", id -> Row.connect(id, target, 80, SHORT), UNREACHED);
        add(
                rule,
                "connecting to the sidecar's address on the other network",
                id -> Row.connect(id, far, PROXY, SHORT),
                UNREACHED);
        add(rule, "asking DNS for the target's name", id -> Row.resolve(id, LISTED, "-", SHORT), UNRESOLVED);
    }

    /** What makes the row of an id. */
    private interface RowOf {
        Row of(String id);
    }

    private void add(String rule, String what, RowOf row, List<String> expected) {
        all.add(new Asked(rule, what, row.of("egress/" + (all.size() + 1)), expected));
    }

    private void get(String rule, String url, List<String> expected) {
        request(rule, "GET", url, expected);
    }

    private void connect(String rule, String authority, List<String> expected) {
        request(rule, "CONNECT", authority, expected);
    }

    private void request(String rule, String method, String url, List<String> expected) {
        String host = url.replaceFirst("^[a-z]+://", "").replaceFirst("/.*$", "");
        String request = method + " " + url + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
        add(rule, method + " " + url, id -> Row.talk(id, sidecar, PROXY, WAIT, request), expected);
    }

    /** An address as the one number that it is. */
    private static long number(String address) {
        long number = 0;
        for (String part : address.split("\\.")) {
            number = number * 256 + Long.parseLong(part);
        }
        return number;
    }

    ProbeTable table() {
        return new ProbeTable(all.stream().map(Asked::row).toList());
    }

    /** What came of them. */
    Egress.Seen seen(ProbeAnswers answers) {
        Map<String, List<Attempt>> agent = new TreeMap<>();
        Map<String, List<Attempt>> proxy = new TreeMap<>();
        for (Asked asked : all) {
            Attempt attempt = attempt(asked, answers.of(asked.row().id()));
            (asked.rule().startsWith("PX-") ? proxy : agent)
                    .computeIfAbsent(asked.rule(), rule -> new ArrayList<>())
                    .add(attempt);
        }
        Attempt listed = proxy.get("PX-1").get(0);
        Canary canary = new Canary(
                Profile.PROXIED.service(),
                CANARY,
                listed.right(),
                listed.answer().orElse(listed.why()));
        return new Egress.Seen(new Attempts(agent), new Attempts(proxy), canary);
    }

    private static Attempt attempt(Asked asked, Answer answer) {
        if (answer instanceof Answer.Untried untried) {
            return new Attempt(asked.what(), asked.expected(), Optional.empty(), untried.word());
        }
        return new Attempt(asked.what(), asked.expected(), Optional.of(word(answer)), "");
    }

    /** A status of HTTP, the beginning of a DNS answer, or an error. */
    private static String word(Answer answer) {
        if (!(answer instanceof Answer.Text text)) {
            return answer.word();
        }
        Matcher status = STATUS.matcher(text.text());
        if (status.matches()) {
            return status.group(1);
        }
        return text.text().matches("rcode [0-9]+") ? text.text() : "something else: " + shown(text.text());
    }

    private static String shown(String text) {
        String printable = text.replaceAll("[^ -~]", "?");
        return printable.length() > 60 ? printable.substring(0, 60) + "…" : printable;
    }
}
