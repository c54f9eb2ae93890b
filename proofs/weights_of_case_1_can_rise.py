"""N1, §5.2 (1): where z active implies z' inactive the weight can move in both directions, off explicit polynomials.

Statement. Let z be in layer k, z' in layer k+1 with weight w from z, and z' <= 0 wherever z > 0 (case 1), z not never
positive. Off the zeros of the polynomials of general position and of those below, all of them explicit and none 0, the
boundaries of z and z' are disjoint, and the weights with which z' passes on the same are an interval without lower end,
up to w + m, where m > 0 is the least of -z'/z over the vertices and rays of the cells of layers 1 to k where z is
positive.

Proof. The lower end is the proof that this one rests on.

- If z' = 0 at a point with z >= 0, then by general position z' and z, if it is 0 there, take all combinations of signs
  nearby, also + +, which the case excludes. So z' < 0 where z >= 0, and the boundaries are disjoint.
- A cell of layers 1 to k in which z is on is a polyhedron on which z >= 0 and z' < 0 are affine, with gradients g, g'.
  It is the sum of the hull of finitely many points v, the cone of finitely many rays r, and a space on which z and z',
  which are bounded on one side, are constant. So -z' = sum of numbers >= 0 times -z'(v) and -g' r, and z is the sum of
  the same numbers times z(v) and g r. Where z(v) or g r is positive, let -z'(v)/z(v) or -g' r/g r be at least m; where
  it is 0 the other term is not negative. Then -z' >= m z in the cell: adding weight m to w leaves z' <= 0.
- At the points z' < 0. On rays with g r > 0, -g' r >= 0, or z' would be positive far out. It is 0 only if g' is a
  combination of gradients h of neurons of layers 1 to k that vanish on r, and g is none. The polynomials are the minors
  of h_1, ..., h_q and g', for each pattern with z on, neurons and columns where the same minor of h_1, ..., h_q and g
  is not the zero polynomial: for w is in g' with the factor g, and nowhere else.
- A weight that is larger than w + m makes z' positive where -z'/z is close to m, and z > 0.

For 2 a_1 - a_2 - 1/7 over (x, 2x + 1) such a polynomial vanishes, and m = 0 (`find_exceptional`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

from exactrev.arithmetic.linear_algebra import determinant, matrix, rank
from exactrev.identifiability import find_pairs, free_weight
from exactrev.network import Network, Neuron, random_rational_network
from exactrev.proofs import boundaries_cross_like_coordinate_hyperplanes as position
from exactrev.proofs import weights_of_case_1_are_free_up_to_a_largest as free
from exactrev.proofs.exceptional_networks_are_zeros_of_polynomials import find_exceptional as find_degenerate
from exactrev.proofs.letters import (
    Forms,
    check_forms,
    find_forms,
    letter_field,
    letter_network,
    patterns,
    sign_of,
    tables_of,
)
from exactrev.proofs.proof import Proof, Step, check, rests_on

__all__ = ["PROOF", "add_generators", "derive", "find_exceptional"]

FindForms = Callable[[Any, Any], Forms]
Pattern = tuple[tuple[int, ...], ...]

SHAPES = ((1, 2, 1, 1), (2, 2, 1, 1), (3, 2, 1, 1), (2, 1, 2, 1, 1))
PLANE = (((0, 1, -1), (-2, 1, -3)), ((1, 0, 3), (-2, 1, -2)), ((0, -1, 1), (-3, 1, -2)))
"""Biases of layer 1 and weights of layer 2 over (x - y, y, x) with pairs in case 1."""
SEEDS = (13, 14, 16, 17, 30)
"""Of random networks with pairs in case 1."""


def add_generators(one: Any, other: Any) -> Any:
    """The value, of -z' or of z, where two generators of a polyhedron are added."""
    return one + other


def find_exceptional(net: Network, z: Neuron, later: Neuron) -> Iterator[tuple[tuple[Neuron, ...], Pattern]]:
    """(neurons h, pattern) of which the gradients with that of z are independent, with that of `later` dependent.

    If there are none, and the network is in general position, the weight from z to `later` can rise in case 1.
    """
    tables = tables_of(net)[: later.layer]
    others = [neuron for neuron in net.neurons() if neuron.layer <= z.layer and neuron != z]
    for pattern in patterns(net.hidden_widths[: z.layer]):
        if not pattern[z.layer - 1][z.index]:
            continue
        forms = find_forms(tables, pattern)
        own, after = (forms[k - 1][i][:-1] for k, i in (z, later))
        for size in range(net.n_in):
            for some in combinations(others, size):
                rows = [forms[k - 1][i][:-1] for k, i in some]
                if rank(matrix([*rows, own])) == size + 1 and rank(matrix([*rows, after])) < size + 1:
                    yield some, pattern


