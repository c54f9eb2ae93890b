"""Hidden neurons that one can do without, with a proof: never active, constant, unheard, or a multiple of another.

Knows one network. Samples in floating point suggest what may go; every step rests on a fact that is exact: signs of
weights, or a search that ended without a point and left its proof. A neuron that stays may still be removable: what is
not proved is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from exactrev.equivalence.climbing import climb, starts
from exactrev.equivalence.side_by_side import Side
from exactrev.errors import TheoryContradicted
from exactrev.network import AffineMap, Network, Neuron, Point
from exactrev.search import Answer, Budget, Condition, Found, Impossible, Searches, is_on

__all__ = ["CASES", "Pruned", "Step", "prune", "prune_with_proofs"]

FloatArray = npt.NDArray[np.float64]
Row = list[Fraction]
Question = tuple[Condition, ...]

_SAMPLES = 600
_STARTS = 48
_ALIKE = 1e-6
"""Activations that are proportional up to this, relatively, on all samples are worth a search."""

CASES = 2000
"""So many cases are looked at for one neuron or pair, unless asked for more."""


@dataclass(frozen=True, slots=True)
class Step:
    """One neuron that went: what it is ("never active", "constant", "a multiple", "unheard"), and why.

    A multiple is ReLU(z) = `factor` * ReLU(`of`) everywhere. The proofs were made for the network as it was then; there
    are none where the weights show it.
    """

    neuron: Neuron
    kind: str
    of: Neuron | None = None
    factor: Fraction | None = None
    proofs: tuple[Impossible, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What is left of a network, neuron by neuron, and the steps, which name the neurons of the original.

    `nonzero` is a point that a search came across where the difference of two networks is not zero: then it stopped.
    """

    network: Network
    steps: tuple[Step, ...]
    left: tuple[tuple[Neuron | None, ...], ...]
    nonzero: Point | None = None


def prune(net: Network) -> Network:
    """The same function, without hidden neurons that are proved to be superfluous; see `prune_with_proofs`.

    >>> net = Network.from_arrays([([[1], [0], [0]], [0, 3, -1]), ([[1, 2, 7], [-1, 0, 9]], [0, -5]), ([[2, 4]], [0])])
    >>> prune(net) == Network.from_arrays([([[1]], [0]), ([[1]], [6]), ([[2]], [0])])
    True
    """
    return prune_with_proofs(net).network


def prune_with_proofs(
    net: Network,
    budget: Budget | None = None,
    points: Iterable[Point] = (),
    side_of: Callable[[Neuron], Side] | None = None,
    cases: int = CASES,
    searches: Searches | None = None,
) -> Pruned:
    """The same function, without hidden neurons that are proved to be superfluous, and why each of them is.

    From layer 1 upwards, constant neurons become part of the next bias, never active ones go, and one whose activation
    is a positive multiple of another's becomes part of that, even if their rows differ in entries that do not matter.
    Then, downwards, those go that no neuron listens to. A layer that would be empty keeps one neuron with weights 0.
    `points` are added to the samples. If the network is two side by side, `side_of` says to which a neuron belongs;
    then no search is made for neurons that both are found to have. One search looks at no more than `cases` cases;
    `searches` may have workers to look ahead.
    """
    return _Pruning(net, budget or Budget(), points, side_of, cases, searches or Searches()).run()


