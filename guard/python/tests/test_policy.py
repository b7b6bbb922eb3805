"""The reader takes what the plugin writes, byte for byte, and nothing else."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from sentinel_guard import policy  # noqa: E402

LINES = [
    "sentinel-policy 1", "source " + "0a" * 32, "mode enforce", "on-block deny", "log-failure stop",
    "tamper-detection on", "write /tmp/ü", "write /workspace", "read /a b", "block /workspace/.git", "command /usr/bin/git",
    "command ls", "interpreter sh", "block-command rm", "failsafe on", "private-network off",
    "host exact 80,443 https,wss api.example.com", "host subdomain * * example.org", "block-host bad.example.org",
    "block-ip 10.0.0.0/8", "allow-ip 192.0.2.0/24",
]


def text(lines):
    return ("\n".join([*lines, "end %d" % len(lines)]) + "\n").encode()


class PolicyTest(unittest.TestCase):
    def test_parseWhenWellFormedHasEveryFact(self):
        read = policy.parse(text(LINES))
        self.assertEqual((False, False, True, False), (read.audit, read.ask, read.failsafe, read.private_network))
        self.assertEqual((["/tmp/ü", "/workspace"], ["/a b"], ["/workspace/.git"]), (read.write, read.read, read.block))
        self.assertEqual((["/usr/bin/git", "ls"], ["sh"], ["rm"]), (read.command, read.interpreter, read.block_command))
        self.assertEqual([("api.example.com", False, {80, 443}), ("example.org", True, None)], read.host)
        self.assertEqual((["bad.example.org"], ["10.0.0.0/8"], ["192.0.2.0/24"]),
                         (read.block_host, read.block_ip, read.allow_ip))

    def test_parseWhenCutAnywhereFails(self):
        whole = text(LINES)
        for length in range(len(whole)):
            with self.assertRaises(policy.PolicyError, msg=length):
                policy.parse(whole[:length])

    def test_parseWhenALineIsLostOrDoubledFails(self):
        for at in range(len(LINES)):
            lost = LINES[:at] + LINES[at + 1:]
            with self.assertRaises(policy.PolicyError, msg=LINES[at]):
                policy.parse(("\n".join([*lost, "end %d" % len(LINES)]) + "\n").encode())
            with self.assertRaises(policy.PolicyError, msg=LINES[at]):
                policy.parse(text(LINES[:at] + [LINES[at]] + LINES[at:]))

    def test_parseWhenMalformedFails(self):
        for before, after in (
            ("sentinel-policy 1", "sentinel-policy 2"), ("mode enforce", "mode off"), ("mode enforce", "mode"),
            ("mode enforce", "Mode enforce"), ("mode enforce", "mode enforce "), ("failsafe on", "failsafe yes"),
            ("source 0a", "source 0A"), ("write /tmp/ü", "write tmp"), ("write /tmp/ü", "write /tmp/../x"),
            ("write /tmp/ü", "write /tmp//x"), ("write /tmp/ü", "write /tmp/"), ("write /tmp/ü", "write /zzz"),
            ("read /a b", "read /a\tb"), ("read /a b", "unknown /a"), ("write /workspace", "block /a"),
            ("host exact 80,443", "host exact 80,x"), ("host exact", "host near"), ("api.example.com", ""),
            ("interpreter sh", "interpreter sh\r"), ("interpreter sh", "interpreter "),
        ):
            with self.subTest(after=after):
                changed = text(LINES).replace(before.encode(), after.encode(), 1)
                self.assertNotEqual(text(LINES), changed)
                self.assertRaises(policy.PolicyError, policy.parse, changed)
        self.assertRaises(policy.PolicyError, policy.parse, text(LINES).replace("ü".encode(), b"\xff"))
        self.assertRaises(policy.PolicyError, policy.parse, text(LINES) + b"\n")


if __name__ == "__main__":
    unittest.main()
