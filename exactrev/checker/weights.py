"""Claims about two networks, or about the weights of one, and what proves each; arguments in docs/certificates.md."""

from collections.abc import Sequence
from itertools import pairwise
from math import gcd, prod

# isort: skip_file
from exactrev.checker.kernel import (
    STRICT, Assumed, Form, Nested, Tree, cut, forms_of, germ, neuron, preactivations, signs_of, value, walk,
)  # fmt: skip
from exactrev.checker.parsing import Claim, Layer, Net, Numbers, Reader, as_point
from exactrev.checker.refusals import allow, expect, require

Change = list[list[list[int]]]
PRIME = 2**61 - 1
MAX_PARAMETERS = 2000  # of a network whose functional dimension is claimed: the work is quadratic


def scale_of(net: Net) -> int:
    return prod(layer.scale for layer in net.layers)


def same_shape(a: Net, b: Net) -> None:
    ends = [(net.widths[0], net.widths[-1]) for net in (a, b)]
    expect(ends[0] == ends[1], "the networks differ in their inputs or outputs", a.widths, b.widths)


def equal_by_tree(reader: Reader, claim: Claim, nets: list[Net]) -> None:
    """Strict tree over the neurons of both; equal outputs on an open dense set are equal (they are continuous)."""
    same_shape(*nets)

    def leaf(tree: Tree, numbers: Numbers) -> None:
        one, other = tree.forms[len(nets[0].layers) - 1], tree.forms[-1]
        outputs = [[[c * f.scale for c in row] for row in g.rows] for g, f in ((one, other), (other, one))]
        require(outputs[0] == outputs[1], "the outputs differ on a leaf", tree.signs)

    walk(reader, nets, [], STRICT, leaf)


def different(reader: Reader, claim: Claim, nets: list[Net]) -> None:
    """P: the outputs differ there."""
    same_shape(*nets)
    point = reader.point(nets[0].widths[0])
    one, other = ([y * scale_of(nets[1 - k]) for y in preactivations(nets[k], point)[-1]] for k in (0, 1))
    require(one != other, "the outputs are equal at the point", point)


def matching(reader: Reader, claim: Claim, nets: list[Net]) -> None:
    """M p c d for each hidden neuron of the second network: it is neuron p of the first, scaled by c/d > 0.

    For the boundaries alone the last hidden neurons may be scaled by negative numbers, and the output layers any.
    """
    a, b = nets
    free = claim.name == "same-boundary"
    require(a.widths[:-1] == b.widths[:-1], "the widths differ", a.widths, b.widths)
    require(free or a.widths[-1] == b.widths[-1], "the numbers of outputs differ", a.widths, b.widths)
    below: list[Numbers] = [(j, 1, 1) for j in range(a.widths[0])]
    for k, (one, two) in enumerate(zip(a.layers, b.layers, strict=True), start=1):
        last = k == len(a.layers)
        if last and free:
            return
        own = [(i, 1, 1) if last else reader.take("M", 3) for i in range(len(two.rows))]
        require(sorted(p for p, _, _ in own) == list(range(len(two.rows))), "not a permutation", k)
        for (p, c, d), found in zip(own, two.rows, strict=True):
            row = one.rows[p]
            expect(d > 0 and gcd(c, d) == 1, "a scale is not in lowest terms", c, d)
            require(c > 0 or (free and k == len(a.layers) - 1 and c < 0), "a scale is not positive", k, p, c)
            require(found[-1] * d * one.scale == c * row[-1] * two.scale, "a bias does not fit", k, p)
            for (s, e, f), w in zip(below, found[:-1], strict=True):
                require(w * d * e * one.scale == c * f * row[s] * two.scale, "a weight does not fit", k, p, s)
        below = own


def recovered(reader: Reader, claim: Claim, nets: list[Net]) -> None:
    """A d x.. e y..: all answers, whose digest is in the claim, are those of the first network; then as `matching`."""
    truth, n, m = nets[0], nets[0].widths[0], nets[0].widths[-1]
    expect(claim.numbers[0] >= 0, "a negative number of answers", claim.numbers[0])
    for _ in range(claim.numbers[0]):
        numbers = reader.take("A", n + m + 2)
        x, y = as_point(numbers[: n + 1]), as_point(numbers[n + 1 :])
        for found, answer in zip(preactivations(truth, x)[-1], y.numerators, strict=True):
            require(found * y.denominator == answer * x.denominator * scale_of(truth), "an answer is wrong", x, y)
    require(reader.recent() == claim.hashes[2], "the claim is about another transcript", claim.hashes[2])
    matching(reader, claim, nets)


