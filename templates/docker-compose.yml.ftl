<#ftl output_format="compose">
<#assign proxyVariables = ["ALL_PROXY", "FTP_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY",
    "all_proxy", "ftp_proxy", "http_proxy", "https_proxy", "no_proxy"]>
<#assign jvmOptions = ["-Duser.home=/workspace", "-Dhttp.proxyHost=sentinel-proxy", "-Dhttp.proxyPort=3128",
    "-Dhttps.proxyHost=sentinel-proxy", "-Dhttps.proxyPort=3128", "-Daether.connector.http.useSystemProperties=true"]
    + (spec.environment.JAVA_TOOL_OPTIONS?has_content)?then([spec.environment.JAVA_TOOL_OPTIONS], [])>
# Rendered by sentinel-maven-plugin [=plain(version)] for the sandbox [=plain(spec.name)]. Do not edit it: change the spec and run
# `mvn sentinel:generate`. sentinel.lock beside this file holds the digest of every file here.
#
# One agent, three ways to cut its network. Run one of them, from this folder:
#   docker compose build
#   docker compose --profile strict run --rm sentinel-strict
#   docker compose --profile standard run --rm sentinel-standard
#   docker compose --profile proxied up --build --abort-on-container-exit sentinel-proxied
#
# Variables of the invoker that this file reads, and no others:
#   SENTINEL_UID, SENTINEL_GID   whose files the agent writes; root is refused by the entrypoint
#   SENTINEL_WORKSPACE           another folder for /workspace, for a bundle that was moved
#   SENTINEL_BASE_ID             the base image's ID, noted in a label at build
<#if spec.secrets?has_content>
#   SENTINEL_SECRETS             a folder with a file for each of the secrets below, readable by the agent's user
</#if>
<#if guarded>
#   SENTINEL_AUDIT               another folder for the guard's audit trail, for a bundle that was moved
#   SENTINEL_TRAIL               what the trail's file is called there, without .jsonl; else after the time
</#if>
#   SENTINEL_OWNER               which run of the plugin started a container, so that the next one can clear it away
#   the variables of the guard   listed under x-agent-environment, handed on by name
<#if spec.passEnvironment?has_content>
#   those of passEnvironment     listed there too
</#if>
name: [="sentinel-" + spec.name]

# What holds for every container here, the sidecar included.
x-hardened: &hardened
  # The root file system cannot be changed, so nothing persists and nothing is tampered with (CIS 5.13).
  read_only: true
  # No capability at all: each of Docker's default ones is attack surface (CIS 5.4).
  cap_drop: [ALL]
  # Processes, files and sockets of other containers stay out of sight: private even where the engine's default is not.
  ipc: private
  cgroup: private
  # An init as process 1 reaps zombies and passes signals on.
  init: true
  # Nothing comes back by itself after it was stopped (CIS 5.15).
  restart: "no"
  # The image is the one built from this folder; a registry never swaps it. Its tag is the digest of what it is built from.
  pull_policy: never
  # Output cannot fill the host's disk.
  logging:
    driver: json-file
    options: {max-size: 10m, max-file: "3"}
  # Whose container this is; see SENTINEL_OWNER above.
  labels: &labels
    io.sentinel.owner: "${SENTINEL_OWNER:-}"

# The docker client would put the proxies of its own config.json, passwords and all, into every container: these win.
x-no-proxies: &no-proxies
<#list proxyVariables as name>
  [=plain(name)]: ""
</#list>

x-agent-environment: &agent-environment
  <<: *no-proxies
  HOME: /workspace
<#list spec.environment as name, value>
  [=plain(name)]: [=value]
</#list>
<#if spec.passEnvironment?has_content>
  # Without a value here: whoever runs this hands on their own, and one that they do not have is not set inside either.
<#list spec.passEnvironment as name>
  [=plain(name)]:
</#list>
</#if>
<#if guarded>
  SENTINEL_TRAIL: "${SENTINEL_TRAIL:-}"
</#if>
  # For the guard and the entrypoint, each with its default.
<#list guardVariables as name, default>
<#if spec.production && name == "SENTINEL_PRODUCTION">
  # The spec says production: true, which no variable turns off.
  [=plain(name)]: "true"
<#else>
  [=plain(name)]: "${[=plain(name)]:-[=plain(default)]}"
</#if>
</#list>

