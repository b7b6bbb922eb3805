package io.sentinel.render;

import io.sentinel.spec.AllowedHost;
import io.sentinel.spec.GuardMode;
import io.sentinel.spec.Policy;
import io.sentinel.spec.Policy.OnAuditFailure;
import io.sentinel.spec.Policy.OnBlock;
import io.sentinel.spec.Spec;
import io.sentinel.spec.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a spec's guard and policy make weaker than the defaults, beyond what the policy is there to list: a sentence each. */
final class PolicyWeakenings {

    private PolicyWeakenings() {}

    /** Whether somebody may be asked. */
    static boolean asks(Spec spec) {
        return spec.guard() == GuardMode.ENFORCE && spec.policy().onBlock() == OnBlock.ASK;
    }

    static List<String> of(Spec spec) {
        if (spec.guard() == GuardMode.OFF) {
            return List.of(
                    "guard is off: sentinel.yaml is delivered into the sandbox, and nothing of it is enforced or recorded;"
                            + " what holds is the container's own isolation");
        }
        List<String> weakenings = new ArrayList<>();
        if (spec.guard() == GuardMode.AUDIT) {
            weakenings.add(
                    "guard is audit: what the policy does not allow is recorded, and goes through; to start with");
        }
        Policy policy = spec.policy();
        if (asks(spec)) {
            weakenings.add(
                    "policy.on_block is ask: whoever starts a run may allow hosts that the policy does not list, for"
                            + " as long as it lives");
        }
        if (!policy.allowedInterpreters().isEmpty()) {
            weakenings.add("policy.allowed_interpreters lets the agent start "
                    + policy.allowedInterpreters().stream().map(Texts::excerpt).collect(Collectors.joining(", "))
                    + ": such programs do what they are told, whatever allowed_commands says");
        }
        if (!policy.networkFailsafe().socketConnect()) {
            weakenings.add("policy.network_failsafe.socket_connect is false: no name and no socket is judged");
        }
        if (policy.networkFailsafe().allowPrivateNetwork()) {
            weakenings.add("policy.network_failsafe.allow_private_network is true: allowed hosts may lead to private"
                    + " addresses: of the local network, of this host, of other containers");
        }
        for (String blocked : policy.networkFailsafe().blockedHosts()) {
            letThroughBySidecar(spec, blocked)
                    .ifPresent(entry -> weakenings.add("profiles.proxied.allow lets through " + entry
                            + ", whatever policy.network_failsafe.blocked_hosts says of " + blocked
                            + ": in proxied the sidecar's own list decides alone"));
        }
        if (!policy.tamperDetection()) {
            weakenings.add("policy.policy_integrity.tamper_detection is false: the guard does not verify itself and the"
                    + " policy while the agent runs");
        }
        if (policy.onAuditFailure() == OnAuditFailure.CONTINUE) {
            weakenings.add(
                    "policy.audit.on_failure is continue: when nothing can be recorded any more, the agent goes on");
        }
        return weakenings;
    }

    /** The entry of the sidecar's list that is for a blocked name, or for one below it. */
    private static Optional<String> letThroughBySidecar(Spec spec, String blocked) {
        AllowedHost exact = AllowedHost.standard(blocked, false);
        AllowedHost below = AllowedHost.standard(blocked, true);
        return spec.allow().hosts().stream()
                .filter(entry -> entry.namesAllOf(exact) || below.namesAllOf(entry))
                .map(AllowedHost::pattern)
                .findFirst();
    }
}
