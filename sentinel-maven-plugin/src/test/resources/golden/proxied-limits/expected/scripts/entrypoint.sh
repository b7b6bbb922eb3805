#!/bin/sh
# Rendered by sentinel-maven-plugin 0.0.0 for the sandbox fetches.
#
# Starts before the agent, as the agent's own user, and is replaced by it. It isolates nothing: that is done by the
# engine, from outside, before this runs. It refuses to start where something is amiss (exit 78), readies /workspace,
# and checks the policy.
set -eu

refuse() {
    printf 'sentinel: refused: %s\n' "$1" >&2
    exit 78
}

# Unset and a plain no are no; whatever else is said is yes, so that a misspelt yes does not pass for a no.
is_true() {
    case "$1" in
        '' | [Ff][Aa][Ll][Ss][Ee] | 0 | [Nn][Oo] | [Oo][Ff][Ff]) return 1 ;;
        *) return 0 ;;
    esac
}

# The agent's PATH may lead to its own folders: what is checked here is checked by the image's own programs.
agent_path=${PATH:-}
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# The real, effective, saved and file-system user and group: none may be root (proc(5)). Read by the shell itself,
# since an image may lack id(1) or name a root user otherwise.
checked=
while read -r key real effective saved filesystem rest; do
    if [ "$key" = "Uid:" ] || [ "$key" = "Gid:" ]; then
        for id in "$real" "$effective" "$saved" "$filesystem"; do
            [ "$id" != 0 ] || refuse "it runs as root; the compose file's user was overridden"
        done
        checked=$checked$key
    fi
done </proc/self/status
[ "$checked" = "Uid:Gid:" ] || refuse "/proc/self/status does not tell which user it runs as"

# Production promises a guard that enforces the policy; this bundle has none, so it does not pretend.
if is_true "${SENTINEL_PRODUCTION:-}"; then
    refuse "SENTINEL_PRODUCTION is set, and this bundle does not support production yet; unset it"
fi

# Where a proxy must be used, a network without one is refused; without any network there is nothing to enforce.
if is_true "${SENTINEL_ENFORCE_PROXY:-}" && [ -z "${HTTPS_PROXY:-}" ]; then
    while read -r interface rest; do
        [ "$interface" = Iface ] ||
            refuse "SENTINEL_ENFORCE_PROXY is set, and this profile has a network without a proxy; use proxied"
    done </proc/net/route
fi

[ -d /workspace ] && [ -w /workspace ] ||
    refuse "/workspace cannot be written by this user; run 'mvn sentinel:generate', or set SENTINEL_UID and SENTINEL_GID to the folder's owner"
mkdir -p /workspace/workspace || refuse "/workspace/workspace is not a folder; remove what stands there"

# Where the policy is not mounted and none was left, the default one.
policy=/workspace/sentinel.yaml
if [ ! -s "$policy" ]; then
    cat >"$policy" <<'POLICY' || refuse "the policy $policy is empty and cannot be written"
allowed_paths: ["./workspace"]
readable_paths: ["."]
allowed_commands: ["echo", "ls"]
allowed_interpreters: []
allowed_hosts: []
network_failsafe:
  socket_connect: true
  allow_private_network: false
  blocked_hosts: []
  blocked_ips: []
  allowed_ips: []
POLICY
fi
[ -r "$policy" ] || refuse "the policy $policy cannot be read"

if is_true "${SENTINEL_POLICY_IMMUTABLE:-}" && [ -w "$policy" ]; then
    refuse "SENTINEL_POLICY_IMMUTABLE is set and the agent can write $policy; mount it read-only"
fi
if [ -n "${SENTINEL_POLICY_SHA256:-}" ]; then
    digest=$(sha256sum <"$policy") || refuse "SENTINEL_POLICY_SHA256 is set and the image has no sha256sum"
    [ "${digest%% *}" = "$SENTINEL_POLICY_SHA256" ] ||
        refuse "the policy's SHA-256 is ${digest%% *}, not SENTINEL_POLICY_SHA256"
fi

[ "$#" -gt 0 ] || refuse "the spec names no command and the image's own is not known; set command, or run 'mvn sentinel:pin'"

PATH=$agent_path
exec "$@"
