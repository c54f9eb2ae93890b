"""O1, O2, O4: other activations, convolutions and skip connections (§5.3). Rows, and their networks.

Networks of these kinds are unrolled into ReLU networks that are exactly equal, and these are compared and dissected.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from math import comb

from exactrev.audit.evidence import by_network
from exactrev.audit.row import Row, Standing, require
from exactrev.equivalence import decide_equal
from exactrev.geometry import boundaries, regions
from exactrev.network import AffineMap, Network, Neuron, Pattern, Point, he_network, is_isomorphic
from exactrev.network.convolutions import Image, arrange_by_filters, convolution, find_filters
from exactrev.network.folding import fold
from exactrev.network.piecewise import (
    ABSOLUTE_VALUE,
    HARD_TANH,
    RELU6,
    ActivatedNetwork,
    Activation,
    find_symmetries,
    leaky_relu,
)
from exactrev.network.skips import SkipNetwork, flip
from exactrev.oracle import Oracle
from exactrev.recovery import recover
from exactrev.recovery.skip_connections import has_free_signs, recover_with_skips
from exactrev.statements.verification import verify

__all__ = ["ROWS"]

LEAKY = leaky_relu("1/5")
ACTIVATIONS = (LEAKY, ABSOLUTE_VALUE, HARD_TANH, RELU6)
SYMMETRIES = {
    LEAKY: "c > 0",
    ABSOLUTE_VALUE: "c > 0, phi(0 - t) = 1 phi(t) + 0",
    HARD_TANH: "phi(0 - t) = -1 phi(t) + 0",
    RELU6: "phi(6 - t) = -1 phi(t) + 6",
}
ROWS_OF_TWO = [([[3, 1], [-2, 5]], ["1/2", -1]), ([[2, 7]], [-3])]
"""Two neurons over the plane, in general position."""

TWO_LAYERS = {LEAKY: ((3, 4, 3, 1), 1), ABSOLUTE_VALUE: ((3, 4, 3, 1), 2), HARD_TANH: ((4, 4, 3, 2), 1)}
"""Networks that are recovered in their own form: widths and seed."""

ONE_END = {HARD_TANH: ((3, 4, 3, 1), 2), RELU6: ((4, 4, 3, 2), 1)}
"""Networks with neurons that reach one end of their activation only."""

KERNELS = ([[[[2, -1], [1, 3]]], [[[-1, 1], [4, "1/2"]]]], [-1, "1/3"])
"""Two filters of 2 x 2 on one channel, and their biases."""

KERNELS_OF_LAYER_2 = ([[[[1, 2]], [[-3, "1/2"]]], [[[2, -1]], [[1, "1/3"]]]], [2, 2])
"""Two filters of 1 x 2 on two channels, and their biases."""

SKIPPING = SkipNetwork.from_arrays([
    ([[2, 1], [-1, 3], [1, -2]], [1, -2, "1/2"]),
    ([[1, "-1/2", 3, -2, 1], ["1/3", 1, -1, 2, 2]], [-1, 1]),
    ([[1, 2, -1, "1/2", 2, 1, 3], [0, -1, 2, -3, 1, -2, 1]], [-2, 1]),
    ([[1, 1, 2, -1, 1, 3, -2, 1, 2]], [0]),
])  # fmt: skip
"""Over the plane, hidden layers of 3, 2 and 2, each reading everything before it."""


# -- activations ---------------------------------------------------------------------------------------------------


def check_which_symmetries_take_the_place_of_scaling() -> str:
    """Decided for all substitutions; then, on networks, that those change nothing, and that others change something."""
    for phi, expected in SYMMETRIES.items():
        found = find_symmetries(phi)
        require(str(found) == expected, f"the symmetries of {phi.name} are {expected}, not {found}")
        net = ActivatedNetwork.from_arrays(phi, ROWS_OF_TWO)
        for c in (Fraction(3), Fraction(-1), Fraction(-2)):
            shift, factor, constant = _substitution(phi, c)
            image = _substituted(net, c, shift, factor, constant)
            is_symmetry = found.scaling if c > 0 else found.reflection is not None and (found.scaling or c == -1)
            verdict = decide_equal(net.unrolled(), image.unrolled())
            require(verdict.holds == is_symmetry, f"c = {c} is a symmetry of {phi.name} just if it is one of those")
            require(verdict.holds or "point" in verdict.witness, "a point shows the difference")
    return "; ".join(f"{phi.name}: {told}" for phi, told in SYMMETRIES.items())


def _substitution(phi: Activation, c: Fraction) -> tuple[Fraction, Fraction, Fraction]:
    """(shift, factor, constant) for phi(c t + shift) = factor phi(t) + constant, right if c belongs to a symmetry."""
    places = [kink.place for kink in phi.kinks]
    middle = (places[0] + places[-1]) / 2
    shift = middle * (1 - c)
    factor = abs(c) if phi.slopes[0] == -phi.slopes[-1] != 0 else c
    return shift, factor, phi(shift) - factor * phi(0)


def _substituted(
    net: ActivatedNetwork, c: Fraction, shift: Fraction, factor: Fraction, constant: Fraction
) -> ActivatedNetwork:
    """The first neuron's row [w, b] as [c w, c b + shift], its weight v out as v/factor; the next bias makes up."""
    (first, *others), (b, *rest) = net.layers[0].W, net.layers[0].b
    ((v, *weights),), (bias,) = net.layers[1].W, net.layers[1].b
    hidden = AffineMap.from_arrays([[c * w for w in first], *others], [c * b + shift, *rest])
    output = AffineMap.from_arrays([[v / factor, *weights]], [bias - v / factor * constant])
    return ActivatedNetwork(net.activation, (hidden, output))


