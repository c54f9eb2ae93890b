"""What the statements say of one network, and what of it is worth keeping: a failure, or a fault of ours.

A statement that fails has a *counterexample*: the network. Something that must not happen (an exception, a
contradiction, another verdict after neurons were permuted and scaled) is a *fault*: of the program, or of the
mathematics. Both have a kind, which tells apart ways to fail, so that one network is kept of each and not thousands.
Knows nothing of where networks come from.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrev.errors import BudgetSpent
from exactrev.network import Isomorphism, Network
from exactrev.statements import Statement, find_statement
from exactrev.statements.evidence import Evidence
from exactrev.statements.witnesses import as_json
from exactrev.verdict import Outcome, Verdict

__all__ = ["FAULT", "Judgement", "failures", "judge", "kind_of_error"]

FAULT = "FAULT"
"""What is put in the place of an outcome where something happened that must not."""

_NEURON = re.compile(r"z\[\d+,\d+\]")
_NUMBER = re.compile(r"\d+")
_OPTIONAL = {"and_more", "disjoint_pairs"}


@dataclass(frozen=True, slots=True)
class Judgement:
    """One statement on one network. `kind` is empty unless it failed or something is at fault."""

    label: str
    outcome: str
    kind: str = ""
    checked: str = ""
    witness: Any = None

    @property
    def is_fault(self) -> bool:
        return self.outcome == FAULT


def judge(net: Network, labels: Iterable[str], twice: bool = True) -> tuple[list[Judgement], Evidence]:
    """The judgements on a network, statement by statement, and the evidence they rest on.

    With `twice`, the statements are decided for an isomorphic network too, and a verdict that changes is a fault. What
    the memory does not suffice for is UNDECIDED.
    """
    statements = [find_statement(label) for label in labels]
    evidence = Evidence(net)
    judgements = _without_repeats(_decide(statement, evidence) for statement in statements)
    if not twice:
        return judgements, evidence
    image = Evidence(_image(net))
    again = {judgement.label: judgement.outcome for judgement in (_decide(s, image) for s in statements)}
    return [_compared(judgement, again[judgement.label]) for judgement in judgements], evidence


def kind_of_error(error: Exception) -> str:
    """The type of an exception, and the function of ours in which it was raised."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "exactrev" in frame.filename]
    place = f" in {frames[-1].name}" if frames else ""
    return f"fault: {type(error).__name__}{place}"


def _decide(statement: Statement, evidence: Evidence) -> Judgement:
    try:
        verdict = statement.decide(evidence)
        witness = as_json(verdict.witness)
    except (BudgetSpent, MemoryError) as spent:
        return Judgement(statement.label, str(Outcome.UNDECIDED), checked=str(spent))
    except Exception as error:  # TheoryContradicted above all: here it is looked for
        return Judgement(statement.label, FAULT, kind_of_error(error), str(error))
    kind = _kind_of_failure(verdict) if verdict.outcome is Outcome.FAILS else ""
    return Judgement(statement.label, str(verdict.outcome), kind, verdict.checked, witness)


def _kind_of_failure(verdict: Verdict) -> str:
    """What the witness consists of, whichever neurons and layers it is about."""
    parts = dict.fromkeys(_NUMBER.sub("k", _NEURON.sub("z", name)) for name in verdict.witness if name not in _OPTIONAL)
    return f"fails: {', '.join(part.replace('_', ' ') for part in parts)}"


def _without_repeats(judgements: Iterable[Judgement]) -> list[Judgement]:
    """A fault that several statements run into is reported of the first alone."""
    seen: set[str] = set()
    kept = []
    for judgement in judgements:
        if judgement.is_fault and judgement.kind in seen:
            judgement = Judgement(judgement.label, str(Outcome.UNDECIDED), checked=f"as before: {judgement.kind}")
        seen.add(judgement.kind)
        kept.append(judgement)
    return kept


def _image(net: Network) -> Network:
    """The same network with every layer the other way round, neuron i scaled by i + 2."""
    scales = tuple(tuple(Fraction(i + 2) for i in range(width)) for width in net.hidden_widths)
    return Isomorphism(tuple(tuple(range(width))[::-1] for width in net.hidden_widths), scales)(net)


def _compared(judgement: Judgement, again: str) -> Judgement:
    decided = {str(outcome) for outcome in Outcome} - {str(Outcome.UNDECIDED)}
    if judgement.outcome == again or not {judgement.outcome, again} <= decided:
        return judgement
    kind = "fault: another verdict for an isomorphic network"
    return Judgement(judgement.label, FAULT, kind, f"{judgement.outcome}, and {again} once permuted and scaled")


def failures(judgements: Iterable[Judgement]) -> Iterator[Judgement]:
    """Those that are worth keeping."""
    return (judgement for judgement in judgements if judgement.kind)
