"""Draw pairs of networks that have the same boundaries: docs/opposite_signs.svg, exchanged_pieces.svg, turned_unit.svg.

    python scripts/draw_boundary_sets.py [FOLDER]

In each picture the set of boundaries, which is all that Theorem 2 is given, and the two networks that it may come from:
of the first pair the values, which differ; of the second the boundaries of layer 2, a colour for each neuron. The third
pair is one function, so one picture of either will do: boundaries with a colour for each neuron of layer 2, and values.
"""

from __future__ import annotations

import sys
from pathlib import Path

from exactrev import examples
from exactrev.boundary_sets import BoundarySet
from exactrev.drawing.canvas import new_figure, save_figure, settings
from exactrev.drawing.palette import MUTED
from exactrev.drawing.plane import draw_plane
from exactrev.drawing.scene import read_scene
from exactrev.drawing.unlabelled import draw_pieces
from exactrev.geometry import Box, regions
from exactrev.geometry.boundary_pieces import boundary_set
from exactrev.network import Network
from exactrev.proofs.crossed_boundaries_give_weights_up_to_one_factor import SECTORS

DOCS = Path(__file__).resolve().parents[1] / "docs"
NAMES = ("$x_1$", "$x_2$")


def main(folder: Path) -> None:
    with settings():
        for name, box in (("opposite_signs", Box.cube(2, -2, 5)), ("exchanged_pieces", Box([-4, -3], [4, 5]))):
            figure = new_figure(11.4, 4.2)
            panels = figure.subplots(1, 3)
            pair = [f"{name}_a", f"{name}_b"]
            draw_pieces(panels[0], boundary_set(examples.load(pair[0])), box)
            panels[0].set_title("the set of boundaries", loc="left", color=MUTED)
            for axes, each in zip(panels[1:], pair, strict=True):
                net = examples.load(each)
                if name == "opposite_signs":
                    draw_plane(axes, read_scene(regions(net, box)), "value", NAMES)
                else:
                    pieces = boundary_set(net)
                    draw_pieces(axes, pieces, box, groups_of(net, pieces))
                axes.set_title(each, loc="left", color=MUTED)
            save_figure(figure, folder / f"{name}.svg")
            print(folder / f"{name}.svg")
        figure = new_figure(7.8, 4.2)
        panels = figure.subplots(1, 2)
        box, pieces = Box.cube(2, -30, 30), boundary_set(SECTORS)
        draw_pieces(panels[0], pieces, box, groups_of(SECTORS, pieces))
        panels[0].set_title("boundaries", loc="left", color=MUTED)
        draw_plane(panels[1], read_scene(regions(SECTORS, box)), "value", NAMES)
        panels[1].set_title("values", loc="left", color=MUTED)
        save_figure(figure, folder / "turned_unit.svg")
        print(folder / "turned_unit.svg")


def groups_of(net: Network, pieces: BoundarySet) -> list[int]:
    """0 for pieces of layer 1, and for those of layer 2 one more than the number of the neuron."""
    groups = []
    for piece in pieces.pieces:
        signs = net.sign_vector(piece.interior_point())
        groups.append(signs[1].index(0) + 1 if 0 in signs[1] else 0)
    return groups


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS)
