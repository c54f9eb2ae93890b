"""The derivative by the parameters against differences, which are exact because a map is affine in each parameter."""

from __future__ import annotations

from fractions import Fraction

import flint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrev.geometry import regions
from exactrev.identifiability.jacobian import find_nullspace, jacobian_rows, parameter_nullspace, rank_at_least
from exactrev.identifiability.parameters import Parameter, along, direction_text, list_parameters, scaling_direction
from exactrev.network import Network, Neuron, random_rational_network, scale


@pytest.mark.parametrize("widths", [(2, 3, 2), (1, 2, 2, 1), (3, 2, 1, 2, 2), (2, 2)])
def test_the_derivative_is_the_exact_difference_in_each_parameter(widths: tuple[int, ...]) -> None:
    net = random_rational_network(widths, seed=5)
    pattern = net.pattern([Fraction(2, 3)] * widths[0])
    rows = jacobian_rows(net, pattern)
    before = net.affine_map(pattern)
    denominators = [layer.denominator for layer in net.layers for row in layer.rows for _ in row]
    factor = None
    for column, parameter in enumerate(list_parameters(net)):
        after = along(net, {parameter: Fraction(1)}, 1).affine_map(pattern)
        difference = [
            q - p
            for own, moved, b, c in zip(before.W, after.W, before.b, after.b, strict=True)
            for p, q in zip((*own, b), (*moved, c), strict=True)
        ]
        # One factor for all rows and columns; the integer of a parameter is its value times its layer's denominator.
        derivative = [Fraction(row[column]) * denominators[column] for row in rows]
        assert [bool(d) for d in derivative] == [bool(d) for d in difference]
        for d, e in zip(derivative, difference, strict=True):
            if e:
                factor = d / e if factor is None else factor
                assert d == factor * e
    assert factor is not None


@given(st.lists(st.lists(st.integers(-3, 3), min_size=5, max_size=5), max_size=6))
def test_the_nullspace_is_one_and_is_all_of_it(rows: list[list[int]]) -> None:
    basis = find_nullspace(rows, 5)
    assert all(sum(a * b for a, b in zip(row, v, strict=True)) == 0 for row in rows for v in basis)
    rank = flint.fmpz_mat(rows).rank() if rows else 0
    assert len(basis) == 5 - rank
    assert not basis or flint.fmpz_mat([list(v) for v in basis]).rank() == len(basis)


def test_a_nullspace_with_numbers_longer_than_a_prime_is_found() -> None:
    long = 10**60 + 7
    # (x, y, z) with long x + y = 0 and y + (long + 2) z = 0: proportional to (long + 2, -long (long + 2), long).
    (vector,) = find_nullspace([[long, 1, 0], [0, 1, long + 2]], 3)
    assert vector in [(long + 2, -long * (long + 2), long), (-long - 2, long * (long + 2), -long)]


def test_the_velocity_of_scaling_is_in_the_kernel_of_every_pattern() -> None:
    net = random_rational_network((2, 3, 2, 1), seed=1)
    patterns = {net.pattern((Fraction(p, 3), Fraction(q, 2))) for p in range(-9, 9) for q in range(-9, 9)}
    denominators = [layer.denominator for layer in net.layers for row in layer.rows for _ in row]
    assert len(patterns) > 5
    for neuron in net.neurons():
        direction = scaling_direction(net, neuron)
        rates = [direction.get(p, Fraction(0)) * d for p, d in zip(list_parameters(net), denominators, strict=True)]
        for pattern in patterns:
            for row in jacobian_rows(net, pattern):
                assert sum(entry * rate for entry, rate in zip(row, rates, strict=True)) == 0


def test_more_patterns_leave_a_smaller_nullspace_and_known_directions_end_the_search() -> None:
    net = random_rational_network((2, 3, 2, 1), seed=1)
    points = [(Fraction(p, 3), Fraction(q, 2)) for p in range(-9, 9) for q in range(-9, 9)]
    patterns = list(dict.fromkeys(map(net.pattern, points)))
    sizes = [len(parameter_nullspace(net, patterns[:count])) for count in (0, 1, 2, len(patterns))]
    assert sizes[0] == net.parameters
    assert sizes == sorted(sizes, reverse=True)
    assert len(parameter_nullspace(net, patterns)) == sizes[-1] >= sum(net.hidden_widths)


def test_moving_along_the_velocity_of_scaling_is_scaling_in_first_order() -> None:
    net = Network.from_arrays([([[2, -1]], [3]), ([[5], [7]], [1, 2])])
    # Rows are linear in the factor; the weights out are not, so compare the row only.
    assert along(net, scaling_direction(net, Neuron(1, 0)), 1).layers[0] == scale(net, Neuron(1, 0), 2).layers[0]


def test_parameters_and_directions_are_printed_by_layer() -> None:
    assert [str(p) for p in list_parameters(Network.from_arrays([([[1, 2]], [3])]))] == ["W1[0,0]", "W1[0,1]", "b1[0]"]
    direction = {Parameter(2, 1, 0): Fraction(3, 2), Parameter(1, 0, -1): Fraction(-1)}
    assert direction_text(direction) == "-b1[0] + 3/2 W2[1,0]"
    assert direction_text({}) == "0"


@pytest.mark.parametrize("widths", [(2, 3, 2), (1, 2, 2, 1), (2, 4, 3, 1)])
def test_the_lower_bound_of_the_rank_and_the_nullspace_make_up_all_parameters(widths: tuple[int, ...]) -> None:
    for seed in range(4):
        net = random_rational_network(widths, seed)
        complex = regions(net)
        patterns = [complex.pattern(cell) for cell in range(complex.n_regions)]
        rank = net.parameters - len(parameter_nullspace(net, patterns))
        assert rank_at_least(net, patterns, net.parameters - sum(net.hidden_widths)) == rank
        assert rank_at_least(net, patterns[:1], net.parameters) <= rank
