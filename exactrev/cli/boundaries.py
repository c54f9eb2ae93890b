"""``exactrev boundaries``: describe and export the boundary of every neuron.

Knows how a boundary is printed. Pieces, ridges and bends come from the geometry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from exactrev.cli.arguments import (
    Point,
    as_json,
    box_option,
    check_output,
    find_box,
    load_network,
    network_argument,
    neuron_option,
    raw_option,
)
from exactrev.cli.certificates import certificates_option, check_folder, write_certificates
from exactrev.cli.printing import (
    described,
    json_box,
    print_json,
    print_lines,
    print_table,
    stream_json,
    title,
    yes,
)
from exactrev.cli.progress import Watch

if TYPE_CHECKING:
    from exactrev.geometry import Boundaries, Boundary, RegionComplex

__all__ = ["boundaries"]


@click.command()
@network_argument
@neuron_option
@box_option
@click.option("-o", "--output", metavar="FILE.json", help="Write all pieces and ridges, with exact points on them.")
@certificates_option
@raw_option
@as_json
def boundaries(
    net: str,
    neuron: tuple[int, int] | None,
    box: list[Point] | None,
    output: str | None,
    folder: str | None,
    raw: bool,
    as_json: bool,
) -> None:
    """Describe and export the boundaries of NET.

    The boundary of a hidden neuron z is B[z] = {x : z(x) = 0}. A piece is a facet on which z vanishes, a ridge is
    where another boundary crosses, and B[z] bends at a ridge if the pieces around it do not lie in one hyperplane.
    """
    check_output(output, (".json",), [net])
    check_folder(folder)
    if folder is not None and box is not None:
        raise click.UsageError("--certificates of boundaries are about all of space, not about a --box.")
    network = load_network(net, raw)
    from exactrev.geometry import boundaries as find_boundaries
    from exactrev.geometry import regions
    from exactrev.network import Neuron

    wanted = None if neuron is None else network.require_neuron(Neuron(*neuron))

    with Watch("regions") as watch:
        found = find_boundaries(regions(network, find_box(box, network.n_in), watch))
    chosen = list(found) if wanted is None else [found.of(wanted)]
    head = {"network": described(net, network), "box": json_box(found.complex.box)}
    if output is not None:
        from exactrev.network.files.disk import write_atomically

        with Watch("pieces and ridges") as watch:
            text = stream_json(head, **_places(found, chosen, watch))
            write_atomically(output, (line.encode("ascii") for line in text))
    if as_json:
        print_json(head, boundaries=(_record(found, boundary) for boundary in chosen))
    else:
        print_lines([title(net, network, found.complex.box), ""])
        columns = ("neuron", "pieces", "components", "bounded", "ridges", "bends", "")
        print_table(columns, map(_row, chosen), right=("pieces", "components", "ridges", "bends"))
    if folder is not None:
        from exactrev.statements.certified import certified_boundaries

        write_certificates(folder, certified_boundaries(found, chosen))


def _row(boundary: Boundary) -> tuple[str, ...]:
    numbers = (boundary.n_pieces, boundary.n_components)
    crossings = (boundary.n_ridges, boundary.n_bends)
    return (
        str(boundary.neuron),
        *map(str, numbers),
        "" if boundary.is_empty else yes(boundary.is_bounded),
        *map(str, crossings),
        _remark(boundary),
    )


def _remark(boundary: Boundary) -> str:
    if boundary.is_empty:
        return "empty"
    remarks = []
    if boundary.has_interior:
        remarks.append(f"interior: {len(boundary.thick_cells)} thick cells")
    if boundary.n_isolated:
        remarks.append("touches zero without changing sign")
    return "; ".join(remarks)


def _record(found: Boundaries, boundary: Boundary) -> dict[str, Any]:
    from exactrev.geometry.homology import betti_numbers

    return {
        "neuron": str(boundary.neuron),
        "pieces": boundary.n_pieces,
        "components": boundary.n_components,
        "bounded": boundary.is_bounded,
        "betti": betti_numbers(found, boundary.neuron) if boundary.is_bounded else None,
        "ridges": boundary.n_ridges,
        "bends": boundary.n_bends,
        "empty": boundary.is_empty,
        "interior": boundary.has_interior,
        "thick": len(boundary.thick_cells),
        "isolated": boundary.n_isolated,
    }


def _places(found: Boundaries, chosen: list[Boundary], watch: Watch) -> dict[str, Iterator[dict[str, Any]]]:
    """The lists of an export: every chosen boundary by the numbers of its pieces and ridges, and each of these once."""
    facets = sorted({facet for boundary in chosen for facet in boundary.pieces.tolist()})
    ridges = sorted({crossing.ridge for boundary in chosen for crossing in boundary.ridges})
    total = len(facets) + len(ridges)
    return {
        "boundaries": (
            {
                "neuron": str(boundary.neuron),
                "thick_cells": boundary.thick_cells.tolist(),
                "pieces": boundary.pieces.tolist(),
                "ridges": [{"ridge": crossing.ridge, "bends": crossing.bends} for crossing in boundary.ridges],
            }
            for boundary in chosen
        ),
        "pieces": _pieces(found.complex, facets, lambda done: watch(done, total)),
        "ridges": _ridges(found, ridges, lambda done: watch(len(facets) + done, total)),
    }


def _pieces(complex: RegionComplex, facets: list[int], tell: Callable[[int], None]) -> Iterator[dict[str, Any]]:
    from exactrev.statements.witnesses import as_json

    for done, facet in enumerate(facets, start=1):
        yield {
            "piece": facet,
            "neurons": [str(neuron) for neuron in complex.facet_neurons(facet)],
            "cells": complex.facet_cells[facet].tolist(),
            "normal": as_json(complex.facet_normal(facet)),
            "point": as_json(complex.facet_point(facet)),
        }
        tell(done)


def _ridges(found: Boundaries, ridges: list[int], tell: Callable[[int], None]) -> Iterator[dict[str, Any]]:
    from exactrev.statements.witnesses import as_json

    for done, ridge in enumerate(ridges, start=1):
        neurons = [str(neuron) for neuron in found.ridge_neurons(ridge)]
        yield {"ridge": ridge, "neurons": neurons, "point": as_json(found.ridge_point(ridge))}
        tell(done)
