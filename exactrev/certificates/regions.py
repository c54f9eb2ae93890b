"""Certificates of a network's regions, and of whether its linear regions are its activation regions.

Knows how cells are listed, by a split tree or by crossing facets. Does not know how the checker reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from exactrev.certificates.local import Signs, cell_forms, direction, oriented_rows, signs_towards
from exactrev.certificates.systems import STRICT, WEAK, ZERO, Form, Point, Refutation, Row, decide, negative, value
from exactrev.certificates.text import Certificate, Step
from exactrev.certificates.trees import Assumed, Path, grow, point_step
from exactrev.errors import BudgetSpent, InvalidNetwork, TheoryContradicted
from exactrev.network import Network

__all__ = ["certify_regions", "certify_regions_by_facets", "decide_linear_regions", "find_cells"]

Bounds = Sequence[tuple[Fraction, Fraction]]

MOST_PAIRS = 20_000
"""So many pairs of cells with the same affine map are taken apart one by one."""


def certify_regions(network: Network, box: Bounds | None = None) -> Certificate:
    """All regions and thick cells, over R^n or strictly inside a box, given as an interval for each input.

    A split tree with a point in every cell. Raises `BudgetSpent` for a network with too many cells.

    >>> net = Network.from_arrays([([[1, 0], [0, 1], [1, 1]], [0, 0, -1]), ([[1, 2, 4]], [0])])
    >>> print(certify_regions(net).claim)  # doctest: +ELLIPSIS
    regions 7 0 sha256:...
    """
    sides, numbers = _sides(network.n_in, box)
    counts = [0, 0]

    def leaf(path: Path, point: Point) -> Step:
        counts[0 in path.signs] += 1
        return point_step("L", point)

    steps = tuple(grow([network.layers], sides, STRICT, leaf))
    name = "regions" if box is None else "regions-in-box"
    return Certificate(name, (*counts, *numbers), "tree", (network,), steps)


def certify_regions_by_facets(network: Network) -> Certificate:
    """The same claim by another theorem: a list of cells that contains every neighbour of its cells is complete."""
    cells = [_surround(network, *cell) for cell in find_cells(network)]
    thick = sum(any(0 in layer for layer in cell.signs) for cell in cells)
    return Certificate("regions", (len(cells) - thick, thick), "facets", (network,), tuple(_listed(cells)))


def decide_linear_regions(network: Network, reading: Literal["facet", "touching"] = "facet") -> Certificate:
    """Whether linear regions are activation regions, in one of the two readings of that assumption (§3.2).

    "facet": no region shares a facet with a cell of the same affine map; "touching": no closures with a common point.
    Raises `BudgetSpent` for too many cells, and in the latter case for more than `MOST_PAIRS` pairs of equal maps.
    """
    return _by_facets(network) if reading == "facet" else _by_touching(network)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell: its signs, a point inside, its facets as (neuron, point), and why the other neurons have none."""

    signs: Signs
    point: Point
    facets: tuple[tuple[int, Point], ...]
    refutations: tuple[Refutation, ...]


def find_cells(network: Network) -> list[tuple[Signs, Point]]:
    """Signs and a point of every cell, from a split tree."""
    found: list[tuple[Signs, Point]] = []

    def leaf(path: Path, point: Point) -> Step:
        entries = iter(path.signs)
        found.append((tuple(tuple(next(entries) for _ in range(m)) for m in network.hidden_widths), point))
        return ("L",)

    for _ in grow([network.layers], [], STRICT, leaf):
        pass
    return found


def _surround(network: Network, signs: Signs, point: Point) -> _Cell:
    """The facets of a cell, a point in each, and refutations of the other rows by those of the facets (Clarkson).

    A row is compared with the facets found so far only. Where its opposite is possible, the way there from the point
    inside leaves the cell through a facet that is not among them.
    """
    n = network.n_in
    rows = oriented_rows(cell_forms(network, signs), signs)
    first = {row: i for i, row in reversed(list(enumerate(rows))) if any(row)}
    present = sorted(first, key=first.__getitem__)
    facets: dict[Form, Point] = {}
    refuted: dict[Form, list[Form]] = {}
    for row in present:
        while row not in facets and row not in refuted:
            system = [*facets, negative(row)]
            outcome = decide([(STRICT, form) for form in system], n)
            if isinstance(outcome, Refutation):
                refuted[row] = [system[i] for i in outcome.rows]
                continue
            facet, exit_point = _way_out(present, point, outcome)
            facets[facet] = exit_point
    chosen = sorted(facets, key=first.__getitem__)
    refutations = []
    for row in present:
        if row not in facets:
            places = [chosen.index(form) if form in facets else len(chosen) for form in refuted[row]]
            refutations.append(Refutation(tuple(sorted(places))))
    return _Cell(signs, point, tuple((first[row], facets[row]) for row in chosen), tuple(refutations))


