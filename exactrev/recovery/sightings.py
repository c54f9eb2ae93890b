"""What has been seen of N: scanned lines with their breakpoints, the exact pieces between them, local hyperplanes.

Only data that stay true whatever is concluded from them. Conclusions are drawn anew in every round; that is how a
neuron that was placed wrongly is retracted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from exactrev.network import AffineMap, Network, Point
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.lines import LineScan
from exactrev.recovery.points import to_integers
from exactrev.recovery.probe import Probe
from exactrev.recovery.walk import Form

__all__ = ["Line", "Sighting", "Sightings", "find_activations"]


class Line:
    """A scanned line: breakpoints in order, and what known layers give at them.

    An `aimed` line was scanned because a boundary was missed between its ends.
    """

    def __init__(self, scan: LineScan, *, aimed: bool = False) -> None:
        self.scan = scan
        self.aimed = aimed
        self.points: list[Point] = [b.point for b in scan.breakpoints]
        self._known: KnownLayers | None = None
        self._activations: list[tuple[int, ...] | None] = [_homogeneous(point) for point in self.points]

    def activations(self, known: KnownLayers | None) -> list[tuple[int, ...] | None]:
        """`find_activations` at every breakpoint."""
        if self._known is not known:
            self._activations = find_activations(known, self.points)
            self._known = known
        return self._activations

    def is_flat(self, index: int) -> bool:
        """Is N constant along the line between breakpoints `index` and `index + 1`?"""
        return not any(self.scan.pieces[index + 1].slope)


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """One breakpoint of one line."""

    line: Line
    index: int

    @property
    def point(self) -> Point:
        return self.line.points[self.index]

    @property
    def is_suspect(self) -> bool:
        """Does it lie where a boundary was missed?"""
        return self.line.aimed

    def activations(self, known: KnownLayers | None) -> tuple[int, ...] | None:
        return self.line.activations(known)[self.index]


@dataclass(slots=True)
class Sightings:
    """All lines so far; pieces and hyperplanes are asked for once, when somebody wants them."""

    probe: Probe
    lines: list[Line] = field(default_factory=list)
    elsewhere: list[tuple[Point, AffineMap]] = field(default_factory=list)  # pieces asked for off all lines
    _pieces: dict[tuple[int, int], AffineMap | None] = field(default_factory=dict)

    def add(self, scan: LineScan, *, aimed: bool = False) -> Line:
        line = Line(scan, aimed=aimed)
        self.lines.append(line)
        return line

    def all(self) -> list[Sighting]:
        return [Sighting(line, index) for line in self.lines for index in range(len(line.points))]

    def piece(self, line: Line, index: int) -> AffineMap | None:
        """The affine map that N is on the interval before breakpoint `index` (the last index: after the last one)."""
        key = (id(line), index)
        if key not in self._pieces:
            seen = line.scan.pieces[index]
            self._pieces[key] = self.probe.piece(seen.inside, germ=seen.germ)
        return self._pieces[key]

    def known_pieces(self) -> list[tuple[Point, AffineMap]]:
        """A point of every piece whose affine map has been asked for, with that map."""
        found = []
        for line in self.lines:
            for index, piece in enumerate(line.scan.pieces):
                affine = self._pieces.get((id(line), index))
                if affine is not None:
                    found.append((piece.inside, affine))
        return self.elsewhere + found

    def jump(self, sighting: Sighting) -> AffineMap | None:
        """The difference of the pieces after and before a breakpoint: outer product of output jumps and z's form."""
        before = self.piece(sighting.line, sighting.index)
        after = self.piece(sighting.line, sighting.index + 1)
        if before is None or after is None:
            return None
        rows = [
            [Fraction(b, after.denominator) - Fraction(a, before.denominator) for a, b in zip(low, high, strict=True)]
            for low, high in zip(before.rows, after.rows, strict=True)
        ]
        return AffineMap.from_fractions(rows)

    def form(self, sighting: Sighting) -> Form | None:
        """The local hyperplane at a breakpoint as an affine form with leading coefficient 1."""
        jump = self.jump(sighting)
        if jump is None:
            return None
        row = next((row for row in jump.rows if any(row)), None)
        if row is None:
            return None
        lead = next(c for c in row if c)
        return tuple(Fraction(c, lead) for c in row)


def find_activations(known: KnownLayers | None, points: Sequence[Point]) -> list[tuple[int, ...] | None]:
    """(a q, q) in integers at every point, a the last known layer's activations; a = x where none is known.

    None where a placeholder matters.
    """
    if known is None:
        return [_homogeneous(point) for point in points]
    relu = [tuple(max(v, Fraction(0)) for v in value) for value in Network(known.layers).evaluate(points)]
    return [_homogeneous(a) if is_sure else None for a, is_sure in zip(relu, known.are_sure(points), strict=True)]


def _homogeneous(point: Point) -> tuple[int, ...]:
    numerators, q = to_integers(point)
    return (*numerators, q)
