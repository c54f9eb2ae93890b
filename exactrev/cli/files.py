"""``exactrev plot``, ``exactrev examples`` and ``exactrev convert``: pictures, bundled networks, file formats.

Knows how to ask for them. Drawing, examples and formats have homes of their own.
"""

from __future__ import annotations

from typing import Literal

import click

from exactrev.cli.arguments import (
    Plane,
    Point,
    as_json,
    box_option,
    check_output,
    find_box,
    load_network,
    network_argument,
    plane_option,
    raw_option,
)
from exactrev.cli.printing import described, print_json, print_lines, print_table, title
from exactrev.cli.progress import Watch

__all__ = ["convert", "examples", "plot"]


@click.command()
@network_argument
@click.option("-o", "--output", required=True, metavar="FILE", help="The picture to write: .svg, .png or .pdf.")
@box_option
@plane_option
@click.option(
    "--colour",
    type=click.Choice(["neighbours", "gradient", "value", "none"]),
    help="What the colours of regions show; neighbours unless given.",
)
@click.option("--surface", is_flag=True, help="Draw the architecture and the graph of N as well, as in Figure 1.")
@raw_option
@as_json
def plot(
    net: str,
    output: str,
    box: list[Point] | None,
    plane: Plane | None,
    colour: Literal["neighbours", "gradient", "value", "none"] | None,
    surface: bool,
    raw: bool,
    as_json: bool,
) -> None:
    """Draw the regions and boundaries of NET.

    Boundaries have the colour of their layer. A network with more than two inputs is drawn on a plane: ORIGIN, DIR1 and
    DIR2 are vectors, for example --plane "0,0,0;1,0,0;0,1/2,1"; --box is then in the coordinates of the plane.
    """
    if surface and colour is not None:
        raise click.UsageError("--surface colours regions by the value of N: it takes no --colour.")
    check_output(output, (".svg", ".png", ".pdf"), [net])
    network = load_network(net, raw)
    window = find_box(box, network.n_in if plane is None else len(plane[1]))
    from exactrev import drawing

    slice = None if plane is None else (plane[0], *plane[1])
    with Watch("regions") as watch:
        if surface:
            drawing.plot_graph(network, output, window, slice, progress=watch)
        else:
            drawing.plot(network, output, window, slice, colour or "neighbours", progress=watch)
    if as_json:
        print_json({"network": described(net, network), "written": output})
    else:
        print_lines([f"{output}: {net}, {network.architecture}"])


@click.command()
@click.argument("name", required=False)
@as_json
def examples(name: str | None, as_json: bool) -> None:
    """List the bundled networks, or describe one.

    Every command takes the name in place of a file; "exactrev convert NAME FILE.json" makes it a file.
    """
    from exactrev import examples as bundled

    records = []
    for each in bundled.names() if name is None else (bundled.example(name).name,):
        net = bundled.load(each)
        records.append({**described(each, net), "description": bundled.describe(each)})
    if as_json:
        print_json({"examples": records})
    elif name is None:
        rows = [(record["name"], record["architecture"], record["description"]) for record in records]
        print_table(("name", "widths", "what it is"), rows)
    else:
        print_lines([title(name, bundled.load(name)), bundled.describe(name)])


@click.command()
@click.argument("source", metavar="A")
@click.argument("target", metavar="B")
@raw_option
@as_json
def convert(source: str, target: str, raw: bool, as_json: bool) -> None:
    """Write the network A to the file B.

    A is a file or a bundled example, B a .json, .npz or .onnx file. The numbers stay exactly the same, or the
    conversion is refused: .npz and .onnx hold binary floats only.
    """
    from exactrev.network.files import WRITABLE, save

    check_output(target, WRITABLE, [source])
    net = load_network(source, raw)
    save(net, target)
    if as_json:
        print_json({"network": described(source, net), "written": target})
        return
    reading = f"; read as: {net.provenance.reading}" if net.provenance is not None else ""
    print_lines([f"{target}: {net.architecture}, {net.parameters} parameters{reading}"])
