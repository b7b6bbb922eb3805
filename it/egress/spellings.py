"""Addresses, lookalikes of listed names, and listed names that lead inward (world.py knows where)."""

ADDRESSES = [
    "198.51.100.66", "198.51.100.66.", "198.51.100.66..", ".198.51.100.66",
    "3325256770", "0xc6336442", "0XC6336442", "030614662102", "0306.063.0144.0102", "0xc6.0x33.0x64.0x42",
    "0xc6.51.0144.66", "198.3368002", "198.51.25666", "198.051.100.066", "0xc6.0x336442", "0000198.51.100.66",
    "3325256770.", "0xc6336442.", "198.51.100.66%20", "198.51.100.66%00.suffix.test", "198.51.100.66%2e",
    "[2001:db8::66]", "[2001:DB8::66]", "[2001:db8:0:0:0:0:0:66]", "[::ffff:198.51.100.66]", "[::ffff:c633:6442]",
    "[::198.51.100.66]", "[64:ff9b::c633:6442]", "[2002:c633:6442::1]", "[2001:db8::66%25eth0]", "2001:db8::66",
    "[198.51.100.66]", "[2001:db8::66].", "\uff11\uff19\uff18.51.100.66", "198\u3002" "51\u3002" "100\u3002" "66",
    "listed.test@198.51.100.66", "127.0.0.1", "[::1]", "0",
]

LOOKALIKES = [
    "evil.test", "evil-listed.test", "xlisted.test", "listed.test.evil.test", "www.listed.test", "listedtest",
    "listed.tes", "listed.testx", "evilsuffix.test", "evil-suffix.test", "suffix.test.evil.test", "suffix.tes",
    "test", "listed", ".test", "*.test", "*", "li_sted.test", "listed_.test", "list\u0435d.test", "xn--listd-4of.test",
    "listed\uff0etest", "listed.t\u00e9st", "%6cisted.test", "evil.test%2f.listed.test", "evil.test%23.suffix.test",
    "evil.test\t.listed.test", "evil.test;.suffix.test", "evil.test,.suffix.test", "evil.test&.suffix.test",
    "evil.test%0d%0a.suffix.test", "listed.test%00.evil.test", "listed.test..evil.test", "evil.test|listed.test",
    "a" * 64 + ".evil.test", "a" * 300 + ".evil.test", ".".join(["a" * 60] * 5) + ".evil.test", "listed-test",
    "list\u00aded.test", "LISTED.TEST.EVIL.TEST", "sentinel-proxy", "localhost", "66.100.51.198.in-addr.arpa",
    "health.invalid", "host.docker.internal",
]

INWARD = [
    "ten", "b172", "c192", "loop", "loop-high", "zero", "zero-net", "link", "metadata", "shared", "shared-high", "bench",
    "ietf", "multicast", "reserved", "broadcast", "mapped", "mapped-loop", "loop6", "any6", "unique6", "unique6-fc",
    "link6", "site6", "multicast6", "nat64", "nat64-local", "six-to-four", "teredo", "discard6", "compatible",
    "mixed", "mixed-last", "mixed-family", "alias", "alias-loop", "azure", "aws6",
]
