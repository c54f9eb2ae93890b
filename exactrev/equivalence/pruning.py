"""Hidden neurons that one can do without, with a proof: never active, constant, unheard, or a multiple of another.

Knows one network. Every removal rests on a fact that is exact: signs of weights, or a linear program with its
certificate. A neuron that stays may still be removable: what is not proved is not used.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from exactrev.arithmetic.linear_programs import Optimal, maximise
from exactrev.errors import TheoryContradicted
from exactrev.network import AffineMap, Network

__all__ = ["MOST_CHOICES", "is_proved_never_active", "prune"]

MOST_CHOICES = 12
"""Linear programs are set up for neurons with at most so many positive weights: there are 2^12 of them."""


def prune(net: Network) -> Network:
    """The same function, without hidden neurons that are proved to be superfluous.

    From layer 1 upwards, never active neurons go, constant ones become part of the next bias, and one that is a
    positive multiple of another becomes part of that. Then, downwards, those go that no neuron listens to. A layer that
    would be empty keeps one neuron with weights 0.

    >>> net = Network.from_arrays([([[1], [0], [0]], [0, 3, -1]), ([[1, 2, 7], [-1, 0, 9]], [0, -5]), ([[2, 4]], [0])])
    >>> prune(net) == Network.from_arrays([([[1]], [0]), ([[1]], [6]), ([[2]], [0])])
    True
    """
    layers = [[[*row, constant] for row, constant in zip(f.W, f.b, strict=True)] for f in net.layers]
    below: list[list[Fraction]] | None = None
    for k in range(net.depth):
        keep = []
        for i, row in enumerate(layers[k]):
            weights, bias = row[:-1], row[-1]
            if not any(weights):
                for upper in layers[k + 1]:
                    upper[-1] += upper[i] * max(bias, Fraction(0))
            elif not is_proved_never_active(weights, bias, below, from_inputs=k == 1):
                keep.append(i)
        _keep(layers, k, keep)
        _merge_multiples(layers, k)
        below = layers[k]
    for k in reversed(range(net.depth)):
        _keep(layers, k, [i for i in range(len(layers[k])) if any(row[i] for row in layers[k + 1])])
    return Network(tuple(AffineMap.from_fractions(rows) for rows in layers))


def is_proved_never_active(
    weights: Sequence[Fraction], bias: Fraction, below: Sequence[Sequence[Fraction]] | None, *, from_inputs: bool = True
) -> bool:
    """Whether it is proved that the preactivation w a + b is positive nowhere; False proves nothing.

    `below` holds the rows (W, b) of the layer under the neuron, None for the first layer, whose a are the inputs. That
    layer takes the inputs of the network, or, unless `from_inputs`, activations, of which no more is used than that
    they are not negative. Writing a_j = ReLU(u_j), the maximum of the preactivation over all x is the maximum, over
    all sets S of neurons with positive weights, of

        b + sum of w_j u_j over j in S - sum of |w_j| t_j over the negative weights, with t_j >= 0 and t_j >= u_j:

    a positive multiple of ReLU(u_j) is the larger of 0 and that multiple of u_j, a negative one is concave. So every S
    takes one linear program in (x, t), and one of them above 0 settles that nothing is proved.
    """
    if below is None:
        return not any(weights) and bias <= 0
    up = [j for j, w in enumerate(weights) if w > 0]
    down = [j for j, w in enumerate(weights) if w < 0]
    if not up:
        return bias <= 0
    if len(up) > MOST_CHOICES:
        return False
    n = len(below[0]) - 1
    A, b = _constraints([below[j] for j in down], n, from_inputs)
    for size in range(len(up), -1, -1):
        for chosen in combinations(up, size):
            objective = [sum((weights[j] * below[j][i] for j in chosen), Fraction(0)) for i in range(n)]
            objective += [weights[j] for j in down]
            constant = bias + sum((weights[j] * below[j][-1] for j in chosen), Fraction(0))
            outcome = maximise(objective, A, b)
            if not isinstance(outcome, Optimal) or outcome.value + constant > 0:
                return False
            if not outcome.check(objective, A, b):
                raise TheoryContradicted("the certificate of a linear program does not hold", objective=objective)
    return True


def _constraints(
    rows: Sequence[Sequence[Fraction]], n: int, from_inputs: bool
) -> tuple[list[list[Fraction]], list[Fraction]]:
    """A (x, t) <= b: t_j >= 0 and t_j >= u_j for each row u_j, and x >= 0 unless x are the inputs."""
    m, zero = len(rows), Fraction(0)
    A: list[list[Fraction]] = []
    b: list[Fraction] = []
    for j, row in enumerate(rows):
        t = [Fraction(-(i == j)) for i in range(m)]
        A += [[zero] * n + t, [*row[:-1], *t]]
        b += [zero, -row[-1]]
    if not from_inputs:
        A += [[Fraction(-(i == j)) for i in range(n)] + [zero] * m for j in range(n)]
        b += [zero] * n
    return A, b


def _keep(layers: list[list[list[Fraction]]], k: int, keep: Sequence[int]) -> None:
    """Remove all other neurons of layer k + 1, and the weights out of them."""
    if keep:
        layers[k] = [layers[k][i] for i in keep]
        layers[k + 1] = [[*(row[i] for i in keep), row[-1]] for row in layers[k + 1]]
    else:
        layers[k] = [[Fraction(0)] * len(layers[k][0])]
        layers[k + 1] = [[Fraction(0), row[-1]] for row in layers[k + 1]]


def _merge_multiples(layers: list[list[list[Fraction]]], k: int) -> None:
    """Neurons of layer k + 1 whose rows are positive multiples of each other become one: ReLU(c z) = c ReLU(z)."""
    first: dict[tuple[Fraction, ...], tuple[int, Fraction]] = {}
    for i, row in enumerate(layers[k]):
        size = max(map(abs, row)) or Fraction(1)
        j, own = first.setdefault(tuple(entry / size for entry in row), (i, size))
        if j != i:
            for upper in layers[k + 1]:
                upper[j] += upper[i] * size / own
    _keep(layers, k, [i for i, _ in first.values()])
