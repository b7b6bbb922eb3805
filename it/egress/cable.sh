#!/bin/sh
# A cable between two containers, named by their processes: the sidecar at one end, the test's internet at the other. No
# bridge and no address of the host is on it, so that nothing that goes into it can come out anywhere else.
#   cable.sh SIDECAR-PID WORLD-PID
set -eu
sidecar() { nsenter --target "$SIDECAR" --net -- "$@"; }
world() { nsenter --target "$WORLD" --net -- "$@"; }
SIDECAR=$1 WORLD=$2

# The end of a cable to an earlier sidecar may still be there.
if world ip link show cable >/dev/null 2>&1; then world ip link delete cable; fi
sidecar ip link add cable type veth peer name cable netns "$WORLD"
sidecar ip link set cable up
world ip link set cable up

sidecar ip addr add 198.51.100.2/32 dev cable
sidecar ip addr add 2001:db8::2/128 dev cable nodad
world ip addr add 198.51.100.1/32 dev cable
world ip addr add 2001:db8::1/128 dev cable nodad

# Every address but the sidecar's own networks is at the other end.
sidecar ip route add 198.51.100.1/32 dev cable
sidecar ip route replace default via 198.51.100.1
sidecar ip -6 route add 2001:db8::1/128 dev cable
sidecar ip -6 route replace default via 2001:db8::1

# There, every address is local but the sidecar's.
world ip route replace 198.51.100.2/32 dev cable table local
world ip route replace local 0.0.0.0/0 dev lo
world ip -6 route replace 2001:db8::2/128 dev cable table local
world ip -6 route replace local ::/0 dev lo
