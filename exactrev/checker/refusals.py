"""The three refusals of the checker, and how their reasons are put. Knows nothing of certificates.

`Malformed` is not a certificate, `Rejected` is one that proves nothing, `Limit` is too large to look at.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class Refused(Exception):
    """Why a certificate is not accepted."""


class Malformed(Refused):
    """Not a certificate: the text is not what the format allows."""


class Rejected(Refused):
    """A certificate in form, but a condition fails."""


class Limit(Refused):
    """Larger than what is looked at."""


def require(condition: object, reason: str, *values: Any) -> None:
    """A condition of a proof; `Rejected`, with the values, if it fails."""
    if not condition:
        raise Rejected(told(reason, values))


def expect(condition: object, reason: str, *values: Any) -> None:
    """A condition of the format; `Malformed`, with the values, if it fails."""
    if not condition:
        raise Malformed(told(reason, values))


def allow(condition: object, reason: str, *values: Any) -> None:
    """A limit; `Limit`, with the values, if it is exceeded."""
    if not condition:
        raise Limit(told(reason, values))


def told(reason: str, values: Iterable[Any]) -> str:
    """The reason and the values on one line of printable ASCII, however long the values are."""
    return ": ".join([reason, *(_shown(value) for value in values)])


def _shown(value: Any) -> str:
    try:
        text = ascii(value)
    except ValueError:  # Python writes no integers of more digits than it reads
        return "(too long to be shown)"
    return text if len(text) <= 120 else f"{text[:117]}..."
