<#ftl output_format="yaml">
<#assign policy = spec.policy>
<#assign sockets = policy.networkFailsafe>
<#macro strings values>[<#list values as value>[=value]<#sep>, </#list>]</#macro>
<#macro host written><#local rule = written.rule><#if written.nameAlone>[=rule.host]<#else>{host: [=rule.host]<#rt>
<#if written.saysMatch>, match: [=plain(rule.match.word)]</#if><#t>
<#if rule.schemes?has_content>, schemes: <@strings rule.schemes /></#if><#t>
<#if rule.ports?has_content>, ports: [<#list rule.ports as port>[=plain(port)]<#sep>, </#list>]</#if>}</#if></#macro><#t>
# Rendered by sentinel-maven-plugin for the sandbox [=plain(spec.name)]. The policy, mounted read-only over
# /workspace/sentinel.yaml: what a guard holds the agent to. WITHOUT ONE (guard: off in the spec), AND WITH guard: audit,
# NOTHING OF IT IS ENFORCED, and what holds is the container's own isolation (docker-compose.yml).

# Written to and read; relative to /workspace. So are /tmp and /run.
allowed_paths: <@strings policy.allowedPaths />
# Neither, whatever else allows it.
blocked_paths: <@strings policy.blockedPaths />
# Read only.
readable_paths: <@strings policy.readablePaths />

# Programs that may start.
allowed_commands: <@strings policy.allowedCommands />
# Programs that never start; interpreters, shells and multi-call programs do not either way.
blocked_command_bases: <@strings policy.blockedCommandBases />
# But for these, which the agent's children may be.
allowed_interpreters: <@strings policy.allowedInterpreters />

# deny, or ask whoever started the run.
on_block: [=plain(policy.onBlock.word)]

# exact, or subdomain: what an entry of allowed_hosts is for that does not say so itself.
host_match_mode: [=plain(policy.hostMatchMode.word)]
# The only names that resolve, and the only hosts that a socket may be opened to, in the standard profile. In proxied the
# sidecar's list alone decides (proxy/), whatever stands here; in strict there is no network.
allowed_hosts: [<#list policy.writtenHosts as written><@host written /><#sep>, </#list>]
network_failsafe:
  # Whether names and sockets are judged at all.
  socket_connect: [=plain(sockets.socketConnect)]
  # Private, loopback, link-local and multicast addresses.
  allow_private_network: [=plain(sockets.allowPrivateNetwork)]
  # With all names below them.
  blocked_hosts: <@strings sockets.blockedHosts />
  blocked_ips: <@strings sockets.blockedIps />
  # Where not empty, the only addresses.
  allowed_ips: <@strings sockets.allowedIps />

policy_integrity:
  # Whether the guard verifies itself and this policy while the agent runs.
  tamper_detection: [=plain(policy.tamperDetection)]
audit:
  # stop, or continue: what becomes of the agent when nothing can be recorded any more.
  on_failure: [=plain(policy.onAuditFailure.word)]
