<#ftl output_format="yaml">
<#assign policy = spec.policy>
<#macro strings values>[<#list values as value>[=value]<#sep>, </#list>]</#macro>
# Rendered by sentinel-maven-plugin for the sandbox [=plain(spec.name)]. The policy, mounted read-only over
# /workspace/sentinel.yaml. THIS VERSION DELIVERS THE POLICY AND ENFORCES NONE OF IT: what holds is the container's own
# isolation (docker-compose.yml).

# Written to and read; relative to /workspace.
allowed_paths: <@strings policy.allowedPaths />
# Read only.
readable_paths: <@strings policy.readablePaths />
# Programs that may start.
allowed_commands: <@strings policy.allowedCommands />
# Interpreters that the agent's children may be.
allowed_interpreters: <@strings policy.allowedInterpreters />
# Host names that a socket may be opened to.
allowed_hosts: <@strings policy.allowedHosts />
network_failsafe:
  socket_connect: [=plain(policy.networkFailsafe.socketConnect)]
  # Private, loopback and link-local addresses.
  allow_private_network: [=plain(policy.networkFailsafe.allowPrivateNetwork)]
  blocked_hosts: <@strings policy.networkFailsafe.blockedHosts />
  blocked_ips: <@strings policy.networkFailsafe.blockedIps />
  # Where not empty, the only addresses.
  allowed_ips: <@strings policy.networkFailsafe.allowedIps />
