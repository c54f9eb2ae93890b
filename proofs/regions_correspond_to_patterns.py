"""R1, §3.2: in a region every neuron is affine; regions are convex, and one for each pattern. Nothing is excluded.

Statement. A region is a connected component of the points at which no neuron vanishes. Each region is the set of all
points at which the neurons have certain signs, none of them 0; it is convex, and every preactivation is affine in it.
So regions correspond to the patterns that occur where no neuron vanishes.

Proof. In a region no preactivation vanishes, so none changes its sign, and all of them are the forms of its pattern.
Let two points have the same signs, none 0, and take a point between them. Layer by layer: if the neurons of earlier
layers have these signs there, the preactivations of the next layer are the forms of the pattern, and lie between their
values at the two points; so their signs are the same. The set of all points with these signs is convex, hence
connected, and is one region.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any

from exactrev.network import random_rational_network
from exactrev.proofs.letters import Forms, check_forms, find_forms, letter_field, letter_network, sign_of, tables_of
from exactrev.proofs.proof import Proof, Step, check

__all__ = ["PROOF", "derive"]

FindForms = Callable[[Any, Any], Forms]
Between = Callable[[Any, Any, Any, Any], Any]

SHAPES = ((1, 1, 1, 1), (1, 2, 2, 1), (2, 2, 2, 1), (3, 2, 1, 1), (2, 2, 1, 2, 1))
NUMERIC = ((1, 3, 2, 1), (2, 3, 3, 1), (2, 2, 2, 2, 1), (3, 3, 2, 1))
POINTS = 60


def between(one: Any, other: Any, A: Any, B: Any) -> Any:
    """The number that divides the way from one to the other as A to B."""
    return (B * one + A * other) / (A + B)


def derive(forms: FindForms = find_forms, between: Between = between) -> Iterator[Step]:
    """The steps, for a way to find forms, and for points between."""
    yield check_forms(forms)
    yield check("the forms of a layer depend on the activities of earlier layers only", _earlier_only(forms))
    yield check(
        "at a point between two others the value of a form is between its values there", _affine(forms, between)
    )
    yield check("between two numbers of one sign there are only numbers of that sign", _signs(between))
    yield check(
        "in numbers: between points with the same signs the preactivations are the forms", _numbers(forms, between)
    )


def _earlier_only(forms: FindForms) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        net = letter_network(widths)
        found = forms(net.tables, net.activity)
        for k, i in net.neurons():
            later = [d for layer in net.activity[k - 1 :] for d in layer]
            yield f"{widths}, z[{k},{i}]", all(not entry.diff(d) for entry in found[k - 1][i] for d in later)


def _affine(forms: FindForms, between: Between) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        n = widths[0]
        net = letter_network(widths, [*(f"{name}{c}" for name in "xy" for c in range(n)), "A", "B"])
        x, y, (A, B) = net.extra[:n], net.extra[n : 2 * n], net.extra[2 * n :]
        middle = [between(a, b, A, B) for a, b in zip(x, y, strict=True)]
        found = forms(net.tables, net.activity)
        for k, i in net.neurons():
            at_x, at_y, at_middle = (_value(found[k - 1][i], point) for point in (x, y, middle))
            yield f"{widths}, z[{k},{i}]", at_middle == (B * at_x + A * at_y) / (A + B)


def _value(form: Any, point: Any) -> Any:
    return sum((g * c for g, c in zip(form, point, strict=False)), form[-1])


def _signs(between: Between) -> Iterator[tuple[str, bool]]:
    _, (P, Q, A, B) = letter_field(["P", "Q", "A", "B"])
    for sign in (1, -1):
        value = between(sign * P, sign * Q, A, B)
        try:
            yield f"sign {sign}", sign_of(value) == sign
        except ValueError as error:
            yield str(error), False


def _numbers(forms: FindForms, between: Between) -> Iterator[tuple[str, bool]]:
    rng = random.Random(4)
    for seed, widths in enumerate(NUMERIC):
        net = random_rational_network(widths, seed)
        points = [tuple(Fraction(rng.randint(-60, 60), 7) for _ in range(widths[0])) for _ in range(POINTS)]
        signs = net.sign_vectors(points)
        for (one, here), (other, there) in combinations(zip(points, signs, strict=True), 2):
            if here == there and all(sign for layer in here for sign in layer):
                A, B = Fraction(rng.randint(1, 9)), Fraction(rng.randint(1, 9))
                middle = [between(a, b, A, B) for a, b in zip(one, other, strict=True)]
                found = forms(tables_of(net), [[int(sign > 0) for sign in layer] for layer in here])
                expected = [tuple(_value(form, middle) for form in layer) for layer in found[:-1]]
                same = net.sign_vector(middle) == here and list(net.preactivations(middle)) == expected
                yield f"{widths}, from {one} to {other}", same


PROOF = Proof(
    label="regions_correspond_to_patterns",
    paper=("R1",),
    where="§3.2",
    statement="In a region every preactivation is affine; regions are convex, and correspond to the activation "
    "patterns that occur where no neuron vanishes.",
    covers=f"all networks, by the argument over layers; its identities in {len(SHAPES)} shapes with weights, biases, "
    f"activities and points as letters; points of {len(NUMERIC)} rational networks",
    does_not_cover="patterns that occur where some neuron vanishes only; linear regions, which may be unions (R2)",
    length=5,
    derivation=derive,
)
