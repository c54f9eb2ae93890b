"""From the last hidden layer, known up to signs, to a network: outgoing weights from jumps, the rest from values.

Knows sightings and the algebra of `output_layer`; asks only for pieces beside breakpoints. Where a weight is open, that
is, stands as a placeholder, whatever it would enter is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactrev.network import AffineMap, Network, Neuron, Point
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.linear_rest import IsAlwaysOn, find_linear_rest, prove_always_on
from exactrev.recovery.open_columns import find_open_weights, with_weights
from exactrev.recovery.output_layer import (
    AffinePiece,
    OutputLayer,
    PointSample,
    Sample,
    recover_output_layer,
)
from exactrev.recovery.points import exponent, power_of_two
from exactrev.recovery.sightings import Sighting, Sightings

__all__ = ["activations_at", "assemble", "recover_last_layer", "with_signs"]

_OTHER_SIGNS = {
    True: "",
    False: "; another choice of signs in the last hidden layer gives the same N",
    None: "; whether another choice of signs in the last hidden layer gives the same N was not decided",
}


_LINEAR_REST = {
    "shared boundary": (
        "no signs of the last hidden layer account for all of N, unless one of its neurons shares its boundary with "
        "another, ReLU(v) and ReLU(-v)"
    ),
    "always on": (
        "no signs of the last hidden layer account for all of N. One more neuron there does, which is always on: a "
        "linear term, and no ReLU(y) - ReLU(-y) is needed for it. Its row and the signs of the others are one choice; "
        "other choices may give the same N"
    ),
    "pairs": (
        "no signs of the last hidden layer account for all of N. A neuron there is always on, or was never seen to "
        "switch; which leaves signs in that layer and its own row open: a linear term, written as ReLU(y) - ReLU(-y), "
        "stands for it"
    ),
}

_FEW = 20
"""One sample in so many may contradict a network that is to be looked at: it shows where something is missing."""

_LEAST_PIECES, _EQUATIONS_A_COLUMN = 3, 40
"""Of the regions where N is known, so many are used at least; and so many as give that many equations a column."""

OpenWeights = Sequence[tuple[Neuron, int]]
"""Weights that are placeholders: (neuron, index of the unit below, whose weight into the neuron it is)."""


def recover_last_layer(
    layers: Sequence[AffineMap], sightings: Sightings, open_weights: OpenWeights = ()
) -> OutputLayer:
    """The output layer, from every piece of every scanned line.

    A neuron that was never seen to break N by itself has its outgoing weights from values, if these show them. Pieces
    on which the unit below an open weight is active are left out, unless values show the weight: `forms` of the answer
    are the last of `layers`, with these weights in place of their 0. Raises `ValueError` if no line was scanned.
    """
    if not sightings.lines:
        raise ValueError("the output layer is sought in the pieces of lines, and none was scanned")
    known = KnownLayers(tuple(layers))
    forms = layers[-1]
    outgoing = _outgoing(known, sightings, open_weights)
    found = _open_weights_found(layers, sightings, open_weights, outgoing)
    if found:
        filled = [*layers[:-1], with_weights(forms, found)]
        still = [w for w in open_weights if w[0].layer < len(layers) or (w[0].index, w[1]) not in found]
        output = recover_output_layer(filled[-1], outgoing, _samples(filled, sightings, still))
        if not output.contradicting:
            return output
    return recover_output_layer(forms, outgoing, _samples(layers, sightings, open_weights))


def _open_weights_found(
    layers: Sequence[AffineMap],
    sightings: Sightings,
    open_weights: OpenWeights,
    outgoing: Sequence[Sequence[Fraction | None]],
) -> dict[tuple[int, int], Fraction]:
    """The open weights of the last hidden layer that values show."""
    last = [(neuron.index, unit) for neuron, unit in open_weights if neuron.layer == len(layers)]
    if not last or len(layers) == 1:
        return {}
    below = [weight for weight in open_weights if weight[0].layer < len(layers)]
    return find_open_weights(layers[-1], outgoing, _samples(layers, sightings, below), last)


def _samples(layers: Sequence[AffineMap], sightings: Sightings, open_weights: OpenWeights) -> list[Sample]:
    pieces = _known_pieces(layers, sightings, open_weights)
    return [*pieces, *_line_pieces(layers, sightings, open_weights)]


def _known_pieces(layers: Sequence[AffineMap], sightings: Sightings, open_weights: OpenWeights) -> list[AffinePiece]:
    """Some regions on which N is known as an affine map: n_in + 1 equations each, where points give one."""
    *below, last = layers
    known = sightings.known_pieces()[: None if below else 8]
    signs = _all_signs(layers, [point for point, _ in known])
    usable = [k for k, seen in enumerate(signs) if not _is_open(seen, open_weights) and all(map(all, seen))]
    if not below:  # the activations are x itself, everywhere: one piece says it all
        return [AffinePiece(_identity(last.n_in), known[k][1], known[k][0]) for k in usable[:1]]
    most = max(_LEAST_PIECES, _EQUATIONS_A_COLUMN * (last.n_in + 1) // (layers[0].n_in + 1))
    found = []
    for k in usable[:: max(1, len(usable) // most)][:most]:
        point, outputs = known[k]
        pattern = tuple(tuple(sign > 0 for sign in layer) for layer in signs[k][:-1])
        inner = Network(tuple(below)).affine_map(pattern[:-1])
        kept = tuple(row if on else (0,) * len(row) for row, on in zip(inner.rows, pattern[-1], strict=True))
        found.append(AffinePiece(AffineMap(kept, inner.denominator, inner.n_in), outputs, point, point))
    return found


def _line_pieces(layers: Sequence[AffineMap], sightings: Sightings, open_weights: OpenWeights) -> list[Sample]:
    """Every piece of every line: N and its derivative along the line, where no known boundary is at its middle."""
    below = layers[:-1]
    pieces = [piece for line in sightings.lines for piece in line.scan.pieces]
    steps = [power_of_two(exponent(piece.end - piece.start) - 16) for piece in pieces]
    here = [piece.inside for piece in pieces]
    if not below:
        if open_weights:
            return []
        return [PointSample(x, piece.map.at(piece.middle)) for x, piece in zip(here, pieces, strict=True)]
    there = [piece.line.at(piece.middle + step) for piece, step in zip(pieces, steps, strict=True)]
    signs, activations = _all_signs(layers, here + there), activations_at(below, here + there)
    found: list[Sample] = []
    for k, (piece, step) in enumerate(zip(pieces, steps, strict=True)):
        if _is_open(signs[k], open_weights):
            continue
        a, ahead, value = activations[k], activations[k + len(pieces)], piece.map.at(piece.middle)
        if signs[k] == signs[k + len(pieces)]:  # then a and the forms are affine between, in s = t - middle
            along = AffineMap.from_fractions([[(q - p) / step, p] for p, q in zip(a, ahead, strict=True)])
            outputs = AffineMap.from_fractions([[*entry] for entry in zip(piece.slope, value, strict=True)])
            found.append(AffinePiece(along, outputs, (Fraction(0),), here[k]))
        else:
            found.append(PointSample(a, value, here[k]))
    return found


def _identity(n: int) -> AffineMap:
    return AffineMap(tuple(tuple(int(i == j) for j in range(n + 1)) for i in range(n)), 1, n)


def _all_signs(layers: Sequence[AffineMap], points: Sequence[Point]) -> list[tuple[tuple[int, ...], ...]]:
    """The signs of all forms at points, those of the last layer as its rows are written down."""
    net = Network(tuple(layers))
    last = [tuple((v > 0) - (v < 0) for v in values) for values in net.evaluate(points)]
    return [(*signs, sides) for signs, sides in zip(net.sign_vectors(points), last, strict=True)]


def _is_open(signs: Sequence[Sequence[int]], open_weights: OpenWeights) -> bool:
    """Whether the unit below an open weight is active, so that a placeholder counts. Inputs are always active."""
    return any(neuron.layer == 1 or signs[neuron.layer - 2][unit] > 0 for neuron, unit in open_weights)


def assemble(
    below: Sequence[AffineMap], output: OutputLayer, is_always_on: IsAlwaysOn | None = prove_always_on
) -> tuple[Network | None, str]:
    """A network that computes what the samples say, and a sentence on how sure its last two layers are.

    `is_always_on` proves what bounds on the activations do not, if it is given: see `linear_rest`.
    """
    form, signs = output.form, output.signs.signs
    if len(output.contradicting) * _FEW > output.agreeing:
        return None, f"output layer: {len(output.contradicting)} samples contradict, so a neuron is missing or wrong"
    but = f", but for {len(output.contradicting)} samples" if output.contradicting else ""
    if output.open_outgoing:
        names = ", ".join(map(str, output.open_outgoing))
        return None, f"output layer: no sample shows the weights from neurons {names} of the last hidden layer"
    if signs is not None and output.layer is not None:
        network = Network((*below, with_signs(output.forms, signs), output.layer))
        shown = "" if form is not None else f"; samples show {output.rank} columns of its last layers, signs the others"
        return network, f"a {network.architecture} network fits{but}{shown}{_OTHER_SIGNS[output.signs.unique]}"
    if form is None:
        return None, f"output layer: the samples determine {output.rank} of its columns"
    if output.signs.exists is False:
        rest = find_linear_rest(below, form, is_always_on)
        network = Network((*below, rest.hidden, rest.output))
        return network, f"a {network.architecture} network fits{but}; {_LINEAR_REST[rest.how]}"
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


def _outgoing(known: KnownLayers, sightings: Sightings, open_weights: OpenWeights) -> list[list[Fraction | None]]:
    """o of shape (n_out, n_d): across B[z] the gradient of N jumps by o_z times that of |z|, whatever z's sign.

    None for a neuron that no usable breakpoint shows by itself.
    """
    everything = sightings.all()
    points = [sighting.point for sighting in everything]
    signs = _all_signs(known.layers, points) if open_weights else []
    columns: dict[int, list[Fraction]] = {}
    for k, (sighting, place) in enumerate(zip(everything, known.places(points), strict=True)):
        if place.sides.count(0) != 1:
            continue
        z = place.sides.index(0)
        own = [w for w in open_weights if w[0].layer < known.depth or w[0].index == z]  # others leave z's form as it is
        if own and _is_open(signs[k], own):
            continue
        if z not in columns:
            affine = known.maps(place.pattern)[-1]
            column = _jump_over_form(sighting, sightings, [Fraction(c, affine.denominator) for c in affine.rows[z]])
            if column is not None:
                columns[z] = column
    n_out = len(sightings.lines[0].scan.pieces[0].slope)
    return [[columns[z][j] if z in columns else None for z in range(known.last_width)] for j in range(n_out)]


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
