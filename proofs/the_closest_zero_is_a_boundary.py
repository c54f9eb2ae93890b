"""ClosestBoundary (A3, §4.2): the nearest zero, on a ray, of the forms at its start is a true boundary.

Statement. Let p lie on no boundary of the known layers, and let v be a direction. Take the affine forms that the known
neurons have at p, and c > 0 least such that one of them is 0 at p + c v. Then all known neurons keep their forms and
signs on the way, and p + c v is on the boundary of that neuron and is the first point of the ray on any known boundary.
If no form has a zero ahead, the ray meets no known boundary. No genericity is needed. Zeros farther on need not be
boundaries.

Proof. A form is value + c rate at p + c v, and value is not 0. With a zero ahead, at c' = -value/rate > 0, it is
(1 - c/c') value: of the sign of value for 0 <= c < c', and 0 at c'. Without one, rate value >= 0, and value times the
form is value^2 + c rate value > 0. So up to the least c' no form changes its sign. Now go up the layers: those of layer
1 are the preactivations; if the layers before k keep their signs, hence their activities, the preactivations of layer k
are still the forms at p, which depend on nothing else, and keep their signs too. At the least c' itself, by continuity,
all preactivations are still the forms at p, and one of them is 0.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from fractions import Fraction

from exactrev.network import AffineMap, Neuron, Point, random_rational_network
from exactrev.network.network import Network
from exactrev.proofs.letters import check_forms, find_forms, letter_field, letter_network, tables_of
from exactrev.proofs.proof import Proof, Step, check
from exactrev.recovery.crossings import Crossing, closest_boundary
from exactrev.recovery.known import KnownLayers

__all__ = ["PROOF", "derive"]

Closest = Callable[[KnownLayers, Point, Point], Crossing | None]

SHAPES = ((1, 1, 1, 1), (1, 2, 2, 1), (2, 2, 2, 1), (3, 2, 1, 1), (2, 2, 1, 2, 1))
NUMERIC = ((1, 3, 1), (1, 4, 3, 1), (2, 3, 3, 1), (2, 4, 3, 2, 1), (4, 5, 4, 1))
RAYS = 12


def derive(closest: Closest = closest_boundary) -> Iterator[Step]:
    """The steps, for the function that the walk calls."""
    yield check_forms()
    yield check("along a ray a form is value + c rate", _affine())
    yield check("with a zero at c' it is (1 - c/c') value; else it is 1/value times value^2 + c rate value", _signs())
    yield check("the forms of a layer depend on the activities of earlier layers only", _earlier_only())
    yield check("closest_boundary is the least zero of these forms, last layer known up to sign", _least(closest))
    yield check("in numbers: all signs stay up to there, and the neuron is 0 there", _true_boundaries(closest))
    yield check("a zero farther on need not be a boundary: z = a + 1, u = x, from 2 to the left", _farther(closest))


def _affine() -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        names = [f"{name}{i}" for name in "pv" for i in range(widths[0])]
        net = letter_network(widths, [*names, "c"])
        *letters, c = net.extra
        p, v = letters[: widths[0]], letters[widths[0] :]
        for k, layer in enumerate(find_forms(net.tables, net.activity), start=1):
            for i, (*gradient, constant) in enumerate(layer):
                value = sum((g * x for g, x in zip(gradient, p, strict=True)), constant)
                rate = sum((g * x for g, x in zip(gradient, v, strict=True)), 0 * constant)
                there = sum((g * (x + c * d) for g, x, d in zip(gradient, p, v, strict=True)), constant)
                yield f"{widths}, layer {k}, neuron {i}", there == value + c * rate


def _signs() -> Iterator[tuple[str, bool]]:
    _, (value, rate, c) = letter_field(["value", "rate", "c"])
    zero = -value / rate
    yield "a zero ahead", value + c * rate == (1 - c / zero) * value
    yield "at the zero", not value + zero * rate
    yield "no zero ahead", value * (value + c * rate) == value**2 + c * (rate * value)


def _earlier_only() -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        net = letter_network(widths)
        found = find_forms(net.tables, net.activity)
        for k, i in net.neurons():
            later = [d for layer in net.activity[k - 1 :] for d in layer]
            yield f"{widths}, z[{k},{i}]", all(not entry.diff(d) for entry in found[k - 1][i] for d in later)


def _rays() -> Iterator[tuple[str, Network, KnownLayers, Point, Point]]:
    """Random networks, their hidden layers with some rows of the last one negated, and rays off their boundaries."""
    rng = random.Random(5)
    for seed, widths in enumerate(NUMERIC):
        net = random_rational_network(widths, seed)
        *below, last = net.layers[:-1]
        signs = [rng.choice((1, -1)) for _ in last.rows]
        rows = [[sign * e for e in (*row, b)] for sign, row, b in zip(signs, last.W, last.b, strict=True)]
        known = KnownLayers((*below, AffineMap.from_fractions(rows)))
        for number in range(RAYS):
            p, v = (_random_point(rng, widths[0]) for _ in range(2))
            if any(v) and all(map(all, net.preactivations(p))):
                yield f"{widths}, ray {number}", net, known, p, v


def _random_point(rng: random.Random, n_in: int) -> Point:
    return tuple(Fraction(rng.randint(-40, 40), rng.randint(1, 9)) for _ in range(n_in))


def _least(closest: Closest) -> Iterator[tuple[str, bool]]:
    for name, net, known, p, v in _rays():
        pattern = [[int(on) for on in layer] for layer in net.pattern(p)]
        zeros = []
        for k, layer in enumerate(find_forms(tables_of(net), pattern)[:-1], start=1):
            for i, (*gradient, constant) in enumerate(layer):
                value = sum((g * x for g, x in zip(gradient, p, strict=True)), constant)
                rate = sum((g * x for g, x in zip(gradient, v, strict=True)), Fraction(0))
                if rate and -value / rate > 0:
                    zeros.append((-value / rate, Neuron(k, i)))
        found = closest(known, p, v)
        if found is None or not zeros:
            yield name, found is None and not zeros
        else:
            least = min(zeros)[0]
            yield name, found.distance == least and (least, found.neuron) in zeros


def _true_boundaries(closest: Closest) -> Iterator[tuple[str, bool]]:
    for name, net, known, p, v in _rays():
        found = closest(known, p, v)
        far = Fraction(1000) if found is None else found.distance
        here = net.sign_vector(p)
        shares = [Fraction(n, 97) for n in range(0, 97, 6)]
        along = net.sign_vectors([tuple(x + far * s * d for x, d in zip(p, v, strict=True)) for s in shares])
        yield f"{name}: signs stay", all(signs == here for signs in along)
        if found is not None:
            there = tuple(x + found.distance * d for x, d in zip(p, v, strict=True))
            k, i = found.neuron
            yield f"{name}: zero", there == found.point and not net.preactivations(there)[k - 1][i]


def _farther(closest: Closest) -> Iterator[tuple[str, bool]]:
    layers = [([[1]], [0]), ([[1]], [1])]
    net = Network.from_arrays([*layers, ([[1]], [0])])
    found = closest(KnownLayers(net.layers[:-1]), (Fraction(2),), (Fraction(-1),))
    yield "the nearest is x = 0", found is not None and found.neuron == Neuron(1, 0) and found.distance == 2
    form = find_forms(tables_of(net), [[1], [1]])[1][0]
    yield "the form of z has a zero at -1", form == [1, 1]
    yield "where z is 1", net.preactivations((-1,))[1][0] == 1


PROOF = Proof(
    label="the_closest_zero_is_a_boundary",
    paper=("A3",),
    where="§4.2",
    statement="From a point on no known boundary, the nearest zero on a ray of the forms that the known neurons have "
    "at the point is on that neuron's boundary, and no known boundary is met before. Zeros farther on need not be "
    "boundaries.",
    covers=f"all shapes and rays, by the argument over layers; its identities in {len(SHAPES)} shapes with weights, "
    "point, direction and activities as letters; closest_boundary itself on random rays through "
    f"{len(NUMERIC)} rational networks",
    does_not_cover="that closest_boundary, which divides integers, is the formula in letters beyond the rays that were "
    "tried; starts on a known boundary",
    length=7,
    derivation=derive,
)
