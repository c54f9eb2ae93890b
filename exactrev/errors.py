"""Every exception that exactrev raises on purpose. Knows nothing of networks or numbers; everybody may import it.

Four kinds of trouble are kept apart, because they call for different reactions:

- the caller's (`InvalidNetwork`, `InexactInput`, `BadInput`): something handed in is not what it should be;
- an assumption's (`AssumptionFailed`): a theorem does not apply here, and the witness says why;
- the data's (`RecoveryAmbiguous`, `BudgetSpent`, `WorkerLost`): there is no single answer, or none yet;
- `TheoryContradicted`: something that the mathematics rules out has happened. Never catch that one.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "AssumptionFailed",
    "BadInput",
    "BudgetSpent",
    "ExactrevError",
    "InexactInput",
    "InvalidNetwork",
    "RecoveryAmbiguous",
    "TheoryContradicted",
    "WorkerLost",
]


class ExactrevError(Exception):
    """Base of all our exceptions. Data given by name is kept as attributes and printed as ``name=value``.

    >>> error = ExactrevError("no region", neuron="z[2,0]", witness=(1, 2))
    >>> str(error)
    'no region (neuron=z[2,0], witness=(1, 2))'
    >>> error.witness
    (1, 2)
    """

    def __init__(self, message: str, **data: Any) -> None:
        self.message = message
        self.data = data
        super().__init__(message)

    def __getattr__(self, name: str) -> Any:
        # Only called when ordinary lookup fails.
        data = self.__dict__.get("data", {})
        if name in data:
            return data[name]
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.message, self.data)

    def __str__(self) -> str:
        if not self.data:
            return self.message
        return f"{self.message} ({', '.join(f'{name}={value}' for name, value in self.data.items())})"


class InvalidNetwork(ExactrevError, ValueError):
    """The layers do not form a network: empty, ragged, or with shapes that do not chain."""


class InexactInput(ExactrevError, ValueError):
    """A number that has no exact rational value here: NaN, an infinity, or text that is not a rational."""


class BadInput(ExactrevError, ValueError):
    """A file, or an argument of the command line, cannot be used. One line: file, place, found, expected.

    >>> print(BadInput("net.json", "layers[1].bias", "a float, 0.5", 'an integer or a string "p/q"'))
    net.json: layers[1].bias: found a float, 0.5; expected an integer or a string "p/q"
    """

    def __init__(self, file: str, place: str, found: str, expected: str) -> None:
        super().__init__("bad input", file=file, place=place, found=found, expected=expected)

    def __str__(self) -> str:
        where = ": ".join(part for part in (self.file, self.place) if part)
        line = f"{where}: found {self.found}; expected {self.expected}"
        return " ".join(line.split())


class AssumptionFailed(ExactrevError):
    """A hypothesis of the theorem in use does not hold; `witness` shows where."""


class RecoveryAmbiguous(ExactrevError):
    """The data admit several answers, and choosing one would be a guess."""


class BudgetSpent(ExactrevError):
    """The time or size allowed is used up; what is missing is in the data."""


class WorkerLost(BudgetSpent):
    """Worker processes died, most often for want of memory, until there was no point in starting more."""


class TheoryContradicted(ExactrevError):
    """Something that is proved impossible has happened: the program is wrong, or the paper is."""


def _restored(kind: type[ExactrevError], message: str, data: dict[str, Any]) -> ExactrevError:
    """An exception that crossed from one process to another, whatever its constructor takes."""
    error = kind.__new__(kind)
    ExactrevError.__init__(error, message, **data)
    return error
