"""The certificate at infinity: no cell of R^n is missed by the simplex, and none changes as the simplex grows.

Every vertex on a wall moves along a straight line v + (R' - R) q as the simplex grows from R to R'. If no other
preactivation, and no distance to another wall, runs towards zero along any of these lines, and whatever is zero stays
zero, then no sign at any vertex ever changes, so no edge is ever cut anew: the cells inside the simplex are the cells
of R^n (docs/error_bound.md [9]).
"""

from __future__ import annotations

import numpy as np

from exactrev.geometry.enumeration import BLOCK, Enumeration
from exactrev.geometry.rounding import SLACK, TINY, BoolArray, FloatArray, IntArray

__all__ = ["is_complete_at_infinity"]


def is_complete_at_infinity(found: Enumeration) -> bool:
    """Decide the certificate: False means that the simplex has to be larger (or that it cannot be told from here)."""
    if not found.rounded.is_in_range:
        vertices, _, _ = found.moving_vertices()
        return _check_exactly(found, vertices)
    vertices, directions, radii = found.moving_vertices()
    for first in range(0, len(vertices), BLOCK):
        part = slice(first, first + BLOCK)
        verdict = _check_block(found, vertices[part], directions[part], radii[part])
        if verdict is None:
            return False
        if len(verdict) and not _check_exactly(found, verdict):
            return False
    return True


def _check_block(
    found: Enumeration, vertices: IntArray, directions: FloatArray, radii: FloatArray
) -> IntArray | None:
    """The vertices that floats leave open, or None if one of them certainly meets a zero."""
    rounded, skeleton = found.rounded, found.skeleton
    signs = skeleton.signs[:, vertices].T.astype(np.float64)
    open_vertices = np.zeros(len(vertices), np.bool_)
    settled = _constant_layers(found, vertices)
    with np.errstate(all="ignore"):
        speeds = np.array(found.exact.wall_speeds, dtype=np.float64)
        walls = directions @ rounded.wall_normals.T + speeds
        bound = radii @ rounded.wall_sizes.T * SLACK
        bound += rounded.gamma[0] * (np.abs(directions) @ rounded.wall_sizes.T + speeds)
        wall_signs = signs[:, rounded.M :]
        if ((walls < -bound) & (wall_signs > 0)).any():
            return None
        open_vertices |= (~(walls > bound) & (wall_signs > 0)).any(axis=1)
        h, spread = directions, radii
        for p in range(1, len(rounded.widths)):
            low, high = rounded.offsets[p - 1], rounded.offsets[p]
            z = h @ rounded.W[p - 1].T
            bound = rounded.gamma[p - 1] * (np.abs(h) @ rounded.absW[p - 1].T + TINY)
            bound += (spread @ rounded.absW[p - 1].T) * SLACK
            own = signs[:, low:high]
            if ((z * own < -bound) & (own != 0)).any():
                return None
            # From layer `settled` on everything is constant along q; at that layer itself the active neurons are.
            unsure = ~(z * own > bound) & (own != 0)
            unsure &= ~(settled[:, None] < p) & ~((settled[:, None] == p) & (own > 0))
            if found.zeros is not None:
                unsure |= found.zeros[low:high, vertices].T & (own != 0) & ~(settled[:, None] <= p)
            open_vertices |= unsure.any(axis=1)
            mask = own > 0
            h, spread = z * mask, bound * mask
    return vertices[open_vertices]


def _constant_layers(found: Enumeration, vertices: IntArray) -> IntArray:
    """For every vertex the first layer whose activations are all constant along its direction, as a count shows.

    The gradients of the tight neurons above layer r are independent, and combinations of the gradients of layer r's
    active neurons. If there are as many of the one as of the other, the spans are equal, and q is orthogonal to both.
    """
    rounded, skeleton = found.rounded, found.skeleton
    layers = rounded.layer_of[skeleton.tight[vertices]]
    first = np.full(len(vertices), len(rounded.widths), np.int64)
    for r in range(len(rounded.widths) - 1, 0, -1):
        low, high = rounded.offsets[r - 1], rounded.offsets[r]
        active: BoolArray = skeleton.signs[low:high, vertices] > 0
        first[(layers > r).sum(axis=1) == active.sum(axis=0)] = r
    return first


def _check_exactly(found: Enumeration, vertices: IntArray) -> bool:
    skeleton, exact = found.skeleton, found.exact
    signs = skeleton.signs[:, vertices]
    directions = exact.directions(skeleton.tight[vertices], signs)
    linear = exact.linear_signs(directions, signs)
    neurons = signs[: skeleton.M]
    if (linear * neurons < 0).any():
        return False
    # A zero that is no tight form and does not last is a coincidence of this very radius.
    if found.zeros is not None and (found.zeros[: skeleton.M, vertices] & (neurons != 0) & (linear != 0)).any():
        return False
    walls = [[(a, i) for i, a in enumerate(normal) if a] for normal, _ in found.domain.walls()]
    for column, q in enumerate(directions):
        for w, (normal, speed) in enumerate(zip(walls, exact.wall_speeds, strict=True)):
            if signs[skeleton.M + w, column] > 0 and sum(a * q[i] for a, i in normal) < -speed:
                return False
    return True