def inert(reader: Reader, claim: Claim, nets: list[Net]) -> None:
    """Weight w from z to z' of the next layer may be anything up to p/q (1/0: anything). Numbers k, i, i', p, q.

    Strict tree, closed everywhere under z > 0 and z' > 0, the weight being p/q.
    """
    net = nets[0]
    k, i, j, p, q = claim.numbers
    z = neuron(net, k, i)
    expect(j in range(net.widths[k + 1]), "no such neuron", k + 1, j)
    expect(gcd(p, q) == 1 and (q > 0 or (p, q) == (1, 0)), "a bound is not in lowest terms", p, q)
    scale, rows = net.layers[k]
    require(rows[j][i] * q <= p * scale, "the weight itself is above the bound", rows[j][i], scale)
    tree, assumed = cut(net, k), [Assumed(STRICT, *z)]
    if q != 0:
        neuron(net, k + 1, j)
        changed = tuple(p * scale if s == i else w * q for s, w in enumerate(rows[j]))
        tree = Net((*tree.widths, 1), (*tree.layers, Layer(scale * q, (changed,))))
        assumed.append(Assumed(STRICT, k, 0))
    walk(reader, [tree], assumed, STRICT)


def flat_direction(reader: Reader, claim: Claim, nets: list[Net]) -> None:
    """Adding t (dW, db), the second network, to layer k changes nothing: strict tree, dW a + db = 0 on all leaves."""
    net, change = nets
    (k,) = claim.numbers
    expect(k in range(1, len(net.layers) + 1), "no such layer", k)
    expect(change.widths == net.widths[k - 1 : k + 1], "the direction has another shape", change.widths)
    require(any(map(any, change.layers[0].rows)), "the direction is zero", k)
    below = cut(net, k - 1)

    def leaf(tree: Tree, numbers: Numbers) -> None:
        require(not any(map(any, tree.forms[-1].rows)), "the change is not zero on a leaf", tree.signs)

    walk(reader, [Net((*below.widths, change.widths[-1]), below.layers + change.layers)], [], STRICT, leaf)


def functional_dimension(reader: Reader, claim: Claim, nets: list[Net]) -> None:
    """D c, then c points off B, where the rank of N's derivative by its parameters, modulo a prime, is at least the
    number claimed; and vectors V in echelon form, as many as are missing, that change no region's map."""
    net = nets[0]
    parameters = sum((n + 1) * m for n, m in pairwise(net.widths))
    allow(parameters <= MAX_PARAMETERS, "too many parameters for a functional dimension", parameters)
    n, pivots = net.widths[0], dict[int, list[int]]()
    units = [as_change(net, [int(i == j) for i in range(parameters)]) for j in range(parameters)]
    (count,) = reader.take("D", 1)
    for _ in range(count):
        point = reader.point(n)
        signs = signs_of(germ(net, point, [0] * n))
        require(all(map(all, signs)), "a point is on the boundary", point)
        columns = [derivative(net, signs, unit) for unit in units]
        for output in range(net.widths[-1]):
            reduce_into(pivots, [value(column[output], point) for column in columns])
    require(len(pivots) >= claim.numbers[0], "the rank at the points is less", len(pivots), claim.numbers[0])
    changes, last = [], -1
    for _ in range(parameters - claim.numbers[0]):
        vector = reader.take("V", parameters)
        pivot = next((k for k, entry in enumerate(vector) if entry), -1)
        require(pivot > last, "the vectors are not in echelon form", pivot, last)
        last = pivot
        changes.append(as_change(net, vector))

    def leaf(tree: Tree, numbers: Numbers) -> None:
        require(0 not in tree.signs, "there is a thick cell", tree.signs)
        signs = [tree.signs[a:b] for a, b in pairwise(tree.starts)]
        for change in changes:
            require(not any(map(any, derivative(net, signs, change))), "a vector changes the map", tree.signs)

    walk(reader, nets, [], STRICT, leaf)


def as_change(net: Net, vector: Sequence[int]) -> Change:
    """A change of all parameters, row by row."""
    entries = iter(vector)
    return [[[next(entries) for _ in range(n + 1)] for _ in range(m)] for n, m in pairwise(net.widths)]


def derivative(net: Net, signs: Nested, change: Change) -> Sequence[Form]:
    """The forms by which the outputs change, to first order, where the hidden neurons have these signs."""
    doubled = []  # each layer beside its change: d (W a + b) = dW a + db + W da; inputs have none
    for k, (layer, moves) in enumerate(zip(net.layers, change, strict=True)):
        rows = [(*w[:-1], *(0 for _ in w[:-1] if k), w[-1]) for w in layer.rows]
        for w, move in zip(layer.rows, moves, strict=True):
            *direct, bias = (layer.scale * c for c in move)
            rows.append((*direct, *(c for c in w[:-1] if k), bias))
        doubled.append(Layer(layer.scale, tuple(rows)))
    forms = forms_of(Net(net.widths, tuple(doubled)), [own * 2 for own in signs])
    return forms[-1].rows[net.widths[-1] :]


def reduce_into(pivots: dict[int, list[int]], vector: list[int]) -> None:
    """Keep the vector, modulo PRIME and reduced by those that are kept, unless nothing is left of it."""
    vector = [entry % PRIME for entry in vector]
    for pivot, row in pivots.items():
        vector = [(a - vector[pivot] * b) % PRIME for a, b in zip(vector, row, strict=True)]
    pivot = next((k for k, entry in enumerate(vector) if entry), -1)
    if pivot >= 0:
        inverse = pow(vector[pivot], -1, PRIME)
        pivots[pivot] = [entry * inverse % PRIME for entry in vector]
