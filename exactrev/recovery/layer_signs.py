"""The signs of a layer whose rows are known: from gradients of N, from walks along the next boundaries, or by matching.

Knows what was seen and the layers so far, the last up to signs. Three ways lead to the signs: the span test (`spans`),
which needs no boundary of the next layer and asks little, but is silent where the active units nearly always span
everything, and too wide for many units; the paper's, the sign system of Appendix C (`signs`) on trails along boundaries
of the next layer; and, for few units, the exact weights that breakpoints in different cells share. Only the second
shows that there are no other signs. What the others say is judged by the answers, once a network is read from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from exactrev.arithmetic.integer_matrices import integer_rank
from exactrev.network import AffineMap, Pattern, Point
from exactrev.recovery.exploration import Way, explore
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.points import power_of_two, random_vector
from exactrev.recovery.probe import OnBoundary, Probe
from exactrev.recovery.rows import solve_uniquely
from exactrev.recovery.sightings import Sighting, Sightings
from exactrev.recovery.signs import SignDecision, Trail, Visit, recover_signs
from exactrev.recovery.spans import Piece, SpanCount
from exactrev.recovery.walk import Walk

__all__ = ["LayerSigns", "decide_by_matching", "decide_by_span", "decide_by_trails", "is_settled", "piece_at"]

WIDEST = 14
"""The span test tries all signs of so many units."""

MOST_PIECES = 500
"""So many pieces are looked at, the newest: what was missed shows there."""

FRESH_PIECES = 40
"""So many random pieces are asked for at most, where those at hand leave signs open."""

TRAILS = 16

WIDEST_MATCH, MOST_MATCHED, LEAST_LINKS = 8, 80, 2
"""Signs are told by matching for so many units, from so many breakpoints, if these share so many weights."""

Signs = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LayerSigns:
    """A decision, and points that contradict it: a unit of the layer is missing there, or a sign wrong.

    At `telling` points it could have been contradicted, and N is not flat.
    """

    decision: SignDecision
    lacking: tuple[Point, ...] = ()
    telling: tuple[Point, ...] = ()

    @property
    def is_clear(self) -> bool:
        """Whether one choice of signs agrees with all that was seen."""
        return self.decision.unique is True and not self.lacking


def decide_by_span(known: KnownLayers, sightings: Sightings, probe: Probe, *, ask: bool = True) -> LayerSigns | None:
    """The signs of the last known layer from gradients of N; None if it has too many units or no piece says anything.

    Where the pieces at hand leave signs open, some more are asked for at random points, unless told not to `ask`.
    """
    if known.last_width > WIDEST:
        return None
    pieces, points = [], []
    for point, affine in reversed(sightings.known_pieces()[-MOST_PIECES:]):
        piece = piece_at(known, point, affine)
        if piece is not None:
            pieces.append(piece)
            points.append(point)
    if not pieces:
        return None
    count = SpanCount(pieces)
    for _ in range(FRESH_PIECES if ask else 0):
        if not count.contested:
            break
        fresh = _fresh_piece(known, probe, count)
        if fresh is None:
            continue
        sightings.elsewhere.append(fresh)
        piece = piece_at(known, *fresh)
        if piece is not None:
            count.add([piece])
            points.append(fresh[0])
    test = count.judge(2)
    best = test.candidates[0]
    n_telling, n_against = len(best.informative), len(best.contradicted)
    reason = f"span test on {len(points)} pieces, {n_telling} of them telling, {n_against} against"
    decided = test.ties == 1 and n_against * 10 <= n_telling
    other = next((c.signs for c in test.candidates[1:] if len(c.contradicted) == len(best.contradicted)), None)
    decision = SignDecision(
        signs=best.signs,
        exists=not best.contradicted or None,
        unique=True if decided else False if other is not None else None,
        second=other,
        open=test.contested,
        all_known=False,
        rank=None,
        rank_claimed=None,
        reason=reason,
    )
    telling = [i for i in best.informative if any(map(any, count.pieces[i].gradients))]
    return LayerSigns(decision, tuple(points[i] for i in best.contradicted), tuple(points[i] for i in telling))


def piece_at(known: KnownLayers, point: Point, affine: AffineMap) -> Piece | None:
    """What the span test sees at a point; None where a placeholder matters or a boundary is hit."""
    place = known.place(point)
    if not place.is_open or not known.are_sure([point])[0]:
        return None
    maps = known.maps(place.pattern)
    gradients = tuple(row[:-1] for row in affine.rows)
    return Piece(gradients, tuple(row[:-1] for row in maps[-1].rows), place.sides)


def _fresh_piece(known: KnownLayers, probe: Probe, count: SpanCount) -> tuple[Point, AffineMap] | None:
    """N's piece at the one of some random points that tells most: few units on, of the doubtful ones many."""
    signs, contested = count.best, count.contested
    choices: list[tuple[int, Point]] = []
    for _ in range(12):
        scale = power_of_two(probe.rng.choice((-12, -11, -10, -8)))
        point = tuple(scale * c for c in random_vector(known.n_in, probe.rng))
        place = known.place(point)
        if place.is_open:
            on = sum(side == sign for side, sign in zip(place.sides, signs, strict=True))
            doubtful = sum(place.sides[i] == signs[i] for i in contested)
            choices.append((on - 2 * doubtful if on else len(signs), point))
    if not choices:
        return None
    point = min(choices)[1]
    try:
        return point, probe.piece(point)
    except OnBoundary:
        return None


