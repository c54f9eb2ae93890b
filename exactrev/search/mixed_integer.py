"""Points that a mixed-integer program in floating point believes to satisfy the conditions: guesses, never answers.

Knows a system of units, and a box in which it looks. Every unit has a variable that says whether it is on; how far it
can be on or off in the box is bounded by interval arithmetic (big M, Tjeng, Xiao and Tedrake, "Evaluating Robustness of
Neural Networks with Mixed Integer Programming", ICLR 2019). The largest margin is sought, so that HiGHS goes for where
the conditions hold most clearly, however small that part of the box is.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from exactrev.network import Point
from exactrev.search.conditions import Relation
from exactrev.search.relaxation import FloatArray, float_rows
from exactrev.search.system import System

__all__ = ["guess_point"]

_BITS = 30


def guess_point(system: System, radius: float, seconds: float) -> Point | None:
    """A point with |x_i| <= radius that satisfies all conditions, exactly, or None if HiGHS shows none in time."""
    import highspy  # costs a tenth of a second: only who solves a program pays

    program = _program(system, radius)
    if program is None:
        return None
    solver = highspy.Highs()
    for option, value in {
        "output_flag": False,
        "threads": 1,
        "time_limit": seconds,
        "mip_rel_gap": 0.5,  # a point is wanted, not the best one
        "random_seed": 0,
    }.items():
        solver.setOptionValue(option, value)
    if solver.passModel(program) == highspy.HighsStatus.kError or solver.run() == highspy.HighsStatus.kError:
        return None
    values = np.array(solver.getSolution().col_value[: system.n])
    if len(values) != system.n or not np.isfinite(values).all():
        return None
    for bits in (_BITS, 200):
        point = tuple(Fraction(round(Fraction(x) * 2**bits), 2**bits) for x in values.tolist())
        if system.is_solved_by(point):
            return point
    return None


def _program(system: System, radius: float):  # type: ignore[no-untyped-def]  # highspy is loaded late and has no types
    """Columns: inputs, activations, whether on, margin. None where floats or intervals overflow."""
    import highspy

    n, m = system.n, len(system.units)
    A, constants = float_rows(system)
    low, high = _intervals(A, constants, n, m, radius)
    if not (np.isfinite(low).all() and np.isfinite(high).all()):
        return None
    low, high = np.minimum(low, 0.0), np.maximum(high, 0.0)
    size, infinity = n + 2 * m + 1, highspy.kHighsInf
    rows = np.zeros((3 * m + len(system.targets), size))
    lower = np.full(len(rows), -infinity)
    upper = np.full(len(rows), infinity)
    for j in range(m):
        # a - u >= 0;  a - u - low on <= -low (u - a >= low (1 - on));  a - high on <= 0
        for part in (0, 1):
            rows[3 * j + part, : n + m] = -A[j]
            rows[3 * j + part, n + j] += 1
        lower[3 * j] = constants[j]
        rows[3 * j + 1, n + m + j] = -low[j]
        upper[3 * j + 1] = constants[j] - low[j]
        rows[3 * j + 2, n + j], rows[3 * j + 2, n + m + j] = 1.0, -high[j]
        upper[3 * j + 2] = 0.0
    for i, relation in enumerate(system.relations):
        rows[3 * m + i, : n + m] = A[m + i]
        rows[3 * m + i, -1] = -float(relation is Relation.POSITIVE)
        lower[3 * m + i] = -constants[m + i]
        if relation is Relation.ZERO:
            upper[3 * m + i] = -constants[m + i]
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = size, len(rows)
    program.sense_ = highspy.ObjSense.kMaximize
    program.col_cost_ = np.eye(size)[-1]
    program.col_lower_ = np.concatenate([np.full(n, -radius), np.zeros(2 * m), [0.0]])
    program.col_upper_ = np.concatenate([np.full(n, radius), high, np.ones(m), [1e3]])
    program.row_lower_, program.row_upper_ = lower, upper
    program.integrality_ = [highspy.HighsVarType.kContinuous] * (n + m) + [highspy.HighsVarType.kInteger] * m + [
        highspy.HighsVarType.kContinuous
    ]
    r, c = np.nonzero(rows)
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = np.searchsorted(r, np.arange(len(rows) + 1)).astype(np.int32)
    program.a_matrix_.index_ = c.astype(np.int32)
    program.a_matrix_.value_ = rows[r, c]
    return program


def _intervals(A: FloatArray, constants: FloatArray, n: int, m: int, radius: float) -> tuple[FloatArray, FloatArray]:
    """Bounds of every unit's preactivation on the box."""
    least, most = np.full(n + m, -radius), np.full(n + m, radius)
    low, high = np.zeros(m), np.zeros(m)
    for j in range(m):
        row = A[j, : n + j]
        up, down = np.maximum(row, 0), np.minimum(row, 0)
        high[j] = up @ most[: n + j] + down @ least[: n + j] + constants[j]
        low[j] = up @ least[: n + j] + down @ most[: n + j] + constants[j]
        least[n + j], most[n + j] = max(low[j], 0.0), max(high[j], 0.0)
    return low, high
