"""How the result of a recovery is put: lines for people, one record for programs.

Knows what a recovery returns and what was found out about it from outside, and keeps the two apart: what the recovery
says is the same whether there was a network or a transcript.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exactrev.cli.printing import described

if TYPE_CHECKING:
    from exactrev.network import AffineMap, Network, Neuron
    from exactrev.oracle import Oracle
    from exactrev.recovery.missing import Missing
    from exactrev.recovery.reconstruction import Recovery
    from exactrev.recovery.signs import SignDecision
    from exactrev.verdict import Verdict

__all__ = ["Judgement", "Noticed", "Result", "as_lines", "as_record", "find_missing"]

CASES = 4_000
"""So many cases are looked at to decide whether a weight is free."""

INEXACT = "the answers are not exact values of a piecewise linear function"


@dataclass(frozen=True, slots=True)
class Noticed:
    """What ended a recovery early, and where. `is_inexact`: no piecewise linear function has these answers."""

    message: str
    data: Mapping[str, Any]
    is_inexact: bool


@dataclass(frozen=True, slots=True)
class Result:
    """A recovery that came to its end, or what ended it; and the oracle that counted."""

    recovery: Recovery | None
    noticed: Noticed | None
    oracle: Oracle
    missing: tuple[Missing, ...] = ()

    @property
    def network(self) -> Network | None:
        return None if self.recovery is None else self.recovery.network

    @property
    def summary(self) -> str:
        """One sentence that claims no more than the recovery has shown."""
        if self.noticed is not None:
            return f"partial: {INEXACT if self.noticed.is_inexact else self.noticed.message}"
        if self.recovery is None:
            return "partial: nothing was recovered"
        if self.recovery.network is None:
            return self.recovery.summary
        words = Counter(missing.word for missing in self.missing)
        tested = f"no contradiction in {self.recovery.tested} test points"
        if words["placeholder"] or words["unreached"]:
            counted = ", ".join(f"{count} {word}" for word, count in sorted(words.items()))
            return f"partial: {self.recovery.network.architecture} with unknown weights ({counted}); {tested}"
        known = ", and the equivalence oracle knows none" if self._was_confirmed else ""
        free = words["free"]
        spare = "" if not free else f"; {free} weight{' is' if free == 1 else 's are'} free"
        return f"{self.recovery.network.architecture}, {tested}{known}{spare}"

    @property
    def _was_confirmed(self) -> bool:
        return self.recovery is not None and self.recovery.is_exact_everywhere


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was proved about the recovered network from outside; no verdict where there is no network to judge."""

    verdict: Verdict | None
    isomorphic: bool

    @property
    def is_equal(self) -> bool:
        """Whether equality with the truth is proved."""
        return self.verdict is not None and self.verdict.holds


# -- for programs ------------------------------------------------------------------------------------------------------


def as_record(
    result: Result, judgement: Judgement | None, name: str | None, truth: Network | None, seconds: float
) -> dict[str, Any]:
    """The JSON object. What it says of the truth (`isomorphic`, `verdict`, `truth`) is null where there is none."""
    recovery, oracle, net = result.recovery, result.oracle, result.network
    return {
        "recovered": "complete" if judgement is not None and judgement.is_equal else "partial",
        "isomorphic": None if judgement is None else judgement.isomorphic,
        "verdict": _verdict(judgement),
        "truth": None if truth is None or name is None else described(name, truth),
        "summary": result.summary,
        "reason": None if recovery is None else recovery.attempt.reason,
        "noticed": _noticed(result.noticed),
        "queries": oracle.queries,
        "query_bits": oracle.bits_in + oracle.bits_out,
        "bits_in": oracle.bits_in,
        "bits_out": oracle.bits_out,
        "distinct_queries": oracle.distinct_queries,
        "plain_queries": None if recovery is None else recovery.plain_queries,
        "packed_queries": None if recovery is None else recovery.packed_queries,
        "equivalence_queries": None if recovery is None else recovery.equivalence_queries,
        "rounds": None if recovery is None else recovery.rounds,
        "lines": None if recovery is None else recovery.lines,
        "tested": None if recovery is None else recovery.tested,
        "contradictions": None if recovery is None else recovery.contradictions,
        "layers": [] if recovery is None else list(_layers(recovery)),
        "missing": list(_missing(result)),
        "network": None if net is None else {"architecture": net.architecture, "layers": [*map(_map, net.layers)]},
        "seconds": seconds,
    }


def _verdict(judgement: Judgement | None) -> dict[str, Any] | None:
    if judgement is None or judgement.verdict is None:
        return None
    from exactrev.statements.witnesses import as_json

    verdict = judgement.verdict
    point = verdict.witness.get("point")
    return {"equal": str(verdict.outcome), "checked": verdict.checked, "point": as_json(point)}


def _noticed(noticed: Noticed | None) -> dict[str, Any] | None:
    if noticed is None:
        return None
    from exactrev.statements.witnesses import as_json

    place = noticed.data.get("place", noticed.data.get("witness"))
    what = INEXACT if noticed.is_inexact else noticed.message
    step = noticed.data.get("step")
    return {"what": what, "message": noticed.message, "place": as_json(place), "step": as_json(step)}


def _map(f: AffineMap) -> dict[str, Any]:
    from exactrev.statements.witnesses import as_json

    return {"weights": as_json(f.W), "bias": as_json(f.b)}


