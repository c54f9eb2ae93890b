"""The oracles' linear programs: checked answers, and the ways of lying that the checks stop."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from oracles.forms import dot
from oracles.simplex import (
    SimplexMistake,
    _check_multipliers,
    _checked_ray,
    find_common_point,
    find_strict_point,
    maximise,
)

TRIANGLE = [(1, 0, 0), (0, 1, 0), (-1, -1, 2)]  # x >= 0, y >= 0, x + y <= 2
INSIDE = (1, 1, 2)  # (1/2, 1/2)


def test_a_maximum_over_a_triangle() -> None:
    result = maximise((3, 1, 5), TRIANGLE, INSIDE)
    assert (result.value, result.point) == (Fraction(11), (2, 0, 1))
    assert result.ray is None
    assert result.is_optimal


def test_an_unbounded_objective_comes_with_a_ray() -> None:
    result = maximise((0, 1, 0), TRIANGLE[:2], INSIDE)
    assert result.ray is not None
    assert dot((0, 1), result.ray) > 0


def test_a_start_outside_is_refused() -> None:
    with pytest.raises(ValueError, match="not feasible"):
        maximise((1, 0, 0), TRIANGLE, (-1, 0, 1))


def test_strict_points_exist_exactly_where_the_open_set_is_not_empty() -> None:
    assert find_strict_point(TRIANGLE, INSIDE, (1, 0, -2)) is None  # x > 2 touches the triangle at a corner only
    point = find_strict_point(TRIANGLE, INSIDE, (10, 0, -19))  # x > 19/10
    assert point is not None
    assert all(dot(form, point) > 0 for form in [*TRIANGLE, (10, 0, -19)])


def test_common_points_of_closed_sets_may_be_corners() -> None:
    assert find_common_point([*TRIANGLE, (1, 0, -2)], 2) == (2, 0, 1)
    assert find_common_point([*TRIANGLE, (2, 0, -5)], 2) is None
    assert find_common_point([], 2) is not None


def test_degenerate_programs_end() -> None:
    # All constraints pass through the maximum, many of them several times over.
    rng = random.Random(0)
    for _ in range(50):
        slopes = [(rng.randint(-3, 3), rng.randint(-3, 3), rng.randint(0, 3)) for _ in range(12)]
        cone = [(a, b, -c, 0) for a, b, c in slopes]
        result = maximise((rng.randint(-3, 3), rng.randint(-3, 3), 1, 0), cone, (0, 0, 0, 1))
        assert result.ray is not None or result.value == 0


def test_answers_agree_with_the_vertices_of_random_polygons() -> None:
    rng = random.Random(1)
    for _ in range(30):
        box = [(1, 0, 9), (-1, 0, 9), (0, 1, 9), (0, -1, 9)]
        forms = [*box, *((rng.randint(-5, 5), rng.randint(-5, 5), rng.randint(1, 9)) for _ in range(5))]
        objective = (rng.randint(-5, 5), rng.randint(-5, 5), 0)
        corners = []
        for i, (a, b, c) in enumerate(forms):
            for d, e, f in forms[:i]:
                if a * e - b * d:
                    x, y = Fraction(b * f - c * e, a * e - b * d), Fraction(c * d - a * f, a * e - b * d)
                    if all(p * x + q * y + r >= 0 for p, q, r in forms):
                        corners.append((x, y))
        best = max(objective[0] * x + objective[1] * y for x, y in corners)
        assert maximise(objective, forms, (0, 0, 1)).value == best


@pytest.mark.parametrize(
    "multipliers",
    [{3: 1}, {2: 3, 3: 2, 4: -1}, {0: 1, 4: 3, 3: 2}, {}],
    ids=["wrong sum", "negative", "of a free variable", "none"],
)
def test_multipliers_that_prove_nothing_are_refused(multipliers: dict[int, int]) -> None:
    _check_multipliers((3, 1, 5), TRIANGLE, Fraction(11), {4: 3, 3: 2}, 1, 2)  # 3x+y+5 + 3(2-x-y) + 2y = 11
    with pytest.raises(SimplexMistake):
        _check_multipliers((3, 1, 5), TRIANGLE, Fraction(11), multipliers, 1, 2)


@pytest.mark.parametrize("ray", [(1, 0), (0, -1), (0, 0), (-1, 1)])
def test_rays_that_do_not_improve_or_leave_the_set_are_refused(ray: tuple[int, int]) -> None:
    with pytest.raises(SimplexMistake):
        _checked_ray((0, 1, 0), TRIANGLE[:2], INSIDE, ray)
