"""Where a vertex is: a float point with a rigorous radius, from the n forms that vanish at it.

Knows how to solve for a vertex and bound the error; does not know which vertices there are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exactrev.geometry.rounding import SLACK, TINY, UNIT, BoolArray, FloatArray, Forward, Masks, RoundedNetwork
from exactrev.geometry.skeleton import Int32Array

__all__ = ["Located", "locate"]


@dataclass(slots=True)
class Located:
    """Points with the forward pass at them, radii per coordinate (infinite where nothing is known), and directions.

    `directions` (with `direction_radii`) is dv/dR: how a vertex on walls moves as the walls recede.
    """

    points: FloatArray
    radii: FloatArray
    forward: Forward
    directions: FloatArray | None
    direction_radii: FloatArray | None


def locate(
    rounded: RoundedNetwork,
    guesses: FloatArray,
    tight: Int32Array,
    masks: Masks,
    upto: int,
    wall_speeds: FloatArray | None = None,
) -> Located:
    """Solve for the vertices at which the forms `tight` (vertices, n) vanish, starting from float guesses.

    One Newton step (the system is linear in the chosen cell), then the bound of docs/error_bound.md [7]. `upto` is
    the deepest layer of which activations are wanted.
    """
    n, D = tight.shape
    ids, at = tight.ravel().astype(np.int64), np.repeat(np.arange(n), D)
    forms = rounded.forms(ids, at, masks)
    A = forms.gradients.reshape(n, D, D)
    inverse = _inverses(A)
    residual = rounded.values(ids, at, rounded.forward(guesses, masks, upto)).reshape(n, D)
    points = guesses - np.einsum("ijk,ik->ij", inverse, residual)
    forward = rounded.forward_with_errors(points, masks, upto)
    residual = np.abs(rounded.values(ids, at, forward.activations))
    residual += rounded.value_errors(ids, at, forward) + rounded.adjoint_errors(forms, at, forward)
    # How far `inverse` is from the true inverse: |I - inverse A| entrywise, rounding and the error of A included.
    magnitudes = forms.magnitudes.reshape(n, D, D)
    size = np.abs(inverse)
    defect = np.abs(np.eye(D) - inverse @ A)
    defect += size @ ((rounded.gamma_back + 2 * UNIT * (D + 4)) * magnitudes + TINY) + 2 * UNIT
    beta = defect.sum(axis=2).max(axis=1)
    if not rounded.is_in_range:
        beta[:] = np.inf  # no bound is claimed [2]
    radii = _radii(size, residual.reshape(n, D), beta)
    if wall_speeds is None:
        return Located(points, radii, forward, None, None)
    # A q = -dc/dR on the walls, 0 on the neurons.
    right = -np.concatenate([np.zeros(rounded.M), wall_speeds])[ids].reshape(n, D)
    q = np.einsum("ijk,ik->ij", inverse, right)
    error = np.abs(np.einsum("ijk,ik->ij", A, q) - right)
    error += np.einsum(
        "ijk,ik->ij", (rounded.gamma_back + 2 * UNIT * (D + 4)) * magnitudes + TINY, np.abs(q)
    ) + 4 * UNIT * np.abs(right) + TINY
    return Located(points, radii, forward, q, _radii(size, error, beta))


def _radii(size: FloatArray, residual: FloatArray, beta: FloatArray) -> FloatArray:
    """|R| rho + 2 beta max(|R| rho) where beta < 1/2 [7]; infinite elsewhere."""
    y: FloatArray = np.einsum("ijk,ik->ij", size, residual) * SLACK
    radii: FloatArray = (y + 2 * beta[:, None] * y.max(axis=1, keepdims=True)) * SLACK + TINY
    good = (beta < 0.5) & np.isfinite(radii).all(axis=1)
    radii[~good] = np.inf
    return radii


def _inverses(A: FloatArray) -> FloatArray:
    """Float inverses, infinite where LAPACK finds a matrix singular."""
    finite: BoolArray = np.asarray(np.isfinite(A).all(axis=(1, 2)))
    if not finite.all():
        A = np.where(finite.reshape(-1, 1, 1), A, 0.0)
    try:
        return np.asarray(np.linalg.inv(A), dtype=np.float64)
    except np.linalg.LinAlgError:
        inverse = np.full_like(A, np.inf)
        for i, matrix in enumerate(A):
            try:
                inverse[i] = np.linalg.inv(matrix)
            except np.linalg.LinAlgError:
                continue
        return inverse
