package io.sentinel.run;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One request of an agent to the sidecar, and what became of it: a line of {@code egress.jsonl}. The texts are the agent's
 * own words, as squid escapes them: printable ASCII, with other bytes as {@code %XX}.
 *
 * @param ts when the request, or the tunnel that it asked for, was over
 * @param method empty where what came was no request
 * @param host empty as the method is
 * @param port empty as the method is
 * @param sni the name in the TLS ClientHello; empty where there is none
 * @param allowed whether the rules let it through
 * @param reason why it was denied, or {@link #UNREACHABLE}; empty for what was let through and served
 * @param bytesIn from the agent
 * @param bytesOut to the agent
 */
record EgressRecord(
        Instant ts,
        Optional<String> method,
        Optional<String> host,
        OptionalInt port,
        Optional<String> sni,
        boolean allowed,
        Optional<String> reason,
        long bytesIn,
        long bytesOut) {

    /** Let through by the rules, and not there. */
    static final String UNREACHABLE = "unreachable";
}