def _way_out(rows: Sequence[Form], inside: Point, outside: Point) -> tuple[Form, Point]:
    """The facet through which one leaves a cell on the way between two points, and a point inside that facet."""
    before, after = ([value(row, x) for row in rows] for x in (inside, outside))
    parts = [p / (p - q) if q < 0 else None for p, q in zip(before, after, strict=True)]
    part = min(part for part in parts if part is not None)
    passed = [row for row, own in zip(rows, parts, strict=True) if own == part]
    if len(passed) == 1:
        return passed[0], tuple(x + part * (y - x) for x, y in zip(inside, outside, strict=True))
    for row in passed:  # one leaves through a corner: one of the rows there is a facet
        found = decide([(ZERO, row), *((STRICT, other) for other in rows if other != row)], len(inside))
        if not isinstance(found, Refutation):
            return row, found
    raise TheoryContradicted("a cell has no facet where one leaves it", inside=inside, outside=outside)


def _listed(cells: Sequence[_Cell]) -> Iterator[Step]:
    yield ("N", len(cells))
    for cell in cells:
        yield ("C", *(sign for layer in cell.signs for sign in layer))
        yield point_step("P", cell.point)
        yield ("T", *(neuron for neuron, _ in cell.facets))
        for _, q in cell.facets:
            yield point_step("P", q)
        for refutation in cell.refutations:
            yield ("F", *refutation.rows)


def _by_facets(network: Network) -> Certificate:
    cells = []
    for signs, point in find_cells(network):
        cell = _surround(network, signs, point)
        cells.append(cell)
        if any(0 in layer for layer in signs):
            continue
        forms = cell_forms(network, signs)
        rows = oriented_rows(forms, signs)
        for neuron, q in cell.facets:
            inwards = rows[neuron][:-1]
            across = signs_towards(network, q, negative(inwards))
            if cell_forms(network, across)[-1] == forms[-1]:
                steps: tuple[Step, ...] = (point_step("P", q), ("V", *inwards))
                return Certificate("lra-fails-facet", (), "point", (network,), steps)
    return Certificate("lra-holds-facet", (), "facets", (network,), tuple(_listed(cells)))


def _by_touching(network: Network) -> Certificate:
    groups: dict[tuple[Form, ...], list[tuple[bool, list[Row], Point]]] = {}

    def leaf(path: Path, point: Point) -> Step:
        group = groups.setdefault(tuple(path.outputs()[0]), [])
        group.append((0 in path.signs, [(WEAK, form) for _, form in path.rows if any(form)], point))
        return ("L",)

    steps: list[Step] = list(grow([network.layers], [], STRICT, leaf))
    pairs = sum(len(group) * (len(group) - 1) // 2 for group in groups.values())
    if pairs > MOST_PAIRS:
        raise BudgetSpent("too many pairs of cells have the same affine map", pairs=pairs, most=MOST_PAIRS)
    for group in groups.values():
        for b in range(len(group)):
            for a in range(b):
                (thick, rows, inside), (other_thick, other_rows, other_inside) = group[a], group[b]
                if thick and other_thick:
                    continue
                outcome = decide(rows + other_rows, network.n_in)
                if isinstance(outcome, Refutation):
                    steps.append(("F", *outcome.rows))
                    continue
                if thick:
                    inside, other_inside = other_inside, inside
                ways: list[Step] = [("V", *direction(outcome, x)) for x in (inside, other_inside)]
                witness = (point_step("P", outcome), *ways)
                return Certificate("lra-fails-touching", (), "point", (network,), witness)
    return Certificate("lra-holds-touching", (), "tree", (network,), tuple(steps))


def _sides(n: int, box: Bounds | None) -> tuple[list[Assumed], tuple[int, ...]]:
    if box is None:
        return [], ()
    if len(box) != n:
        raise InvalidNetwork("the box has the wrong dimension", box=len(box), n_in=n)
    sides, numbers = [], []
    for j, (low, high) in enumerate(box):
        p, q, r, s = low.numerator, low.denominator, high.numerator, high.denominator
        below = (*(q * (i == j) for i in range(n)), -p)
        above = (*(-s * (i == j) for i in range(n)), r)
        sides += [Assumed(STRICT, form=below), Assumed(STRICT, form=above)]
        numbers += [p, q, r, s]
    return sides, tuple(numbers)
