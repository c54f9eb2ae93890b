"""Q1, Q2, E2, E3, E4: queries counted, and the experiments of §6. Rows, on grids that take seconds.

Larger grids are measured by `scripts/measure_layers.py` and shown in docs/experiments.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache

from exactrev.audit.evidence import by_network
from exactrev.audit.experiments import Count, count_first_layer, count_whole_network, find_growth
from exactrev.audit.memorisation import Memorisation, memorise
from exactrev.audit.row import Row, Standing, require
from exactrev.audit.rows.algorithms import check_no_bound_holds_without_a_lower_bound_on_the_weights
from exactrev.geometry import boundaries
from exactrev.network import he_network

__all__ = ["ROWS"]

SEEDS = (1, 2)
WIDTHS = (10, 20, 40)
INPUTS = (5, 10, 20)
SQUARE = (6, 8, 10)
SECOND = (5, 10)
MOST = 5
"""Queries for layer 1 are at most this many times n_in (sum of n_i) log2 n_1."""
NEARLY_ALL = Fraction(95, 100)


def check_queries_for_layer_1_stay_below_the_bound_and_grow_no_faster() -> str:
    """Algorithm 1 until layer 1 is found, by width and by number of inputs, on networks initialised as in §6."""
    by_width = _first([(10, width, 10, 10) for width in WIDTHS])
    by_inputs = _first([(n_in, 10, 10, 10) for n_in in INPUTS])
    largest = max(count.queries / count.expected for count in (*by_width, *by_inputs))
    require(largest < MOST, f"no count is more than {MOST} times the bound, not {largest:.2f}")
    powers = [find_growth(counts, lambda count: count.expected) for counts in (by_width, by_inputs)]
    require(max(powers) <= 1, f"queries grow no faster than the bound, not as its powers {powers}")
    return (
        f"{len(by_width) + len(by_inputs)} networks: at most {largest:.2f} n_in (sum n_i) log2 n_1; they grow as its "
        f"power {powers[0]:.2f} with n_1 = {', '.join(map(str, WIDTHS))}, and {powers[1]:.2f} with n_in = "
        f"{', '.join(map(str, INPUTS))}"
    )


def check_queries_for_two_layers_grow_no_faster_than_the_parameters() -> str:
    """Whole networks n-n-n-1, whose number of parameters grows as n^2."""
    counts = _whole([(width, width, width, 1) for width in SQUARE])
    complete = [count for count in counts if count.is_complete]
    require(len({count.architecture for count in complete}) == len(SQUARE), "each shape is recovered at least once")
    power = find_growth(counts, lambda count: count.parameters)
    each = [count.per_parameter for count in complete]
    require(power < 1.1 and max(each) < 15, f"queries grow linearly, not as the power {power:.2f}")
    return (
        f"{len(complete)} of {len(counts)} networks n-n-n-1 recovered, n = {', '.join(map(str, SQUARE))}: "
        f"{min(each):.1f} to {max(each):.1f} queries a parameter, growing as its power {power:.2f}"
    )


def check_layer_1_is_found_without_error_at_every_width_and_depth() -> str:
    """Figure 3, untrained: all neurons exactly, and what that takes."""
    told = []
    for depth in (2, 3, 4):
        counts = _first([(10, width, *[10] * (depth - 1), 10) for width in WIDTHS], SEEDS[:1])
        told.append(f"{depth} hidden layers {_curve(counts)}")
    return f"queries a parameter for widths {', '.join(map(str, WIDTHS))}: {'; '.join(told)}; log error -infinity"


def check_layer_1_of_memorising_networks_is_found_without_error() -> str:
    """Figure 3, memorisation: the same after training."""
    counts = [count_first_layer(_memorising((width, 10)).network, 1) for width in WIDTHS]
    require(all(count.is_complete for count in counts), "all neurons of layer 1 are found exactly, and no other")
    return f"queries a parameter for widths {', '.join(map(str, WIDTHS))}: {_curve(counts)}; log error -infinity"


def check_layer_2_is_found_without_error() -> str:
    """Figure 4: networks 10-10-w-10, and one that memorises."""
    counts = [*_whole([(10, 10, width, 10) for width in SECOND]), count_whole_network(_memorising((10, 10)).network, 1)]
    require(all(count.is_complete for count in counts), "all neurons of layer 2 are found exactly, and no other")
    told = ", ".join(f"{count.found} of {count.width}" for count in counts)
    return f"{len(counts)} networks: {told} neurons of layer 2, log error -infinity where found"


def check_a_neuron_whose_boundary_is_empty_is_not_found() -> str:
    """Figure 4 misses a few neurons, too: 4-4-4-1, where one of layer 2 never switches."""
    net = he_network((4, 4, 4, 1), 1, "float32")
    count = count_whole_network(net, 1)
    empty = [boundary.neuron for boundary in boundaries(net) if boundary.is_empty]
    require([neuron.layer for neuron in empty] == [2], "one boundary of layer 2 is empty, and no other")
    require(count.found == count.width - 1 and not count.wrong, "all but one are found, and none is wrong")
    return f"4-4-4-1: {count.found} of {count.width} neurons of layer 2, none wrong; {empty[0]} never switches"


def check_a_neuron_that_is_seldom_on_is_found_from_a_point_where_it_is() -> str:
    """6-6-6-1, where one of layer 2 is seldom on: with points where the result is wrong, none is missed."""
    net = he_network((6, 6, 6, 1), 8, "float32")
    alone, corrected = count_whole_network(net, 8), count_whole_network(net, 8, corrected=True)
    require(not alone.wrong and corrected.is_complete, "none is wrong, and in the end all are found")
    return f"6-6-6-1: {alone.found} of {alone.width} neurons of layer 2; all, with points where the result is wrong"


def check_networks_are_initialised_as_the_paper_says() -> str:
    """Weights with variance 2/fan-in, biases with variance 1: second moments of one large network, exactly."""
    net = he_network((50, 100, 100, 50), 1)
    for layer in net.layers:
        weights = [w * w * layer.n_in / 2 for row in layer.W for w in row]
        biases = [b * b for b in layer.b]
        for values, allowed in ((weights, Fraction(1, 10)), (biases, Fraction(3, 4))):
            second = sum(values, Fraction(0)) / len(values)
            require(abs(second - 1) < allowed, f"the second moment is near 1, not {float(second)}")
    return "50-100-100-50: second moments of weights times fan-in/2, and of biases, are near 1"


def check_wide_networks_memorise_nearly_all_labels_and_narrow_ones_do_not() -> str:
    """1000 points in R^10, two labels, Adam, cross-entropy, 1000 epochs: labels that exact evaluation gets right."""
    wide, narrow = _memorising((40, 10)), _memorising((10, 10))
    require(Fraction(wide.right, wide.points) >= NEARLY_ALL, f"nearly all labels are right, not {wide.right}")
    require(Fraction(narrow.right, narrow.points) < NEARLY_ALL, "a narrow one does not get there")
    require(wide.points == narrow.points == 1000 and wide.network.widths == (10, 40, 10, 2), "the task is as stated")
    told = (f"{m.network.architecture} {m.right} of {m.points}" for m in (wide, narrow))
    return f"labels that are right: {', '.join(told)}"


@cache
def _memorising(hidden: tuple[int, ...]) -> Memorisation:
    return memorise(hidden, 1)


def _first(shapes: Iterable[Sequence[int]], seeds: Sequence[int] = SEEDS) -> list[Count]:
    counts = [count_first_layer(he_network(shape, seed, "float32"), seed) for shape in shapes for seed in seeds]
    require(all(count.is_complete for count in counts), "all neurons of layer 1 are found exactly, and no other")
    return counts


def _whole(shapes: Iterable[Sequence[int]]) -> list[Count]:
    return [count_whole_network(he_network(shape, seed, "float32"), seed) for shape in shapes for seed in SEEDS]


def _curve(counts: Iterable[Count]) -> str:
    """Mean queries a parameter for each architecture, in order."""
    groups: dict[str, list[float]] = {}
    for count in counts:
        groups.setdefault(count.architecture, []).append(count.per_parameter)
    return ", ".join(f"{sum(group) / len(group):.2f}" for group in groups.values())


ROWS = (
    Row(
        "Q1",
        "§5.1",
        "layer 1 takes O(n_in (sum n_i) log n_1) queries",
        Standing.CHECKED,
        "On He-initialised networks, counted exactly: growing more slowly, since all gradients lie in the span of "
        "layer 1 and are not asked for entry by entry. In general ||w|| has to be bounded from below, which is not "
        "said.",
        (
            by_network(check_queries_for_layer_1_stay_below_the_bound_and_grow_no_faster),
            by_network(check_no_bound_holds_without_a_lower_bound_on_the_weights),
        ),
    ),
    Row(
        "Q2",
        "§5.1",
        "deeper layers can take queries linear in the number of parameters",
        Standing.CHECKED,
        "For two hidden layers, whole networks n-n-n-1: about six queries a parameter, at any n looked at.",
        (by_network(check_queries_for_two_layers_grow_no_faster_than_the_parameters),),
    ),
    Row(
        "E2",
        "Fig. 3",
        "layer 1: queries and error by width",
        Standing.CHECKED,
        "All neurons, exactly: the error is 0. Queries a parameter fall with width and rise with depth. Untrained and "
        "memorising networks; MNIST is not looked at.",
        (
            by_network(check_layer_1_is_found_without_error_at_every_width_and_depth),
            by_network(check_layer_1_of_memorising_networks_is_found_without_error),
        ),
    ),
    Row(
        "E3",
        "Fig. 4",
        "layer 2: neurons found and error by width",
        Standing.CHECKED,
        "Nearly all neurons, exactly: the error is 0. Not found are those that never switch, and a few that are seldom "
        "on, unless the recovery is told a point where it is wrong. None is wrong.",
        (
            by_network(check_layer_2_is_found_without_error),
            by_network(check_a_neuron_whose_boundary_is_empty_is_not_found),
            by_network(check_a_neuron_that_is_seldom_on_is_found_from_a_point_where_it_is),
        ),
    ),
    Row(
        "E4",
        "§6",
        "the training set-up of the experiments",
        Standing.CHECKED,
        "As stated, for the memorisation task; batches have 100 points, which the paper does not say. Wide networks "
        "memorise nearly all labels, narrow ones do not. MNIST would have to be downloaded.",
        (
            by_network(check_networks_are_initialised_as_the_paper_says),
            by_network(check_wide_networks_memorise_nearly_all_labels_and_narrow_ones_do_not),
        ),
    ),
)
