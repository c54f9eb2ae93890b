"""From the last hidden layer, known up to signs, to a network: outgoing weights from jumps, the rest from values.

Knows sightings and the algebra of `output_layer`; asks only for pieces beside breakpoints.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactrev.network import AffineMap, Network, Point
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.output_layer import (
    AffinePiece,
    OutputForm,
    OutputLayer,
    PointSample,
    Sample,
    recover_output_layer,
)
from exactrev.recovery.sightings import Sighting, Sightings

__all__ = ["activations_at", "assemble", "recover_last_layer", "with_signs"]

_OTHER_SIGNS = {
    True: "",
    False: "; another choice of signs in the last hidden layer gives the same N",
    None: "; whether another choice of signs in the last hidden layer gives the same N was not decided",
}


MOST_PIECES = 3


def recover_last_layer(layers: Sequence[AffineMap], sightings: Sightings) -> OutputLayer | None:
    """The output layer, from every piece of every scanned line; None if a neuron's jump was never seen by itself."""
    outgoing = _outgoing(KnownLayers(tuple(layers)), sightings)
    if outgoing is None:
        return None
    pieces = [piece for line in sightings.lines for piece in line.scan.pieces]
    inputs = activations_at(layers[:-1], [piece.inside for piece in pieces])
    samples: list[Sample] = [*_known_pieces(layers[:-1], sightings)]
    samples += [PointSample(a, piece.map.at(piece.middle)) for a, piece in zip(inputs, pieces, strict=True)]
    return recover_output_layer(layers[-1], outgoing, samples)


def _known_pieces(below: Sequence[AffineMap], sightings: Sightings) -> list[AffinePiece]:
    """A few regions on which N is known as an affine map: n_in + 1 equations each, where points give one."""
    found = []
    for point, outputs in sightings.known_pieces()[:MOST_PIECES]:
        if not below:
            rows = [[int(i == j) for j in range(len(point))] for i in range(len(point))]
            found.append(AffinePiece(AffineMap.from_arrays(rows, [0] * len(point)), outputs, point))
            return found  # the activations are x itself, everywhere: one piece is enough
        net = Network(tuple(below))
        inner, values = net.affine_map(net.pattern(point)), net(point)
        kept = tuple(row if v > 0 else (0,) * len(row) for row, v in zip(inner.rows, values, strict=True))
        found.append(AffinePiece(AffineMap(kept, inner.denominator, inner.n_in), outputs, point))
    return found


def assemble(below: Sequence[AffineMap], output: OutputLayer) -> tuple[Network | None, str]:
    """A network that computes what the samples say, and a sentence on how sure its last two layers are."""
    form, signs = output.form, output.signs.signs
    if output.contradicting:
        return None, f"output layer: {len(output.contradicting)} samples contradict, so a neuron is missing or wrong"
    if form is None:
        return None, f"output layer: the samples determine {output.rank} of its columns"
    if signs is not None and output.layer is not None:
        network = Network((*below, with_signs(form.forms, signs), output.layer))
        return network, f"a {network.architecture} network fits{_OTHER_SIGNS[output.signs.unique]}"
    if output.signs.exists is False:
        network = _with_linear_rest(below, form)
        return network, (
            f"a {network.architecture} network fits; no signs of the last hidden layer account for all of N. A neuron "
            "there is always on, was never seen to switch, or shares its boundary with another; which leaves signs in "
            "that layer and its own row open: a linear term, written as ReLU(y) - ReLU(-y), stands for it"
        )
    return None, f"signs of the last hidden layer: {output.signs.reason}"


def with_signs(layer: AffineMap, signs: Sequence[int]) -> AffineMap:
    """The rows of a layer, each with its sign."""
    rows = tuple(tuple(sign * c for c in row) for sign, row in zip(signs, layer.rows, strict=True))
    return AffineMap(rows, layer.denominator, layer.n_in)


def activations_at(below: Sequence[AffineMap], points: Sequence[Point]) -> list[Point]:
    """The activations of the layers `below` at points: the points themselves if there are none."""
    if not below:
        return list(points)
    return [tuple(max(v, Fraction(0)) for v in values) for values in Network(tuple(below)).evaluate(points)]


def _outgoing(known: KnownLayers, sightings: Sightings) -> list[list[Fraction]] | None:
    """o of shape (n_out, n_d): across B[z] the gradient of N jumps by o_z times that of |z|, whatever z's sign."""
    everything = sightings.all()
    columns: list[list[Fraction] | None] = [None] * known.last_width
    for sighting, place in zip(everything, known.places([s.point for s in everything]), strict=True):
        if place.sides.count(0) != 1:
            continue
        z = place.sides.index(0)
        if columns[z] is None:
            affine = known.maps(place.pattern)[-1]
            columns[z] = _jump_over_form(sighting, sightings, [Fraction(c, affine.denominator) for c in affine.rows[z]])
    return None if None in columns else [list(row) for row in zip(*(c for c in columns if c), strict=True)]


def _jump_over_form(sighting: Sighting, sightings: Sightings, form: list[Fraction]) -> list[Fraction] | None:
    """The jump of N across a breakpoint, as a multiple of the form that vanishes there; None if it is no multiple."""
    jump = sightings.jump(sighting)
    k = max(range(len(form) - 1), key=lambda i: abs(form[i]))
    if jump is None or not form[k]:
        return None
    ahead = sum((f * v for f, v in zip(form, sighting.line.scan.line.direction, strict=False)), Fraction(0))
    kappa = [Fraction(row[k], jump.denominator) / form[k] for row in jump.rows]
    multiples = [[Fraction(c, jump.denominator) for c in row] for row in jump.rows]
    if multiples != [[c * f for f in form] for c in kappa]:
        return None
    return kappa if ahead > 0 else [-c for c in kappa]


def _with_linear_rest(below: Sequence[AffineMap], form: OutputForm) -> Network:
    """N = sum_z o_z ReLU(v_z) + y with y = E a + c - 1/2 sum_z o_z v_z, for each output as ReLU(y) - ReLU(-y)."""
    rows = [[Fraction(c, form.forms.denominator) for c in row] for row in form.forms.rows]
    pairs: list[list[Fraction]] = []
    out: list[list[Fraction]] = []
    for j, weights in enumerate(form.outgoing):
        rest = [Fraction(c, form.rest.denominator) for c in form.rest.rows[j]]
        share = [sum((o * row[k] for o, row in zip(weights, rows, strict=True)), Fraction(0)) for k in range(len(rest))]
        y = [e - s / 2 for e, s in zip(rest, share, strict=True)]
        pairs += [y, [-c for c in y]]
        ends = [Fraction(0)] * (2 * len(form.outgoing))
        ends[2 * j : 2 * j + 2] = [Fraction(1), Fraction(-1)]
        out.append([*weights, *ends, Fraction(0)])
    return Network((*below, AffineMap.from_fractions([*rows, *pairs]), AffineMap.from_fractions(out)))
