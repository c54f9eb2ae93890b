"""The three refusals of the checker, and how their reasons are put. Knows nothing of certificates."""

from collections.abc import Callable, Iterable
from typing import Any


class Refused(Exception):
    """Why a certificate is not accepted."""


class Malformed(Refused):
    """Not a certificate: the text is not what the format allows."""


class Rejected(Refused):
    """A certificate in form, but a condition fails."""


class Limit(Refused):
    """Larger than what is looked at."""


def refusing(refusal: type[Refused]) -> Callable[..., None]:
    """A check that raises this refusal, with a reason and values, unless a condition holds."""

    def check(condition: object, reason: str, *values: Any) -> None:
        if not condition:
            raise refusal(told(reason, values))

    return check


require, expect, allow = refusing(Rejected), refusing(Malformed), refusing(Limit)


def told(reason: str, values: Iterable[Any]) -> str:
    """The reason and the values on one line of printable ASCII, however long the values are."""
    for value in values:
        try:
            text = ascii(value)
        except ValueError:  # Python writes no integers of more digits than it reads
            text = "(too long to be shown)"
        reason += f": {text if len(text) <= 120 else f'{text[:117]}...'}"
    return reason