def check_regions_and_bends_are_those_of_the_unrolled_network() -> str:
    """One layer: as many regions as lines make, two parallel ones a neuron for two kinks. Two: all boundaries bend."""
    told = []
    for phi in ACTIVATIONS:
        one = ActivatedNetwork(phi, he_network((2, 3, 1), 2, "float32").layers)
        kinks, n = len(phi.kinks), 3
        expected = 1 + n * kinks + comb(n, 2) * kinks**2  # each of n families of parallel lines meets the others
        found = regions(one.unrolled())
        require(found.n_regions == expected, f"{phi.name}: {expected} regions, not {found.n_regions}")
        two = ActivatedNetwork(phi, he_network((2, 3, 2, 1), 2, "float32").layers)
        unrolled = two.unrolled()
        complex = regions(unrolled)
        for cell in range(complex.n_cells):
            x = complex.interior_point(cell)
            require(complex.affine_map(cell)(x) == two(x), "the region's map is the network's")
        report = verify(unrolled, ["T1a", "T1b"])
        bends = sum(boundary.n_bends for boundary in boundaries(complex))
        require(report["T1a"].holds and report["T1b"].holds and bends, "boundaries bend just at earlier ones")
        told.append(f"{phi.name} {expected} and {complex.n_regions}")
    return f"regions of a 2-3-1 and a 2-3-2-1 network: {', '.join(told)}; boundaries bend just at earlier ones"


def check_networks_with_other_activations_are_recovered_and_folded_back() -> str:
    """From answers alone, as ReLU networks with linear parts; then back to the activation, equal to the truth."""
    told = []
    for phi in ACTIVATIONS:
        networks = [((3, 4, 2), 1), *([TWO_LAYERS[phi]] if phi in TWO_LAYERS else [])]
        for widths, seed in networks:
            net = ActivatedNetwork(phi, he_network(widths, seed, "float32").layers)
            found = recover_with_skips(
                net,
                net.n_in,
                seed=seed,
                activation=phi if has_free_signs(phi) else None,
                equivalence=_teacher(net.unrolled()),
            )
            require(found.network is not None, f"{phi.name} {widths} is recovered: {found.reason}")
            folded = None if found.network is None else fold(found.network, phi)
            require(folded is not None, f"{phi.name} {widths} is folded back")
            if folded is not None:
                require(_widths(folded) == widths, "the widths are right")
                require(decide_equal(folded.unrolled(), net.unrolled()).holds, "it is the same function")
            told.append(f"{phi.name} {'-'.join(map(str, widths))} in {found.queries}")
    return f"queries: {', '.join(told)}"


def check_neurons_that_never_reach_an_end_come_back_as_relu_with_linear_parts() -> str:
    """Two layers of hard tanh and of ReLU6, in which some neurons have one boundary only: equal networks are found."""
    told = []
    for phi, (widths, seed) in ONE_END.items():
        net = ActivatedNetwork(phi, he_network(widths, seed, "float32").layers)
        truth = net.unrolled()
        found = recover_with_skips(net, net.n_in, seed=seed, activation=phi, equivalence=_teacher(truth)).network
        if found is None:
            require(False, f"{phi.name} {widths} is recovered")
            continue
        require(decide_equal(found.unrolled(), truth).holds, "it is the same function")
        require(found.hidden_widths < tuple(2 * width for width in widths[1:-1]), "with fewer kinks than two a neuron")
        told.append(f"{phi.name} {'-'.join(map(str, widths))} with {' and '.join(map(str, found.hidden_widths))} kinks")
    return ", ".join(told)


def _widths(net: ActivatedNetwork) -> tuple[int, ...]:
    return (net.n_in, *(layer.n_out for layer in net.layers))


def _teacher(truth: Network) -> Callable[[SkipNetwork], Point | None]:
    """Who answers a point at which a network is not the truth, or None where they are equal."""
    return lambda guess: decide_equal(guess.unrolled(), truth).witness.get("point")


