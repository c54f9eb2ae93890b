"""Where a linear program probably has its optimum, according to HiGHS in floating point.

Knows integer rows and floats. Whatever it says is a guess: a better place to start the exact simplex method, never an
answer. It says nothing (None) where HiGHS does, for example on numbers that floats cannot tell apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

__all__ = ["Guess", "guess_optimum"]

_HUGE = 1e19  # HiGHS reads 1e20 as infinite


@dataclass(frozen=True, slots=True)
class Guess:
    """A point in floats and the n conditions that hold it: i < m is row i, m + j is "x_j stays at zero"."""

    point: tuple[float, ...]
    conditions: tuple[int, ...]


def guess_optimum(rows: Sequence[Sequence[int]], objective: Sequence[int]) -> Guess | None:
    """Guess where objective.x is largest subject to a.x <= b for the rows (a, b) of integers."""
    import highspy  # costs a tenth of a second: only who solves a program pays
    import numpy as np

    m, n = len(rows), len(objective)
    matrix, bounds = [], []
    for row in rows:
        unit = max(map(abs, row[:-1]), default=0) or 1  # every row gets a largest coefficient of one
        matrix += [entry / unit for entry in row[:-1]]  # never overflows
        bounds.append(_clipped(row[-1], unit))
    unit = max(map(abs, objective), default=0) or 1

    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = n, m
    program.sense_ = highspy.ObjSense.kMaximize
    program.col_cost_ = np.array([entry / unit for entry in objective], dtype=np.float64)
    program.col_lower_ = np.full(n, -highspy.kHighsInf)
    program.col_upper_ = np.full(n, highspy.kHighsInf)
    program.row_lower_ = np.full(m, -highspy.kHighsInf)
    program.row_upper_ = np.array(bounds, dtype=np.float64)
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = np.arange(m + 1, dtype=np.int32) * n
    program.a_matrix_.index_ = np.tile(np.arange(n, dtype=np.int32), m)
    program.a_matrix_.value_ = np.array(matrix, dtype=np.float64)

    solver = highspy.Highs()
    for option, value in {
        "output_flag": False,
        "presolve": "off",  # keeps the basis one of this program
        "solver": "simplex",
        "parallel": "off",
        "simplex_iteration_limit": 1000 + 50 * (m + n),
    }.items():
        solver.setOptionValue(option, value)
    if solver.passModel(program) == highspy.HighsStatus.kError or solver.run() == highspy.HighsStatus.kError:
        return None
    basis = solver.getBasis()
    if not basis.valid:
        return None
    basic = highspy.HighsBasisStatus.kBasic
    conditions = [i for i, status in enumerate(basis.row_status) if status != basic]
    conditions += [m + j for j, status in enumerate(basis.col_status) if status != basic]
    point = tuple(map(float, solver.getSolution().col_value))
    if len(conditions) != n or len(point) != n or not all(map(isfinite, point)):
        return None
    return Guess(point, tuple(conditions))


def _clipped(bound: int, unit: int) -> float:
    try:
        return min(max(bound / unit, -_HUGE), _HUGE)
    except OverflowError:
        return _HUGE if bound > 0 else -_HUGE
