"""I3, §3.1: two consecutive hidden layers of width 1 always leave a second network.

Claim. Let two consecutive hidden layers have width 1: z, which is not constant, and z' = v ReLU(z) + b'. There is a
network of the same architecture with the same function that no permutation and scaling makes of the first. Whatever the
depth, the other widths, and the numbers of inputs and outputs.

Proof, and what is checked. Scaling z and z' (I2) makes v and b' each -1, 0 or 1. What comes before enters as the number
z, what comes after as numbers times ReLU(z') plus biases. So nine functions of one variable stand for all networks, and
the nine networks x -> ReLU(v ReLU(x) + b') are compared with second ones, exactly, by regions. The second networks:

- v = 0: nobody listens to z; its bias rises.
- v > 0 >= b': z' is positive only where z is; the bias of z rises, that of z' falls.
- v > 0, b' > 0: z' is always positive; its bias is exchanged with the next ones.
- v < 0, b' <= 0: z' is never positive; its bias falls.
- v < 0 < b': z is replaced by b'/|v| - z. This is the one case in which the first network is unique near by.

Not isomorphic: what is below z stays, so an isomorphism can permute z's inputs only, and has to scale z by 1 where z's
weights stay. Then z's bias changes, or, where v stays, b' does: z' would be scaled by 1 as well. In the last case z's
weights change sign. That too is checked, and that the constructions stay right inside larger networks, for some.

Not decided here: which architectures have networks without further isomorphisms; `decide_unique` proves it for some.

Printed: "there exist ReLU networks of every architecture for which all isomorphisms are given by" permutation and
scaling, citing Phuong & Lampert. Their theorem is about non-increasing widths of 2 at least; for the architectures
above the sentence is refuted.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

from exactrev.equivalence import decide_equal
from exactrev.identifiability.second_networks import SecondNetwork, find_narrow
from exactrev.network import AffineMap, Network, is_isomorphic
from exactrev.statements.claim import Claim
from exactrev.verdict import Outcome, Verdict

__all__ = ["CLAIMS", "check_narrow", "decide_two_narrow_layers_leave_a_second_network"]

Construction = Callable[[Network], list[SecondNetwork]]


def decide_two_narrow_layers_leave_a_second_network() -> Verdict:
    """I3: the nine sign cases, and some larger networks around them."""
    return check_narrow(find_narrow)


def check_narrow(construct: Construction) -> Verdict:
    """Whether a construction gives an equal network that is not isomorphic, in every case."""
    cases = 0
    for v, b in product((-1, 0, 1), repeat=2):
        for net in (_scalar(v, b), *_around(v, b)):
            found = construct(net)
            if not found:
                witness: dict[str, Any] = {"case": (v, b), "widths": net.widths}
                return Verdict(Outcome.FAILS, "no second network was constructed", witness)
            for second in found:
                comparison = decide_equal(net, second.network)
                if comparison.outcome is not Outcome.HOLDS or second.network.widths != net.widths:
                    witness = {"case": (v, b), "layers": list(net.layers), "second": list(second.network.layers)}
                    return Verdict(Outcome.FAILS, "a second network has another function", witness)
                if is_isomorphic(net, second.network):
                    witness = {"case": (v, b), "layers": list(net.layers)}
                    return Verdict(Outcome.FAILS, "a second network is isomorphic to the first", witness)
                cases += 1
    example = _scalar(-1, 1)
    other = construct(example)[0].network
    return Verdict(
        Outcome.HOLDS,
        f"in each of the 9 cases of signs the second network is equal and not isomorphic; {cases} networks compared",
        {"first": list(example.layers), "second": list(other.layers)},
    )


def _scalar(v: int, b: int) -> Network:
    return Network.from_arrays([([[1]], [0]), ([[v]], [b]), ([[1]], [0])])


def _around(v: int, b: int) -> list[Network]:
    """The case as it stands in larger networks: more inputs and outputs, layers before and after."""
    narrow = AffineMap.from_fractions([[Fraction(3 * v, 2), Fraction(5 * b)]])
    z = AffineMap.from_arrays([[2, -3]], [1])
    wide = AffineMap.from_arrays([[1, 2], [-1, 1]], [0, 3])
    two = AffineMap.from_arrays([[2], [-7]], [1, 4])
    return [
        Network((z, narrow, two)),
        Network((wide, z, narrow, AffineMap.from_arrays([[3]], [-1]))),
        Network((z, narrow, two, AffineMap.from_arrays([[1, 1]], [0]))),
    ]


CLAIMS = (
    Claim(
        label="two_narrow_layers_leave_a_second_network",
        paper="I3",
        where="§3.1",
        claim="Every network with two consecutive hidden layers of width 1, the first not constant, has an equal one "
        "of the same architecture that is not isomorphic to it.",
        decide=decide_two_narrow_layers_leave_a_second_network,
        printed="Refuted for these architectures: the paper says that networks of every architecture exist whose only "
        "isomorphisms are permutation and scaling.",
    ),
)
