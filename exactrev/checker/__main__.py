"""``python -I -S -B exactrev/checker [--claim CLAIM] CERT...``: checks certificates, with nothing but Python.

Prints ``s VERIFIED <digest of the claim>`` for each that proves its claim (with ``--claim``, that one), and what is
wrong with any other on stderr. The exit codes are in docs/certificates.md.
"""

import os
import stat
import sys
from hashlib import sha256
from typing import BinaryIO

if not __package__:  # run as a folder, which is the only way in isolated mode
    sys.path[:] = [*sys.path[1:], os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))]

from exactrev.checker.kinds import check
from exactrev.checker.refusals import Limit, Malformed, Rejected, told

CODES = {Rejected: 10, Malformed: 20, Limit: 30}
USAGE = "usage: python -I -S -B exactrev/checker [--claim CLAIM] CERT..."


def main(arguments: list[str]) -> int:
    """Check every file; the exit code."""
    expected = None
    if arguments[:1] == ["--claim"]:
        expected, arguments = arguments[1] if len(arguments) > 1 else "", arguments[2:]
    if not arguments or any(name.startswith("-") for name in arguments):
        sys.stderr.write(USAGE + "\n")
        return 2
    return max(check_file(name, expected) for name in arguments)


def check_file(name: str, expected: str | None) -> int:
    """Check one file and say what came of it; the exit code."""
    try:
        with open_file(name) as stream:
            claim = check(stream, expected)
    except (Rejected, Malformed, Limit) as refusal:
        return tell(name, type(refusal).__name__.upper(), str(refusal), CODES[type(refusal)])
    except MemoryError:
        return tell(name, "LIMIT", "the memory is used up", 30)
    except OSError as error:
        return tell(name, "MALFORMED", f"cannot be read: {error.strerror}", 20)
    except KeyboardInterrupt:
        return tell(name, "INTERRUPTED", "", 130)
    except Exception as error:  # a fault of the checker, of whatever kind, must not look like a verdict
        return tell(name, "INTERNAL", told(type(error).__name__, [str(error)]), 70)
    tell(name, "VERIFIED", claim.text, 0)
    sys.stdout.write(f"s VERIFIED {sha256(claim.text.encode('ascii')).hexdigest()}\n")
    return 0


def open_file(name: str) -> BinaryIO:
    """A regular file; nothing is waited for."""
    descriptor = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Malformed("not a regular file")
    return open(descriptor, "rb")


def tell(name: str, verdict: str, reason: str, code: int) -> int:
    sys.stderr.write(f"c {ascii(name)[1:-1]}: {verdict}: {reason}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
