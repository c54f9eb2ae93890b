"""Lemma 1 (I2): multiplying a neuron's weights and bias by c > 0, and dividing the weights out of it by c.

Statement. Let c_z > 0 for every hidden neuron z. The network with W_z, b_z multiplied by c_z and every weight out of z
divided by c_z has the same activation pattern and the same outputs at every x. With one c_z different from 1 that is
Lemma 1, in the reading that holds.

Proof. Every preactivation of the image is c_z times what it was: in layer 1 by construction; and in later layers, if
the activations below are multiplied by s_j, the weights out of them are divided by s_j, so that every term of the sum
stays, for any number of terms. That is the identity of the first step, one term at a time, and it holds in shapes of
any size. Since c_z > 0, c_z t is positive, zero or negative where t is, so ReLU(c_z t) = c_z ReLU(t), the patterns are
the same, and so are the outputs, which are not multiplied. Then the identity is checked for whole networks, weights,
scales and activities being letters: all activation patterns at once.

As printed, all of W^{k+1} is divided by c, in §3.1, and not only the weights out of z; the network ReLU(x) + ReLU(-x)
refutes that. c > 0 is needed: c = -1 takes ReLU(x) to -ReLU(-x).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from exactrev.network import Isomorphism, Network, random_rational_network
from exactrev.network.isomorphisms import act_on_rows
from exactrev.proofs.letters import check_forms, find_forms, letter_field, letter_network, tables_of
from exactrev.proofs.proof import Proof, Step, check

__all__ = ["PROOF", "derive"]

Action = Callable[[Any, Any, Any], list[list[list[Any]]]]

SHAPES = [
    (n_in, *hidden, n_out)
    for n_in in (1, 2)
    for n_out in (1, 2)
    for hidden in ((1,), (2,), (3,), (1, 1), (1, 2), (2, 1), (2, 2), (1, 1, 1), (1, 2, 1), (2, 1, 2))
]


def derive(act: Action = act_on_rows, divide_all: bool = False) -> Iterator[Step]:
    """The steps, for the action of permutations and scales on rows that the package uses.

    With `divide_all` the claim is the printed one: the weights out of all neurons of the layer are divided.
    """
    yield check_forms()
    yield check("one term of the sum: (c W / s) (s a) + c b = c (W a + b)", _terms(act))
    yield check("every preactivation is multiplied by its neuron's c, every output stays", _networks(act, divide_all))
    yield check("this is the action on networks in numbers, and the outputs stay", _numbers(act))
    yield check("c > 0 is needed: with c = -1, ReLU(x) changes at 1", [("x = 1", _value(act, -1) != 1)])
    yield check("dividing all of W^{k+1}, as printed, changes ReLU(x) + ReLU(-x)", [("x = -1", _printed(act) != 1)])


def _terms(act: Action) -> Iterator[tuple[str, bool]]:
    _, (v, b, W, beta, s, c, a) = letter_field(["v", "b", "W", "beta", "s", "c", "a"])
    # z = v x + b below with the scale s, z' = W ReLU(z) + beta above with the scale c; s z is what z becomes
    (below,), ((W_image, beta_image),), _ = act([[(v, b)], [(W, beta)], [(v, b)]], [(0,), (0,)], [(s,), (c,)])
    yield "the weights into z", below == [s * v, s * b]
    yield "the term of z'", W_image * (s * a) + beta_image == c * (W * a + beta)


def _networks(act: Action, divide_all: bool) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        hidden = widths[1:-1]
        names = [f"c{k}_{i}" for k, width in enumerate(hidden, start=1) for i in range(width)]
        net = letter_network(widths, names)
        letters = iter(net.extra)
        scales = [[next(letters) for _ in range(width)] for width in hidden]
        image = act(net.tables, [range(width) for width in hidden], scales)
        if divide_all:
            image[1] = [[*(w / scales[0][0] for w in row[:-1]), row[-1]] for row in image[1]]
        before, after = find_forms(net.tables, net.activity), find_forms(image, net.activity)
        for k, layer in enumerate(after):
            for i, form in enumerate(layer):
                c = scales[k][i] if k < len(hidden) else net.field.one
                yield f"{widths}, layer {k + 1}, neuron {i}", form == [c * entry for entry in before[k][i]]


def _numbers(act: Action) -> Iterator[tuple[str, bool]]:
    for seed, widths in enumerate(((1, 2, 1), (2, 3, 1), (2, 2, 3, 2))):
        net = random_rational_network(widths, seed)
        permutations = tuple(tuple(range(width)) for width in net.hidden_widths)
        scales = tuple(tuple(Fraction(i + 2, 3 * k + 1) for i in range(n)) for k, n in enumerate(net.hidden_widths))
        image = Isomorphism(permutations, scales)(net)
        yield f"rows of {widths}", tables_of(image) == act(tables_of(net), permutations, scales)
        points: list[Sequence[int]] = list(product((-3, 0, 2), repeat=widths[0]))
        yield f"outputs of {widths}", image.evaluate(points) == net.evaluate(points)


def _value(act: Action, c: int) -> Fraction:
    """The image of ReLU(x) under c, at 1."""
    (image,) = [act(tables_of(_network([[1, 0]], [[1, 0]])), [(0,)], [(Fraction(c),)])]
    return _network(*image)((1,))[0]


def _printed(act: Action) -> Fraction:
    """The image of ReLU(x) + ReLU(-x) with the first neuron multiplied by 2 and both weights out divided, at -1."""
    hidden, ((first, second, b),) = act(
        tables_of(_network([[1, 0], [-1, 0]], [[1, 1, 0]])), [(0, 1)], [(Fraction(2), Fraction(1))]
    )
    return _network(hidden, [[first, second / 2, b]])((-1,))[0]


def _network(*tables: Sequence[Sequence[Any]]) -> Network:
    return Network.from_arrays([([row[:-1] for row in table], [row[-1] for row in table]) for table in tables])


PROOF = Proof(
    label="scaling_a_neuron_changes_nothing",
    paper=("I2", "X1"),
    where="Lemma 1, §3.1",
    statement="Multiplying a neuron's weights and bias by c > 0, and dividing the weights out of it by c, changes no "
    "activation pattern and no output. c > 0 is needed; dividing all weights of the next layer, as printed, is wrong.",
    covers=f"all shapes, by the identity for one term; {len(SHAPES)} shapes of up to three hidden layers as whole "
    "networks, with weights, biases, scales and activities as letters: all activation patterns at once",
    does_not_cover="activations other than ReLU; that ReLU(c t) = c ReLU(t) for c > 0 is read off the definition",
    length=6,
    derivation=derive,
)
