"""Reads the compiled policy: flat text, one fact a line, in a fixed order, closed by the number of its lines."""

import os

VERSION = "sentinel-policy 1"

# More than this is no policy that the plugin writes; reading a device or an endless file must end.
MOST_BYTES = 1 << 20

_ON_OFF = ("on", "off")

# Keywords in their order. A tuple lists the values of a keyword that stands exactly once; None is a keyword that
# may repeat, sorted and distinct.
_KEYWORDS = {
    "source": (),
    "mode": ("enforce", "audit"),
    "on-block": ("deny", "ask"),
    "log-failure": ("stop", "continue"),
    "tamper-detection": _ON_OFF,
    "write": None,
    "read": None,
    "block": None,
    "command": None,
    "interpreter": None,
    "block-command": None,
    "failsafe": _ON_OFF,
    "private-network": _ON_OFF,
    "host": None,
    "block-host": None,
    "block-ip": None,
    "allow-ip": None,
}
_RANK = {word: rank for rank, word in enumerate(_KEYWORDS)}
_PATHS = ("write", "read", "block")


class PolicyError(Exception):
    """The policy cannot be used; the text says where, what was expected and what was found."""


class Policy:
    """What a compiled policy says. Paths are absolute and in the form that this interpreter's os functions give."""

    __slots__ = (
        "source", "audit", "ask", "write", "read", "block", "command", "interpreter", "block_command",
        "failsafe", "private_network", "host", "block_host", "block_ip", "allow_ip",
    )

    def __init__(self, values):
        self.source = values["source"][0]
        self.audit = values["mode"][0] == "audit"
        self.ask = values["on-block"][0] == "ask"
        self.failsafe = values["failsafe"][0] == "on"
        self.private_network = values["private-network"][0] == "on"
        for word in ("write", "read", "block", "command", "interpreter", "block-command"):
            setattr(self, word.replace("-", "_"), [os.fsdecode(value.encode()) for value in values[word]])
        self.host = [_host(value) for value in values["host"]]
        self.block_host = values["block-host"]
        self.block_ip = values["block-ip"]
        self.allow_ip = values["allow-ip"]


def read(path):
    """The policy in the file `path`. PolicyError when it is missing, cut off, of another version or malformed."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            data = b""
            while len(data) <= MOST_BYTES:
                piece = os.read(descriptor, MOST_BYTES + 1 - len(data))
                if not piece:
                    break
                data += piece
        finally:
            os.close(descriptor)
    except OSError as error:
        raise PolicyError("the policy %s cannot be read (%s); build the image again" % (path, error.strerror))
    if len(data) > MOST_BYTES:
        raise PolicyError("the policy %s has more than %d bytes; build the image again" % (path, MOST_BYTES))
    try:
        return parse(data)
    except PolicyError as error:
        raise PolicyError("the policy %s, %s; build the image again" % (path, error))


def parse(data):
    """The policy in the bytes `data`. PolicyError when it is not what the plugin writes, byte for byte."""
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise PolicyError("byte %d: expected UTF-8" % error.start)
    if lines[0] != VERSION:
        raise PolicyError("line 1: expected '%s', found '%s'" % (VERSION, lines[0][:80]))
    # The text after the last line end is empty, and the line before it counts those above.
    if lines.pop() or len(lines) < 2 or lines.pop() != "end %d" % len(lines):
        raise PolicyError("line %d: expected the closing 'end' with the number of lines: cut off" % (len(lines) + 1))
    values = {word: [] for word in _KEYWORDS}
    rank = 0
    for number, line in enumerate(lines[1:], 2):
        word, _, value = line.partition(" ")
        if word not in _RANK or _RANK[word] < rank:
            raise PolicyError("line %d: '%s' is no keyword, or out of order" % (number, word[:80]))
        rank = _RANK[word]
        values[word].append(_checked(number, word, value, values[word]))
    for word, choice in _KEYWORDS.items():
        if choice is not None and not values[word]:
            raise PolicyError("'%s' is missing" % word)
    return Policy(values)


def _checked(number, word, value, before):
    choice = _KEYWORDS[word]
    if choice is not None and before:
        raise PolicyError("line %d: '%s' stands twice" % (number, word))
    if choice and value not in choice:
        raise PolicyError("line %d: expected %s, found '%s'" % (number, " or ".join(choice), value[:80]))
    if before and not before[-1] < value:
        raise PolicyError("line %d: '%s' is not sorted and distinct" % (number, word))
    if not value or any(character < " " or character == "\x7f" for character in value):
        raise PolicyError("line %d: '%s' is empty or has control characters" % (number, word))
    if word == "source" and (len(value) != 64 or value.strip("0123456789abcdef")):
        raise PolicyError("line %d: expected 64 hexadecimal digits" % number)
    if word in _PATHS and value != "/":
        parts = value.split("/")
        if parts[0] or not all(part not in ("", ".", "..") for part in parts[1:]):
            raise PolicyError("line %d: expected an absolute path without empty, . or .. parts" % number)
    if word == "host":
        _host(value)
    return value


def _host(value):
    """(name, whether subdomains match, ports or None for any) of a host line."""
    try:
        match, ports, _schemes, name = value.split(" ")
        if match not in ("exact", "subdomain") or not name:
            raise ValueError
        return name, match == "subdomain", None if ports == "*" else frozenset(map(int, ports.split(",")))
    except ValueError:
        raise PolicyError("host: expected 'exact|subdomain PORTS SCHEMES NAME', found '%s'" % value[:80])