def decide_by_trails(
    known: KnownLayers, pool: Sequence[Sighting], sightings: Sightings, probe: Probe, way: Way = "nearest"
) -> SignDecision:
    """The signs of the last known layer from walks along boundaries of the next (Appendix C)."""
    walks: list[Walk] = []
    best: SignDecision | None = None
    for sighting in pool[:: max(1, len(pool) // TRAILS)][:TRAILS]:
        walk = _follow(known, sighting, sightings, probe, way)
        if walk is None:
            continue
        for chosen in ([*walks, walk], [walk]):
            visited = {station.place.pattern for each in chosen for station in each.stations}
            decision = recover_signs([_as_trail(known, each) for each in chosen], _activation_rank(known, visited))
            if is_settled(decision):
                return decision
            if decision.exists is not False:
                walks, best = chosen, decision
                break
    return best or recover_signs([Trail((None,) * known.last_width, ())])


def decide_by_matching(known: KnownLayers, pool: Sequence[Sighting], sightings: Sightings) -> SignDecision | None:
    """The signs with which breakpoints in different cells tell of the same neurons: they share exact weights.

    With wrong signs that hardly ever happens. For few inputs, where any two units span everything; a guess, which the
    values of N judge later. None if there are too many units, or no choice stands out.
    """
    n = known.last_width
    if n > WIDEST_MATCH:
        return None
    choices = list(product((1, -1), repeat=n))
    weights: dict[Signs, dict[tuple[int, Fraction], set[tuple[object, ...]]]] = {signs: {} for signs in choices}
    for sighting in pool[:: max(1, len(pool) // MOST_MATCHED)]:
        form, place = sightings.form(sighting), known.place(sighting.point)
        if form is None or not place.is_open:
            continue
        local = known.maps(place.pattern)[-1]  # over one denominator for each cell
        rows = [tuple(Fraction(entry, local.denominator) for entry in row) for row in local.rows]
        solved: dict[tuple[int, ...], list[Fraction] | None] = {}
        for signs in choices:
            active = tuple(i for i in range(n) if place.sides[i] == signs[i])
            if active not in solved:
                solved[active] = _weights_in_units_of_bias(form, [rows[i] for i in active])
            for i, weight in zip(active, solved[active] or (), strict=False):
                cell = tuple(rows[i] for i in active)
                weights[signs].setdefault((i, weight), set()).add(cell)
    links = {signs: sum(len(cells) - 1 for cells in shared.values()) for signs, shared in weights.items()}
    best, second = sorted(choices, key=lambda signs: -links[signs])[:2]
    if links[best] < LEAST_LINKS or links[best] < 2 * links[second]:
        return None
    reason = f"with these signs breakpoints share {links[best]} weights, with any others {links[second]} or fewer"
    return SignDecision(best, None, True, None, (), False, None, None, reason)


def _weights_in_units_of_bias(form: Sequence[Fraction], units: Sequence[Sequence[Fraction]]) -> list[Fraction] | None:
    """w with form = c (sum_i w_i unit_i + 1) for some c, if there are only these and none is zero."""
    if not 0 < len(units) < len(form):
        return None
    constant = [Fraction(0)] * (len(form) - 1) + [Fraction(1)]
    table = [[*(unit[k] for unit in units), constant[k], form[k]] for k in range(len(form))]
    solution = solve_uniquely(table)
    if solution is None or not all(solution):
        return None
    return [weight / solution[-1] for weight in solution[:-1]]


def is_settled(decision: SignDecision) -> bool:
    """One solution, and a sign for every unit: a unit whose weight no trail shows gets none."""
    return decision.unique is True and decision.signs is not None and 0 not in decision.signs


def _follow(
    known: KnownLayers, sighting: Sighting, sightings: Sightings, probe: Probe, way: Way, most_steps: int = 80
) -> Walk | None:
    form = sightings.form(sighting)
    if form is None:
        return None
    walk = Walk(known, probe, sighting.point, form)

    def wanted() -> list[int]:
        return [i for i in range(known.last_width) if i not in walk.weights]

    for _ in explore(walk, wanted, way, most_steps=most_steps):
        pass  # the walk keeps what it has seen
    return None if len(walk.absences) > 2 else walk


def _activation_rank(known: KnownLayers, patterns: Iterable[Pattern]) -> int:
    """The rank of the activation gradients two layers below the next one, over all these cells; n_in if that is x."""
    if known.depth == 1:
        return known.n_in
    blocks = []
    for pattern in patterns:
        rows = known.maps(pattern)[-2].rows
        blocks.append([row[:-1] if on else (0,) * known.n_in for row, on in zip(rows, pattern[-1], strict=True)])
    return integer_rank([[c for block in blocks for c in block[i]] for i in range(known.layers[-1].n_in)])


def _as_trail(known: KnownLayers, walk: Walk) -> Trail:
    visits = []
    for station in walk.stations:
        affine = known.maps(station.place.pattern)[-1]
        units = tuple(tuple(Fraction(c, affine.denominator) for c in row[:-1]) for row in affine.rows)
        visits.append(Visit(station.form[:-1], units, station.place.sides))
    return Trail(tuple(walk.weights.get(i) for i in range(known.last_width)), tuple(visits))
