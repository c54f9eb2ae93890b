"""Fully connected ReLU networks with rational weights, and their exact evaluation.

Knows layers, preactivations, activation patterns and affine maps on a region. Does not know where the regions are:
that is the geometry's business, one floor up. Layers count from 1, neurons within a layer from 0 (the paper, §3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

import flint

from exactrev.arithmetic.numbers import lift
from exactrev.errors import InvalidNetwork
from exactrev.network.affine import AffineMap

__all__ = ["Network", "Neuron", "Pattern", "Point", "Provenance", "SignVector"]

Point = tuple[Fraction, ...]
Pattern = tuple[tuple[bool, ...], ...]
SignVector = tuple[tuple[int, ...], ...]


class Neuron(NamedTuple):
    """Neuron `index` (from 0) of hidden layer `layer` (from 1).

    >>> print(Neuron(2, 0))
    z[2,0]
    """

    layer: int
    index: int

    def __str__(self) -> str:
        return f"z[{self.layer},{self.index}]"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the numbers came from: the same published network in two formats can be two different functions."""

    path: str
    sha256: str
    format: str
    dtype: str
    reading: str


@dataclass(frozen=True, slots=True)
class Network:
    """A ReLU network: affine maps with ReLU between consecutive ones. The last map is the output layer.

    >>> net = Network.from_arrays([([[1, 0], [0, 1]], [0, -1]), ([[1, "1/2"]], [3])])
    >>> net.widths
    (2, 2, 1)
    >>> net((2, 5)) == (Fraction(2) + Fraction(1, 2) * 4 + 3,)
    True
    >>> net.pattern((2, -5))
    ((True, False),)
    """

    layers: tuple[AffineMap, ...]
    provenance: Provenance | None = field(default=None, compare=False, repr=False)
    _homogeneous: list[flint.fmpz_mat] = field(init=False, compare=False, repr=False, default_factory=list)

    def __post_init__(self) -> None:
        if not self.layers:
            raise InvalidNetwork("a network needs at least an output layer")
        for k, layer in enumerate(self.layers, start=1):
            if layer.n_in < 1 or layer.n_out < 1:
                raise InvalidNetwork("a layer is empty", layer=k, shape=(layer.n_out, layer.n_in))
        for k, (below, above) in enumerate(zip(self.layers, self.layers[1:], strict=False), start=1):
            if below.n_out != above.n_in:
                raise InvalidNetwork(
                    f"layers {k} and {k + 1} do not chain", produced=below.n_out, consumed=above.n_in
                )

    @classmethod
    def from_arrays(
        cls, layers: Iterable[tuple[Iterable[Iterable[Any]], Iterable[Any]]], provenance: Provenance | None = None
    ) -> Network:
        """From pairs (W, b), W of shape (out, in): the hidden layers in order, then the output layer.

        Floats are taken exactly (0.1 is 3602879701896397/2**55); strings are rationals ``"p/q"``. Raises
        `InvalidNetwork` for empty or ragged layers and for shapes that do not chain, `InexactInput` for NaN.
        """
        return cls(tuple(AffineMap.from_arrays(W, b) for W, b in layers), provenance)

    # -- shape ---------------------------------------------------------------------------------------------------

    @property
    def depth(self) -> int:
        """The number d of hidden layers."""
        return len(self.layers) - 1

    @property
    def widths(self) -> tuple[int, ...]:
        """(n_in, n_1, ..., n_d, n_out)."""
        return (self.n_in, *(layer.n_out for layer in self.layers))

    @property
    def hidden_widths(self) -> tuple[int, ...]:
        return self.widths[1:-1]

    @property
    def n_in(self) -> int:
        return self.layers[0].n_in

    @property
    def n_out(self) -> int:
        return self.layers[-1].n_out

    @property
    def architecture(self) -> str:
        """The widths as the paper prints them, for example ``2-5-5-1``."""
        return "-".join(map(str, self.widths))

    @property
    def parameters(self) -> int:
        """The number of weights and biases."""
        return sum(layer.n_out * (layer.n_in + 1) for layer in self.layers)

    def neurons(self) -> Iterator[Neuron]:
        """The hidden neurons in layer order."""
        for k, width in enumerate(self.hidden_widths, start=1):
            for i in range(width):
                yield Neuron(k, i)

    def require_neuron(self, neuron: Neuron) -> Neuron:
        """The same neuron if it is a hidden neuron of this network, else `InvalidNetwork`."""
        layer, index = neuron
        if not (1 <= layer <= self.depth and 0 <= index < self.hidden_widths[layer - 1]):
            raise InvalidNetwork(
                "no such hidden neuron", neuron=Neuron(layer, index), hidden_widths=self.hidden_widths
            )
        return Neuron(layer, index)

    # -- evaluation ----------------------------------------------------------------------------------------------

    def __call__(self, point: Iterable[Any]) -> Point:
        """N(x), exactly."""
        return self.evaluate([point])[0]

    def evaluate(self, points: Iterable[Iterable[Any]]) -> list[Point]:
        """N at every point, exactly. One integer matrix product a layer for the whole batch."""
        columns = None
        for columns in self._forward(points):
            pass
        return [] if columns is None else _as_points(columns)

    def preactivations(self, point: Iterable[Any]) -> tuple[Point, ...]:
        """z^1(x), ..., z^d(x): the preactivations of the hidden layers, own biases included."""
        return tuple(_as_points(columns)[0] for columns in self._forward([point]))[: self.depth]

    def sign_vector(self, point: Iterable[Any]) -> SignVector:
        """The sign (-1, 0, +1) of every hidden preactivation."""
        return self.sign_vectors([point])[0]

    def sign_vectors(self, points: Iterable[Iterable[Any]]) -> list[SignVector]:
        """The sign vectors of a batch of points."""
        by_layer = [_signs(columns) for columns in self._forward(points)][: self.depth]
        if not by_layer:
            return [() for _ in points] if isinstance(points, Sequence) else []
        return [tuple(signs) for signs in zip(*by_layer, strict=True)]

    def pattern(self, point: Iterable[Any]) -> Pattern:
        """The activation pattern: True where the preactivation is positive."""
        return tuple(tuple(s > 0 for s in signs) for signs in self.sign_vector(point))

    def _forward(self, points: Iterable[Iterable[Any]]) -> Iterator[flint.fmpz_mat]:
        """Homogeneous preactivations (z q, q) as columns, layer by layer, the output layer last."""
        columns = _homogeneous_columns(points, self.n_in)
        if columns is None:
            return
        for k, matrix in enumerate(self._integer_layers()):
            if k:
                columns = _relu(columns)
            columns = matrix * columns
            yield columns

    def _integer_layers(self) -> list[flint.fmpz_mat]:
        if not self._homogeneous:
            self._homogeneous.extend(layer.homogeneous() for layer in self.layers)
        return self._homogeneous

    # -- affine maps on a region ---------------------------------------------------------------------------------

    def affine_map(self, pattern: Sequence[Sequence[bool]]) -> AffineMap:
        """The affine map that N is where the activation pattern is `pattern` (§3.2)."""
        return self._affine_maps(pattern, self.depth + 1)[-1]

    def preactivation_map(self, layer: int, pattern: Sequence[Sequence[bool]]) -> AffineMap:
        """The affine map x -> z^layer(x) where layers 1, ..., layer-1 have the given pattern (later ones are ignored)."""
        return self._affine_maps(pattern, layer)[-1]

    def preactivation_maps(self, pattern: Sequence[Sequence[bool]]) -> list[AffineMap]:
        """The affine maps of z^1, ..., z^d and of N under a full pattern."""
        return self._affine_maps(pattern, self.depth + 1)

    def _affine_maps(self, pattern: Sequence[Sequence[bool]], upto: int) -> list[AffineMap]:
        maps: list[AffineMap] = []
        product: flint.fmpz_mat | None = None
        for k, matrix in enumerate(self._integer_layers()[:upto]):
            if product is not None:
                active = pattern[k - 1]
                if len(active) != self.widths[k]:
                    raise InvalidNetwork("a pattern has the wrong length", layer=k, found=len(active))
                table = product.tolist()
                columns = self.n_in + 1
                kept = [row if on else [0] * columns for row, on in zip(table, active, strict=False)]
                product = matrix * flint.fmpz_mat([*kept, table[-1]])
            else:
                product = matrix
            table = product.tolist()
            rows = tuple(tuple(map(int, row)) for row in table[:-1])
            maps.append(AffineMap(rows, int(table[-1][-1]), self.n_in))
        return maps