def derive(forms: FindForms = find_forms, combine: Callable[[Any, Any], Any] = add_generators) -> Iterator[Step]:
    """The steps, for a way to find forms, and for the sum of two generators."""
    yield check_forms(forms)
    yield check("where both generators have -z' >= m z, their sum has", _mediant(combine))
    yield check("a minor of h and grad z' contains w times the minor of h and grad z", _minors(forms))
    yield check("with more than w + m z' is positive where -z'/z is close to m", _beyond())
    yield check("in numbers: off the polynomials the weight can rise, in the exceptional network not", _numbers())
    yield rests_on(position.PROOF, free.PROOF)


def _mediant(combine: Callable[[Any, Any], Any]) -> Iterator[tuple[str, bool]]:
    _, (m, a, b, A, B) = letter_field(["m", "a", "b", "A", "B"])
    for name, (one, z), (other, z_other) in (
        ("two with z > 0", (m * a + A, a), (m * b + B, b)),
        ("one with z = 0", (m * a + A, a), (B, 0 * b)),
        ("bounds that are met", (m * a, a), (m * b, b)),
    ):
        yield name, _sign(combine(one, other) - m * combine(z, z_other)) >= 0


def _sign(value: Any) -> int:
    try:
        return sign_of(value)
    except ValueError:
        return -2


def _minors(forms: FindForms) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        net = letter_network(widths)
        neurons = list(net.neurons())
        for k, i in neurons:
            found = forms(net.tables, net.with_activity(k, i, 1))
            for m, j in neurons:
                if m != k + 1:
                    continue
                own, after, w = found[k - 1][i], found[m - 1][j], net.tables[m - 1][j][i]
                others = [found[a - 1][b] for a, b in neurons if a <= k and (a, b) != (k, i)]
                for size in range(widths[0]):
                    for rows in combinations(others, size):
                        for columns in combinations(range(widths[0]), size + 1):
                            minors = [
                                determinant(matrix([[row[c] for c in columns] for row in (*rows, last)], net.field))
                                for last in (own, after)
                            ]
                            name = f"{widths}, z[{k},{i}] to z[{m},{j}], {size} others, columns {columns}"
                            yield name, minors[1].diff(w) == minors[0] and not minors[0].diff(w)


def _beyond() -> Iterator[tuple[str, bool]]:
    _, (m, e, z, d) = letter_field(["m", "e", "z", "d"])
    close = -(m + e / (d + 2)) * z  # z' where -z'/z is between m and m + e
    yield "above", _sign(close + (m + e) * z) == 1
    yield "at w + m", _sign(close + m * z) == -1


def _numbers() -> Iterator[tuple[str, bool]]:
    # u = (x, 2 x + 1), z' = 2 a_1 - a_2 - 1/7: where both are on the gradient of z' is 0
    stuck = Network.from_arrays([([[1], [2]], [0, 1]), ([[2, -1]], ["-1/7"]), ([[1]], [0])])
    found = find_pairs(stuck)
    family = free_weight(found, found.pairs[0])
    exceptional = list(find_exceptional(stuck, Neuron(1, 0), Neuron(2, 0)))
    yield "m = 0", family is not None and family.high == 0 and exceptional == [((), ((1, 1),))]
    rows = [[1, -1], [0, 1], [1, 0]]
    drawn = [Network.from_arrays([(rows, first), ([second], [-3]), ([[1]], [0])]) for first, second in PLANE]
    drawn += [random_rational_network((1, 2, 2, 1), seed) for seed in SEEDS]
    for number, net in enumerate(drawn):
        found = find_pairs(net)
        regular = not any(find_degenerate(net, kinds=("position",)))
        for pair in found.pairs:
            if pair.cases == (1,):
                family = free_weight(found, pair)
                rises = family is not None and family.low is None and (family.high is None or family.high > 0)
                off = regular and not any(find_exceptional(net, pair.source, pair.target))
                yield f"network {number}, {pair}", off and rises and not pair.meets


PROOF = Proof(
    label="weights_of_case_1_can_rise",
    paper=("N1",),
    where="§5.2 (1)",
    statement="If z' is off wherever z is on, then, off explicit polynomials, the boundaries are disjoint and the "
    "weights from z to z' with which z' passes on the same go from minus infinity to a number larger than the weight: "
    "larger by the least of -z'/z over vertices and rays.",
    covers="any depth, widths and pattern, by the argument over polyhedra; the polynomials in letters in "
    f"{len(SHAPES)} shapes. Rational networks are decided by find_exceptional",
    does_not_cover="whether a change to z' changes the outputs; networks on the zeros of the polynomials",
    length=6,
    derivation=derive,
)
