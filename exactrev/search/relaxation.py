"""The linear relaxation of a case in floating point, solved by HiGHS from where it was left: a guess, never an answer.

Knows a system of units and which of them are on, off or open. An open activation a has a >= 0 and a >= u and no upper
bound, since all of R^n is asked about; a case that is fixed further differs in bounds only, so each program starts from
the last basis. The objective is the largest margin (at most 1) by which all strict conditions can hold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exactrev.arithmetic.numbers import nearest_float
from exactrev.search.conditions import Relation
from exactrev.search.system import System

__all__ = ["FloatArray", "Guess", "Relaxation", "Support", "float_rows"]

FloatArray = npt.NDArray[np.float64]

_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Support:
    """Which multipliers are not zero, HiGHS says, as `certificates` counts them.

    The multiplier of an open unit in `as_on` balances whatever else its activation has as a coefficient; of a unit in
    `balanced` it is zero, and so is that coefficient.
    """

    targets: tuple[int, ...]
    units: tuple[int, ...]
    as_on: frozenset[int]
    balanced: frozenset[int]


@dataclass(frozen=True, slots=True)
class Guess:
    """The margin (minus infinity if the case looks empty), a point, and what units and activations are there."""

    margin: float
    point: FloatArray | None
    preactivations: FloatArray | None
    activations: FloatArray | None


class Relaxation:
    """One program for all cases of a system; `set_state` and then `solve`."""

    def __init__(self, system: System) -> None:
        import highspy  # costs a tenth of a second: only who solves a program pays

        self._highspy = highspy
        self.system = system
        n, m = system.n, len(system.units)
        self._n, self._m = n, m
        A, constants = float_rows(system)
        self._A = A  # rows: u_j in (x, a); then the targets
        self._constants = constants
        self._state: list[bool | None] = [None] * m
        infinity = highspy.kHighsInf
        self._infinity = infinity
        # columns: x, a, margin; rows: a_j - u_j >= 0, then the targets
        matrix = np.zeros((m + len(system.targets), n + m + 1))
        matrix[:m, : n + m] = -A[:m]
        matrix[np.arange(m), n + np.arange(m)] += 1
        matrix[m:, : n + m] = A[m:]
        strict = np.array([relation is Relation.POSITIVE for relation in system.relations], dtype=bool)
        matrix[m:][strict, n + m] = -1
        lower = np.concatenate([constants[:m], -constants[m:]])
        upper = np.full(len(lower), infinity)
        zero = np.array([relation is Relation.ZERO for relation in system.relations], dtype=bool)
        upper[m:][zero] = lower[m:][zero]
        self._matrix, self._lower = matrix, lower
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = matrix.shape[1], matrix.shape[0]
        program.sense_ = highspy.ObjSense.kMaximize
        cost = np.zeros(matrix.shape[1])
        cost[-1] = 1.0
        self._cost = cost
        program.col_cost_ = cost
        program.col_lower_ = np.concatenate([np.full(n, -infinity), np.zeros(m), [-infinity if strict.any() else 1.0]])
        program.col_upper_ = np.concatenate([np.full(n + m, infinity), [1.0]])
        program.row_lower_, program.row_upper_ = lower, upper
        rows, columns = np.nonzero(matrix)
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_ = np.searchsorted(rows, np.arange(matrix.shape[0] + 1)).astype(np.int32)
        program.a_matrix_.index_ = columns.astype(np.int32)
        program.a_matrix_.value_ = matrix[rows, columns]
        solver = highspy.Highs()
        for option, value in {
            "output_flag": False,
            "presolve": "off",
            "solver": "simplex",
            "parallel": "off",
            "primal_feasibility_tolerance": 1e-9,
            "dual_feasibility_tolerance": 1e-9,
            "simplex_iteration_limit": 5000 + 50 * sum(matrix.shape),
        }.items():
            solver.setOptionValue(option, value)
        self.is_usable = solver.passModel(program) != highspy.HighsStatus.kError
        self._solver = solver

    def set_state(self, unit: int, state: bool | None) -> None:
        """Fix a unit on or off, or leave it open."""
        if self._state[unit] == state:
            return
        self._state[unit] = state
        lower = float(self._lower[unit])
        self._solver.changeRowBounds(unit, lower, lower if state else self._infinity)
        self._solver.changeColBounds(self._n + unit, 0.0, 0.0 if state is False else self._infinity)

    def solve(self) -> Guess | None:
        """The best point of the case as it is now; None where HiGHS has nothing to say."""
        if not self.is_usable:
            return None
        self._solver.run()
        status = self._solver.getModelStatus()
        if status == self._highspy.HighsModelStatus.kInfeasible:
            return Guess(-np.inf, None, None, None)
        if status != self._highspy.HighsModelStatus.kOptimal:
            return None
        values = np.array(self._solver.getSolution().col_value)
        if not np.isfinite(values).all():
            return None
        n, m = self._n, self._m
        return Guess(float(values[-1]), values[:n], self._A[:m] @ values[: n + m] + self._constants[:m], values[n:-1])

    def find_support(self) -> Support | None:
        """The multipliers that are not zero in what makes HiGHS say that the margin cannot be larger."""
        if self._solver.getModelStatus() == self._highspy.HighsModelStatus.kInfeasible:
            _, has_ray, ray = self._solver.getDualRay()
            if not has_ray:
                return None
            y, reduced = np.array(ray), None
        else:
            y, reduced = np.array(self._solver.getSolution().row_dual), self._cost
        size = float(np.abs(y).max(initial=0.0))
        if not np.isfinite(size) or size == 0:
            return None
        d = -(y @ self._matrix) if reduced is None else reduced - y @ self._matrix
        n, m = self._n, self._m
        q, p = np.abs(d[n : n + m]) > _TINY * size, np.abs(y[:m]) > _TINY * size
        units, as_on, balanced = [], [], []
        for j, state in enumerate(self._state):
            if state is None:
                if p[j] and q[j]:
                    units.append(j)
                elif p[j]:
                    as_on.append(j)
                elif not q[j]:
                    balanced.append(j)
            elif q[j] if state else p[j]:
                units.append(j)
        targets = tuple(np.flatnonzero(np.abs(y[m:]) > _TINY * size).tolist())
        return Support(targets, tuple(units), frozenset(as_on), frozenset(balanced))


def float_rows(system: System) -> tuple[FloatArray, FloatArray]:
    """Units and targets as float rows over (inputs, activations) and constants, each row of size about one.

    Activations are scaled by powers of two on the way, so that the numbers of deep layers stay moderate.
    """
    n = system.n
    exponents = [0] * n
    rows = np.zeros((len(system.units) + len(system.targets), n + len(system.units)))
    constants = np.zeros(len(rows))
    for r, form in enumerate([*system.units, *system.targets]):
        exponent = max((c.bit_length() + exponents[s] for s, c in form.terms if c), default=form.constant.bit_length())
        for s, c in form.terms:
            rows[r, s] = _shifted(c, exponents[s] - exponent)
        constants[r] = np.clip(_shifted(form.constant, -exponent), -1e15, 1e15)
        if r < len(system.units):
            exponents.append(exponent)
    return rows, constants


def _shifted(value: int, exponent: int) -> float:
    return nearest_float(value << exponent, 1) if exponent >= 0 else nearest_float(value, 1 << -exponent)