# -- convolutions --------------------------------------------------------------------------------------------------


def check_convolutions_are_recovered_and_their_filters_found_afterwards() -> str:
    """One convolution and two in a row, as dense layers, by the usual recovery; the shared weights come out equal."""
    image = Image(1, 3, 3)
    first = convolution(image, *KERNELS)
    one = Network((first, *he_network((first.n_out, 2), 1, "float32").layers))
    second = convolution(Image(2, 2, 2), *KERNELS_OF_LAYER_2)
    two = Network((first, second, *he_network((second.n_out, 2), 1, "float32").layers))
    told = []
    for net in (one, two):
        oracle = Oracle(net)
        found = recover(oracle, net.n_in).network
        if found is None or not is_isomorphic(found, net):
            require(False, f"{net.architecture} is recovered")
            continue
        arranged = arrange_by_filters(found, image)
        truth = {(f.weights, f.bias): f.places for f in find_filters(first, image)}
        same = {(f.weights, f.bias): f.places for f in find_filters(arranged.layers[0], image)}
        require(same == truth and len(truth) == 2, "two filters at four places each, with the right weights")
        if net is two:
            above = find_filters(arranged.layers[1], Image(2, 2, 2))
            require([len(f.rows) for f in above] == [2, 2], "two filters at two places each in layer 2")
        told.append(f"{net.architecture} in {oracle.queries}")
    return f"a 3 x 3 image, two filters of 2 x 2, then none or two of 1 x 2; queries: {', '.join(told)}"


# -- skip connections ----------------------------------------------------------------------------------------------


def check_bends_are_sums_over_paths_and_give_the_weights_backwards() -> str:
    """Across z' the gradient of z jumps by the sum over live paths; less the paths through later layers it is W."""
    net = SKIPPING
    complex = regions(net.unrolled())
    cells = {net.pattern(complex.interior_point(cell)) for cell in range(complex.n_cells)}
    sums = weights = 0
    for pattern in cells:
        for layer, index in product((1, 2), range(3)):
            if index >= net.hidden_widths[layer - 1] or (other := _switched(pattern, layer, index)) not in cells:
                continue
            on, off = (pattern, other) if pattern[layer - 1][index] else (other, pattern)
            if on != pattern:
                continue
            own = net.maps(on)[layer - 1].W[index]
            for z, row in enumerate(net.layers[2].W):
                jump = [a - b for a, b in zip(net.maps(on)[2].W[z], net.maps(off)[2].W[z], strict=True)]
                later = _paths_through_layer_2(net, on, index, row) if layer == 1 else Fraction(0)
                weight = row[net.starts[layer - 1] + index]
                require(jump == [(weight + later) * w for w in own], "the jump is the weight and the sum over paths")
                sums, weights = sums + bool(later), weights + 1
    require(sums and weights > sums, "some jumps are not the weight alone")
    return f"2-3-2-2-1: {weights} bends give the weights into layer 3, {sums} of them only less other paths"


def _switched(pattern: Pattern, layer: int, index: int) -> Pattern:
    rows = [list(row) for row in pattern]
    rows[layer - 1][index] = not rows[layer - 1][index]
    return tuple(map(tuple, rows))


def _paths_through_layer_2(net: SkipNetwork, pattern: Pattern, index: int, row: tuple[Fraction, ...]) -> Fraction:
    """The sum over the paths from neuron `index` of layer 1 through active neurons of layer 2, which `row` reads."""
    start, own = net.starts[1], net.n_in + index
    through = (row[start + m] * into[own] for m, into in enumerate(net.layers[1].W) if pattern[1][m])
    return sum(through, Fraction(0))


def check_signs_are_free_where_all_skip_connections_are() -> str:
    """Turning any one neuron round gives another network that is the same function, no permutation or scaling."""
    truth = SKIPPING.unrolled()
    for neuron in (Neuron(1, 0), Neuron(1, 2), Neuron(2, 1), Neuron(3, 0)):
        turned = flip(SKIPPING, neuron)
        require(turned != SKIPPING and decide_equal(turned.unrolled(), truth).holds, f"{neuron} may be turned round")
    block = _block(1)
    require(_skip_of(block) == _identity(3), "the block adds x to layer 2")
    for index in range(4):
        turned = flip(block, Neuron(1, index))
        require(_skip_of(turned) != _identity(3), "turned round, it adds something else")
    return "2-3-2-2-1: every sign is free; a residual block that adds x adds something else with any sign turned"


def _skip_of(net: SkipNetwork) -> list[tuple[Fraction, ...]]:
    """What layer 2 reads of x."""
    return [row[: net.n_in] for row in net.layers[1].W]


