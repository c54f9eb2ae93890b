"""`verify`: decide the statements of the registry for one network, within a budget of time.

Knows the order of things; the mathematics is in the statements' modules.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan

from exactrev.errors import BadInput, BudgetSpent, InvalidNetwork
from exactrev.geometry import Box
from exactrev.geometry.enumeration import Progress
from exactrev.network import Network
from exactrev.statements.evidence import Evidence
from exactrev.statements.registry import find_statements
from exactrev.statements.report import Report, find_counts
from exactrev.statements.statement import Statement
from exactrev.verdict import Outcome, Verdict

__all__ = ["verify"]


def verify(
    net: Network,
    labels: str | Iterable[str] | None = None,
    box: Box | None = None,
    budget: float | None = None,
    progress: Progress | None = None,
) -> Report:
    """Decide statements of the paper for a network, over R^n or inside a rational box.

    `labels` chooses statements by label or by the paper's number; None means all. After `budget` seconds what is not
    decided is reported as UNDECIDED, with what is missing. `progress(done, total)` is called after every neuron of the
    enumeration and after every statement, and may raise to stop it all.

    Raises `BadInput` for an unknown label or an impossible budget, `InvalidNetwork` if the box does not fit.

    >>> net = Network.from_arrays([([[-1, 1], [1, 1], [0, 1]], [0, 0, 0]), ([[1, 1, -2]], [0])])
    >>> report = verify(net, ["R2", "T1b"])
    >>> str(report["R2"].outcome), report["R2"].witness["touching_reading"], report["T1b"].vacuous, report.exit_code
    ('HOLDS', 'FAILS', True, 0)
    """
    chosen = find_statements(labels)
    if budget is not None and (isnan(budget) or budget < 0):
        raise BadInput("", "budget", f"{budget}", "a number of seconds, 0 or more")
    if box is not None and box.n_in != net.n_in:
        raise InvalidNetwork("the box has the wrong dimension", box=box.n_in, n_in=net.n_in)
    neurons = sum(net.hidden_widths)
    total = neurons + len(chosen)
    tell = progress if progress is not None else _tell_nobody
    evidence = Evidence(net, box, budget, lambda done, _: tell(done, total))
    verdicts = []
    for number, statement in enumerate(chosen, start=1):
        verdicts.append((statement, _decide(statement, evidence)))
        tell(neurons + number, total)
    return Report(net, box, tuple(verdicts), find_counts(evidence.found_complex))


def _decide(statement: Statement, evidence: Evidence) -> Verdict:
    try:
        return statement.decide(evidence)
    except BudgetSpent as spent:
        missing = spent.data.get("missing", str(spent))
        return Verdict(Outcome.UNDECIDED, "the budget is spent", {"missing": missing})


def _tell_nobody(done: int, total: int) -> None:
    pass
