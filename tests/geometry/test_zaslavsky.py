"""One generic hidden layer is a generic arrangement of hyperplanes, and its regions are counted by a formula."""

from __future__ import annotations

import pytest
from oracles import zaslavsky
from oracles.networks import he_network
from oracles.zaslavsky import zaslavsky_bounded

from exactrev.geometry import regions


@pytest.mark.parametrize(
    ("n", "m"),
    [(1, 1), (1, 7), (1, 40), (2, 1), (2, 2), (2, 3), (2, 10), (2, 40), (3, 2), (3, 4), (3, 12), (4, 4), (4, 9),
     (5, 3), (5, 7), (6, 8)],
)  # fmt: skip
def test_a_generic_layer_has_the_number_of_regions_of_zaslavsky(n: int, m: int) -> None:
    for seed in range(3):
        found = regions(he_network(100 * seed + 10 * n + m, n, m, 1))
        assert (found.n_regions, found.n_thick) == (zaslavsky(n, m), 0)
        assert found.n_bounded == zaslavsky_bounded(n, m)
        # A facet is a region of the arrangement that the others cut out of one of the hyperplanes.
        assert found.n_facets == m * zaslavsky(n - 1, m - 1)