class _Pruning:
    def __init__(
        self,
        net: Network,
        budget: Budget,
        points: Iterable[Point],
        side_of: Callable[[Neuron], Side] | None,
        cases: int,
        searches: Searches,
    ) -> None:
        self.net, self.depth, self.budget, self.cases, self.searches = net, net.depth, budget, cases, searches
        self.nonzero: Point | None = None
        self.layers: list[list[Row]] = [[[*w, b] for w, b in zip(f.W, f.b, strict=True)] for f in net.layers]
        self.names: list[list[Neuron | None]] = [
            [Neuron(k, i) for i in range(width)] for k, width in enumerate(net.hidden_widths, start=1)
        ]
        self.sides: dict[Neuron, set[Side]] = {} if side_of is None else {z: {side_of(z)} for z in net.neurons()}
        self.steps: list[Step] = []
        self.maps: dict[int, AffineMap] = {}
        self.activations: dict[int, FloatArray] = {}
        self.samples = _samples(net.n_in)
        self.added: list[Point] = []
        for point in points:
            self._add(point)

    def run(self) -> Pruned:
        self._go_through(self._fold_constants, self._merge_multiples)
        if any(any(row[:-1]) for row in self.layers[-1]):
            self._go_through(
                self._fold_constants, self._merge_multiples, self._drop_never_active, self._merge_alike
            )
        return Pruned(self._network(), tuple(self.steps), tuple(map(tuple, self.names)), self.nonzero)

    def _go_through(self, *ways: Callable[[int], None]) -> None:
        """From layer 1 upwards, remove neurons in these ways; then, downwards, those that no neuron listens to."""
        for k in range(self.depth):
            for remove in ways:
                if self.names[k] != [None] and self.nonzero is None:
                    remove(k)
        for k in reversed(range(self.depth)):
            heard = [any(row[i] for row in self.layers[k + 1]) for i in range(len(self.layers[k]))]
            if self.names[k] != [None]:
                self._drop(k, {i: Step(self._name(k, i), "unheard") for i, some in enumerate(heard) if not some})

    # -- what goes -----------------------------------------------------------------------------------------------------

    def _fold_constants(self, k: int) -> None:
        """Neurons without weights become part of the next bias."""
        gone = {}
        for i, row in enumerate(self.layers[k]):
            if not any(row[:-1]):
                for upper in self.layers[k + 1]:
                    upper[-1] += upper[i] * max(row[-1], Fraction(0))
                    upper[i] = Fraction(0)
                gone[i] = Step(self._name(k, i), "constant")
        self._drop(k, gone)

    def _merge_multiples(self, k: int) -> None:
        """Neurons whose rows are positive multiples of each other become one: ReLU(c z) = c ReLU(z)."""
        first: dict[tuple[Fraction, ...], tuple[int, Fraction]] = {}
        gone = {}
        for i, row in enumerate(self.layers[k]):
            size = max(map(abs, row)) or Fraction(1)
            j, own = first.setdefault(tuple(entry / size for entry in row), (i, size))
            if j != i:
                gone[i] = self._merge(k, i, j, size / own, ())
        self._drop(k, gone)

    def _drop_never_active(self, k: int) -> None:
        """Neurons that are on at no sample, nor after a climb, are searched for; a point found becomes a sample."""
        suspects = []
        for i in range(len(self.layers[k])):
            if self._is_done():
                return
            if not (self._is_common(k, i) or self._is_on_somewhere(k, i) or self._climb_to(k, i)):
                suspects.append(i)
        net, gone = self._network(), {}
        questions: list[Question] = [(is_on(net, Neuron(k + 1, i)),) for i in suspects]
        self._expect(net, questions)
        for i, question in zip(suspects, questions, strict=True):
            if self._is_done():
                break
            if self._is_on_somewhere(k, i):
                continue
            answer = self._find_point(net, question)
            if isinstance(answer, Impossible):
                gone[i] = Step(self._name(k, i), "never active", proofs=(answer,))
            elif isinstance(answer, Found):
                self._add(answer.point)
        self._drop(k, gone)

    def _is_on_somewhere(self, k: int, i: int) -> bool:
        return bool((self._activations(k)[:, i] > 0).any())

    def _climb_to(self, k: int, i: int) -> bool:
        """Whether climbing in floats leads to a point where the neuron is on; it becomes a sample."""
        net, rng = self._network(), np.random.default_rng(i)
        floats = [f.as_floats() for f in net.layers[: k + 1]]
        for x in climb(floats, k, i, starts(_STARTS, net.n_in, rng), rng)[:3].tolist():
            point = tuple(Fraction(round(Fraction(entry) * 2**24), 2**24) for entry in x)
            if net.preactivations(point)[k][i] > 0:
                self._add(point)
                return True
        return False

    def _merge_alike(self, k: int) -> None:
        """Neurons whose activations are proportional on all samples become one, where that is proved."""
        gone: dict[int, Step] = {}
        a = self._activations(k)
        if self.searches.look_ahead:
            first = (next(self._alike(k, i, a), None) for i in range(1, len(self.layers[k])))
            claims = [self._proportional(k, *pair) for pair in first if pair is not None]
            self._expect(self._network(), [question for claim in claims if claim for question in claim[1]])
        for i in range(1, len(self.layers[k])):
            for j in range(i):
                if self._is_done():
                    return self._drop(k, gone)
                if j in gone or (self._is_common(k, i) and self._is_common(k, j)):
                    continue
                if self._look_alike(a, i, j):
                    step = self._merge_if_proved(k, i, j)
                    if step is not None:
                        gone[i] = step
                        break
                    a = self._activations(k)
        self._drop(k, gone)

    def _alike(self, k: int, i: int, a: FloatArray) -> Iterator[tuple[int, int]]:
        """Pairs (i, j) that a proof may make one."""
        for j in range(i):
            if not (self._is_common(k, i) and self._is_common(k, j)) and self._look_alike(a, i, j):
                yield i, j

    @staticmethod
    def _look_alike(a: FloatArray, i: int, j: int) -> bool:
        p, q = a[:, i], a[:, j]
        if not ((p > 0) & (q > 0)).any():
            return False
        at = int(np.argmax(np.minimum(p / p.max(), q / q.max())))
        return bool((np.abs(p / p[at] - q / q[at]) <= _ALIKE * (1 + p / p[at])).all())

    def _proportional(self, k: int, i: int, j: int) -> tuple[Fraction, list[Question]] | None:
        """A factor c, and what must be impossible if ReLU(z_i) = c ReLU(z_j): that either is larger anywhere.

        c is read off at a sample; None if it cannot be.
        """
        a = self._activations(k)
        at = int(np.argmax(np.minimum(a[:, i] / a[:, i].max(), a[:, j] / a[:, j].max())))
        net = self._network()
        z = net.preactivations(self._sample(at))[k]
        if z[i] <= 0 or z[j] <= 0:
            return None
        c = z[i] / z[j]
        difference = [p - c * q for p, q in zip(self.layers[k][i], self.layers[k][j], strict=True)]
        questions: list[Question] = []
        for neuron, sign in ((i, 1), (j, -1)):  # z_i > 0 and z_i > c z_j; z_j > 0 and c z_j > z_i
            larger = Condition(k + 1, tuple(sign * entry for entry in difference))
            questions.append((is_on(net, Neuron(k + 1, neuron)), larger))
        return c, questions

    def _merge_if_proved(self, k: int, i: int, j: int) -> Step | None:
        """Make i a part of j if their activations are proportional, by two proofs."""
        claim = self._proportional(k, i, j)
        if claim is None:
            return None
        c, questions = claim
        proofs = []
        for question in questions:
            answer = self._find_point(self._network(), question)
            if isinstance(answer, Found):
                self._add(answer.point)
            if not isinstance(answer, Impossible):
                return None
            proofs.append(answer)
        return self._merge(k, i, j, c, tuple(proofs))

    def _merge(self, k: int, i: int, j: int, factor: Fraction, proofs: tuple[Impossible, ...]) -> Step:
        for upper in self.layers[k + 1]:
            upper[j] += upper[i] * factor
            upper[i] = Fraction(0)
        self._changed(k)
        name = self._name(k, i)
        self.sides.get(self._name(k, j), set()).update(self.sides.get(name, ()))
        return Step(name, "a multiple", self.names[k][j], factor, proofs)

    def _drop(self, k: int, gone: dict[int, Step]) -> None:
        """Remove neurons of layer k + 1, and the weights out of them."""
        if not gone:
            return
        self.steps += gone.values()
        keep = [i for i in range(len(self.layers[k])) if i not in gone]
        if keep:
            self.layers[k] = [self.layers[k][i] for i in keep]
            self.layers[k + 1] = [[*(row[i] for i in keep), row[-1]] for row in self.layers[k + 1]]
            self.names[k] = [self.names[k][i] for i in keep]
        else:
            self.layers[k] = [[Fraction(0)] * len(self.layers[k][0])]
            self.layers[k + 1] = [[Fraction(0), row[-1]] for row in self.layers[k + 1]]
            self.names[k] = [None]
        self._changed(k)

    def _expect(self, net: Network, questions: list[Question]) -> None:
        self.searches.expect(net, questions, self.cases, self.budget.latest())

    def _find_point(self, net: Network, question: Question) -> Answer:
        return self.searches.find_point(net, question, self.budget, self.cases)

    # -- what there is -------------------------------------------------------------------------------------------------

    def _network(self) -> Network:
        for k, rows in enumerate(self.layers):
            if k not in self.maps:
                self.maps[k] = AffineMap.from_fractions(rows)
        return Network(tuple(self.maps[k] for k in range(len(self.layers))))

    def _changed(self, k: int) -> None:
        """Layer k + 1, and what stands on it, is not what it was."""
        for each in (k, k + 1):
            self.maps.pop(each, None)
        self.activations = {below: values for below, values in self.activations.items() if below < k}

    def _name(self, k: int, i: int) -> Neuron:
        name = self.names[k][i]
        if name is None:
            raise TheoryContradicted("a neuron that stands for none was looked at", layer=k + 1)
        return name

    def _is_common(self, k: int, i: int) -> bool:
        """Whether both of two networks side by side are known to have this neuron."""
        return len(self.sides.get(self._name(k, i), ())) == 2

    def _is_done(self) -> bool:
        return self.nonzero is not None or self.budget.is_spent()

    def _add(self, point: Point) -> None:
        if self.sides and self.nonzero is None and any(self.net(point)):
            self.nonzero = point
        x = np.array([[float(entry) for entry in point]])
        if np.isfinite(x).all():
            self.samples = np.concatenate([self.samples, x])
            self.activations = {}
            self.added.append(tuple(point))

    def _sample(self, at: int) -> Point:
        """A sample, exactly."""
        return self.added[at - _SAMPLES] if at >= _SAMPLES else tuple(map(Fraction, self.samples[at].tolist()))

    def _activations(self, k: int) -> FloatArray:
        """The activations of layer k + 1 at the samples, in floats."""
        if k not in self.activations:
            below = self._activations(k - 1) if k else self.samples
            W, b = self._network().layers[k].as_floats()
            with np.errstate(all="ignore"):
                self.activations[k] = np.nan_to_num(np.maximum(below @ W.T + b, 0))
        return self.activations[k]


def _samples(n: int) -> FloatArray:
    """Gaussian points of several sizes, all of them short dyadic numbers."""
    rng = np.random.default_rng(0)
    sizes = np.resize(np.array([0.25, 1.0, 2.0, 8.0, 64.0, 1024.0]), _SAMPLES)
    points: FloatArray = np.round(rng.standard_normal((_SAMPLES, n)) * sizes[:, None] * 256) / 256
    return points