def _layers(recovery: Recovery) -> Iterator[dict[str, Any]]:
    """The hidden layers as they were read; their weights only where no network holds them.

    Without a network nothing vouches for them: a deeper neuron's row may stand where it does not belong.
    """
    found = recovery.attempt.layers
    for k, layer in enumerate(found, start=1):
        decision = _decision(recovery, k)
        signs = "known" if recovery.network is not None else "as read" if k < len(found) else "unknown"
        record: dict[str, Any] = {"layer": k, "neurons": layer.n_out, "signs": signs}
        record["rank"] = None if decision is None else decision.rank
        record["rank_claimed"] = None if decision is None else decision.rank_claimed
        record["signs_by"] = None if decision is None else decision.reason
        yield record if recovery.network is not None else {**record, **_map(layer)}


def _decision(recovery: Recovery, k: int) -> SignDecision | None:
    """How the signs of hidden layer k were decided: by the next layer's bends, or with the output layer."""
    attempt = recovery.attempt
    if k <= len(attempt.signs):
        return attempt.signs[k - 1]
    return attempt.output.signs if attempt.output is not None and k == len(attempt.layers) else None


def _missing(result: Result) -> Iterator[dict[str, Any]]:
    """What is not known, and why: neuron by neuron, weight by weight; rows seen in part with what is known of them."""
    recovery = result.recovery
    if recovery is None:
        yield {"what": "everything", "status": "unreached", "reason": result.summary.removeprefix("partial: ")}
        return
    from exactrev.recovery.missing import find_unplaced, find_unsigned
    from exactrev.statements.witnesses import as_json

    attempt = recovery.attempt
    for missing in result.missing:
        yield _one_missing(missing)
    if recovery.network is not None:
        return
    reason = attempt.reason
    if recovery.contradictions:
        reason = f"{reason}; {recovery.contradictions} of {recovery.tested} test points contradict it"
    yield {"what": "network", "status": "unreached", "reason": reason}
    last = len(attempt.layers)
    if last:
        decision = attempt.signs[last - 1] if last <= len(attempt.signs) else None
        for missing in find_unsigned(last, attempt.layers[-1].n_out, decision):
            yield _one_missing(missing)
    rows = [row for row in recovery.partial_rows if row.missing]
    for row, missing in zip(rows, find_unplaced(rows), strict=True):
        yield {**_one_missing(missing), "weights": as_json(row.weights), "bias": as_json(row.bias)}


def find_missing(recovery: Recovery | None) -> tuple[Missing, ...]:
    """The weights that the recovery does not know, each with its word."""
    if recovery is None:
        return ()
    from exactrev.recovery.missing import classify

    attempt = recovery.attempt
    return classify(recovery.network, attempt.open_weights, attempt.findings, is_free=_is_free)


def _one_missing(missing: Missing) -> dict[str, Any]:
    from exactrev.statements.witnesses import as_json

    record: dict[str, Any] = {"what": missing.subject, "status": missing.word, "reason": missing.reason}
    if missing.neuron is not None:
        record["neuron"] = as_json(missing.neuron)
    if missing.input is not None:
        record["input"] = missing.input
    if missing.allowed is not None:
        record["allowed"] = [as_json(missing.allowed.low), as_json(missing.allowed.high)]
    return record


def _is_free(network: Network, neuron: Neuron, unit: int) -> Verdict:
    """Whether a weight of the recovered network can move without changing it; the truth is not looked at."""
    from exactrev.search import Budget, decide_free

    return decide_free(network, neuron.layer, neuron.index, unit, Budget(CASES))


# -- for people --------------------------------------------------------------------------------------------------------


def as_lines(result: Result, judgement: Judgement | None, seconds: float) -> Iterator[str]:
    """The report: what the recovery says, what it cost, and the verdict from outside."""
    from exactrev.statements.witnesses import as_text

    recovery, oracle, noticed = result.recovery, result.oracle, result.noticed
    yield result.summary
    if noticed is not None:
        place = noticed.data.get("place", noticed.data.get("witness"))
        yield f"  noticed: {noticed.message}" + ("" if place is None else f", at {as_text(place)}")
    if recovery is not None:
        for layer in _layers(recovery):
            read = "" if result.network is not None else " as read so far, which may be wrong"
            yield f"  layer {layer['layer']}{read}: {layer['neurons']} neurons, signs {layer['signs']}{_ranks(layer)}"
        yield f"  {recovery.attempt.reason}"
        for missing in _missing(result):
            yield f"  missing, {missing['status']}: {missing['what']}: {missing['reason']}"
    kinds = "" if recovery is None else f": {recovery.plain_queries} plain, {recovery.packed_queries} packed"
    yield f"  {oracle.queries} queries{kinds}; {oracle.bits_in + oracle.bits_out} bits"
    if recovery is not None and recovery.equivalence_queries:
        yield f"  {recovery.equivalence_queries} equivalence queries"
    yield f"  {seconds:.3f} seconds"
    yield f"verdict: {_judged(judgement)}"


def _ranks(layer: Mapping[str, Any]) -> str:
    """The rank that was found beside the rank that is claimed."""
    if layer["rank"] is None:
        return "" if layer["signs_by"] is None else f", {layer['signs_by']}"
    claimed = "none" if layer["rank_claimed"] is None else layer["rank_claimed"]
    return f", rank {layer['rank']} of the system for them, {claimed} claimed"


def _judged(judgement: Judgement | None) -> str:
    from exactrev.statements.witnesses import as_text
    from exactrev.verdict import Outcome

    if judgement is None:
        return "none, for there is no network to compare with"
    verdict = judgement.verdict
    if verdict is None:
        return "partial"
    if verdict.holds:
        return f"complete; {'isomorphic to the truth' if judgement.isomorphic else f'equal: {verdict.checked}'}"
    if verdict.outcome is Outcome.FAILS:
        point = verdict.witness.get("point")
        where = verdict.checked if point is None else f"for instance at {as_text(point)}"
        return f"partial; another function than the truth, {where}"
    return "partial; equal to the truth at all points that were tried, which proves nothing"
