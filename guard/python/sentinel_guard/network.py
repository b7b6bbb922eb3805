"""Which names and addresses the policy lets a program reach, in the order in which the supervisor asks."""

import _socket

from . import policy as policies

_FAILSAFE = "network_failsafe."

# Ranges that `allow_private_network` is about, the launcher's: of this host, of a network of one's own, of no one host.
_PRIVATE = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
    "224.0.0.0/4", "240.0.0.0/4", "::/127", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
)
_LOOPBACK = ("127.0.0.0/8", "::1/128")
_DNS_PORT = 53

_MAPPED = b"\0" * 10 + b"\xff\xff"


def parse(text):
    """The 16 bytes of a literal address, an IPv4 one v4-mapped; None for a name."""
    text = text.partition("%")[0]
    try:
        return _socket.inet_pton(_socket.AF_INET6, text) if ":" in text else _MAPPED + _socket.inet_aton(text)
    except (OSError, ValueError):
        return None


def unwrap(address):
    """An IPv4 address in an IPv6 one is judged as what it is: NAT64, IPv4-compatible or 6to4."""
    if address[:12] == b"\0\x64\xff\x9b" + b"\0" * 8 or (not any(address[:12]) and any(address[12:14])):
        return _MAPPED + address[12:]
    return _MAPPED + address[2:6] if address[:2] == b"\x20\x02" else address


def network(text):
    """(whether of IPv4, shift, prefix) of a CIDR line, in the numbers of IPv6. PolicyError when it is none."""
    try:
        address, _, bits = text.partition("/")
        packed = _socket.inet_pton(_socket.AF_INET6 if ":" in address else _socket.AF_INET, address)
        shift = 8 * len(packed) - int(bits)
        packed = packed if len(packed) == 16 else _MAPPED + packed
        number = int.from_bytes(packed, "big")
        if not 0 <= shift <= (128 if ":" in address else 32) or number & ((1 << shift) - 1):
            raise ValueError
        return packed[:12] == _MAPPED and shift <= 32, shift, number >> shift
    except (OSError, ValueError):
        raise policies.PolicyError("expected a network such as 192.0.2.0/24, found '%s'" % text[:80])


def _inside(address, networks):
    v4, number = address[:12] == _MAPPED, int.from_bytes(address, "big")
    return any(v4 == of_v4 and number >> shift == prefix for of_v4, shift, prefix in networks)


def _below(name, parent):
    return name == parent or name.endswith("." + parent)


class Network:
    """Judges names and addresses. Answers are None, or the policy key that stands against it."""

    def __init__(self, policy, proxies):
        """`proxies` are the (host, port) that the environment named before the agent ran: the launcher judges them."""
        self.judged = policy.failsafe
        self._private_allowed = policy.private_network
        self._hosts = policy.host
        self._block_host = policy.block_host
        self._blocked = [network(text) for text in policy.block_ip]
        self._allowed = [network(text) for text in policy.allow_ip]
        self._private = [network(text) for text in _PRIVATE]
        self._loopback = [network(text) for text in _LOOPBACK]
        self._proxies = frozenset(proxies)
        self._proxy_hosts = frozenset(host for host, _ in proxies)
        self._local = None

    def judge_name(self, name, port=None):
        """For a name to be resolved, or to connect to when there is a `port`."""
        name = self._plain(name)
        if not name or (name in self._proxy_hosts if port is None else (name, port) in self._proxies):
            return None
        if any(_below(name, blocked) for blocked in self._block_host):
            return _FAILSAFE + "blocked_hosts"
        for host, below, ports in self._hosts:
            if (_below(name, host) if below else name == host) and (port is None or ports is None or port in ports):
                return None
        # Names of the container itself come from /etc/hosts and never ask the supervisor.
        if name in self._own_names():
            return None
        return "allowed_hosts"

    def judge_address(self, address, port):
        """For an address in the form of `parse`. What was learned from answers only the supervisor knows."""
        outer, address = address, unwrap(address)
        if port == _DNS_PORT and _inside(address, self._loopback):
            return None
        if _inside(address, self._blocked) or _inside(outer, self._blocked):
            return _FAILSAFE + "blocked_ips"
        granted = _inside(address, self._allowed)
        if self._allowed and not granted:
            return _FAILSAFE + "allowed_ips"
        if not self._private_allowed and _inside(address, self._private):
            return _FAILSAFE + "allow_private_network"
        if granted or any(ports is None or port in ports for _, _, ports in self._hosts):
            return None
        return "allowed_hosts"

    def judge_target(self, host, port):
        """For what connect and sendto are given: a literal address or a name."""
        if (host, port) in self._proxies:
            return None
        if host in ("", "<broadcast>"):
            host = "255.255.255.255" if host else "0.0.0.0"
        address = parse(host)
        if address is not None:
            return self.judge_address(address, port)
        key = self.judge_name(host, port)
        if key is None and self._plain(host) in self._own_names():
            return self.judge_address(parse("127.0.0.1"), port)
        return key

    @staticmethod
    def _plain(name):
        if not name.isascii():
            try:
                name = name.encode("idna").decode("ascii")
            except UnicodeError:
                return ""
        return (name[:-1] if name[-1:] == "." else name).lower()

    def _own_names(self):
        if self._local is None:
            names = {"localhost", _socket.gethostname().lower()}
            try:
                with open("/etc/hosts", encoding="utf-8", errors="replace") as lines:
                    for line in lines:
                        names.update(word.lower() for word in line.partition("#")[0].split()[1:])
            except OSError:
                pass
            self._local = frozenset(names)
        return self._local


def proxies(environment):
    """The (host, port) of the proxies that `environment` names."""
    found = []
    for variable in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        host, _, port = environment.get(variable, "").rpartition("://")[2].rpartition("@")[2].strip("/").rpartition(":")
        if host and port.isdigit():
            found.append((host.strip("[]").lower(), int(port)))
    return found
