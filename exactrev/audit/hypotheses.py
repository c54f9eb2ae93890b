"""Is a hypothesis of a theorem needed? Shown by a network in which only it fails, and the conclusion too.

Knows hypotheses that are decided network by network, and how networks are looked for in which only one of them fails.
Which hypotheses a theorem has, and the networks, are in `rows.needed`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from exactrev.audit.row import Evidence, require
from exactrev.geometry import boundaries, regions
from exactrev.network import Network
from exactrev.proofs.exceptional_networks_are_zeros_of_polynomials import find_exceptional
from exactrev.statements.verification import verify
from exactrev.verdict import Outcome

__all__ = [
    "CONNECTED",
    "GENERAL_POSITION",
    "LINEAR_REGIONS",
    "MEET",
    "by_counterexample",
    "by_search",
    "find_alone",
    "find_failed",
    "holds_statement",
    "is_in_general_position",
]

Decide = Callable[[Network], bool]
Hypotheses = Mapping[str, Decide]


def holds_statement(paper: str) -> Decide:
    """That a statement, by its number, holds for a network."""

    def decide(net: Network) -> bool:
        outcome = verify(net, [paper])[paper].outcome
        require(outcome is not Outcome.UNDECIDED, f"{paper} is decided for a {net.architecture} network")
        return outcome is Outcome.HOLDS

    return decide


def is_in_general_position(net: Network) -> bool:
    """Off the zeros of the polynomials that the theorems leave out, in the patterns that occur."""
    found = regions(net)
    return not any(find_exceptional(net, (found.pattern(cell) for cell in range(found.n_cells))))


def _is_connected(net: Network) -> bool:
    return all(boundary.n_components <= 1 for boundary in boundaries(net))


LINEAR_REGIONS = "Linear Regions Assumption"
MEET = "boundaries of connected neurons meet"
CONNECTED = "connected boundaries"
GENERAL_POSITION = "general position"

DECIDED: Hypotheses = {
    LINEAR_REGIONS: holds_statement("R2"),
    MEET: holds_statement("T2h"),
    CONNECTED: _is_connected,
    GENERAL_POSITION: is_in_general_position,
}
"""An empty boundary counts as connected: that it is empty is for the others to say."""


def find_failed(net: Network, names: Iterable[str]) -> list[str]:
    """Those of the hypotheses named that do not hold for a network."""
    return [name for name in names if not DECIDED[name](net)]


def by_counterexample(
    fails: str, among: Iterable[str], networks: Mapping[str, Network], conclude: Callable[[Network], str]
) -> Evidence:
    """That in these networks, of the hypotheses named, only one fails; and that the conclusion does.

    `conclude` raises `EvidenceFailed` if the conclusion does not fail, and says how it does.
    """
    names = tuple(among)

    def run() -> str:
        told = []
        for name, net in networks.items():
            failed = find_failed(net, names)
            require(failed == [fails], f"of the hypotheses only '{fails}' fails for {name}; {failed} do")
            told.append(f"{name}: {conclude(net)}")
        return "; ".join(told)

    return Evidence("network", f"only '{fails}' fails, and the conclusion: {', '.join(networks)}", run)


def find_alone(fails: str, among: Iterable[str], networks: Iterable[Network]) -> tuple[int, tuple[Network, ...]]:
    """How many networks there are, and those for which, of the hypotheses named, only one fails."""
    others = [name for name in among if name != fails]
    tried, alone = 0, []
    for net in networks:
        tried += 1
        if not DECIDED[fails](net) and not find_failed(net, others):
            alone.append(net)
    return tried, tuple(alone)


def by_search(
    fails: str,
    found: Callable[[], tuple[int, tuple[Network, ...]]],
    least: int,
    what: str,
    conclusion: str,
    holds: Decide | None = None,
) -> Evidence:
    """That the conclusion holds for all networks found that fail this hypothesis alone, and that they are not too few.

    `found` is what `find_alone` says of networks, which `what` describes. Unless it is said what `holds`, the
    conclusion is a statement, by its number.
    """
    decide = holds_statement(conclusion) if holds is None else holds

    def run() -> str:
        tried, alone = found()
        require(len(alone) >= least, f"{least} of {tried} networks fail '{fails}' alone; {len(alone)} do")
        require(all(map(decide, alone)), f"{conclusion} holds for all {len(alone)} of them")
        return f"{tried} {what} tried, {len(alone)} of which fail it alone: {conclusion} holds for these"

    return Evidence("network", f"{conclusion} where only '{fails}' fails", run)