def _homogeneous_columns(points: Iterable[Iterable[Any]], n_in: int) -> flint.fmpz_mat | None:
    rows: list[list[int]] = []
    for point in points:
        x = [lift(entry) for entry in point]
        if len(x) != n_in:
            raise InvalidNetwork("a point has the wrong number of coordinates", found=len(x), expected=n_in)
        q = lcm(*(entry.denominator for entry in x))
        rows.append([*(entry.numerator * (q // entry.denominator) for entry in x), q])
    return flint.fmpz_mat(rows).transpose() if rows else None


def _relu(columns: flint.fmpz_mat) -> flint.fmpz_mat:
    """ReLU on every entry; the last row holds positive denominators and stays as it is."""
    zero = flint.fmpz(0)
    return flint.fmpz_mat(
        columns.nrows(), columns.ncols(), [entry if entry > 0 else zero for entry in columns.entries()]
    )


def _signs(columns: flint.fmpz_mat) -> list[tuple[int, ...]]:
    table = columns.transpose().tolist()
    return [tuple((entry > 0) - (entry < 0) for entry in row[:-1]) for row in table]


def _as_points(columns: flint.fmpz_mat) -> list[Point]:
    table = columns.transpose().tolist()
    return [tuple(Fraction(int(entry), int(row[-1])) for entry in row[:-1]) for row in table]
