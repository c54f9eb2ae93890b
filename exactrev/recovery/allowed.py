"""Sets of rational vectors that exact conditions leave: polyhedra that shrink, and the intervals they show from a side.

Knows affine forms over Q and linear programs. Knows nothing of networks; the open weights of a recovery are the
vectors it is meant for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

from exactrev.arithmetic.integer_matrices import clear_denominators
from exactrev.arithmetic.linear_programs import Infeasible, Optimal, Unbounded, maximise
from exactrev.errors import TheoryContradicted

__all__ = ["AllowedSet", "Form", "Interval", "join", "meet"]

Form = tuple[Fraction, ...]
"""An affine form: the coefficients, then the constant."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The closed interval from `low` to `high`; None where it has no end.

    >>> print(Interval(None, Fraction(1, 2)), Interval(Fraction(3), Fraction(3)))
    (-oo, 1/2] {3}
    """

    low: Fraction | None = None
    high: Fraction | None = None

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"an interval from {self.low} to {self.high} is empty")

    def __contains__(self, value: Fraction) -> bool:
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)

    def __str__(self) -> str:
        if self.is_point:
            return f"{{{self.low}}}"
        low = "(-oo" if self.low is None else f"[{self.low}"
        return f"{low}, oo)" if self.high is None else f"{low}, {self.high}]"

    @property
    def is_point(self) -> bool:
        return self.low is not None and self.low == self.high

    def over(self, factor: Fraction) -> Interval:
        """The values divided by a factor that is not 0."""
        ends = [None if end is None else end / factor for end in (self.low, self.high)]
        return Interval(*(ends if factor > 0 else ends[::-1]))

    def simplest(self) -> Fraction:
        """The value with the smallest denominator inside (the only one of a point); of several, the nearest to 0.

        >>> Interval(Fraction(1, 3), Fraction(1, 2)).simplest(), Interval(Fraction(-7, 2), Fraction(-3, 2)).simplest()
        (Fraction(2, 5), Fraction(-2, 1))
        """
        low, high = self.low, self.high
        if self.is_point and low is not None:
            return low
        if (low is None or low < 0) and (high is None or high > 0):
            return Fraction(0)
        if high is not None and high <= 0:
            return -Interval(-high, None if low is None else -low).simplest()
        return _simplest_between(low or Fraction(0), high)


def _simplest_between(low: Fraction, high: Fraction | None) -> Fraction:
    """The simplest value strictly between, 0 <= low < high: down the Stern-Brocot tree."""
    whole = floor(low)
    if high is None or whole + 1 < high:
        return Fraction(whole + 1)
    # Now low and high are in [whole, whole + 1]: the simplest fractional part is one over the simplest of its inverses.
    above = None if low == whole else 1 / (low - whole)
    return whole + 1 / _simplest_between(1 / (high - whole), above)


def join(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The union, as disjoint intervals in order; those that touch become one.

    >>> print(*join([Interval(Fraction(2), None), Interval(None, Fraction(0)), Interval(Fraction(0), Fraction(1))]))
    (-oo, 1] [2, oo)
    """
    joined: list[Interval] = []
    for interval in sorted(intervals, key=lambda i: (i.low is not None, i.low or Fraction(0))):
        last = joined[-1] if joined else None
        if last is None or not (last.high is None or interval.low is None or interval.low <= last.high):
            joined.append(interval)
        elif last.high is not None and (interval.high is None or interval.high > last.high):
            joined[-1] = Interval(last.low, interval.high)
    return tuple(joined)


def meet(one: Iterable[Interval], other: Iterable[Interval]) -> tuple[Interval, ...]:
    """The intersection of two unions of intervals.

    >>> print(*meet([Interval(None, Fraction(0)), Interval(Fraction(2), None)], [Interval(Fraction(-1), Fraction(2))]))
    [-1, 0] {2}
    """
    others = list(other)
    found = []
    for a in one:
        for b in others:
            low = max((end for end in (a.low, b.low) if end is not None), default=None)
            high = min((end for end in (a.high, b.high) if end is not None), default=None)
            if low is None or high is None or low <= high:
                found.append(Interval(low, high))
    return join(found)


_MOST_POINTS = 24
"""So many points of a set are kept."""


