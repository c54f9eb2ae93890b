"""``exactrev regions``: count, list and export activation regions.

Knows how a region is printed. The regions themselves come from the geometry.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
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
    open_workers,
    raw_option,
    workers_options,
)
from exactrev.cli.certificates import certificates_option, check_folder, write_certificates
from exactrev.cli.printing import (
    described,
    json_box,
    print_json,
    print_lines,
    signs_text,
    title,
    yes,
)
from exactrev.cli.progress import Watch

if TYPE_CHECKING:
    from exactrev.geometry import RegionComplex
    from exactrev.network import Network, Pattern
    from exactrev.parallel import Workers

__all__ = ["regions"]

_BATCH = 40
"""Cells at a time for a worker."""


@click.command()
@network_argument
@box_option
@click.option("--graph", metavar="FILE", help="Write the region graph, as .graphml or node-link .json.")
@click.option(
    "--list",
    "listed",
    is_flag=True,
    help="List all cells: signs of the preactivations, an interior point.",
)
@workers_options
@certificates_option
@raw_option
@as_json
def regions(
    net: str,
    box: list[Point] | None,
    graph: str | None,
    listed: bool,
    count: int | None,
    address: str | None,
    folder: str | None,
    raw: bool,
    as_json: bool,
) -> None:
    """Count, list and export the regions of NET.

    Over all of R^n, or inside a box. A region is a component of the space without all boundaries; a thick cell is an
    open set on which some preactivation vanishes identically. Regions of a box count as bounded if they do not touch
    its sides. In text, a number after ~ is rounded; --json has it in full.
    """
    check_output(graph, (".graphml", ".json"), [net])
    check_folder(folder)
    network = load_network(net, raw)
    from exactrev.geometry import regions as find_regions

    workers = click.get_current_context().with_resource(open_workers(count, address))
    with Watch("regions") as watch:
        complex = find_regions(network, find_box(box, network.n_in), watch, workers=workers)
        seconds = round(watch.seconds, 3)
    if graph is not None:
        from exactrev.cli.region_graphs import write_region_graph

        with Watch("region graph") as watch:
            write_region_graph(complex, graph, watch)
    counts = {
        "regions": complex.n_regions,
        "thick": complex.n_thick,
        "bounded": complex.n_bounded,
        "facets": complex.n_facets,
        "seconds": seconds,
    }
    if as_json:
        record = {"network": described(net, network), "box": json_box(complex.box), **counts}
        print_json(record, **({"cells": _records(complex, workers)} if listed else {}))
    else:
        print_lines([title(net, network, complex.box), *_summary(complex, seconds)])
        if listed:
            print_lines(_lines(complex))
    if folder is not None:
        from exactrev.statements.certified import certified_regions

        write_certificates(folder, certified_regions(complex))


def _summary(complex: RegionComplex, seconds: float) -> Iterator[str]:
    inside = "" if complex.box is None else ", that do not touch the sides of the box"
    yield f"  {complex.n_regions} regions, {complex.n_bounded} of them bounded{inside}"
    if complex.n_thick:
        yield f"  {complex.n_thick} thick cells, on which a preactivation vanishes identically"
    yield f"  {complex.n_facets} facets between them"
    yield f"  {seconds:.3f} seconds"


def _lines(complex: RegionComplex) -> Iterator[str]:
    from exactrev.statements.witnesses import as_text

    digits = max(4, len(str(complex.n_cells)))
    width = max(5, sum(complex.network.hidden_widths) + complex.network.depth - 1)
    yield f"\n{'cell':>{digits}}  {'signs':{width}}  bounded  interior point"
    for cell in range(complex.n_cells):
        signs, bounded = signs_text(complex, cell), yes(complex.is_bounded(cell))
        yield f"{cell:>{digits}}  {signs:{width}}  {bounded:7}  {as_text(complex.interior_point(cell))}"


def _records(complex: RegionComplex, workers: Workers) -> Iterator[dict[str, Any]]:
    from exactrev.statements.witnesses import as_json

    for cell, (weights, bias) in enumerate(_maps(complex, workers)):
        yield {
            "cell": cell,
            "thick": cell >= complex.n_regions,
            "bounded": complex.is_bounded(cell),
            "signs": complex.sign_vector(cell),
            "point": as_json(complex.interior_point(cell)),
            "weights": weights,
            "bias": bias,
        }


def _maps(complex: RegionComplex, workers: Workers) -> Iterator[tuple[Any, Any]]:
    """Weights and bias of every cell, spelt out: most of the time of a listing, so workers share it."""
    starts = range(0, complex.n_cells, _BATCH)
    batches = (range(start, min(start + _BATCH, complex.n_cells)) for start in starts)
    tasks = ((complex.network, [complex.pattern(cell) for cell in batch]) for batch in batches)
    return chain.from_iterable(workers.run_in_order(_spell_maps, tasks))


def _spell_maps(task: tuple[Network, list[Pattern]]) -> list[tuple[Any, Any]]:
    from exactrev.statements.witnesses import as_json

    network, patterns = task
    return [(as_json(map.W), as_json(map.b)) for map in (network.affine_map(pattern) for pattern in patterns)]
