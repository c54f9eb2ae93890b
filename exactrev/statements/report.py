"""The report of `verify`: every statement with its verdict, as text for people and as JSON for programs.

Knows how verdicts are shown; knows no statement, and nothing of a terminal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any

from exactrev.geometry import Box, RegionComplex
from exactrev.network import Network
from exactrev.statements.statement import Statement
from exactrev.statements.witnesses import as_json, as_text
from exactrev.verdict import Outcome, Verdict

__all__ = ["SCHEMA_VERSION", "Report"]

SCHEMA_VERSION = 1
WIDTH = 116
MARGIN = " " * 16
LEGEND = """\
HOLDS and FAILS are decided in exact rational arithmetic; a number after ~ is rounded for display, the JSON report has
it in full. z[k,i] is neuron i (from 0) of hidden layer k (from 1); its boundary B[z] is the set of inputs at which its
preactivation is 0; B is the union of all boundaries; regions are the parts into which B cuts the input space; patterns
show for every neuron, layer by layer, whether it is active (+) or not (-)."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found out about a network: its regions in numbers (if they were enumerated), and the verdicts."""

    network: Network
    box: Box | None
    verdicts: tuple[tuple[Statement, Verdict], ...]
    counts: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Verdict:
        """The verdict on a statement, by label or by the paper's number. `KeyError` if it was not asked for."""
        for statement, verdict in self.verdicts:
            if name in (statement.label, statement.paper):
                return verdict
        raise KeyError(name)

    def count(self, outcome: Outcome) -> int:
        """How many statements have this outcome."""
        return sum(verdict.outcome is outcome for _, verdict in self.verdicts)

    @property
    def exit_code(self) -> int:
        """1 if some statement fails, else 3 if some is undecided, else 0."""
        if self.count(Outcome.FAILS):
            return 1
        return 3 if self.count(Outcome.UNDECIDED) else 0

    # -- JSON ----------------------------------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """A JSON object, as plain Python data; rationals are strings."""
        return {
            "schema_version": SCHEMA_VERSION,
            "network": self._network_json(),
            "statements": [
                {
                    "label": statement.label,
                    "paper": statement.paper,
                    "where": statement.where,
                    "claim": statement.claim,
                    "printed": statement.printed,
                    "verdict": str(verdict.outcome),
                    "vacuous": verdict.vacuous,
                    "checked": verdict.checked,
                    "witness": as_json(verdict.witness),
                }
                for statement, verdict in self.verdicts
            ],
        }

    def _network_json(self) -> dict[str, Any]:
        record: dict[str, Any] = {
            "architecture": self.network.architecture,
            "widths": list(self.network.widths),
            "parameters": self.network.parameters,
            "box": None if self.box is None else {"lo": as_json(self.box.lo), "hi": as_json(self.box.hi)},
            **self.counts,
        }
        provenance = self.network.provenance
        if provenance is not None:
            record |= {
                "path": provenance.path,
                "sha256": provenance.sha256,
                "format": provenance.format,
                "reading": provenance.reading,
            }
        return record

    # -- text ----------------------------------------------------------------------------------------------------

    def summary(self) -> str:
        """The report in lines of text: the network, a paragraph for every statement, and what it comes to."""
        lines = [*self._network_lines(), ""]
        for statement, verdict in self.verdicts:
            lines += _statement_lines(statement, verdict)
        return "\n".join([*lines, "", *self._closing_lines()])

    def _network_lines(self) -> Iterator[str]:
        net = self.network
        widths = ", ".join(map(str, net.hidden_widths))
        hidden = f"hidden layers of {widths} neurons" if widths else "no hidden layer"
        shape = f"{_several(net.n_in, 'input')}, {hidden}, {_several(net.n_out, 'output')}"
        yield f"Network {net.architecture}: {shape}; {_several(net.parameters, 'parameter')}."
        where = f"R^{net.n_in}"
        if self.box is not None:
            where = f"the box from {as_text(self.box.lo)} to {as_text(self.box.hi)}"
        if self.counts:
            numbers = self.counts
            thick = f" and {_several(numbers['thick'], 'thick cell')}" if numbers["thick"] else ""
            regions = f"{_several(numbers['regions'], 'activation region')} ({numbers['bounded']} bounded){thick}"
            yield f"Over {where} it has {regions}, with {_several(numbers['facets'], 'facet')} between them."
        else:
            yield f"Its activation regions over {where} were not enumerated."

    def _closing_lines(self) -> Iterator[str]:
        vacuous = sum(verdict.vacuous for _, verdict in self.verdicts)
        parts = [f"{self.count(Outcome.HOLDS)} of {len(self.verdicts)} statements hold for this network"]
        if vacuous:
            parts[0] += f" ({vacuous} of them vacuously: there was nothing to check)"
        for outcome, one, several in (
            (Outcome.FAILS, "fails", "fail"),
            (Outcome.NOT_APPLICABLE, "does not apply", "do not apply"),
            (Outcome.UNDECIDED, "is undecided", "are undecided"),
        ):
            number = self.count(outcome)
            if number:
                parts.append(f"{number} {one if number == 1 else several}")
        yield ", ".join(parts) + "."
        yield from wrap(LEGEND, WIDTH)


def find_counts(complex: RegionComplex | None) -> dict[str, int]:
    """The numbers of a region complex, if there is one."""
    if complex is None:
        return {}
    return {
        "regions": complex.n_regions,
        "thick": complex.n_thick,
        "bounded": complex.n_bounded,
        "facets": complex.n_facets,
    }


def _several(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _statement_lines(statement: Statement, verdict: Verdict) -> Iterator[str]:
    outcome = str(verdict.outcome).replace("_", " ")
    yield f"{outcome:15} {statement}{', vacuously' if verdict.vacuous else ''}"
    yield from wrap(verdict.checked, WIDTH, initial_indent=MARGIN, subsequent_indent=MARGIN)
    for name, value in verdict.witness.items():
        yield from _witness_lines(name, value)


def _witness_lines(name: str, value: Any) -> Iterator[str]:
    first = f"{MARGIN}  {name.replace('_', ' ')}: "
    if isinstance(value, list) and len(value) > 1 and isinstance(value[0], dict):
        yield first.rstrip()
        for entry in value:
            yield from wrap(as_text(entry), WIDTH, initial_indent=MARGIN + "    ", subsequent_indent=MARGIN + "      ")
        return
    yield from wrap(as_text(value), WIDTH, initial_indent=first, subsequent_indent=MARGIN + "    ")