@dataclass(frozen=True, slots=True)
class AllowedSet:
    """A polyhedron in Q^n that is not empty: the vectors w(u), with u in Q^r, where no form of `bounds` is negative.

    `forms` are the entries of w as affine forms of u. An equation removes one entry of u; so with r = 0 one vector is
    left. Forms given to the methods are forms of w.

    >>> plane = AllowedSet.everything(2)
    >>> line = plane.with_zero((Fraction(1), Fraction(1), Fraction(-3)))  # w_0 + w_1 = 3
    >>> half = line.with_bound((Fraction(1), Fraction(0), Fraction(0)))  # w_0 >= 0
    >>> print(half.range_of((Fraction(0), Fraction(1), Fraction(0))))
    (-oo, 3]
    """

    forms: tuple[Form, ...]
    bounds: tuple[Form, ...] = ()
    _points: list[Form] = field(default_factory=list, compare=False, repr=False)  # some u in the set, with 1 appended

    @classmethod
    def everything(cls, n: int) -> AllowedSet:
        """All of Q^n."""
        return cls(tuple(tuple(Fraction(i == j) for j in range(n + 1)) for i in range(n)))

    @property
    def dimension(self) -> int:
        """The number r of coordinates that equations have left; bounds may leave less."""
        return len(self.forms[0]) - 1

    def local(self, form: Sequence[Fraction]) -> Form:
        """A form of w as a form of u."""
        total = [Fraction(0)] * self.dimension + [form[-1]]
        for factor, inner in zip(form[:-1], self.forms, strict=True):
            if factor:
                total = [t + factor * c for t, c in zip(total, inner, strict=True)]
        return tuple(total)

    def value_of(self, form: Sequence[Fraction]) -> Fraction | None:
        """The value of a form if it is seen to be the same everywhere, else None."""
        local = self.local(form)
        return None if any(local[:-1]) else local[-1]

    def range_of(self, form: Sequence[Fraction]) -> Interval:
        """All values of a form."""
        return self._range(self.local(form))

    def signs_of(self, form: Sequence[Fraction]) -> set[int]:
        """The signs -1, 0, +1 that a form takes."""
        return self._signs(self.local(form))

    def with_zero(self, form: Sequence[Fraction]) -> AllowedSet | None:
        """Where the form vanishes; None if that is nowhere."""
        local = self.local(form)
        if not any(local[:-1]):
            return None if local[-1] else self
        return self._substitute(local) if 0 in self._signs(local) else None

    def with_bound(self, form: Sequence[Fraction]) -> AllowedSet | None:
        """Where the form is not negative; None if that is nowhere, the very same set if that is everywhere."""
        local = self.local(form)
        signs = self._signs(local)
        if -1 not in signs:
            return self
        if 1 not in signs:
            return self._substitute(local) if 0 in signs else None
        bound = tuple(map(Fraction, clear_denominators(local)[0]))
        if self.dimension > 1:
            return AllowedSet(self.forms, (*self.bounds, bound), [u for u in self._points if _dot(bound, u) >= 0])
        other_side = [other for other in self.bounds if (other[0] > 0) != (bound[0] > 0)]  # on its own it is tighter
        return AllowedSet(self.forms, (*other_side, bound))

    def within(self, form: Sequence[Fraction], interval: Interval) -> AllowedSet | None:
        """Where the form has a value in the interval."""
        *coefficients, constant = form
        if interval.is_point and interval.low is not None:
            return self.with_zero((*coefficients, constant - interval.low))
        found: AllowedSet | None = self
        if interval.low is not None:
            found = self.with_bound((*coefficients, constant - interval.low))
        if found is not None and interval.high is not None:
            found = found.with_bound((*(-c for c in coefficients), interval.high - constant))
        return found

    def _range(self, local: Form) -> Interval:
        *slope, constant = local
        if not any(slope):
            return Interval(constant, constant)
        if self.dimension == 1:
            ends = self._ends()
            values = [None if u is None else slope[0] * u + constant for u in (ends.low, ends.high)]
            return Interval(*(values if slope[0] > 0 else values[::-1]))
        high, low = self._maximum(local), self._maximum(tuple(-c for c in local))
        return Interval(None if low is None else -low, high)

    def _signs(self, local: Form) -> set[int]:
        """Points of the set that are known may show both signs; a linear program is asked only for what they do not."""
        if self.dimension <= 1:
            values = self._range(local)
            found = {-1} if values.low is None or values.low < 0 else set()
            found |= {1} if values.high is None or values.high > 0 else set()
        else:
            found = {(value > 0) - (value < 0) for value in (_dot(local, u) for u in self._points)}
            for sign in (1, -1):
                if sign not in found:
                    top = self._maximum(tuple(sign * c for c in local))
                    found |= {sign} if top is None or top > 0 else {0} if top == 0 else set()
            return found | {0} if {1, -1} <= found else found
        return found | {0} if Fraction(0) in values else found

    def _ends(self) -> Interval:
        """The values of the only coordinate of u."""
        low = max((-c / a for a, c in self.bounds if a > 0), default=None)
        return Interval(low, min((-c / a for a, c in self.bounds if a < 0), default=None))

    def _maximum(self, local: Form) -> Fraction | None:
        """The maximum of a form of u, None if there is none; its place becomes one of the points that are known."""
        if not self.bounds:
            return local[-1] if not any(local[:-1]) else None
        A = [[-c for c in bound[:-1]] for bound in self.bounds]
        outcome = maximise(local[:-1], A, [bound[-1] for bound in self.bounds])
        if isinstance(outcome, Infeasible):
            raise TheoryContradicted("a set that was not empty is empty", witness=outcome.multipliers)
        point = outcome.point
        if isinstance(outcome, Unbounded):
            rise = _dot(local[:-1], outcome.ray)
            reach = max(Fraction(0), 1 - _dot(local, (*point, Fraction(1)))) / rise
            point = tuple(u + reach * ray for u, ray in zip(point, outcome.ray, strict=True))
        if len(self._points) < _MOST_POINTS:
            self._points.append((*point, Fraction(1)))
        return _dot(local, (*point, Fraction(1))) if isinstance(outcome, Optimal) else None

    def _substitute(self, local: Form) -> AllowedSet:
        """Solve the equation local = 0 for the coordinate with its last coefficient that is not zero."""
        pivot = max(i for i, c in enumerate(local[:-1]) if c)

        def reduced(form: Form) -> Form:
            factor = form[pivot] / local[pivot]
            return tuple(a - factor * b for i, (a, b) in enumerate(zip(form, local, strict=True)) if i != pivot)

        bounds = (reduced(bound) for bound in self.bounds)
        kept = tuple(dict.fromkeys(tuple(map(Fraction, clear_denominators(b)[0])) for b in bounds if any(b[:-1])))
        points = [(*u[:pivot], *u[pivot + 1 :]) for u in self._points_on(local)]
        found = AllowedSet(tuple(map(reduced, self.forms)), kept, points)
        if found.dimension == 1:
            ends = found._ends()
            if ends.is_point and ends.low is not None:
                return found._substitute((Fraction(1), -ends.low))
            tight = [(Fraction(1), -ends.low)] if ends.low is not None else []
            tight += [(Fraction(-1), ends.high)] if ends.high is not None else []
            return AllowedSet(found.forms, tuple(tight))
        return found

    def _points_on(self, local: Form) -> list[Form]:
        """Points of the set on which a form vanishes: known ones, and some between known ones on either side."""
        valued = [(_dot(local, u), u) for u in self._points]
        on = [u for value, u in valued if not value]
        above, below = [pair for pair in valued if pair[0] > 0], [pair for pair in valued if pair[0] < 0]
        for (p, u), (n, w) in zip(above, below, strict=False):
            on.append(tuple((p * b - n * a) / (p - n) for a, b in zip(u, w, strict=True)))
        return on

    def far_inside(self, form: Sequence[Fraction], size: Fraction, *, prefer_low: bool = True) -> Fraction:
        """A short value of a form from the inside of its range: where the range has no end, 16 sizes out there.

        `prefer_low` tells what to do on a range without ends: go down, or take 0.
        """
        values = self.range_of(form)
        low, high = values.low, values.high
        if low is not None and high is not None:
            quarter = (high - low) / 4
            return Interval(low + quarter, high - quarter).simplest()
        if low is None and high is None and not prefer_low:
            return Fraction(0)
        end = high if low is None else low
        reach = Fraction(2 ** ceil(16 * max(size, abs(end or Fraction(0)), Fraction(1))).bit_length())
        return -reach if low is None else reach


def _dot(u: Sequence[Fraction], v: Sequence[Fraction]) -> Fraction:
    return sum((p * q for p, q in zip(u, v, strict=True) if p and q), Fraction(0))
