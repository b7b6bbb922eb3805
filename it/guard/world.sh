#!/bin/sh
# Makes the network that a sandbox's program sees the stage's, and serves it: each address is one of loopback, and no packet
# can leave, since every other interface is down. It runs in that network, as root of a container of its own; the words are
# world.py's.
set -eu

# The container's own is read-only.
mount -t proc proc /mnt
set_to() { # NAME VALUE
    echo "$2" >"/mnt/sys/net/$1"
}

for link in /sys/class/net/*; do
    [ "${link##*/}" = lo ] || ip link set "${link##*/}" down
done
for scope in all default lo; do
    set_to "ipv6/conf/$scope/disable_ipv6" 0
done
set_to ipv4/ping_group_range '0 2147483647'
set_to ipv4/icmp_echo_ignore_broadcasts 0
for scope in all lo; do
    set_to "ipv4/conf/$scope/accept_source_route" 1
done
ip link set lo up multicast on
ip addr add 203.0.113.1/24 brd 203.0.113.255 dev lo
for address in 10.99.0.66/32 169.254.10.10/32 2001:db8::66/128 2001:db8::10/128; do
    ip addr add "$address" dev lo
done
ip route add 239.0.0.0/8 dev lo

# Names are answered here, where the engine has its resolver: its rules lead its address to another port.
for tables in iptables-nft iptables-legacy; do
    if "$tables" -t nat -S OUTPUT 2>/dev/null | grep -q -e '^-A'; then
        "$tables" -t nat -F OUTPUT
    fi
done
exec python3 -u -B /opt/attempts/world.py "$@"
