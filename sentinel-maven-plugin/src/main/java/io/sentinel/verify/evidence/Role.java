package io.sentinel.verify.evidence;

/** What a rule is about. */
public enum Role {
    /** A service that runs untrusted code. */
    AGENT,
    /** The proxy that an agent's requests go through. */
    SIDECAR,
    /** A service of Sentinel's own that looks at the network before an agent stands there. */
    HELPER,
    /** What one Dockerfile builds, whatever services run it. */
    IMAGE,
    /** The compose project as a whole. */
    PROJECT
}
