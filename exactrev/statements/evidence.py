"""What the statements about one network share: its region complex, its boundaries, its affine maps, and the clock.

Everything is computed once, when it is first asked for. Knows nothing of any statement. What is reported to a reader
is rechecked here by plain evaluation of the network, which shares no code with the geometry.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from time import monotonic
from typing import Any

import numpy as np

from exactrev.errors import BudgetSpent, TheoryContradicted
from exactrev.geometry import Boundaries, Box, RegionComplex, boundaries, regions
from exactrev.geometry.enumeration import Progress
from exactrev.geometry.skeleton import Int64Array
from exactrev.network import AffineMap, Network, Neuron, Point
from exactrev.statements.meetings import Meetings

__all__ = ["Evidence"]


class Evidence:
    """The network and all that is known of it, over R^n or inside a box, within a budget of seconds.

    >>> evidence = Evidence(Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [0])]))
    >>> evidence.complex.n_regions
    4
    """

    def __init__(
        self,
        network: Network,
        box: Box | None = None,
        budget: float | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.network = network
        self.box = box
        self.neurons = list(network.neurons())
        self.layer_of: Int64Array = np.repeat(np.arange(1, network.depth + 1), network.hidden_widths)
        self._deadline = None if budget is None else monotonic() + budget
        self._progress = progress
        self._complex: RegionComplex | None = None
        self._spent: BudgetSpent | None = None
        self._maps: dict[int, AffineMap] = {}

    @property
    def domain(self) -> str:
        """Where the statements are decided, in words."""
        return f"R^{self.network.n_in}" if self.box is None else "the box"

    @property
    def complex(self) -> RegionComplex:
        """The region complex. Raises `BudgetSpent`, this time and ever after, if the budget does not suffice."""
        if self._spent is not None:
            raise self._spent
        if self._complex is None:
            try:
                self._complex = regions(self.network, self.box, self._tick)
            except BudgetSpent as spent:
                self._spent = spent
                raise
        return self._complex

    @property
    def found_complex(self) -> RegionComplex | None:
        """The region complex if it has been found by now."""
        return self._complex

    @cached_property
    def boundaries(self) -> Boundaries:
        return boundaries(self.complex)

    @cached_property
    def meetings(self) -> Meetings:
        """Where boundaries meet; only without thick cells."""
        return Meetings(self.boundaries)

    def affine_map(self, cell: int) -> AffineMap:
        """The affine map that N is on a cell; kept, because a cell has many neighbours."""
        if cell not in self._maps:
            self._maps[cell] = self.complex.affine_map(cell)
        return self._maps[cell]

    def require_time(self, missing: str) -> None:
        """Raise `BudgetSpent` if the budget is used up; `missing` says what is not known then."""
        if self._deadline is not None and monotonic() > self._deadline:
            raise BudgetSpent("the time allowed is used up", missing=missing)

    def thick_witness(self) -> dict[str, Any]:
        """A neuron whose boundary has interior and a point of the interior, rechecked; empty if there is none."""
        complex = self.complex
        if not complex.n_thick:
            return {}
        cell = complex.n_regions
        neuron = self.neurons[int(np.flatnonzero(complex.signs([cell])[:, 0] == 0)[0])]
        point, pattern = complex.interior_point(cell), complex.pattern(cell)
        self.require_zeros(point, [neuron])
        form = self.network.preactivation_map(neuron.layer, pattern).rows[neuron.index]
        if self.network.pattern(point) != pattern or any(form):
            raise TheoryContradicted("a preactivation does not vanish on a thick cell", neuron=neuron, point=point)
        return {"neuron": neuron, "vanishes_around": point, "where_the_pattern_is": pattern}

    def require_zeros(self, point: Point, neurons: Iterable[Neuron]) -> None:
        """Recheck by evaluation that preactivations vanish at a point; `TheoryContradicted` if one does not."""
        values = self.network.preactivations(point)
        for neuron in neurons:
            if values[neuron.layer - 1][neuron.index] != 0:
                raise TheoryContradicted("a witness is not on the boundary it belongs to", neuron=neuron, point=point)

    def _tick(self, done: int, total: int) -> None:
        self.require_time(f"the enumeration of regions stopped after neuron {done} of {total}")
        if self._progress is not None:
            self._progress(done, total)
