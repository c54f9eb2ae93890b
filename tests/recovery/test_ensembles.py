"""Rows from several breakpoints at once: few inputs, where no single cell shows a row."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from exactrev.network import he_network
from exactrev.recovery import ensembles
from exactrev.recovery.ensembles import find_equations, find_supported_rows
from exactrev.recovery.known import KnownLayers
from exactrev.recovery.lines import points_on_line
from exactrev.recovery.probe import Probe
from exactrev.recovery.sightings import Sightings


def equations_of(net, layer, n_lines, seed=1):
    """The equations at all breakpoints of layers from this one on, and the neuron of this layer that each is of, or
    None."""
    probe = Probe(net, net.n_in, "packed", seed=0)
    sightings = Sightings(probe)
    rng = random.Random(seed)
    for _ in range(n_lines):
        origin = tuple(Fraction(round(rng.gauss(0, 1) * 2**16), 2**16) for _ in range(net.n_in))
        direction = tuple(Fraction(rng.randint(-4096, 4096)) for _ in range(net.n_in))
        sightings.add(points_on_line(probe, origin, direction, -(2**30), 2**30))
    known = KnownLayers(net.layers[: layer - 1])
    found = []
    for sighting in sightings.all():
        signs = net.sign_vector(sighting.point)
        zeros = [neuron for neuron in net.neurons() if not signs[neuron.layer - 1][neuron.index]]
        form = sightings.form(sighting)
        if form is not None and zeros and zeros[0].layer >= layer:
            owner = zeros[0].index if zeros[0].layer == layer else None
            found.append((find_equations(known, sighting, form), owner))
    return found


def is_row_of(row, layer, z):
    return all(w is None or w * layer.b[z] == true for w, true in zip(row.weights, layer.W[z], strict=True))


def test_equations_vanish_on_the_row_of_the_neuron_and_its_factor_does_not():
    net = he_network((3, 5, 4, 1), 2, "float32")
    checked = 0
    for equations, owner in equations_of(net, 2, 4):
        if owner is not None:
            row = (*net.layers[1].W[owner], net.layers[1].b[owner])
            assert all(sum(c * w for c, w in zip(each, row, strict=True)) == 0 for each in equations.rows)
            assert sum(c * w for c, w in zip(equations.form, row, strict=True)) != 0
            checked += 1
    assert checked > 10


@pytest.mark.parametrize(
    ("widths", "seed", "layer", "n_lines", "least"),
    [
        ((2, 5, 5, 1), 0, 2, 14, 3),
        ((2, 5, 5, 5, 1), 1, 2, 14, 2),
        ((4, 5, 5, 1), 3, 2, 8, 3),
        ((3, 6, 6, 6, 1), 1, 3, 10, 3),
    ],
)
def test_rows_are_found_where_no_single_cell_shows_them_and_most_are_right(widths, seed, layer, n_lines, least):
    net = he_network(widths, seed, "float32")
    rows = find_supported_rows([equations for equations, _ in equations_of(net, layer, n_lines)])
    right = [row for row in rows if any(is_row_of(row, net.layers[layer - 1], z) for z in range(widths[layer]))]
    assert len(right) >= least
    assert 2 * len(right) > len(rows)


def test_breakpoints_of_one_neuron_give_its_row_and_no_other():
    net = he_network((2, 5, 5, 1), 0, "float32")
    mine = [equations for equations, owner in equations_of(net, 2, 14) if owner == 2]
    [row] = find_supported_rows(mine)
    assert is_row_of(row, net.layers[1], 2)


def test_one_breakpoint_alone_decides_nothing():
    # Two breakpoints in neighbouring cells share equations, so that with them any third one determines some row.
    net = he_network((2, 5, 5, 1), 0, "float32")
    everything = equations_of(net, 2, 14)
    mine, others = [e for e, owner in everything if owner == 2], [e for e, owner in everything if owner != 2]
    for other in others[:10]:
        for row in find_supported_rows([*mine[:4], other]):
            assert is_row_of(row, net.layers[1], 2)


def test_too_few_breakpoints_and_equal_ones_give_no_row():
    net = he_network((2, 5, 5, 1), 0, "float32")
    mine = [equations for equations, owner in equations_of(net, 2, 14) if owner == 2]
    assert find_supported_rows([]) == []
    assert find_supported_rows(mine[:4]) == []
    assert find_supported_rows([mine[0]] * 9) == []


def test_random_sets_are_drawn_where_there_are_too_many(monkeypatch):
    net = he_network((2, 5, 5, 1), 0, "float32")
    everything = [equations for equations, _ in equations_of(net, 2, 14)]
    monkeypatch.setattr(ensembles, "MOST_SETS", 3000)
    rows = find_supported_rows(everything, seed=1)
    assert [row.weights for row in rows] == [row.weights for row in find_supported_rows(everything, seed=1)]
    assert any(is_row_of(row, net.layers[1], 2) for row in rows)


def test_the_only_solutions_of_systems_modulo_the_prime():
    rng = np.random.default_rng(0)
    systems = rng.integers(0, 5, (200, 4, 4)).astype(np.int64)
    systems[::2, 3] = (systems[::2, 0] + 2 * systems[::2, 1]) % ensembles._PRIME  # a row that follows from others
    systems[::5, :, 1] = 0
    vectors = ensembles._only_solutions(systems.copy())
    solved = 0
    for system in systems:
        live = [k for k in range(4) if system[:, k].any()]
        rank = np.linalg.matrix_rank(system.astype(float))
        if rank == len(live) - 1:
            vector = vectors[solved]
            assert vector.any()
            assert not ((system * vector % ensembles._PRIME).sum(axis=1) % ensembles._PRIME).any()
            assert all(vector[k] == 0 for k in range(4) if k not in live)
            solved += 1
    assert solved == len(vectors) > 50
