"""The derivative of a network's affine maps by its parameters, in integers, and the exact nullspace of it.

On a region with pattern P the map of N is a polynomial in the parameters; its coefficients there (n_out (n_in + 1) of
them) have one derivative each by every parameter. Knows patterns; does not know where they occur.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import isqrt

import flint

from exactrev.arithmetic.integer_matrices import clear_denominators, integer_nullspace
from exactrev.errors import BudgetSpent
from exactrev.network import Network, Pattern

__all__ = ["MOST_PARAMETERS", "Rows", "find_nullspace", "jacobian_rows", "parameter_nullspace", "rank_at_least"]

Rows = list[list[int]]

MOST_PARAMETERS = 2000
"""The rank is not computed for more."""

_MOST_PRIMES = 96
_FIRST_PRIME = 2**62
_BATCH = 24


def jacobian_rows(net: Network, pattern: Pattern) -> Rows:
    """d(coefficients of N's affine map under the pattern) / d(parameters), shape (n_out (n_in + 1), parameters).

    Columns as in `list_parameters`. Up to one factor for all, the column of a parameter of layer k is the derivative by
    the integer (its layer's common denominator times it): a nullspace vector y stands for rates y / denominator.
    """
    matrices = [layer.homogeneous() for layer in net.layers]
    n = net.n_in
    forward: list[list[list[int]]] = []  # activations below each layer, as homogeneous rows over the inputs
    below = flint.fmpz_mat([[int(i == j) for j in range(n + 1)] for i in range(n + 1)])
    for k, matrix in enumerate(matrices):
        forward.append([[int(entry) for entry in row] for row in below.tolist()])
        if k < net.depth:
            *table, last = (matrix * below).tolist()
            zeros = [0] * (n + 1)
            below = flint.fmpz_mat([*(row if on else zeros for row, on in zip(table, pattern[k], strict=True)), last])
    backward: list[list[list[int]]] = [[]] * len(matrices)  # outputs over the preactivations of each layer
    above = flint.fmpz_mat([[int(i == j) for j in range(net.n_out)] for i in range(net.n_out)])
    for k in reversed(range(len(matrices))):
        backward[k] = [[int(entry) for entry in row] for row in above.tolist()]
        if k:
            weights = [[entry if on else 0 for entry, on in zip(row, pattern[k - 1], strict=False)] for row in
                       (row[:-1] for row in matrices[k].tolist()[:-1])]  # fmt: skip
            above = above * flint.fmpz_mat(weights)
    rows = []
    for o in range(net.n_out):
        for c in range(n + 1):
            row: list[int] = []
            for k in range(len(matrices)):
                column = [activation[c] for activation in forward[k]]
                for sensitivity in backward[k][o]:
                    row += [sensitivity * a for a in column] if sensitivity else [0] * len(column)
            rows.append(row)
    return rows


def parameter_nullspace(
    net: Network, patterns: Sequence[Pattern], known: Sequence[Sequence[Fraction]] = ()
) -> list[tuple[Fraction, ...]]:
    """A basis of the directions along which no coefficient of N's map moves to first order, for all these patterns.

    `known`: independent directions of which it is known that they belong to it; when the rank leaves room for no others
    they are the answer, and the remaining patterns are not looked at. Else every vector is checked against every
    pattern, in integers. Raises `BudgetSpent` for more than `MOST_PARAMETERS`.
    """
    denominators = [layer.denominator for layer in net.layers for row in layer.rows for _ in row]
    count = len(denominators)
    kept, seen = _find_rows(net, patterns, count - len(known))
    if len(kept) == count - len(known):  # independent modulo a prime, so independent
        return [tuple(vector) for vector in known]
    basis = find_nullspace(kept, count)
    while wrong := [row for row in seen if _moves({row}, basis)] if _moves(set(seen), basis) else []:
        kept += [list(row) for row in wrong]  # rows that depended on others modulo the prime only
        basis = find_nullspace(kept, count)
    return [tuple(Fraction(y, d) for y, d in zip(vector, denominators, strict=True)) for vector in basis]


def rank_at_least(net: Network, patterns: Sequence[Pattern], enough: int) -> int:
    """A lower bound of the rank over these patterns, which are looked at only until it is `enough`.

    Raises `BudgetSpent` for more than `MOST_PARAMETERS`.
    """
    return len(_find_rows(net, patterns, enough)[0])


def _find_rows(net: Network, patterns: Sequence[Pattern], enough: int) -> tuple[Rows, dict[tuple[int, ...], None]]:
    """Independent rows, at most `enough` being possible, and all rows that were looked at."""
    if net.parameters > MOST_PARAMETERS:
        raise BudgetSpent("too many parameters", missing=f"the rank of a matrix with {net.parameters} columns")
    kept: Rows = []
    seen: dict[tuple[int, ...], None] = {}
    for batch in _batches(patterns):
        fresh = [row for pattern in batch for row in _primitive_rows(net, pattern) if row not in seen]
        seen |= dict.fromkeys(fresh)
        kept = _independent_rows([*kept, *map(list, dict.fromkeys(fresh))])
        if len(kept) == enough:
            break
    return kept, seen


def _primitive_rows(net: Network, pattern: Pattern) -> list[tuple[int, ...]]:
    return [clear_denominators(row)[0] for row in jacobian_rows(net, pattern) if any(row)]


def _independent_rows(rows: Rows) -> Rows:
    """The rows that are no combination of those before them, modulo a prime."""
    if not rows:
        return []
    reduced, rank = flint.nmod_mat(flint.fmpz_mat(rows).transpose(), _previous_prime(_FIRST_PRIME)).rref()
    return [rows[i] for i in _pivots(reduced, rank)]


def _batches(patterns: Sequence[Pattern]) -> Iterator[Sequence[Pattern]]:
    """Batches that grow: most networks show their rank in a few regions."""
    start, size = 0, _BATCH
    while start < len(patterns):
        yield patterns[start : start + size]
        start, size = start + size, 2 * size


def _moves(rows: set[tuple[int, ...]], basis: Sequence[Sequence[int]]) -> bool:
    if not rows or not basis:
        return False
    product = flint.fmpz_mat([list(row) for row in rows]) * flint.fmpz_mat([list(v) for v in basis]).transpose()
    return bool(product != flint.fmpz_mat(product.nrows(), product.ncols()))


def find_nullspace(rows: Rows, n: int) -> list[tuple[int, ...]]:
    """A basis, in primitive integer vectors, of {y in Q^n : rows y = 0}; reduced, so mostly zeros.

    Found modulo primes and lifted to the rationals. The rank modulo a prime is a lower bound of the rank; the vectors
    are checked in integers, are independent, and as many as that bound allows. So nothing depends on the primes.

    >>> find_nullspace([[1, 2, 3], [0, 1, 1]], 3)
    [(-1, -1, 1)]
    """
    if not rows:
        return [tuple(int(i == j) for j in range(n)) for i in range(n)]
    matrix = flint.fmpz_mat(rows)
    prime, modulus = _FIRST_PRIME, 1
    pivots: list[int] | None = None
    residues: list[int] = []
    attempts = 1
    for number in range(1, _MOST_PRIMES + 1):
        prime = _previous_prime(prime)
        reduced, rank = flint.nmod_mat(matrix, prime).rref()
        found = _pivots(reduced, rank)
        free = [j for j in range(n) if j not in set(found)]
        entries = [int(reduced[r, f]) for f in free for r in range(rank)]
        if pivots is None or (-rank, found) < (-len(pivots), pivots):
            pivots, residues, modulus = found, entries, prime
        elif found == pivots:
            residues, modulus = _combine(residues, modulus, entries, prime)
        else:
            continue
        if number >= attempts:
            attempts *= 2
            basis = _lift(residues, modulus, pivots, n)
            if basis is not None and not _moves({tuple(row) for row in rows}, basis):
                return basis
    return integer_nullspace(rows)


def _pivots(reduced: flint.nmod_mat, rank: int) -> list[int]:
    pivots, j = [], 0
    for r in range(rank):
        while int(reduced[r, j]) == 0:
            j += 1
        pivots.append(j)
    return pivots


def _combine(residues: list[int], modulus: int, entries: list[int], prime: int) -> tuple[list[int], int]:
    inverse = pow(modulus, -1, prime)
    return [x + modulus * ((y - x) * inverse % prime) for x, y in zip(residues, entries, strict=True)], modulus * prime


def _lift(residues: list[int], modulus: int, pivots: list[int], n: int) -> list[tuple[int, ...]] | None:
    """The vectors with 1 at one free column and minus the reduced entries at the pivots, if they can be rationals."""
    rank = len(pivots)
    taken = set(pivots)
    basis = []
    for number, free in enumerate(j for j in range(n) if j not in taken):
        vector: list[Fraction] = [Fraction(0)] * n
        vector[free] = Fraction(1)
        for r, pivot in enumerate(pivots):
            entry = _as_rational(residues[number * rank + r], modulus)
            if entry is None:
                return None
            vector[pivot] = -entry
        basis.append(clear_denominators(vector)[0])
    return basis


def _as_rational(residue: int, modulus: int) -> Fraction | None:
    """The fraction p/q with |p|, q at most sqrt(modulus / 2) that has this residue, or None."""
    bound = isqrt(modulus // 2)
    a, b, p, q = modulus, residue, 0, 1
    while b > bound:
        a, b, p, q = b, a % b, q, p - (a // b) * q
    if q == 0 or abs(q) > bound:
        return None
    return Fraction(b, q)


def _previous_prime(number: int) -> int:
    number -= 1
    while not flint.fmpz(number).is_prime():
        number -= 1
    return number