x-agent: &agent
  <<: *hardened
  image: [=image]
  build:
    context: .
    labels:
      io.sentinel.sandbox: [=spec.name]
      io.sentinel.build: [=buildDigest]
      # The base image's ID at build: what its name stands for may change without this folder.
      io.sentinel.base: "${SENTINEL_BASE_ID:-}"
<#if command?has_content>
  command: [<#list command as word>[=word]<#sep>, </#list>]
</#if>
  # Numeric and never root, so that a process that gets out is nobody on the host (CIS 4.1).
<#if user??>
  user: "[=plain(user.uid)]:[=plain(user.gid)]"
<#else>
  user: "${SENTINEL_UID:-[=plain(fallback.uid)]}:${SENTINEL_GID:-[=plain(fallback.gid)]}"
</#if>
<#if ownKernel>
  # Not the engine's usual runtime (runc): one that keeps the agent from the host's own kernel. An engine without it refuses.
  runtime: [=spec.runtime.word]
</#if>
  security_opt:
    # No program gains rights by being started: setuid bits and file capabilities do nothing (CIS 5.26).
    - no-new-privileges:true
<#if seccompFile??>
<#if recordedOnly>
    # MODE LOG, because the spec says seccomp.mode: log. For troubleshooting only: most calls that the profile does not
    # name are recorded by the kernel and go through (against CIS 5.22).
<#else>
    # Only the system calls that the profile names reach the kernel (CIS 5.22).
</#if>
<#if spec.seccomp.file.isPresent>
    # The profile is the project's own: what it lets through beyond the presets is a warning of each run.
<#elseif !spec.seccomp.adjustments.isEmpty>
    # The preset was changed by the spec: how, and why, stands at the head of the file.
</#if>
    - [="seccomp:./" + seccompFile]
<#else>
    # NO SYSTEM CALL FILTER, because the spec says seccomp.mode: off. For troubleshooting only: every call of the host's
    # kernel is open to the agent (against CIS 5.22).
    - seccomp:unconfined
</#if>
  # The only places that take writes: /workspace, and these two and /dev/shm (shm_size), in memory, bounded, never
  # executable. 1777 as any /tmp.
  tmpfs:
    - [="/tmp:size=" + spec.resources.tmp.toString + ",mode=1777,noexec,nosuid,nodev"]
    - [="/run:size=" + spec.resources.run.toString + ",mode=1777,noexec,nosuid,nodev"]
  shm_size: 64m
  # Memory with no swap on top of it (CIS 5.11), processors (CIS 5.12), processes and threads together (CIS 5.29).
  mem_limit: [=spec.resources.memory.toString]
  memswap_limit: [=spec.resources.memory.toString]
  cpus: [=plain(spec.resources.cpus)]
  pids_limit: [=plain(spec.resources.pids)]
  # Open files a process, and no core dumps. No nproc: it counts a user's processes over the whole host.
  ulimits:
    nofile: {soft: [=plain(spec.resources.nofile)], hard: [=plain(spec.resources.nofile)]}
    core: {soft: 0, hard: 0}
  stop_grace_period: 5s
  working_dir: /workspace
  environment: *agent-environment
  volumes:
    # The one folder shared with the host. It must exist: the engine would make it as root, out of the agent's reach.
    - <#if guarded>&workspace
      </#if>type: bind
      source: "${SENTINEL_WORKSPACE:-[=plain(workspace)]}"
      target: /workspace
      bind: {create_host_path: false, propagation: rprivate}
    # The policy lies over the workspace, read-only: the agent cannot change what it is allowed.
    - <#if guarded>&policy
      </#if>type: bind
<#if policyFile??>
      # The file that the run named, itself: it is root's, where the one beside this file may be the invoker's.
      source: [=policyFile]
<#else>
      source: ./sentinel.yaml
</#if>
      target: /workspace/sentinel.yaml
      read_only: true
      bind: {create_host_path: false, propagation: rprivate}
<#if guarded>
    # The same as the guard reads it, with the digest of that file in it.
    - &compiled
      type: bind
      source: ./guard/policy
      target: /opt/sentinel/policy
      read_only: true
      bind: {create_host_path: false, propagation: rprivate}
<#if enforced>
    # Where the guard writes its audit trail. It opens a file there before the agent starts, which can reach none of it.
<#else>
    # Where the guard writes its audit trail. With guard: audit NOTHING KEEPS THE AGENT FROM IT.
</#if>
    - &trail
      type: bind
      source: "${SENTINEL_AUDIT:-[=plain(trail)]}"
      target: /opt/sentinel/audit
      bind: {create_host_path: false, propagation: rprivate}
</#if>

<#if spec.secrets?has_content>
# Files that the agent can read and nobody can write, each a mount of its own: no variable, no layer of the image.
x-secrets: &secrets
<#list spec.secrets as secret>
  - {source: [=secret.name], target: [=secret.target]}
</#list>

</#if>
# What the sidecar and the probe share, which is of the sidecar's image.
x-sidecar: &sidecar
  <<: *hardened
  image: [=proxyImage]
  # The "proxy" user of Debian, as a number; what the image holds is root's.
  user: "13:13"
  environment: *no-proxies
  security_opt:
    - no-new-privileges:true
    # Only the system calls that squid and openssl make.
    - seccomp:./seccomp/sentinel-seccomp-proxy.json
  cpus: 1
  pids_limit: 32

# Where an agent of the proxied profile stands, and the probe before it.
x-confined: &confined
  networks: [sentinel-internal]
  # The engine's own resolver answers for the sidecar's name; it has nowhere to forward other names to,
  # so DNS is no way out (CVE-2024-29018 on engines before 23.0.11, 25.0.4 and 26.0.0).
  dns: [127.0.0.1]

services:
  # No network at all, as an OS-level fail-safe: the container has a loopback interface and nothing else.
  sentinel-strict:
    <<: *agent
    profiles: [strict]
    network_mode: none
<#if guarded>
    environment:
      <<: *agent-environment
      SENTINEL_PROFILE: strict
</#if>
<#if spec.secrets?has_content>
    secrets: *secrets
</#if>

<#if enforced>
  # An ordinary bridge, in which the guard alone holds the agent to what the policy lists. Only where networking is required.
<#elseif guarded>
  # An ordinary bridge: the agent reaches whatever this host reaches, the host itself too; the guard only records
  # (guard: audit). Only where networking is required.
<#else>
  # An ordinary bridge: the agent reaches whatever this host reaches, the host itself too; nothing is filtered or recorded.
  # Only where networking is required.
</#if>
  sentinel-standard:
    <<: *agent
    profiles: [standard]
    networks: [sentinel-standard]
<#if guarded>
    environment:
      <<: *agent-environment
      SENTINEL_PROFILE: standard
<#if standardSeccompFile??>
    security_opt:
      - no-new-privileges:true
      # With one call more than the agent's own: the guard makes the agent's connections itself, on a duplicate of its
      # socket. Its own filter takes that call from the agent.
      - [="seccomp:./" + standardSeccompFile]
</#if>
    volumes:
      - *workspace
      - *policy
      - *compiled
      - *trail
      # The guard is the resolver, and asks the engine's<#if enforced> for names that the policy lists</#if>.
      - type: bind
        source: ./guard/resolv.conf
        target: /etc/resolv.conf
        read_only: true
        bind: {create_host_path: false, propagation: rprivate}
</#if>
<#if spec.secrets?has_content>
    secrets: *secrets
</#if>

  # The only way out is the sidecar, which lets through what proxy/allowed-domains.txt lists.
  sentinel-proxied:
    <<: [*agent, *confined]
    profiles: [proxied]
<#if spec.secrets?has_content>
    secrets: *secrets
</#if>
    environment:
      <<: *agent-environment
<#if guarded>
      SENTINEL_PROFILE: proxied
</#if>
<#list ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] as name>
      [=plain(name)]: http://sentinel-proxy:3128
</#list>
<#list ["NO_PROXY", "no_proxy"] as name>
      [=plain(name)]: localhost,127.0.0.1,::1
</#list>
      # A JVM reads none of these but properties of its own, with NO_PROXY's hosts as the default of http.nonProxyHosts;
      # Maven 3.9 has to be told to use them (aether). It knows no home of a user whom passwd does not know, and Maven 4
      # does not start without one.
<#if spec.environment.JAVA_TOOL_OPTIONS?has_content>
      # What the spec itself sets stands last, and so it wins.
</#if>
      JAVA_TOOL_OPTIONS: [=jvmOptions?join(" ")]
      # Node (from 22.21 and 24 on) reads them for its own fetch and https only when asked to.
      NODE_USE_ENV_PROXY: "1"
    depends_on:
      sentinel-proxy: {condition: service_healthy}

  # The sidecar: hardened like the agent, and the only member of a network that leads out.
  sentinel-proxy:
    <<: *sidecar
    profiles: [proxied]
    build:
      context: ./proxy
      args:
        SENTINEL_BASE: [=sidecarFrom]
      labels:
        io.sentinel.sandbox: [=spec.name]
        io.sentinel.build: [=proxyDigest]
        io.sentinel.base: "${SENTINEL_BASE_ID:-}"
    tmpfs:
      - /tmp:size=16m,mode=1777,noexec,nosuid,nodev
      - /run:size=4m,mode=1777,noexec,nosuid,nodev
    shm_size: 16m
    mem_limit: 128m
    memswap_limit: 128m
    ulimits:
      nofile: {soft: 4096, hard: 4096}
      core: {soft: 0, hard: 0}
    stop_grace_period: 5s
    networks: [sentinel-internal, sentinel-egress]
    # It is on two networks, and its kernel passes no packet from one to the other.
    sysctls: {net.ipv4.ip_forward: "0"}
    volumes:
      # The folder, not the files: a file that is replaced is not seen through a mount of that file.
      - type: bind
        source: ./proxy
        target: /etc/sentinel-proxy
        read_only: true
        bind: {create_host_path: false, propagation: rprivate}
    # Healthy once a CONNECT went through both listeners.
    healthcheck:
      test: [CMD, /opt/sentinel/bin/proxy-health]
      interval: 2s
      timeout: 5s
      retries: 8
      start_period: 2s

  # Looks whether the network of sentinel-internal is as closed as asked for: an engine may accept an option and ignore it.
  # The plugin runs it before each agent of the proxied profile. By hand, it says "closed" or what is open:
  #   docker compose --profile proxied run --rm sentinel-probe
  sentinel-probe:
    # The sidecar's image, as the agent's may have no program that can connect to anything.
    <<: [*sidecar, *confined]
    profiles: [probe]
    entrypoint: [/opt/sentinel/bin/network-probe]
    # By hand there is no listener on the host to knock at, and on port 0 nobody can listen.
    command: [word, "0"]
    mem_limit: 64m
    memswap_limit: 64m
    ulimits:
      nofile: {soft: 64, hard: 64}
      core: {soft: 0, hard: 0}
    stop_grace_period: 1s
    depends_on:
      # Started, so that its name is known; it need not answer as a proxy yet.
      sentinel-proxy: {condition: service_started}

  # `docker compose build` passes over services that have a profile: this one has none, so that the command builds.
  # It never starts (scale 0) and would have no network.
  sentinel-image:
    <<: *agent
    network_mode: none
<#if guarded>
    environment:
      <<: *agent-environment
      SENTINEL_PROFILE: strict
</#if>
    scale: 0

<#if spec.secrets?has_content>
# Where their files are. The plugin brings them into a folder in memory that is this run's alone and goes with it. While
# nobody says where, no agent starts: nothing can lie below /dev/null.
secrets:
<#list spec.secrets as secret>
  [=secret.name]:
    file: "${SENTINEL_SECRETS:-[=plain(noSecrets)]}/[=plain(secret.name)]"
</#list>

</#if>
# An engine may give each network IPv6 unless it is told otherwise (default-network-opts, engine 27 and newer): a second
# way past what holds for IPv4 here.
networks:
  # Members cannot talk to one another.
  sentinel-standard:
    driver: bridge
    enable_ipv6: false
    driver_opts: {com.docker.network.bridge.enable_icc: "false"}
    labels: *labels
  # No way out, and no address for the host on it: on an ordinary internal network an agent reaches every port that the
  # host listens on. By inhibit_ipv4, which engines from 20.10 on know; gateway_mode_ipv4: isolated, which does the same
  # since 28, is ignored before 27 and refused by 27.
  sentinel-internal:
    driver: bridge
    internal: true
    enable_ipv6: false
    driver_opts: {com.docker.network.bridge.inhibit_ipv4: "true"}
    labels: *labels
  sentinel-egress:
    driver: bridge
    enable_ipv6: false
    driver_opts: {com.docker.network.bridge.enable_icc: "false"}
    labels: *labels
