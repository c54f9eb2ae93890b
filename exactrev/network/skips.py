"""Networks with skip connections (§5.3): every layer may read the inputs and the activations of all earlier layers.

Knows such networks, the ReLU networks without skip connections that are exactly equal, and a symmetry that is theirs
alone: where all skip connections may take any value, the sign of every hidden neuron is free, since
ReLU(z) = z + ReLU(-z), and z is a combination of what later layers read anyway. A network with another activation that
has a single kink is one of them: its linear part skips the ReLU.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Any

from exactrev.arithmetic import linear_algebra
from exactrev.errors import InvalidNetwork
from exactrev.network.affine import AffineMap, lift_vector
from exactrev.network.network import Network, Neuron, Pattern, Point
from exactrev.network.piecewise import ActivatedNetwork

__all__ = ["SkipNetwork", "flip", "from_activated"]

Row = list[Fraction]
_Unit = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class SkipNetwork:
    """Layer k as an affine map of (x, a^1, ..., a^(k-1)), a^j = ReLU(z^j); the last map gives the outputs.

    >>> net = SkipNetwork.from_arrays([([[1]], [0]), ([[-1, 2]], [1]), ([[5, 0, 1]], [0])])
    >>> net((2,)), net.unrolled().architecture, net.unrolled()((2,)) == net((2,))
    ((Fraction(13, 1),), '1-3-3-1', True)
    """

    layers: tuple[AffineMap, ...]

    def __post_init__(self) -> None:
        if not self.layers:
            raise InvalidNetwork("a network needs at least an output layer")
        reads = accumulate((layer.n_out for layer in self.layers[:-1]), initial=self.layers[0].n_in)
        for k, (layer, n_in) in enumerate(zip(self.layers, reads, strict=True), start=1):
            if layer.n_in != n_in:
                raise InvalidNetwork("a layer reads the inputs and all activations", layer=k, n_in=layer.n_in, all=n_in)

    @classmethod
    def from_arrays(cls, layers: Iterable[tuple[Any, Any]]) -> SkipNetwork:
        return cls(tuple(AffineMap.from_arrays(*layer) for layer in layers))

    @property
    def n_in(self) -> int:
        return self.layers[0].n_in

    @property
    def depth(self) -> int:
        return len(self.layers) - 1

    @property
    def hidden_widths(self) -> tuple[int, ...]:
        return tuple(layer.n_out for layer in self.layers[:-1])

    @property
    def starts(self) -> tuple[int, ...]:
        """Where x, a^1, ..., a^d begin in what the output layer reads."""
        return tuple(accumulate(self.hidden_widths, initial=self.n_in))[:-1] if self.depth else ()

    def __call__(self, point: Iterable[Any]) -> Point:
        """N(x), exactly."""
        return self.preactivations(point)[-1]

    def preactivations(self, point: Iterable[Any]) -> list[Point]:
        """z^1(x), ..., z^d(x), N(x)."""
        read = list(lift_vector(point))
        found = []
        for layer in self.layers:
            found.append(layer(read))
            read += [max(z, Fraction(0)) for z in found[-1]]
        return found

    def maps(self, pattern: Pattern) -> list[AffineMap]:
        """x -> z^1(x), ..., z^d(x), N(x) where the activation pattern is `pattern`, or begins with it."""
        identity = [[Fraction(int(i == j)) for j in range(self.n_in + 1)] for i in range(self.n_in)]
        read = identity
        found = []
        for k, layer in enumerate(self.layers[: len(pattern) + 1]):
            found.append(layer.after(AffineMap.from_fractions(read)))
            if k < len(pattern):
                rows = zip(found[-1].W, found[-1].b, strict=True)
                on = zip(rows, pattern[k], strict=True)
                read = [*read, *([*w, b] if active else [Fraction(0)] * (self.n_in + 1) for (w, b), active in on)]
        return found

    def pattern(self, point: Iterable[Any]) -> Pattern:
        return tuple(tuple(z > 0 for z in layer) for layer in self.preactivations(point)[:-1])

    def unrolled(self) -> Network:
        """The ReLU network that is equal: what is read later is carried along, since ReLU(a) = a where a >= 0.

        x is carried as the positive and negative parts of forms that determine it: those of layer 1 as far as they are
        independent, which adds no boundary, and coordinates for the rest, which adds the boundaries where they are 0.
        """
        return _unroll(self)


def flip(net: SkipNetwork, neuron: Neuron) -> SkipNetwork:
    """The same function with z replaced by -z: later layers read v ReLU(z) as v ReLU(-z) + v z.

    >>> net = SkipNetwork.from_arrays([([[1]], [3]), ([[-1, 2]], [1])])
    >>> flip(net, Neuron(1, 0)) == SkipNetwork.from_arrays([([[-1]], [-3]), ([[1, 2]], [7])])
    True
    """
    layer, index = neuron
    if not (1 <= layer <= net.depth and 0 <= index < net.hidden_widths[layer - 1]):
        raise InvalidNetwork("no such hidden neuron", neuron=neuron, hidden_widths=net.hidden_widths)
    tables = [_table(each) for each in net.layers]
    own = tables[layer - 1][index]
    place = net.starts[layer - 1] + index
    tables[layer - 1][index] = [-entry for entry in own]
    for table in tables[layer:]:
        for row in table:
            for j, entry in enumerate(own[:-1]):
                row[j] += row[place] * entry
            row[-1] += row[place] * own[-1]
    return SkipNetwork(tuple(map(AffineMap.from_fractions, tables)))


def from_activated(net: ActivatedNetwork) -> SkipNetwork:
    """The same function: a neuron for each kink, and the slope on the left as a skip connection.

    >>> from exactrev.network.piecewise import leaky_relu
    >>> net = ActivatedNetwork.from_arrays(leaky_relu("1/2"), [([[4]], [2]), ([[1]], [0])])
    >>> from_activated(net) == SkipNetwork.from_arrays([([[4]], [2]), ([[2, "1/2"]], [1])])
    True
    """
    phi = net.activation
    tables: list[list[Row]] = []
    width = net.n_in  # of what has been read so far
    read = [[Fraction(int(i == j)) for j in range(width)] + [Fraction(0)] for i in range(width)]
    for layer in net.layers:
        forms = [_combine(row, constant, read, width) for row, constant in zip(layer.W, layer.b, strict=True)]
        if layer is net.layers[-1]:
            tables.append(forms)
            break
        tables.append([[*form[:-1], form[-1] - kink.place] for form in forms for kink in phi.kinks])
        added = len(forms) * len(phi.kinks)
        read = []
        for i, form in enumerate(forms):
            bent = [Fraction(0)] * added
            bent[i * len(phi.kinks) : (i + 1) * len(phi.kinks)] = [kink.change for kink in phi.kinks]
            read.append([*(phi.slope * w for w in form[:-1]), *bent, phi.slope * form[-1] + phi.constant])
        width += added
    return SkipNetwork(tuple(map(AffineMap.from_fractions, tables)))


def _combine(weights: Sequence[Fraction], constant: Fraction, rows: Sequence[Row], width: int) -> Row:
    total = [Fraction(0)] * width + [constant]
    for w, row in zip(weights, rows, strict=True):
        total = [t + w * entry for t, entry in zip(total, row, strict=True)]
    return total


def _table(layer: AffineMap) -> list[Row]:
    return [[*row, constant] for row, constant in zip(layer.W, layer.b, strict=True)]


# -- unrolling -----------------------------------------------------------------------------------------------------


def _unroll(net: SkipNetwork) -> Network:
    """Units are ("a", k, i) for neuron i of layer k, and (side, 0, i) for a side of the i-th form that carries x."""
    starts, tables = net.starts, [_table(layer) for layer in net.layers]
    reads_x = any(any(row[: net.n_in]) for table in tables[1:] for row in table)
    forms, solution = _carriers(net.layers[0]) if reads_x else ([], [])

    def expand(row: Row, units: Sequence[_Unit]) -> Row:
        """A row over (x, a^1, ...) as one over the units of the layer just before."""
        place = {unit: j for j, unit in enumerate(units)}
        found = [Fraction(0)] * len(units) + [row[-1]]
        for w, (over, constant) in zip(row[: net.n_in], solution, strict=False):
            for i, share in enumerate(over):
                found[place["+", 0, i]] += w * share
                found[place["-", 0, i]] -= w * share
            found[-1] += w * constant
        for k, start in enumerate(starts, start=1):
            for i, w in enumerate(row[start : start + net.hidden_widths[k - 1]] if start < len(row) - 1 else ()):
                if w:
                    found[place["a", k, i]] += w
        return found

    carried: list[_Unit] = [(side, 0, i) for i in range(len(forms)) for side in "+-"]
    units: list[_Unit] = [*(("a", 1, i) for i in range(net.hidden_widths[0])), *carried] if net.depth else []
    layers = [[*tables[0], *([s * entry for entry in form] for form in forms for s in (1, -1))]] if net.depth else []
    for k in range(1, net.depth):
        later = [unit for unit in units if unit in carried or _is_read(unit, tables[k + 1 :], starts)]
        kept = [[*(Fraction(int(unit == other)) for other in units), Fraction(0)] for unit in later]
        layers.append([*(expand(row, units) for row in tables[k]), *kept])
        units = [*(("a", k + 1, i) for i in range(net.hidden_widths[k])), *later]
    layers.append([expand(row, units) for row in tables[-1]] if net.depth else tables[-1])
    return Network(tuple(map(AffineMap.from_fractions, layers)))


def _is_read(unit: _Unit, tables: Iterable[list[Row]], starts: Sequence[int]) -> bool:
    _, k, i = unit
    return any(row[starts[k - 1] + i] for table in tables for row in table)


def _carriers(first: AffineMap) -> tuple[list[Row], list[tuple[Row, Fraction]]]:
    """Independent forms f, of layer 1 as far as they go; and x_j as a combination of the f and a constant."""
    n = first.n_in
    forms: list[Row] = []
    for row in (*_table(first), *_units(n)):
        if linear_algebra.rank(linear_algebra.matrix([f[:-1] for f in (*forms, row)])) > len(forms):
            forms.append(list(row))
    transposed = linear_algebra.matrix([[form[j] for form in forms] for j in range(n)])
    found = []
    for j in range(n):
        answer = linear_algebra.solve(transposed, [int(i == j) for i in range(n)])
        if not isinstance(answer, linear_algebra.Solution):
            raise InvalidNetwork("forms that are a basis do not give a coordinate", coordinate=j)
        share = [Fraction(int(c.numerator), int(c.denominator)) for c in answer.point]
        found.append((share, -sum((c * form[-1] for c, form in zip(share, forms, strict=True)), Fraction(0))))
    return forms, found


def _units(n: int) -> Iterator[Row]:
    for i in range(n):
        yield [Fraction(int(i == j)) for j in range(n)] + [Fraction(0)]
