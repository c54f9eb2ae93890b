"""Bundled networks, each with what is known to be true of it. Knows names, files and facts; computes nothing.

The facts are checked by the tests against the geometry and against brute force. ``scripts/train_examples.py`` makes
the files.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import as_file, files
from types import MappingProxyType

from exactrev.errors import BadInput
from exactrev.network import Network, Neuron
from exactrev.network import load as load_file

__all__ = ["BoundaryFacts", "Example", "describe", "example", "load", "names"]


@dataclass(frozen=True, slots=True)
class BoundaryFacts:
    """What is true of one boundary: its pieces, connected components and bends, and whether it is bounded."""

    n_pieces: int
    n_components: int
    is_bounded: bool
    n_bends: int


@dataclass(frozen=True, slots=True)
class Example:
    """A bundled network: one sentence about it, and what is true of it over all of R^n.

    `linear_regions` says whether the Linear Regions Assumption holds (no two regions that share a facet have the same
    affine map). `boundaries` has the facts about the neurons that the example is for.
    """

    name: str
    description: str
    architecture: str
    n_regions: int
    n_bounded: int
    linear_regions: bool
    boundaries: MappingProxyType[Neuron, BoundaryFacts]


def names() -> tuple[str, ...]:
    """The names of the bundled networks, in the order in which to look at them.

    >>> names()[0]
    'figure1'
    """
    return tuple(_EXAMPLES)


def example(name: str) -> Example:
    """The description and the facts. Raises `BadInput` if there is no network of this name."""
    if name not in _EXAMPLES:
        raise BadInput(name, "", "no such example", f"one of {', '.join(_EXAMPLES)}")
    return _EXAMPLES[name]


def describe(name: str) -> str:
    """One sentence about the network. Raises `BadInput` if there is no network of this name.

    >>> describe("bounded_boundary")
    'N = ReLU(|x| + |y| - 1), 2-4-1-1: the boundary in layer 2 is a bounded square with a bend on every half-axis.'
    """
    return example(name).description


def load(name: str) -> Network:
    """The network. Raises `BadInput` if there is none of this name.

    >>> load("bounded_boundary")((2, -1)) == (2,)
    True
    """
    with as_file(files(__name__) / "data" / f"{example(name).name}.json") as path:
        return load_file(path)


def _catalogue(*examples: Example) -> dict[str, Example]:
    return {example.name: example for example in examples}


def _facts(**boundaries: BoundaryFacts) -> MappingProxyType[Neuron, BoundaryFacts]:
    """Facts by neuron: ``z2_0`` stands for z[2,0]."""
    by_neuron = {}
    for name, facts in boundaries.items():
        layer, index = map(int, name.removeprefix("z").split("_"))
        by_neuron[Neuron(layer, index)] = facts
    return MappingProxyType(by_neuron)


_NOWHERE = BoundaryFacts(n_pieces=0, n_components=0, is_bounded=True, n_bends=0)
_LINE_OF_THREE = BoundaryFacts(n_pieces=3, n_components=1, is_bounded=False, n_bends=0)
_CORNER = BoundaryFacts(n_pieces=3, n_components=1, is_bounded=False, n_bends=2)
_TWO_PARTS = BoundaryFacts(n_pieces=12, n_components=2, is_bounded=False, n_bends=8)

_EXAMPLES = _catalogue(
    Example(
        "figure1",
        "A 2-5-5-1 network as in Figure 1 of the paper: He initialisation, all boundaries of layer 2 bend.",
        architecture="2-5-5-1",
        n_regions=71,
        n_bounded=51,
        linear_regions=True,
        boundaries=_facts(
            z2_0=BoundaryFacts(14, 1, is_bounded=False, n_bends=7),
            z2_1=BoundaryFacts(14, 1, is_bounded=False, n_bends=7),
            z2_2=BoundaryFacts(16, 1, is_bounded=False, n_bends=7),
            z2_3=BoundaryFacts(14, 1, is_bounded=False, n_bends=7),
            z2_4=BoundaryFacts(12, 1, is_bounded=False, n_bends=7),
        ),
    ),
    Example(
        "classifier2d",
        "A trained 2-8-8-3 classifier: the logits of three cultivars of wine, from alcohol and flavanoids.",
        architecture="2-8-8-3",
        n_regions=118,
        n_bounded=84,
        linear_regions=False,
        boundaries=_facts(z2_3=BoundaryFacts(17, 2, is_bounded=False, n_bends=7)),
    ),
    Example(
        "regressor3d",
        "A trained 3-8-8-1 regressor: progression of diabetes, from body mass index, blood pressure and triglycerides.",
        architecture="3-8-8-1",
        n_regions=739,
        n_bounded=487,
        linear_regions=False,
        boundaries=_facts(z2_0=BoundaryFacts(119, 1, is_bounded=False, n_bends=102)),
    ),
    Example(
        "dead_layer",
        "A 2-3-2-1 network whose second layer is never active: N = 1 everywhere, though there are seven regions.",
        architecture="2-3-2-1",
        n_regions=7,
        n_bounded=1,
        linear_regions=False,
        boundaries=_facts(z1_2=_LINE_OF_THREE, z2_0=_NOWHERE, z2_1=_NOWHERE),
    ),
    Example(
        "parallel_coincident",
        "A 2-5-2-1 network in which lines are parallel, coincide within a layer, and coincide across layers.",
        architecture="2-5-2-1",
        n_regions=10,
        n_bounded=2,
        linear_regions=False,
        boundaries=_facts(
            z1_0=_LINE_OF_THREE,
            z1_1=_LINE_OF_THREE,
            z2_0=_LINE_OF_THREE,
            z1_2=_LINE_OF_THREE,
            z1_3=_LINE_OF_THREE,
            z2_1=BoundaryFacts(4, 1, is_bounded=False, n_bends=1),
        ),
    ),
    Example(
        "bounded_boundary",
        "N = ReLU(|x| + |y| - 1), 2-4-1-1: the boundary in layer 2 is a bounded square with a bend on every half-axis.",
        architecture="2-4-1-1",
        n_regions=8,
        n_bounded=4,
        linear_regions=False,
        boundaries=_facts(z2_0=BoundaryFacts(4, 1, is_bounded=True, n_bends=4)),
    ),
    Example(
        "disconnected_boundary",
        "N = ReLU(1 - ||x| - 3| - |y|), 2-6-1-1: the boundary in layer 2 is two squares, around (-3, 0) and (3, 0).",
        architecture="2-6-1-1",
        n_regions=16,
        n_bounded=8,
        linear_regions=False,
        boundaries=_facts(z2_0=BoundaryFacts(8, 2, is_bounded=True, n_bends=8)),
    ),
    Example(
        "unseen_neuron",
        "ReLU(ReLU(x) + 1), 1-1-1-1: layer 2 is always on, and the set of boundaries is that of ReLU(x) alone.",
        architecture="1-1-1-1",
        n_regions=2,
        n_bounded=0,
        linear_regions=True,
        boundaries=_facts(z1_0=BoundaryFacts(1, 1, is_bounded=True, n_bends=0), z2_0=_NOWHERE),
    ),
    Example(
        "opposite_signs_a",
        "Three corners, one inside the other, 2-2-3-1: the same set of boundaries as opposite_signs_b has.",
        architecture="2-2-3-1",
        n_regions=13,
        n_bounded=3,
        linear_regions=True,
        boundaries=_facts(z2_0=_CORNER, z2_1=_CORNER, z2_2=_CORNER),
    ),
    Example(
        "opposite_signs_b",
        "The last neuron of layer 2 is turned round, 2-2-3-1: the same set of boundaries as opposite_signs_a has.",
        architecture="2-2-3-1",
        n_regions=13,
        n_bounded=3,
        linear_regions=True,
        boundaries=_facts(z2_0=_CORNER, z2_1=_CORNER, z2_2=_CORNER),
    ),
    Example(
        "exchanged_pieces_a",
        "Two boundaries of layer 2 with a part on either side, 2-6-3-1: the same set of boundaries as "
        "exchanged_pieces_b has.",
        architecture="2-6-3-1",
        n_regions=55,
        n_bounded=33,
        linear_regions=True,
        boundaries=_facts(z2_0=_TWO_PARTS, z2_1=_TWO_PARTS),
    ),
    Example(
        "exchanged_pieces_b",
        "The parts on the left belong to the other neuron, 2-6-3-1: the same set of boundaries as exchanged_pieces_a "
        "has.",
        architecture="2-6-3-1",
        n_regions=55,
        n_bounded=33,
        linear_regions=True,
        boundaries=_facts(z2_0=_TWO_PARTS, z2_1=_TWO_PARTS),
    ),
    Example(
        "reflected",
        "ReLU(1 - ReLU(x)) = 1 - ReLU(1 - ReLU(1 - x)), 1-1-1-1: unique near by, and a second network far away.",
        architecture="1-1-1-1",
        n_regions=3,
        n_bounded=1,
        linear_regions=True,
        boundaries=_facts(
            z1_0=BoundaryFacts(1, 1, is_bounded=True, n_bends=0), z2_0=BoundaryFacts(1, 1, is_bounded=True, n_bends=0)
        ),
    ),
    Example(
        "fifth_case",
        "The boundary of layer 2 has a part on either side of the line x = 0, 2-3-1-1: they do not meet, in no case of "
        "the paper's.",
        architecture="2-3-1-1",
        n_regions=10,
        n_bounded=0,
        linear_regions=False,
        boundaries=_facts(
            z1_0=BoundaryFacts(2, 1, is_bounded=False, n_bends=0), z2_0=BoundaryFacts(4, 2, is_bounded=False, n_bends=2)
        ),
    ),
)
