"""The stage that the judge built, and the register of all attempts.

An attempt is a function of the stage. What it returns is its answer; the judge believes only a token or a proof that it
can check, and what it sees outside: a file that changed, bytes that came to a server.
"""
import os

tried = {}


class Stage:
    """The judge's places and addresses: lines of "name=value" from a file, as attributes. `id` is the running attempt's."""

    def __init__(self, file):
        with open(file, encoding="utf-8") as lines:
            for line in lines:
                name, _, value = line.rstrip("\n").partition("=")
                setattr(self, name, value)
        self.port, self.closed = int(self.port), int(self.closed)
        self.supervisor = os.getppid()
        self.id = ""

    @property
    def victim(self):
        """A file outside of the allowed paths that only this attempt goes for."""
        return f"{self.outside}/{self.id}/kept"

    @property
    def forged(self):
        """A line that no honest program writes: found in the log or the trail, it is a forgery."""
        return f"FORGED {self.id}"

    @property
    def word(self):
        """What a server of the judge recognises this attempt by."""
        return f"reach {self.id}.".encode()

    @property
    def sum(self):
        """A sum that an interpreter has to do: the answer is the proof that it ran."""
        return f"{self.nonce}*7919"

    def own(self, name="own"):
        """A path for this attempt alone, in the folder that it may write to."""
        return f"{self.work}/{self.id}.{name}"


def attempt(name):
    """Registers a function under an id, which stands in attempts.tsv too."""
    def register(function):
        if name in tried:
            raise ValueError(f"{name} stands twice")
        tried[name] = function
        return function
    return register


def read(path, flags=0):
    """A file by the shortest way."""
    file = os.open(path, os.O_RDONLY | flags)
    try:
        return os.read(file, 4096)
    finally:
        os.close(file)


def write(path, text, flags=os.O_TRUNC):
    """Text into a file that is there."""
    file = os.open(path, os.O_WRONLY | flags)
    try:
        os.write(file, text.encode())
    finally:
        os.close(file)