def _identity(n: int) -> list[tuple[Fraction, ...]]:
    return [tuple(Fraction(int(i == j)) for j in range(n)) for i in range(n)]


def check_networks_with_skip_connections_are_recovered() -> str:
    """Drawn at random, all skip connections free, and residual ones: equal to the truth, with the right widths."""
    told = []
    networks = {
        "3-4-3-1": _drawn((3, 4, 3, 1), 1),
        "3-3-3-2-2": _drawn((3, 3, 3, 2, 2), 1),
        "stream 3-4-3-1": _stream(1),
        "residual block 3-4-3-1": _block(1),
    }
    for name, net in networks.items():
        found = recover_with_skips(net, net.n_in, seed=1, equivalence=_teacher(net.unrolled()))
        if found.network is None:
            require(False, f"{name} is recovered: {found.reason}")
            continue
        require(found.network.hidden_widths == net.hidden_widths, "the widths are right")
        require(decide_equal(found.network.unrolled(), net.unrolled()).holds, "it is the same function")
        told.append(f"{name} in {found.queries}")
    return f"queries: {', '.join(told)}"


def _drawn(widths: tuple[int, ...], seed: int) -> SkipNetwork:
    """He-initialised, each layer reading everything before it."""
    reads, layers = widths[0], []
    for k, width in enumerate(widths[1:]):
        layers.append(he_network((reads, width), seed + 100 * k, "float32").layers[0])
        reads += width
    return SkipNetwork(tuple(layers))


def _block(seed: int) -> SkipNetwork:
    """ReLU(W ReLU(W' x + b') + b + x), and an output layer: a residual block of He et al. (2016)."""
    first, second, last = he_network((3, 4, 3, 1), seed, "float32").layers
    block = [[*one, *row] for one, row in zip(_identity(3), second.W, strict=True)]
    output = [[*[0] * 7, *row] for row in last.W]
    return SkipNetwork((first, AffineMap.from_arrays(block, second.b), AffineMap.from_arrays(output, last.b)))


def _stream(seed: int) -> SkipNetwork:
    """h = x + B a^1, z^2 = A h + b, N = V (h + C a^2) + d: residual blocks that are added to a stream of 3 numbers."""
    first, into = he_network((3, 4, 3), seed, "float32").layers
    second, out_of = he_network((3, 3, 3), seed + 100, "float32").layers
    (last,) = he_network((3, 1), seed + 200, "float32").layers
    h = AffineMap.from_arrays([[*one, *row] for one, row in zip(_identity(3), into.W, strict=True)], [0] * 3)
    stream = AffineMap.from_arrays(
        [[*one, *row, *far] for one, row, far in zip(_identity(3), into.W, out_of.W, strict=True)], [0] * 3
    )
    return SkipNetwork((first, second.after(h), last.after(stream)))


ROWS = (
    Row(
        "O1",
        "§5.3",
        "other piecewise linear activations admit similar algorithms",
        Standing.CHECKED,
        "On networks with one and two hidden layers. Scaling is replaced: leaky ReLU c > 0, absolute value c != 0, "
        "hard tanh the sign only, ReLU6 the reflection (-w, 6 - b) only; decided for all c. Unrolled, they are ReLU "
        "networks with neurons in parallel, and with linear parts, as from skip connections. Neurons that never reach "
        "one end of hard tanh or ReLU6 come back as ReLU with a linear part.",
        (
            by_network(check_which_symmetries_take_the_place_of_scaling),
            by_network(check_regions_and_bends_are_those_of_the_unrolled_network),
            by_network(check_networks_with_other_activations_are_recovered_and_folded_back),
            by_network(check_neurons_that_never_reach_an_end_come_back_as_relu_with_linear_parts),
        ),
    ),
    Row(
        "O2",
        "§5.3",
        "convolutions: the same approach without weight sharing",
        Standing.CHECKED,
        "On small images, one convolution or two in a row; shared weights come out equal, and filters and places are "
        "found from them. With few filters in layer 2, where much is hidden, recovery often stays partial.",
        (by_network(check_convolutions_are_recovered_and_their_filters_found_afterwards),),
    ),
    Row(
        "O4",
        "§5.3",
        "skip connections: derive weights from layer k-1, then k-2, and so on",
        Standing.CHECKED,
        "A bend is the sum over all live paths, and gives the weights backwards. But where all skip connections are "
        "free, every neuron's sign is, too: there c != 0 replaces c > 0, and no signs are to be found. Blocks with "
        "ReLU after the sum, where more is hidden, may stay partial.",
        (
            by_network(check_bends_are_sums_over_paths_and_give_the_weights_backwards),
            by_network(check_signs_are_free_where_all_skip_connections_are),
            by_network(check_networks_with_skip_connections_are_recovered),
        ),
    ),
)
