"""I1 and I2 (Lemma 1), §3.1: permuting a layer, and scaling a neuron, changes nothing.

Claim I1. Let sigma permute the neurons of hidden layer k: the rows of (W^k, b^k) and the columns of W^{k+1}. The
network is the same function as before.
Claim I2. Let c > 0, multiply row i of (W^k, b^k) by c and divide column i of W^{k+1} by c. The network is the same
function as before.

Proof for all parameters, and what is checked for this network. In both cases layer k becomes T (W^k x + b^k), with T
a matrix that has one positive entry c_i in every row and column, and W^{k+1} becomes W' with W' T = W^{k+1}. As T
commutes with ReLU (c > 0), W' ReLU(T u) = W' T ReLU(u) = W^{k+1} ReLU(u). For every hidden layer these two matrix
identities are verified in integers, for I1 with a transposition and a full cycle, which generate all permutations (and
the identities compose), for I2 with a different c for every neuron. The two networks are also evaluated, exactly, at
a few rational points.

Not decided: whether the network has other isomorphisms.

Printed, for I2: s_{z,c} "replaces W^k_{.i}, b^k_i, and W^{k+1} by c W^k_{.i}, c b^k_i, and (1/c) W^{k+1}". That divides
the weights out of *all* neurons of the layer, and is false for layers of two neurons and more: ReLU(x) + ReLU(-x) at -1
is 1, but after scaling the first neuron by 2 it is 1/2. (Appendix A has another slip: it scales the whole layer by one
c, which proves less than Lemma 1.) For this network a point is looked for at which the printed map changes N. In the
last hidden layer, of two neurons or more, there is one exactly if some neuron of it is active in some region and has an
outgoing weight: the map changes N by (1/c - 1) times the sum over the neurons j other than z of W_j a_j, and if these
sums are 0 for every z, then so is each W_j a_j. That is found from the regions. Where it does not help (one neuron, or
a constant output) the earlier layers are tried at the same points, without a claim if nothing is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from exactrev.errors import BudgetSpent, TheoryContradicted
from exactrev.network import AffineMap, Isomorphism, Network, Neuron, Point, permute
from exactrev.statements.evidence import Evidence
from exactrev.statements.statement import Statement
from exactrev.verdict import Outcome, Verdict

__all__ = [
    "STATEMENTS",
    "decide_permuting_a_layer_changes_nothing",
    "decide_scaling_a_neuron_changes_nothing",
    "scale_as_printed",
]

POINTS = 5
TRIED_REGIONS = 64


def decide_permuting_a_layer_changes_nothing(evidence: Evidence) -> Verdict:
    """I1: every permutation of the neurons of a layer is an isomorphism."""
    network = evidence.network
    layers = [k for k, width in enumerate(network.hidden_widths, start=1) if width > 1]
    if not layers:
        return Verdict(Outcome.HOLDS, "no layer has two neurons to exchange", vacuous=True)
    for k in layers:
        width = network.hidden_widths[k - 1]
        for permutation in generators(width):
            matrix = [[Fraction(int(j == image)) for j in range(width)] for image in permutation]
            _require_same_function(network, permute(network, k, permutation), k, matrix)
    return Verdict(
        Outcome.HOLDS,
        f"W'^k = P W^k and W'^(k+1) P = W^(k+1) for permutations P that generate all, in {_layers(len(layers))}; "
        f"and N' = N at {POINTS} points",
    )


def decide_scaling_a_neuron_changes_nothing(evidence: Evidence) -> Verdict:
    """I2: scaling a neuron by c > 0, and the weights out of it by 1/c, is an isomorphism."""
    network = evidence.network
    if not network.depth:
        return Verdict(Outcome.HOLDS, "there is no hidden neuron to scale", vacuous=True)
    unchanged = Isomorphism.identity(network.hidden_widths)
    for k, width in enumerate(network.hidden_widths, start=1):
        factors = tuple(Fraction(i + 2, i + 1) for i in range(width))
        matrix = [[factors[i] if i == j else Fraction(0) for j in range(width)] for i in range(width)]
        scales = (*unchanged.scales[: k - 1], factors, *unchanged.scales[k:])
        _require_same_function(network, Isomorphism(unchanged.permutations, scales)(network), k, matrix)
    checked = (
        f"W'^k = S W^k and W'^(k+1) S = W^(k+1) for diagonal S with different positive entries, in "
        f"{_layers(network.depth)}; and N' = N at {POINTS} points"
    )
    printed = find_change_as_printed(evidence)
    if not printed:
        return Verdict(Outcome.HOLDS, checked)
    return Verdict(Outcome.HOLDS, f"{checked}; dividing all of W^(k+1), as printed, changes N", printed)


def generators(width: int) -> list[tuple[int, ...]]:
    """A transposition and a full cycle: they generate all permutations of `width` >= 2 neurons."""
    cycle = (*range(1, width), 0)
    return [cycle] if width == 2 else [(1, 0, *range(2, width)), cycle]


def _require_same_function(network: Network, image: Network, k: int, matrix: list[list[Fraction]]) -> None:
    """The two matrix identities of the module's docstring for layer k, and equal values at a few points."""
    if any(sum(c != 0 for c in line) != 1 or min(line) < 0 for line in [*matrix, *zip(*matrix, strict=True)]):
        raise TheoryContradicted("T does not have one positive entry in every row and column", layer=k)
    T = AffineMap.from_fractions([[*row, Fraction(0)] for row in matrix])
    expected = list(network.layers)
    expected[k - 1] = T.after(network.layers[k - 1])
    expected[k] = image.layers[k]
    points = sample_points(network.n_in)
    if list(image.layers) != expected or image.layers[k].after(T) != network.layers[k]:
        raise TheoryContradicted("an isomorphism of §3.1 does not satisfy its matrix identities", layer=k)
    if image.evaluate(points) != network.evaluate(points):
        raise TheoryContradicted("an isomorphism of §3.1 changes the function", layer=k)


