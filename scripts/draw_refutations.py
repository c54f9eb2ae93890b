"""Draw the networks that contradict claims of the paper, for docs/audit.md: docs/claim_ID.svg, one for each story.

    python scripts/draw_refutations.py [FOLDER]

The networks are those on which `exactrev audit` runs its evidence. A network over three inputs is drawn on a plane.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from exactrev.audit.rows import algorithms, definitions, further, induction, theorems
from exactrev.drawing import plot
from exactrev.drawing.pictures import Colouring, Plane
from exactrev.geometry import Box
from exactrev.network import Network

DOCS = Path(__file__).resolve().parents[1] / "docs"


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn for a claim, in which window, with which title."""

    net: Network
    box: Box
    title: str
    plane: Plane | None = None
    colour: Colouring = "neighbours"


HALVED = Network.from_arrays([([[2], [-1]], [0, 0]), ([["1/2", "1/2"]], [0])])
"""ReLU(x) + ReLU(-x), its first neuron scaled by 2 and both weights out of the layer divided by 2, as printed."""

PICTURES = {
    "D1": Picture(definitions.SHIFTED, Box([-2], [4]), "ReLU(x - 1): the kink is at 1"),
    "I2": Picture(HALVED, Box([-3], [3]), "|x| after scaling as printed"),
    "R3": Picture(definitions.NOWHERE, Box.cube(2, -3, 3), "-a1 - a2 - 1 is never 0"),
    "T1c": Picture(
        theorems.TWO_BENDS, Box.cube(2, -2, 2), "layer 2: both boundaries bend at 0", ((0, 0, 0), (1, 0, 0), (0, 1, 2))
    ),
    "T3a": Picture(induction.CORNER, Box.cube(2, -2, 3), "a1 + a2 - 1: gradients (1, 0), (1, 1), (0, 1)"),
    "T3h": Picture(induction.LAYER_3_LOOKS_LIKE_2, Box([-4, -4], [16, 14]), "a part of layer 3 bends at layer 1 only"),
    "A1": Picture(algorithms.FOUR_KINKS, Box([-2], [3]), "ReLU(1 - ReLU(x) - ReLU(1/2 - x))"),
    "A2": Picture(algorithms.ONE_LINE, Box.cube(2, -2, 3), "two lines, one neuron in layer 1"),
    "O3": Picture(further.MAXIMUM, Box.cube(2, -2, 3), "max(a1, a2) as a ReLU network", colour="gradient"),
}


def main(folder: Path) -> None:
    for claim, picture in PICTURES.items():
        path = folder / f"claim_{claim.lower()}.svg"
        plot(picture.net, path, picture.box, picture.plane, picture.colour, picture.title)
        print(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS)
