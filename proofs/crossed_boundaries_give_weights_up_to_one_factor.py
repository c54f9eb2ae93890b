"""Theorem 3 where (iv) fails (T3f): what a chain of pieces shows of z, and what it leaves open.

Statement. (a) Let A be a chain of pieces of B[z], each beyond a crossing of an earlier boundary from the one before,
and let a normal of each be known, in whatever scale. Then all forms of z on A and all weights from units of layer k-1
whose boundaries A crosses are known up to one common factor. (b) Every chain has a factor of its own: where B[z] is
disconnected, the ratio of two need not be determined. (c) The weights of boundaries that are not crossed, the bias and
the signs of layer k-1 need not be determined: on an open set of networks of shape 2-7-3-1 there is another network, not
isomorphic, which is the same function and has the same boundaries. It has the same weights wherever boundaries cross,
and other signs in layer 1, other biases in layer 2, other weights where boundaries do not meet. In the middle of that
set is one with connected boundaries for which the Linear Regions Assumption holds, as it does for its partner. Without
the assumption, 2-5-2-1 is enough.

Proof. (a) is an induction along A: each step is `find_bend`, here called with letters. (b) Chains that nothing links
are read independently, so any ratio agrees with all pieces; `EXCHANGED` are two networks of equal boundaries. (c) Let p
and q be units that are on wherever z >= 0, with independent gradients in the plane. Turning round a unit s with weight
w changes the form of z by -w s, whether s is on or off; it is a combination of p, q and 1, which the weights of p, q
and the bias make up for, wherever p and q are on. Elsewhere both forms have to be negative. With two neurons in layer
2, for which different units play p and q, all boundaries of layer 1 show in N; with three, each positive on a sector of
the plane wider than 120 degrees, N is flat nowhere. It is an open set: wherever z >= -e (1 + |x| + |y|) for one of the
two networks, p and q are above e (1 + |x| + |y|), and if all weights and biases change by at most d, z, p and q change
by at most a multiple of d (1 + |x| + |y|).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise, permutations, product
from typing import Any

from sympy import QQ

from exactrev.arithmetic.linear_algebra import Solution, matrix, solve
from exactrev.arithmetic.numbers import lift
from exactrev.equivalence import decide_equal
from exactrev.errors import AssumptionFailed
from exactrev.geometry import boundaries
from exactrev.geometry.boundary_pieces import boundary_set
from exactrev.network import AffineMap, Network, is_isomorphic
from exactrev.proofs.letters import LetterNetwork, check_forms, find_forms, letter_field, letter_network, tables_of
from exactrev.proofs.proof import Proof, Step, check
from exactrev.recovery.bends import Bend, find_bend
from exactrev.search import Condition, Impossible, Relation, find_point
from exactrev.statements.verification import verify

__all__ = ["HELPED", "PAIR", "PROOF", "SECTORS", "derive", "second_network"]

FindBend = Callable[[Sequence[Any], Sequence[Any], Sequence[Any]], Bend]
MakeUp = Callable[[Sequence[Any], Sequence[Sequence[Any]], Any, Any], Sequence[Any]]
Unit = tuple[int, int]

SIGNS = (1, -1)
SHAPES = ((2, 3, 1, 1), (3, 3, 1, 1), (2, 2, 2, 1, 1))
LONGEST = 3
"""Chains of so many crossings."""

TURNED = 0
"""The unit of layer 1 that is turned round, s."""

Helpers = Sequence[tuple[int, int]]
"""For each neuron of layer 2 the units p, q that are on wherever it is."""

_FIRST = ([[0, 1], [-1, 1], [-1, -1], [1, 1], [1, -1]], [0, 6, 6, 1, -1])
PAIR = (
    Network.from_arrays([_FIRST, ([[-6, -4, -6, -6, -8], [-6, -4, -6, -2, -4]], [74, 44]), ([[1, 2]], [0])]),
    Network.from_arrays([
        ([[0, -1], *_FIRST[0][1:]], _FIRST[1]),
        ([[-6, -7, -3, -6, -8], [-6, -4, -6, -5, -1]], [74, 50]),
        ([[1, 2]], [0]),
    ]),
)  # fmt: skip
"""One function, one set of boundaries; y and -y in layer 1."""

SECTORS = Network.from_arrays([
    ([[1, 2], [6, 2], [6, -2], [-5, 4], [-1, 6], [-1, -6], [-5, -4]], [1, 65, 58, 65, 61, 63, 60]),
    ([[-1, 5, 4, -4, -4, -3, -4], [1, -4, -4, 5, 5, -4, -4], [1, -3, -4, -4, -4, 5, 5]], [456, 414, 396]),
    ([[1, 2, 3]], [0]),
])  # fmt: skip
"""Each neuron of layer 2 is on in a sector and around 0, and everywhere one is."""

HELPED: tuple[tuple[Network, Helpers], ...] = ((PAIR[0], ((1, 2), (3, 4))), (SECTORS, ((1, 2), (3, 4), (5, 6))))

_TWO_SIDES = ([[3, -2], [2, -1], [2, -3], [-3, -2], [-2, -1], [-2, -3]], [-1, -2, 0, -1, -2, 0])
_HALVES = ([-2, -1, 3], [-1, -2, 3])
EXCHANGED = tuple(
    Network.from_arrays([
        _TWO_SIDES,
        ([[*_HALVES[0], *_HALVES[i]], [*_HALVES[1], *_HALVES[1 - i]], [3, 3, 1, 3, 3, 1]], [1, 1, -1]),
        ([[1, 1, -1]], [0]),
    ])
    for i in (0, 1)
)  # fmt: skip
"""Boundaries with a part on either side of x = 0, where one half of layer 1 is off: which belong together?"""

NEARBY = 4
MARGIN = Fraction(1, 100)
"""e, how well below and above."""



def make_up(turned: Sequence[Any], helpers: Sequence[Sequence[Any]], weight: Any, field: Any) -> Sequence[Any]:
    """By how much the weights of the helpers and the bias change, so that the form gains `weight` times `turned`."""
    size = len(turned)
    constant = [*[0] * (size - 1), 1]
    columns = [*helpers, constant]
    A = matrix([[column[c] for column in columns] for c in range(size)], field)
    found = solve(A, [weight * entry for entry in turned])
    if not isinstance(found, Solution) or not found.is_unique:
        raise AssumptionFailed("the units do not span the plane", witness=helpers)
    return found.point


def derive(bend: FindBend = find_bend, make_up: MakeUp = make_up) -> Iterator[Step]:
    """The steps, for the function that recovery calls, and for what turning a unit round takes."""
    yield check_forms()
    yield check("along a chain, every form and every weight is the first factor times the true one", _chains(bend))
    yield check("no form on a chain has the weight of a unit in it that is off all along", _unseen())
    yield check("a second chain has a factor of its own, which no piece ties to the first", _two_chains(bend))
    yield check("two networks with the same boundaries, where two chains belong to one neuron or to two", _exchanged())
    yield check("a unit turned round, other weights of p, q and bias: z stays where p and q are on", _turned(make_up))
    yield check("explicit pairs: one function, one set of boundaries, weights equal where they cross", _pairs(make_up))
    yield check("where z is not well below 0, in either network, p and q are well above: nearby too", _margins(make_up))
    yield check("networks nearby have partners, too, by the same formula", _nearby(make_up))


# -- chains ------------------------------------------------------------------------------------------------------------


def _walks(net: LetterNetwork) -> Iterator[tuple[Unit, ...]]:
    """Which boundaries are crossed, in which order: all short orders of neurons before the last hidden layer."""
    earlier = [place for place in net.neurons() if place[0] < net.depth]
    return (walk for length in range(1, LONGEST + 1) for walk in permutations(earlier, length))


def _pieces(net: LetterNetwork, walk: Sequence[Unit], on: dict[Unit, int]) -> Iterator[list[list[list[Any]]]]:
    """The forms of all neurons on the pieces of a walk. Crossed neurons start as `on` says; those of layer k-1 that are
    not crossed are on, so that no gradient vanishes; all others have letters."""
    activity = [list(row) for row in net.activity]
    activity[net.depth - 2] = [net.field.one for _ in activity[net.depth - 2]]
    for (k, i), d in on.items():
        activity[k - 1][i] = net.field.one * d
    yield find_forms(net.tables, activity)
    for k, i in walk:
        activity[k - 1][i] = net.field.one - activity[k - 1][i]
        yield find_forms(net.tables, activity)


def _follow(bend: FindBend, net: LetterNetwork, walk: Sequence[Unit], on: dict[Unit, int]) -> Iterator[tuple[Any, Any]]:
    """(form in the scale of the first piece, weight) beyond every crossing, from forms with a letter each for scale."""
    k = net.depth
    pieces = list(_pieces(net, walk, on))
    seen = [[scale * c for c in piece[k - 1][0]] for scale, piece in zip(net.extra, pieces, strict=False)]
    form: Sequence[Any] = seen[0]
    for number, (layer, i) in enumerate(walk, start=1):
        found = bend(form, seen[number], pieces[number - 1][layer - 1][i])
        form = found.rescale(seen[number])
        yield form, found.weight(1 if not on[layer, i] else -1)


def _chains(bend: FindBend) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        net = letter_network(widths, [f"l{number}" for number in range(LONGEST + 1)])
        k, first = net.depth, net.extra[0]
        for walk in _walks(net):
            for start in {(0,) * len(walk), (1,) * len(walk), tuple(number % 2 for number in range(len(walk)))}:
                on = dict(zip(walk, start, strict=True))
                name = f"{widths}, across {walk}, on at first: {start}"
                pieces = [piece[k - 1][0] for piece in _pieces(net, walk, on)]
                if any(_are_parallel(a, b) for a, b in pairwise(pieces)):
                    continue  # z has no gradient off the crossed one's there: B[z] does not cross
                try:
                    found = list(_follow(bend, net, walk, on))
                except AssumptionFailed:
                    yield f"{name}: refused", False
                    continue
                for (layer, i), piece, (form, weight) in zip(walk, pieces[1:], found, strict=True):
                    yield f"{name}: form", list(form) == [first * c for c in piece]
                    if layer == k - 1:
                        yield f"{name}: weight", weight == first * net.tables[k - 1][0][i]


def _are_parallel(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return bool(one[0] * other[1] == one[1] * other[0])


def _unseen() -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        net = letter_network(widths)
        k = net.depth
        for h, i in permutations(range(widths[k - 1]), 2):
            activity = [list(row) for row in net.activity]
            activity[k - 2][h] = net.field.zero
            for d in (0, 1):
                activity[k - 2][i] = net.field.one * d
                form = find_forms(net.tables, activity)[k - 1][0]
                yield f"{widths}, unit {h} off, across unit {i}", not any(c.diff(net.tables[k - 1][0][h]) for c in form)


def _two_chains(bend: FindBend) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES[:2]:
        net = letter_network(widths, ["l0", "l1", "m0", "m1"])
        k = net.depth
        row = net.tables[k - 1][0]
        for on_one, on_other in product((0, 1), repeat=2):
            weights = []
            for unit, on, scales in ((0, on_one, net.extra[:2]), (1, on_other, net.extra[2:])):
                before, after = (piece[k - 1][0] for piece in _pieces(net, [(k - 1, unit)], {(k - 1, unit): on}))
                crossed = net.tables[0][unit]
                try:
                    found = bend([scales[0] * c for c in before], [scales[1] * c for c in after], crossed)
                except AssumptionFailed:
                    yield f"{widths}: refused", False
                    return
                weights.append(found.weight(-1 if on else 1))
            first, second = net.extra[0], net.extra[2]
            free = not weights[0].diff(second) and not weights[1].diff(first)
            yield f"{widths}, on: {on_one}, {on_other}", free and weights == [first * row[0], second * row[1]]


def _exchanged() -> Iterator[tuple[str, bool]]:
    one, other = EXCHANGED
    yield "the same boundaries", boundary_set(one) == boundary_set(other)
    yield "the same layer 1", one.layers[0] == other.layers[0]
    rows, others = ([tuple(row) for row in net.layers[1].W] for net in (one, other))
    half = len(rows[0]) // 2
    for row in rows:
        for part in (slice(None, half), slice(half, None)):
            ties = [r for r in others if _are_multiples(r[part], row[part])]
            yield f"the part {part} of a row belongs to a row of the other", bool(ties)
    yield "no row is one of the other's", not any(_are_multiples(r, row) for r, row in product(others, rows[:2]))


def _are_multiples(one: Sequence[Fraction], other: Sequence[Fraction]) -> bool:
    return all(a * d == b * c for (a, b), (c, d) in product(zip(one, other, strict=True), repeat=2))


# -- what stays open ---------------------------------------------------------------------------------------------------


def _turned(make_up: MakeUp) -> Iterator[tuple[str, bool]]:
    names = [f"{unit}{c}" for unit in "spqr" for c in range(3)]
    field, letters = letter_field([*names, "w", "wp", "wq", "wr", "b", "d", "dr"])
    s, p, q, r = (letters[i : i + 3] for i in range(0, 12, 3))
    w, wp, wq, wr, b, d, dr = letters[12:]

    def form(weights: Sequence[Any], bias: Any, on: Any, turned: int) -> list[Any]:
        activities = (turned * on, field.one, field.one, dr)
        units = zip(weights, activities, (s, p, q, r), strict=True)
        total = [field.zero, field.zero, bias]
        for weight, activity, unit in units:
            total = [entry + weight * activity * c for entry, c in zip(total, unit, strict=True)]
        return total

    gained = make_up(s, (p, q), w, field)
    before = form((w, wp, wq, wr), b, d, 1)
    after = form((w, wp + gained[0], wq + gained[1], wr), b + gained[2], 1 - d, -1)
    yield "s on and off, r on and off, p and q on", before == after
    yield "the bias changes, and both weights", all(gained)


def second_network(net: Network, helpers: Helpers, make_up: MakeUp = make_up) -> Network:
    """The partner of a network with two hidden layers: unit `TURNED` turned round, the helpers making up for it."""
    first, second, output = tables_of(net)
    turned = [[-c for c in row] if i == TURNED else row for i, row in enumerate(first)]
    rows = []
    for row, (p, q) in zip(second, helpers, strict=True):
        gained = make_up(first[TURNED], (first[p], first[q]), row[TURNED], QQ)
        changed = list(row)
        for place, gain in zip((p, q, len(row) - 1), gained, strict=True):
            changed[place] += lift(gain)
        rows.append(changed)
    return Network((*map(AffineMap.from_fractions, (turned, rows, output)),))


def _pairs(make_up: MakeUp) -> Iterator[tuple[str, bool]]:
    yield "the partner in whole numbers", second_network(*HELPED[0], make_up) == PAIR[1]
    for one, helpers in HELPED:
        other = second_network(one, helpers, make_up)
        yield f"{one.architecture}: one function", decide_equal(one, other).holds
        yield f"{one.architecture}: not isomorphic", not is_isomorphic(one, other)
        yield f"{one.architecture}: the same boundaries", boundary_set(one) == boundary_set(other)
        for net in (one, other):
            pairs = verify(net, ["T2h"])["T2h"].witness["disjoint_pairs"]
            missed = {(z.index, unit.index) for unit, z in pairs}
            own = {(j, unit) for j, units in enumerate(helpers) for unit in units}
            yield f"{one.architecture}: not met are those of p and q", missed == own
            yield f"{one.architecture}: no weight into layer 2 is 0", all(map(all, net.layers[1].W))
            connected = all(boundary.n_components == 1 for boundary in boundaries(net))
            yield f"{one.architecture}: boundaries are connected", connected
            if one is SECTORS:
                yield "the Linear Regions Assumption holds", verify(net, ["R2"])["R2"].holds
        for j, (row, twin) in enumerate(zip(one.layers[1].W, other.layers[1].W, strict=True)):
            for i, (weight, partner) in enumerate(zip(row, twin, strict=True)):
                yield f"{one.architecture}: from {i} to {j}", (weight == partner) == (i not in helpers[j])
        first, second = (net.layers[0].rows for net in (one, other))
        yield f"{one.architecture}: layer 1 up to a sign", second == (tuple(-c for c in first[0]), *first[1:])
        yield f"{one.architecture}: a bias differs", one.layers[1].b != other.layers[1].b


def _margins(make_up: MakeUp) -> Iterator[tuple[str, bool]]:
    """No point has z >= -e (1 + |x| + |y|) and p or q <= e (1 + |x| + |y|): decided by search, with a proof."""
    axes = [[sign * int(axis == c) for c in (0, 1)] for axis in (0, 1) for sign in (1, -1)]
    for one, helpers in HELPED:
        for name, net in (("", one), (", partner", second_network(one, helpers, make_up))):
            first, second, output = net.layers
            # the absolute values of x and y are sums of ReLUs of four more units
            wider = AffineMap.from_arrays([*first.W, *axes], [*first.b, 0, 0, 0, 0])
            rest = AffineMap.from_arrays([[*row, 0, 0, 0, 0] for row in second.W], second.b)
            measured = Network((wider, rest, output))
            for j, units in enumerate(helpers):
                almost_on = Condition.of(
                    2, [*second.W[j], *[MARGIN] * 4, second.b[j] + MARGIN], Relation.NOT_NEGATIVE
                )
                for unit in units:
                    (a, b), constant = first.W[unit], first.b[unit]
                    away = [MARGIN - a, MARGIN + a, MARGIN - b, MARGIN + b]
                    almost_off = Condition.of(2, [*[0] * len(first.W), *away, MARGIN - constant], Relation.NOT_NEGATIVE)
                    found = find_point(measured, [almost_on, almost_off])
                    yield f"{net.architecture}{name}: {j} and {unit}", isinstance(found, Impossible) and found.check()


def _nearby(make_up: MakeUp) -> Iterator[tuple[str, bool]]:
    rng = random.Random(8)
    for (middle, helpers), number in product(HELPED, range(NEARBY)):
        tables = [[[c + Fraction(rng.randint(-9, 9), 500) for c in row] for row in t] for t in tables_of(middle)]
        net = Network(tuple(map(AffineMap.from_fractions, tables)))
        other = second_network(net, helpers, make_up)
        yield f"{net.architecture}, number {number}: one function", decide_equal(net, other).holds
        yield f"{net.architecture}, number {number}: not isomorphic", not is_isomorphic(net, other)


PROOF = Proof(
    label="crossed_boundaries_give_weights_up_to_one_factor",
    paper=("T3f",),
    where="after Theorem 3",
    statement="Along a chain of pieces of B[z], the forms of z and the weights from units of layer k-1 whose "
    "boundaries are crossed follow up to one factor; each chain has its own. Where (iv) fails, the bias, the signs "
    "of layer k-1 and the other weights may stay open, even if all of N is known: so for an open set of 2-7-3-1 "
    "networks, around one with connected boundaries for which the Linear Regions Assumption holds.",
    covers=f"chains of up to {LONGEST} crossings in {len(SHAPES)} shapes with weights, biases, other activities and "
    "every piece's scale as letters, any length by induction; turning a unit round as an identity in letters; two "
    f"pairs of networks, compared exactly, and {2 * NEARBY} perturbed ones",
    does_not_cover="which networks leave nothing open though (iv) fails",
    length=9,
    derivation=derive,
)