def sample_points(n_in: int) -> list[Point]:
    """A few rational points with small numbers and on both sides of 0 in every coordinate; 0 is the first."""
    return [tuple(Fraction((5 * i + 9 * t) * t % 11 - 5 * (t > 0), t + 1) for i in range(n_in)) for t in range(POINTS)]


def _layers(count: int) -> str:
    return f"{count} layer{'s' if count != 1 else ''}"


# -- the printed map --------------------------------------------------------------------------------------------------


def scale_as_printed(network: Network, neuron: Neuron, c: Fraction) -> Network:
    """s_{z,c} as §3.1 prints it: the weights out of the whole layer are divided by c, not only those out of z.

    >>> net = Network.from_arrays([([[1], [-1]], [0, 0]), ([[1, 1]], [0])])  # |x|
    >>> net([-1]), scale_as_printed(net, Neuron(1, 0), Fraction(2))([-1])
    ((Fraction(1, 1),), (Fraction(1, 2),))
    """
    layers = list(network.layers)
    own, after = layers[neuron.layer - 1], layers[neuron.layer]
    rows = [[*row, constant] for row, constant in zip(own.W, own.b, strict=True)]
    rows[neuron.index] = [c * entry for entry in rows[neuron.index]]
    layers[neuron.layer - 1] = AffineMap.from_fractions(rows)
    layers[neuron.layer] = AffineMap.from_fractions(
        [[*(weight / c for weight in row), constant] for row, constant in zip(after.W, after.b, strict=True)]
    )
    return Network(tuple(layers))


def find_change_as_printed(evidence: Evidence) -> dict[str, Any]:
    """A neuron, a factor and a point at which the printed map changes N; empty if none was found."""
    network, c = evidence.network, Fraction(2)
    if max(network.hidden_widths) == 1:
        return {}
    tried = []
    for point in _points_to_try(evidence):
        tried.append(point)
        neuron = _changed_in_last_layer(network, point)
        if neuron is not None:
            return _change(network, neuron, c, point)
    points = [*tried[:POINTS], *tried[POINTS:][:TRIED_REGIONS]]
    for k in range(network.depth - 1, 0, -1):
        for i in range(network.hidden_widths[k - 1] if network.hidden_widths[k - 1] > 1 else 0):
            values = scale_as_printed(network, Neuron(k, i), c).evaluate(points)
            for point, value, own in zip(points, values, network.evaluate(points), strict=True):
                if value != own:
                    return _change(network, Neuron(k, i), c, point)
    return {}


def _points_to_try(evidence: Evidence) -> Iterator[Point]:
    """A few points, then one of every region, unless the budget does not reach so far."""
    yield from sample_points(evidence.network.n_in)
    try:
        complex = evidence.complex
    except BudgetSpent:
        return
    for cell in range(complex.n_regions):
        yield complex.interior_point(cell)


def _changed_in_last_layer(network: Network, point: Point) -> Neuron | None:
    """A neuron z of the last hidden layer with sum over j other than z of W_j a_j(point) not 0."""
    if network.hidden_widths[-1] == 1:
        return None
    activations = [max(z, Fraction(0)) for z in network.preactivations(point)[-1]]
    W = network.layers[-1].W
    total = [sum((w * a for w, a in zip(row, activations, strict=True)), Fraction(0)) for row in W]
    for i, a in enumerate(activations):
        if any(whole != row[i] * a for whole, row in zip(total, W, strict=True)):
            return Neuron(network.depth, i)
    return None


def _change(network: Network, neuron: Neuron, c: Fraction, point: Point) -> dict[str, Any]:
    printed = scale_as_printed(network, neuron, c)(point)
    if printed == network(point):
        raise TheoryContradicted("the printed map does not change N here", neuron=neuron, point=point)
    return {"printed_map_scales": neuron, "by": c, "and_changes_N_at": point, "from": network(point), "to": printed}


STATEMENTS = (
    Statement(
        label="permuting_a_layer_changes_nothing",
        paper="I1",
        where="§3.1",
        claim="Permuting the neurons of a hidden layer does not change the function.",
        decide=decide_permuting_a_layer_changes_nothing,
    ),
    Statement(
        label="scaling_a_neuron_changes_nothing",
        paper="I2",
        where="Lemma 1, §3.1",
        claim="Multiplying a neuron's weights and bias by c > 0 and dividing the weights out of it by c does not "
        "change the function.",
        decide=decide_scaling_a_neuron_changes_nothing,
        printed="The printed map divides all of W^{k+1} by c, the weights out of every neuron of the layer.",
    ),
)
