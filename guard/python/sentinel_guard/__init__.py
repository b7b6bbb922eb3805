"""The guard's hook in a Python interpreter: it explains what the policy blocks, and records it.

It is no boundary. The launcher holds the policy in the kernel, for every language and for whatever a program
does to this hook; the hook adds what the kernel cannot say: a sentence that names the policy's key, host names,
and one more Landlock layer, which keeps the command's own interpreter from its children.

Where this package stands decides which policy it reads: `sentinel_guard` in /opt/sentinel/python reads
/opt/sentinel/policy. No variable, argument or file of the agent's names another.
"""

import os
import sys

EX_CONFIG = 78

_started = False


def start():
    """Puts the hook into this interpreter, once. Whatever goes wrong ends the process with status 78.

    An exception would not do: Python prints one that is raised while it starts, and goes on without the hook.
    """
    global _started
    if _started:
        return
    try:
        from . import events, policy

        here = os.path.dirname(os.path.abspath(__file__))
        events.install(policy.read(os.path.join(os.path.dirname(os.path.dirname(here)), "policy")))
        _started = True
    except BaseException as error:
        end(error)


def end(error):
    """Says in one line why this interpreter cannot be guarded, and ends the process there and then."""
    what = " ".join(str(error).split()) or type(error).__name__
    line = "sentinel: the Python hook did not start, so Python does not either: %s\n" % what
    try:
        os.write(2, line.encode("utf-8", "backslashreplace"))
    finally:
        os._exit(EX_CONFIG)


if sys.version_info < (3, 8):
    end(RuntimeError("Python %s has no audit hooks; 3.8 is the first that has" % sys.version.split()[0]))
