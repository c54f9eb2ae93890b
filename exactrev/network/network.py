"""Fully connected ReLU networks with rational weights, and their exact evaluation.

Knows layers, preactivations, activation patterns and affine maps on a region. Does not know where the regions are:
that is the geometry's business, one floor up. Layers count from 1, neurons within a layer from 0 (the paper, §3).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

import flint

from exactrev.errors import InexactInput, InvalidNetwork
from exactrev.network.affine import AffineMap, lift_vector

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
    index: int  # type: ignore[assignment]  # shadows tuple.index, which nobody needs here

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
        object.__setattr__(self, "layers", tuple(self.layers))
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
        `InvalidNetwork` for empty or ragged layers and for shapes that do not chain, `InexactInput` for NaN; both
        name the layer.
        """
        return cls(tuple(_layer(k, pair) for k, pair in enumerate(layers, start=1)), provenance)

    def __reduce__(self) -> tuple[type[Network], tuple[tuple[AffineMap, ...], Provenance | None]]:
        return Network, (self.layers, self.provenance)  # the integer matrices of flint are not picklable

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
        last = deque(self._forward(points), maxlen=1)
        return [value for columns in last for value in _as_points(columns)]

    def preactivations(self, point: Iterable[Any]) -> tuple[Point, ...]:
        """z^1(x), ..., z^d(x): the preactivations of the hidden layers, own biases included."""
        return tuple(_as_points(columns)[0] for columns in self._forward([point]))[: self.depth]

    def sign_vector(self, point: Iterable[Any]) -> SignVector:
        """The sign (-1, 0, +1) of every hidden preactivation."""
        return self.sign_vectors([point])[0]

    def sign_vectors(self, points: Iterable[Iterable[Any]]) -> list[SignVector]:
        """The sign vectors of a batch of points."""
        *hidden, output = [_signs(columns) for columns in self._forward(points)] or [[]]
        return [tuple(signs) for signs in zip(*hidden, strict=True)] if hidden else [() for _ in output]

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
            self._homogeneous[:] = [layer.homogeneous() for layer in self.layers]  # at once: threads may share this
        return self._homogeneous

    # -- affine maps on a region ---------------------------------------------------------------------------------

    def affine_map(self, pattern: Sequence[Sequence[bool]]) -> AffineMap:
        """The affine map that N is where the activation pattern is `pattern` (§3.2)."""
        return self.preactivation_maps(pattern)[-1]

    def preactivation_map(self, layer: int, pattern: Sequence[Sequence[bool]]) -> AffineMap:
        """The affine map x -> z^layer(x) where layers 1, ..., layer-1 have the given pattern (later ones are ignored).

        Layer d+1 is the output.
        """
        if not 1 <= layer <= self.depth + 1:
            raise InvalidNetwork("no such layer", layer=layer, layers=self.depth + 1)
        if len(pattern) < layer - 1:
            raise InvalidNetwork("a pattern has the wrong number of layers", found=len(pattern), expected=layer - 1)
        return self._affine_maps(pattern, layer)[-1]

    def preactivation_maps(self, pattern: Sequence[Sequence[bool]]) -> list[AffineMap]:
        """The affine maps of z^1, ..., z^d and of N under a full pattern."""
        if len(pattern) != self.depth:
            raise InvalidNetwork("a pattern has the wrong number of layers", found=len(pattern), expected=self.depth)
        return self._affine_maps(pattern, self.depth + 1)

    def _affine_maps(self, pattern: Sequence[Sequence[bool]], upto: int) -> list[AffineMap]:
        maps: list[AffineMap] = []
        product: flint.fmpz_mat | None = None
        for k, matrix in enumerate(self._integer_layers()[:upto]):
            product = matrix if product is None else matrix * _switched(product, pattern[k - 1], k)
            maps.append(AffineMap.from_homogeneous(product))
        return maps


def _layer(k: int, pair: Any) -> AffineMap:
    """Layer `k` from (W, b); errors name the layer."""
    if not isinstance(pair, Sequence) or len(pair) != 2:
        raise InvalidNetwork("a layer has to be a pair (W, b)", layer=k, found=type(pair).__name__)
    try:
        return AffineMap.from_arrays(*pair)
    except (InvalidNetwork, InexactInput) as error:
        raise type(error)(error.message, **{"layer": k, **error.data}) from None


def _switched(product: flint.fmpz_mat, active: Sequence[bool], k: int) -> flint.fmpz_mat:
    """The homogeneous map of layer k's activations from that of its preactivations: inactive rows become zero."""
    *table, last = product.tolist()
    if len(active) != len(table):
        raise InvalidNetwork("a pattern has the wrong length", layer=k, found=len(active), expected=len(table))
    if any(on not in (False, True) for on in active):  # a sign -1 would pass for True
        raise InvalidNetwork("a pattern consists of truth values", layer=k, found=tuple(active))
    zeros = [0] * len(last)
    return flint.fmpz_mat([*(row if on else zeros for row, on in zip(table, active, strict=True)), last])


def _homogeneous_columns(points: Iterable[Iterable[Any]], n_in: int) -> flint.fmpz_mat | None:
    rows: list[list[int]] = []
    for point in points:
        x = lift_vector(point)
        if len(x) != n_in:
            raise InvalidNetwork("a point has the wrong number of coordinates", found=len(x), expected=n_in)
        q = lcm(*(entry.denominator for entry in x))
        rows.append([*_over(x, q), q])
    return flint.fmpz_mat(rows).transpose() if rows else None


def _over(x: Sequence[Fraction], q: int) -> Iterator[int]:
    """The numerators of a point over a common denominator; by shifts where it is a power of two, however long."""
    if q & (q - 1):
        return (entry.numerator * (q // entry.denominator) for entry in x)
    bits = q.bit_length()
    return (entry.numerator << (bits - entry.denominator.bit_length()) for entry in x)


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
