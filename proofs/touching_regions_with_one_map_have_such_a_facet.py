"""R2, §3.2: the Linear Regions Assumption fails on an open set; read by facets or by regions that touch, it is one.

Statement. (a) For N = c ReLU(v_1 a_1 + v_2 a_2 - b) + d over two independent u_1, u_2, all letters positive, N is the
same affine map on both sides of parts of u_1 = 0: the assumption fails on an open set. (b) Off the explicit polynomials
of general position: if two regions whose closures share a point have the same affine map, then two regions that share a
facet do. So the assumption may be read either way.

Proof. (a) Where the neuron of layer 2 is off before and after u_1 changes its sign, N is d. (b) Let the regions A and B
touch at p, with patterns e and d that differ for a set S of neurons, which vanish at p. The affine map of N in B minus
that in A is the sum over z in S of (d_z - e_z) paths_d(z, N) form_e(z). By general position these forms have
independent gradients. So if the maps are the same, paths_d(z, N) is 0 for all z in S and all outputs. Let z be of the
last layer in S. Sums over paths from z depend on the activities of later layers only, where d = e: so paths_e(z, N) is
0 too. By general position there is a region at p with the pattern e but for z, and it shares a facet with A; across it
the map of N changes by paths_e(z, N) times the form of z, that is, not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from exactrev.network import Network
from exactrev.proofs import boundaries_cross_like_coordinate_hyperplanes as position
from exactrev.proofs.exceptional_networks_are_zeros_of_polynomials import find_exceptional
from exactrev.proofs.letters import Forms, check_forms, find_forms, letter_field, letter_network, path_sum, sign_of
from exactrev.proofs.one_last_neuron_is_determined import find_preactivations
from exactrev.proofs.proof import Proof, Step, check, rests_on
from exactrev.statements import verify
from exactrev.verdict import Outcome

__all__ = ["PROOF", "derive"]

FindForms = Callable[[Any, Any], Forms]
Paths = Callable[..., Any]

SHAPES = ((1, 2, 2, 1), (2, 2, 2, 2), (2, 2, 1, 2, 1), (3, 2, 1, 2))


def derive(forms: FindForms = find_forms, paths: Paths = path_sum) -> Iterator[Step]:
    """The steps, for a way to find forms and one to find the sums over paths."""
    yield check_forms(forms)
    yield check("N is constant on both sides of part of u_1 = 0, for all positive letters", _fails(forms))
    yield check("N's maps in two patterns differ by paths times the forms of one of them", _telescope(forms, paths))
    yield check("sums over paths from z depend on later activities only", _later_only(paths))
    yield check("across the facet of z the map changes by paths times the form of z", _facets(forms, paths))
    yield check("in numbers: in special position regions touch with one map, and no facets have one", _special())
    yield rests_on(position.PROOF)


def _fails(forms: FindForms) -> Iterator[tuple[str, bool]]:
    field, (v1, v2, b, c, d) = letter_field(["v1", "v2", "b", "c", "d"])
    one, zero = field.one, field.zero
    tables = [[[one, zero, zero], [zero, one, zero]], [[v1, v2, -b]], [[c, d]]]
    maps = []
    for x in (-b / (2 * v1), b / (2 * v1)):
        units, (z,) = find_preactivations(tables[:2], (x, -one))
        on = [[one * int(sign_of(unit) > 0) for unit in units], [one * int(sign_of(z) > 0)]]
        maps.append(forms(tables, on)[2][0])
        yield f"off at x = {x}", sign_of(z) < 0 and bool(sign_of(units[0]))
    yield "one map", maps[0] == maps[1] == [zero, zero, d]
    units, (z,) = find_preactivations(tables[:2], (2 * b / v1, -one))
    on = [[one, zero], [one]]
    yield "N is not constant", sign_of(z) > 0 and any(map(sign_of, forms(tables, on)[2][0][:-1]))


def _telescope(forms: FindForms, paths: Paths) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        hidden = [(k, i) for k, width in enumerate(widths[1:-1], start=1) for i in range(width)]
        net = letter_network(widths, [f"e{k}_{i}" for k, i in hidden])
        letters = dict(zip(hidden, net.extra, strict=True))
        base = [[letters[k, i] for i in range(width)] for k, width in enumerate(widths[1:-1], start=1)]
        before, after = forms(net.tables, base), forms(net.tables, net.activity)
        for o in range(widths[-1]):
            expected = list(before[-1][o])
            for k, i in hidden:
                factor = net.activity[k - 1][i] - base[k - 1][i]
                factor = factor * paths(net.tables, net.activity, (k, i), (len(widths) - 1, o))
                expected = [entry + factor * c for entry, c in zip(expected, before[k - 1][i], strict=True)]
            yield f"{widths}, output {o}", after[-1][o] == expected


def _later_only(paths: Paths) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        net = letter_network(widths)
        for k, i in net.neurons():
            kappa = paths(net.tables, net.activity, (k, i), (len(widths) - 1, 0))
            earlier = [d for layer in net.activity[:k] for d in layer]
            yield f"{widths}, z[{k},{i}]", bool(kappa) and not any(kappa.diff(d) for d in earlier)


def _facets(forms: FindForms, paths: Paths) -> Iterator[tuple[str, bool]]:
    for widths in SHAPES:
        net = letter_network(widths)
        for k, i in net.neurons():
            off, on = (forms(net.tables, net.with_activity(k, i, d)) for d in (0, 1))
            for o in range(widths[-1]):
                kappa = paths(net.tables, net.activity, (k, i), (len(widths) - 1, o))
                jump = [b - a for a, b in zip(off[-1][o], on[-1][o], strict=True)]
                yield f"{widths}, z[{k},{i}], output {o}", jump == [kappa * c for c in off[k - 1][i]]


def _special() -> Iterator[tuple[str, bool]]:
    # ReLU(y - x) + ReLU(y + x) - 2 ReLU(y): three lines through 0; N is 0 where all are on, and where all are off
    touching = Network.from_arrays([([[-1, 1], [1, 1], [0, 1]], [0, 0, 0]), ([[1, 1, -2]], [0])])
    verdict = verify(touching, ["R2"])["R2"]
    yield "by facets it holds", verdict.outcome is Outcome.HOLDS
    yield "by regions that touch it fails", verdict.witness.get("touching_reading") == "FAILS"
    yield "the network is exceptional", any(find_exceptional(touching, kinds=("position",)))


PROOF = Proof(
    label="touching_regions_with_one_map_have_such_a_facet",
    paper=("R2",),
    where="§3.2",
    statement="The Linear Regions Assumption fails on an open set of networks. Off explicit polynomials it makes no "
    "difference whether it is read by regions that share a facet or by regions that touch.",
    covers="all shapes, by the argument; its identities with weights, biases and two patterns as letters in "
    f"{len(SHAPES)} shapes; the open set in letters for 2-2-1-1",
    does_not_cover="in how many networks the assumption fails; networks on the zeros of the polynomials",
    length=7,
    derivation=derive,
)
