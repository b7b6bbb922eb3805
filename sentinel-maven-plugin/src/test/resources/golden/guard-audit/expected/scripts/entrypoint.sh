#!/bin/sh
# Rendered by sentinel-maven-plugin 0.0.0 for the sandbox agent.
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

# Where a yes opens something or vouches for it, only a plain yes is one.
is_yes() {
    case "$1" in
        [Tt][Rr][Uu][Ee] | 1 | [Yy][Ee][Ss] | [Oo][Nn]) return 0 ;;
        *) return 1 ;;
    esac
}

# The agent's PATH may lead to its own folders: what is checked here is checked by the image's own programs.
agent_path=${PATH:-}
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# The real, effective, saved and file-system user and group: none may be root (proc(5)). Read by the shell itself,
# since an image may lack id(1) or name a root user otherwise.
checked=
seccomp=
while read -r key real effective saved filesystem rest; do
    if [ "$key" = "Uid:" ] || [ "$key" = "Gid:" ]; then
        for id in "$real" "$effective" "$saved" "$filesystem"; do
            [ "$id" != 0 ] || refuse "it runs as root; the compose file's user was overridden"
        done
        checked=$checked$key
    elif [ "$key" = "Seccomp:" ]; then
        seccomp=$real
    fi
done </proc/self/status
[ "$checked" = "Uid:Gid:" ] || refuse "/proc/self/status does not tell which user it runs as"

# What production promises, as far as it shows from in here; the plugin looks at the rest before it starts this.
# A network shows by a route or an address: a kernel may show tunnels in every container, down and without either.
if is_true "${SENTINEL_PRODUCTION:-}"; then
    is_yes "${SENTINEL_POLICY_IMMUTABLE:-}" ||
        refuse "SENTINEL_PRODUCTION is set, and SENTINEL_POLICY_IMMUTABLE is not true; set it"
    [ -n "${SENTINEL_POLICY_SHA256:-}" ] ||
        refuse "SENTINEL_PRODUCTION is set, and SENTINEL_POLICY_SHA256 is not; set it to the SHA-256 of sentinel.yaml"
    # 2 is a filter (proc(5)).
    [ "$seccomp" = 2 ] ||
        refuse "SENTINEL_PRODUCTION is set, and no system call filter holds here; keep the compose file's seccomp profile"
    if ! is_yes "${SENTINEL_ALLOW_NETWORK_IN_PRODUCTION:-}"; then
        networked="SENTINEL_PRODUCTION is set, and there is a network; use the strict profile, or set SENTINEL_ALLOW_NETWORK_IN_PRODUCTION=true"
        while read -r interface rest; do
            [ "$interface" = Iface ] || refuse "$networked"
        done </proc/net/route
        if [ -e /proc/net/if_inet6 ]; then
            while read -r _ _ _ _ _ interface; do
                [ "$interface" = lo ] || refuse "$networked"
            done </proc/net/if_inet6
        fi
    fi
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
blocked_paths: []
readable_paths: ["."]
allowed_commands: ["echo", "ls"]
blocked_command_bases: []
allowed_interpreters: []
on_block: deny
host_match_mode: exact
allowed_hosts: []
network_failsafe:
  socket_connect: true
  allow_private_network: false
  blocked_hosts: []
  blocked_ips: []
  allowed_ips: []
policy_integrity:
  tamper_detection: true
audit:
  on_failure: stop
POLICY
fi
[ -r "$policy" ] || refuse "the policy $policy cannot be read"

if is_true "${SENTINEL_POLICY_IMMUTABLE:-}" && [ -w "$policy" ]; then
    refuse "SENTINEL_POLICY_IMMUTABLE is set and the agent can write $policy; mount it read-only"
fi
if [ -n "${SENTINEL_POLICY_SHA256:-}" ]; then
    digest=$(sha256sum <"$policy") || refuse "SENTINEL_POLICY_SHA256 is set and the image has no sha256sum"
    [ "${digest%% *}" = "$SENTINEL_POLICY_SHA256" ] ||
        refuse "the policy's SHA-256 is ${digest%% *}, not SENTINEL_POLICY_SHA256; set it to this one if this policy is meant"
fi

[ "$#" -gt 0 ] || refuse "the spec names no command and the image's own is not known; set command, or run 'mvn sentinel:pin'"

# From here on the guard decides, and stays beside the agent until it ends.
guard=/opt/sentinel/bin/sentinel-guard
[ -x "$guard" ] || refuse "the image has no guard; build it anew"
# Without words it says how it is called, if it runs at all: what the kernel cannot run, a shell takes for a script.
called=0
"$guard" 2>/dev/null || called=$?
[ "$called" = 64 ] || refuse "the image's guard $guard does not run on this machine; build the image anew"
PATH=$agent_path
exec "$guard" -- "$@"
