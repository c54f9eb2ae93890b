"""I1: the neurons of a hidden layer may be put in another order.

Statement. Let the neurons of every hidden layer be put in some order, the weights out of them with them. The network
has the same activation pattern at every x, in the new order, and the same outputs.

Proof. Neuron i of the image is neuron p(i): its row is that neuron's, with the columns in the order of the layer
below. Its preactivation is the same sum in another order. That holds for any number of terms; it is enough to know it
for the exchange of two neighbours, because these generate all permutations, and because the other terms stay. The steps
check it for whole networks whose weights and activities are letters: all activation patterns at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import permutations, product
from typing import Any

from exactrev.network import Isomorphism, random_rational_network
from exactrev.network.isomorphisms import act_on_rows
from exactrev.proofs.letters import check_forms, find_forms, letter_network, tables_of
from exactrev.proofs.proof import Proof, Step, check

__all__ = ["PROOF", "derive"]

Action = Callable[[Any, Any, Any], list[list[list[Any]]]]

SHAPES = [
    (n_in, *hidden, 1)
    for n_in in (1, 2)
    for hidden in ((2,), (3,), (4,), (2, 2), (2, 3), (3, 2), (2, 1, 2), (2, 2, 2))
]


def derive(act: Action = act_on_rows) -> Iterator[Step]:
    """The steps, for the action of permutations and scales on rows that the package uses."""
    yield check_forms()
    yield check("neuron i of the image has the form of neuron p(i), and every output stays", _networks(act))
    yield check("this is the action on networks in numbers, and the outputs stay", _numbers(act))


def _networks(act: Action) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        net = letter_network(widths)
        before = find_forms(net.tables, net.activity)
        ones = [[net.field.one] * width for width in widths[1:-1]]
        for orders in product(*(permutations(range(width)) for width in widths[1:-1])):
            image = act(net.tables, orders, ones)
            after = find_forms(image, _reorder(net.activity, orders))
            expected = [*_reorder(before[:-1], orders), before[-1]]
            yield f"{widths}, {orders}", after == expected


def _numbers(act: Action) -> Iterator[tuple[str, bool]]:
    for seed, widths in enumerate(((1, 3, 1), (2, 3, 2), (2, 2, 3, 2))):
        net = random_rational_network(widths, seed)
        orders = tuple((*range(1, width), 0) for width in net.hidden_widths)
        ones = tuple((Fraction(1),) * width for width in net.hidden_widths)
        image = Isomorphism(orders, ones)(net)
        yield f"rows of {widths}", tables_of(image) == act(tables_of(net), orders, ones)
        points: list[Sequence[int]] = list(product((-3, 0, 2), repeat=widths[0]))
        yield f"outputs of {widths}", image.evaluate(points) == net.evaluate(points)


def _reorder(layers: Sequence[Sequence[Any]], orders: Sequence[Sequence[int]]) -> list[list[Any]]:
    return [[layer[i] for i in order] for layer, order in zip(layers, orders, strict=True)]


PROOF = Proof(
    label="permuting_a_layer_changes_nothing",
    paper=("I1",),
    where="§3.1",
    statement="Putting the neurons of every hidden layer in another order, the weights out of them with them, puts the "
    "activation pattern in that order and changes no output.",
    covers="all shapes, since every preactivation is the same sum in another order; every permutation of "
    f"{len(SHAPES)} shapes as whole networks, with weights, biases and activities as letters: "
    "all patterns at once",
    does_not_cover="networks of infinite width",
    length=3,
    derivation=derive,
)
