"""Certificates about two networks: equal or different, isomorphic, with the same boundaries, recovered from answers.

Knows both networks. Does not know how the checker reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactrev.certificates.systems import STRICT, Point, negative, value
from exactrev.certificates.text import Certificate, Step, as_integers, digest_of
from exactrev.certificates.trees import MOST_STEPS, Path, grow, point_step
from exactrev.errors import AssumptionFailed, InvalidNetwork, TheoryContradicted
from exactrev.network import AffineMap, Network
from exactrev.network.isomorphisms import Isomorphism, find_isomorphism

__all__ = [
    "certify_different",
    "certify_isomorphic",
    "certify_recovered",
    "certify_same_boundary",
    "decide_equal",
]


def certify_different(a: Network, b: Network, point: Sequence[Fraction]) -> Certificate:
    """That a and b differ, at a point. Raises `AssumptionFailed` where they do not."""
    _require_comparable(a, b)
    if a(point) == b(point):
        raise AssumptionFailed("the networks are equal at the point", witness=tuple(point))
    return Certificate("different", (), "point", (a, b), (point_step("P", point),))


def certify_isomorphic(a: Network, b: Network, name: str = "isomorphic") -> Certificate | None:
    """That b is a with neurons permuted and scaled (§3.1), or None if it is not; named "equal", what follows."""
    isomorphism = find_isomorphism(a, b)
    return None if isomorphism is None else Certificate(name, (), "matching", (a, b), tuple(_matched(isomorphism)))


def decide_equal(a: Network, b: Network, most_steps: int = MOST_STEPS) -> Certificate:
    """Whether a(x) = b(x) for all x: "equal" or "different".

    By an isomorphism where there is one; else by a split tree over the neurons of both, which takes long for large
    networks; one of more than `most_steps` steps is given up (`BudgetSpent`).

    >>> a = Network.from_arrays([([[1], [-1]], [0, 0]), ([[1, -1]], [0])])
    >>> b = Network.from_arrays([([[1], [1]], [5, -5]), ([[2, -2]], [0])])
    >>> decide_equal(a, a).proof, decide_equal(a, b).name
    ('matching', 'different')
    """
    _require_comparable(a, b)
    found = certify_isomorphic(a, b, "equal")
    if found is not None:
        return found
    witnesses: list[Point] = []

    def leaf(path: Path, point: Point) -> Step:
        (one, scale), (two, other_scale) = path.forms[a.depth], path.outputs()
        for row, other in zip(one, two, strict=True):
            difference = tuple(c * other_scale - d * scale for c, d in zip(row, other, strict=True))
            if any(difference):
                witnesses.append(_aside(path, point, difference))
                break
        return ("L",)

    steps: list[Step] = []
    for step in grow([a.layers, b.layers], [], STRICT, leaf, most_steps):
        if witnesses:
            return certify_different(a, b, witnesses[0])
        steps.append(step)
    return Certificate("equal", (), "tree", (a, b), tuple(steps))


def certify_same_boundary(a: Network, b: Network) -> Certificate | None:
    """That B is the same set for both, since b's hidden layers are a's, up to isomorphism and signs in the last one.

    None if they are not so related; the boundaries may be the same all the same.
    """
    if a.widths[:-1] != b.widths[:-1]:
        return None
    if a.depth == 0:
        return Certificate("same-boundary", (), "matching", (a, b), ())
    isomorphism = find_isomorphism(_folded(a), _folded(b))
    if isomorphism is None:
        return None
    last = a.depth - 1
    steps = _matched(Isomorphism(isomorphism.permutations[:last], isomorphism.scales[:last]))
    for copy, c in zip(isomorphism.permutations[last][::2], isomorphism.scales[last][::2], strict=True):
        steps.append(("M", copy // 2, -c.numerator if copy % 2 else c.numerator, c.denominator))
    return Certificate("same-boundary", (), "matching", (a, b), tuple(steps))


def _folded(net: Network) -> Network:
    """The hidden layers, of the last one every neuron with its opposite, and their sums, which know no signs."""
    *lower, last = net.layers[:-1]
    both = [row for w in last.rows for row in (w, negative(w))]
    sums = [[int(k // 2 == i) for k in range(2 * last.n_out)] + [0] for i in range(last.n_out)]
    fold = AffineMap(tuple(map(tuple, sums)), 1, 2 * last.n_out)
    silent = AffineMap(((0,) * (last.n_out + 1),), 1, last.n_out)
    return Network((*lower, AffineMap(tuple(both), last.denominator, last.n_in), fold, silent))


def certify_recovered(
    truth: Network, recovered: Network, transcript: Sequence[tuple[Sequence[Fraction], Sequence[Fraction]]]
) -> Certificate | None:
    """That the answers (x, y) are truth's and that `recovered` is isomorphic to it; None if it is not isomorphic.

    Raises `AssumptionFailed` for an answer that is not truth's.
    """
    isomorphism = find_isomorphism(truth, recovered)
    if isomorphism is None:
        return None
    asked: list[Step] = []
    for (x, y), expected in zip(transcript, truth.evaluate([x for x, _ in transcript]), strict=True):
        if tuple(y) != expected:
            raise AssumptionFailed("an answer is not the network's", point=tuple(x), found=tuple(y))
        asked.append(("A", *as_integers(x), *as_integers(y)))
    steps = (*asked, *_matched(isomorphism))
    return Certificate("recovered", (len(asked),), "matching", (truth, recovered), steps, (digest_of(asked),))


def _matched(isomorphism: Isomorphism) -> list[Step]:
    """A line for each neuron of the image: which neuron it is of the original, and its scale."""
    return [
        ("M", p, c.numerator, c.denominator)
        for layer, scales in zip(isomorphism.permutations, isomorphism.scales, strict=True)
        for p, c in zip(layer, scales, strict=True)
    ]


def _require_comparable(a: Network, b: Network) -> None:
    if (a.n_in, a.n_out) != (b.n_in, b.n_out):
        raise InvalidNetwork("the networks differ in their inputs or outputs", first=a.widths, second=b.widths)


def _aside(path: Path, point: Point, form: Sequence[int]) -> Point:
    """A point of the same open cell at which the form, which is not zero, does not vanish."""
    form = tuple(form)
    if value(form, point):
        return point
    j = next(i for i, c in enumerate(form[:-1]) if c)
    steps = [value(row, point) / abs(row[j]) for _, row in path.rows if row[j]]
    step = min(steps, default=Fraction(1)) / 2
    moved = (*point[:j], point[j] + step, *point[j + 1 :])
    if not value(form, moved):
        raise TheoryContradicted("a form vanishes where it cannot", point=moved)
    return moved
