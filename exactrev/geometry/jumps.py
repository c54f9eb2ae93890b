"""How a gradient jumps across a boundary: sums over live paths, and whether they are zero.

Across B[z] the gradient of a later neuron, or of N, changes by a multiple of the gradient of z: the sum, over the paths
from z that run through active neurons only, of the products of the weights (proof of Theorem 1, Appendix B). Whether
that sum is zero is decided in floats with a bound, by the absence of any live path, or in exact integers.
"""

from __future__ import annotations

import flint
import numpy as np

from exactrev.geometry.rounding import TINY, UNIT, BoolArray, FloatArray, is_in_range
from exactrev.geometry.skeleton import Int8Array, Int64Array
from exactrev.network import Network

__all__ = ["PathSums"]


class PathSums:
    """Decides whether sums over live paths vanish, for one network and many activation patterns."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._offsets: list[int] = [0, *np.cumsum(network.hidden_widths, dtype=int).tolist()]
        self._layer_of = np.repeat(np.arange(1, network.depth + 1), network.hidden_widths)
        self._W = [layer.as_floats()[0] for layer in network.layers]
        self._some = [np.array([[c != 0 for c in row[:-1]] for row in layer.rows]) for layer in network.layers]
        self._in_range = all(is_in_range(W, some) for W, some in zip(self._W, self._some, strict=True))
        self._exact: dict[tuple[int, int, bytes], bool] = {}

    def reach_outputs(self, sources: Int64Array, signs: Int8Array) -> BoolArray:
        """Is the sum from neuron `sources[r]` to some output non-zero, in the cell with sign vector `signs[:, r]`?"""
        return self._decide(sources, np.full(len(sources), -1), signs)

    def reach_neurons(self, sources: Int64Array, targets: Int64Array, signs: Int8Array) -> BoolArray:
        """Is the sum from neuron `sources[r]` to the preactivation of the later neuron `targets[r]` non-zero?"""
        return self._decide(sources, targets, signs)

    def _decide(self, sources: Int64Array, targets: Int64Array, signs: Int8Array) -> BoolArray:
        nonzero = np.zeros(len(sources), np.bool_)
        starts = self._layer_of[sources]
        outputs = self._network.depth + 1
        ends = np.where(targets < 0, outputs, self._layer_of[targets])
        for start, end in {(p, q) for p, q in zip(starts.tolist(), ends.tolist(), strict=True)}:
            here = np.flatnonzero((starts == start) & (ends == end))
            own = sources[here] - self._offsets[start - 1]
            goals = None if end == outputs else targets[here] - self._offsets[end - 1]
            if end == start + 1:  # one path: the weight itself
                some = self._some[start]
                nonzero[here] = some[:, own].any(axis=0) if goals is None else some[goals, own]
                continue
            certain, answer = self._estimate(start, end, own, goals, signs[:, here])
            for r in np.flatnonzero(~certain).tolist():
                goal = -1 if goals is None else int(goals[r])
                answer[r] = self._sum_exactly(start, end, int(own[r]), goal, signs[:, here[r]])
            nonzero[here] = answer
        return nonzero

    def _estimate(
        self, start: int, end: int, own: Int64Array, goals: Int64Array | None, signs: Int8Array
    ) -> tuple[BoolArray, BoolArray]:
        """(certain, non-zero) as far as floats and the existence of live paths can tell."""
        W, some = self._W, self._some
        sums: FloatArray = W[start][:, own].T
        sizes, live = np.abs(sums), some[start][:, own].T
        error = UNIT
        with np.errstate(all="ignore"):
            for layer in range(start + 1, end):
                mask = (signs[self._offsets[layer - 1] : self._offsets[layer]] > 0).T
                sums, sizes, live = sums * mask, sizes * mask, live & mask
                error += 2 * UNIT * (W[layer].shape[1] + 4)
                if layer + 1 == end and goals is not None:
                    rows = W[layer][goals]
                    sums = np.einsum("ij,ij->i", sums, rows)[:, None]
                    sizes = np.einsum("ij,ij->i", sizes, np.abs(rows))[:, None] + TINY
                    live = (live & some[layer][goals]).any(axis=1)[:, None]
                else:
                    sums = sums @ W[layer].T
                    sizes = sizes @ np.abs(W[layer]).T + TINY
                    live = (live.astype(np.float32) @ some[layer].T.astype(np.float32)) > 0
            nonzero: BoolArray = np.asarray((np.abs(sums) > 2 * error * sizes).any(axis=1)) & self._in_range
        dead: BoolArray = np.asarray(~live.any(axis=1))
        return nonzero | dead, nonzero

    def _sum_exactly(self, start: int, end: int, own: int, goal: int, signs: Int8Array) -> bool:
        low, high = self._offsets[start], self._offsets[end - 1]
        active = signs[low:high] > 0
        key = (self._offsets[start - 1] + own, goal if goal < 0 else self._offsets[end - 1] + goal, active.tobytes())
        if key not in self._exact:
            vector = [row[own] for row in self._network.layers[start].rows]
            for layer in range(start + 1, end):
                mask = active[self._offsets[layer - 1] - low : self._offsets[layer] - low].tolist()
                rows = flint.fmpz_mat([list(row[:-1]) for row in self._network.layers[layer].rows])
                column = flint.fmpz_mat([[c if on else 0] for c, on in zip(vector, mask, strict=True)])
                vector = [int(entry) for entry in (rows * column).entries()]
            self._exact[key] = any(vector) if goal < 0 else vector[goal] != 0
        return self._exact[key]
