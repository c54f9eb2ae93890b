"""How large a preactivation can be in proportion to an earlier one, where that is positive: exactly.

One layer at a time. On a closed cell P of the layers below, the preactivations u_j of a layer are affine, and a neuron
z' of the next layer is b' + sum of w_j ReLU(u_j). A positive multiple of ReLU(u_j) is the larger of 0 and that multiple
of u_j, a negative one is concave. So the supremum of z'/u_i over the points of P with u_i > 0 is the maximum, over all
sets S of neurons with positive weights, of a linear program in x and t_j >= 0, t_j >= u_j for the negative weights;
in homogeneous coordinates, scaled so that u_i is 1. Knows cells as systems of inequalities; does not know how many of
them make up the input space: `pairs` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from exactrev.arithmetic.linear_programs import Infeasible, InteriorPoint, Optimal, find_interior_point, maximise
from exactrev.errors import BudgetSpent, TheoryContradicted
from exactrev.network import Network, Pattern

__all__ = ["MOST_CHOICES", "Chamber", "chamber"]

MOST_CHOICES = 12
"""At most 2^12 linear programs for one question; `BudgetSpent` if it would take more."""

Row = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Chamber:
    """A closed cell of the layers below `layer`, and the affine forms of the preactivations of `layer` on it.

    `walls`: rows (a, b) with a x <= b. `forms`: rows (g, c) of u_j = g x + c. `active`: which of the u_j are positive
    inside, if the walls of this layer are among the walls; then there is one set S only.
    """

    net: Network
    layer: int
    walls: tuple[Row, ...]
    forms: tuple[Row, ...]
    active: tuple[bool, ...] | None = None

    def largest_ratio(self, source: int, target: int, sign: int) -> tuple[Fraction, Row]:
        """The supremum of sign * z' / u_source where u_source > 0 in the chamber, and where it is, as (x, s) for x / s.

        For s = 0 it is reached at infinity only, in direction x. Presupposes that the chamber has points with
        u_source > 0. Raises `BudgetSpent` for too many programs, and `TheoryContradicted` if there is no supremum.
        """
        n = self.net.n_in
        best: tuple[Fraction, Row] | None = None
        for c, A, b in self._programs(source, target, sign):
            outcome = maximise(c, A, b)
            if isinstance(outcome, Infeasible):
                continue
            if not isinstance(outcome, Optimal) or not outcome.check(c, A, b):
                raise TheoryContradicted("a ratio of preactivations has no supremum", target=target)
            if best is None or outcome.value > best[0]:
                best = outcome.value, outcome.point[: n + 1]
        if best is None:
            raise TheoryContradicted("a neuron is positive nowhere in its chamber", source=source)
        return best

    def is_positive_somewhere(self, source: int) -> bool:
        """Does the open chamber have points with u_source > 0?"""
        own = self.forms[source]
        rows, bounds = [wall[:-1] for wall in self.walls], [wall[-1] for wall in self.walls]
        system = [*rows, [-g for g in own[:-1]]], [*bounds, own[-1]]
        outcome = find_interior_point(*system, dimension=self.net.n_in)
        if not outcome.check(*system):
            raise TheoryContradicted("the certificate of a system of inequalities does not hold", source=source)
        return isinstance(outcome, InteriorPoint)

    def _programs(
        self, source: int, target: int, sign: int
    ) -> Iterator[tuple[list[Fraction], list[list[Fraction]], list[Fraction]]]:
        """(c, A, b): maximise c (x, s, t) over A (x, s, t) <= b, one for each set S, the full one first.

        Homogeneous: x stands for x / s, s >= 0, and the source's form is 1.
        """
        n, zero = self.net.n_in, Fraction(0)
        layer = self.net.layers[self.layer]
        weights, bias = [sign * w for w in layer.W[target]], sign * layer.b[target]
        up = [j for j, w in enumerate(weights) if w > 0 and j != source]
        down = [j for j, w in enumerate(weights) if w < 0 and j != source]
        linear = [source]
        if self.active is not None:
            linear, up, down = [j for j, on in enumerate(self.active) if on], [], []
        if len(up) > MOST_CHOICES:
            raise BudgetSpent("too many choices", missing=f"2^{len(up)} linear programs for one ratio")
        m = len(down)
        none = [zero] * m
        A = [[*wall[:-1], -wall[-1], *none] for wall in self.walls]
        for k, j in enumerate(down):
            slack = [Fraction(-(i == k)) for i in range(m)]
            A += [[zero] * (n + 1) + slack, [*self.forms[j], *slack]]
        own = [*self.forms[source], *none]
        A += [own, [-entry for entry in own], [zero] * n + [Fraction(-1)] + none]
        b = [zero] * (len(A) - 3) + [Fraction(1), Fraction(-1), zero]
        slopes = [weights[j] for j in down]
        for size in range(len(up), -1, -1):
            for chosen in combinations(up, size):
                form = [sum((weights[j] * self.forms[j][i] for j in (*chosen, *linear)), zero) for i in range(n + 1)]
                yield [*form[:-1], form[-1] + bias, *slopes], A, b


def chamber(net: Network, layer: int, pattern: Pattern, *, is_cut: bool = False) -> Chamber:
    """The chamber of `layer` in which the layers below have the given pattern; if it is cut, the layer itself as well.

    Later layers of the pattern are ignored.
    """
    walls: list[Row] = []
    for k in range(1, layer + is_cut):
        form = net.preactivation_map(k, pattern)
        for weights, constant, on in zip(form.W, form.b, pattern[k - 1], strict=True):
            if any(weights) or on != (constant > 0):  # 0 <= |constant| is no wall
                walls.append((*(-w for w in weights), constant) if on else (*weights, -constant))
    own = net.preactivation_map(layer, pattern)
    forms = tuple((*w, c) for w, c in zip(own.W, own.b, strict=True))
    return Chamber(net, layer, tuple(walls), forms, tuple(pattern[layer - 1]) if is_cut else None)

