"""Is a network the only one with its function: to first order, near by, and anywhere?

Knows which neurons are active together, and the patterns of regions; does not know how these were found. Answers are
those of `identifiability`, with less work, since a survey asks for no reasons and for no bases:

- *full rank*. The functional dimension is at most parameters minus hidden neurons. It is less where a field of
  `structure` is more than scalings; it is not less where the rank over some regions is that large already. Otherwise
  the rank over all regions decides.
- *near by*. Of full rank, a network is unique near by. It is not where something can be moved, by however little: a
  weight out of a neuron that is never active; the weight from z to z' where z > 0 excludes z' > 0, downwards (z' is
  lower where z is positive, and the same elsewhere); the bias of a neuron that is always active, upwards, against the
  next biases. Else families of equal networks are looked for: weights that compensate each other, and biases.
- *anywhere*. Second networks of known kinds, or a lemma that there is none: those of `uniqueness`, and one for one
  hidden layer. Mostly this stays undecided.

**One hidden layer.** Let the hyperplanes u_i = 0 be different ones, no c_i (weights out) be 0, and no sum of c_i grad
u_i over a non-empty set be 0. Then every M of this architecture with M = N is isomorphic to N. *Proof.* N has kinks on
each of the hyperplanes, so they are M's, one for each neuron; after scaling and permuting, M's preactivations are e_i
u_i, e_i = 1 or -1. The jump of the gradient at u_i = 0 is c_i grad u_i whatever e_i is, so M's weights out are c_i.
N - M is the sum of c_i u_i over all i with e_i = -1, up to a constant; so there is no such i.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrev.errors import BudgetSpent
from exactrev.geometry import RegionComplex
from exactrev.identifiability import Family, Pairs, bias_family, find_second_networks, functional_dimension
from exactrev.identifiability.dimension import span_dimension
from exactrev.identifiability.families import shared_weights
from exactrev.identifiability.jacobian import rank_at_least
from exactrev.identifiability.parameters import Direction, Parameter, along, scaling_direction
from exactrev.identifiability.second_networks import negatable_sets
from exactrev.identifiability.structure import Relations, list_fields
from exactrev.identifiability.uniqueness import MOST_NEURONS, is_unique_by_one_last_neuron, is_unique_by_two_and_two
from exactrev.network import Network, Pattern, is_isomorphic
from exactrev.search import with_weight
from exactrev.surveys.clock import Clock
from exactrev.surveys.linear_regions import are_different_hyperplanes
from exactrev.surveys.questions import Answer

__all__ = ["Known", "answer_symmetries"]

STEP = Fraction(1, 2)  # by which what can be moved is moved, to see that no isomorphism does as much


@dataclass(frozen=True, slots=True)
class Known:
    """What the answers rest on.

    `relations` hold on all of R^n; there may be more of them where `complex` is None. `patterns` are those of regions,
    all of them if there is a complex. `find_pairs` gives the pairs of connected neurons, for families.
    """

    net: Network
    relations: Relations
    patterns: Sequence[Pattern]
    complex: RegionComplex | None
    find_pairs: Callable[[], Pairs]


def answer_symmetries(known: Known, clock: Clock) -> dict[str, Answer]:
    """The answers to dimension, unique_nearby and more."""
    fields = list_fields(known.net, known.relations)
    dimension = clock.ask(lambda: _has_full_rank(known, fields))
    unique = clock.ask(lambda: _is_unique_nearby(known, fields, dimension, clock))
    more = Answer.YES if unique is Answer.NO else clock.ask(lambda: _has_more(known, unique is Answer.YES))
    return {"dimension": dimension, "unique_nearby": unique, "more": more}


def _has_full_rank(known: Known, fields: list[Direction]) -> bool | None:
    net = known.net
    hidden = sum(net.hidden_widths)
    scalings = [scaling_direction(net, neuron) for neuron in net.neurons()]
    if span_dimension(net, [*scalings, *fields]) > hidden:
        return False
    if rank_at_least(net, known.patterns, net.parameters - hidden) == net.parameters - hidden:
        return True
    if known.complex is None:
        return None
    exact = functional_dimension(net, known.find_pairs())
    return exact.is_full if exact.is_exact else None


def _is_unique_nearby(known: Known, fields: list[Direction], dimension: Answer, clock: Clock) -> bool | None:
    net = known.net
    if dimension is Answer.YES:
        return True
    if any(not is_isomorphic(net, other) for other in _moved(known)):
        return False
    for family in _families(known, fields):
        clock.require_time()
        if (family.low != 0 or family.high != 0) and any(
            not is_isomorphic(net, family(t)) for t in family.steps_inside()
        ):
            return False
    return None


def _moved(known: Known) -> Iterator[Network]:
    """Equal networks, moved in a direction in which one may go on for ever."""
    net, relations = known.net, known.relations
    for z in sorted(relations.never):
        for o, row in enumerate(net.layers[z.layer].W):
            yield with_weight(net, z.layer + 1, o, z.index, row[z.index] + STEP)
    for z, later in sorted(relations.excludes):
        weight = net.layers[later.layer - 1].W[later.index][z.index]
        yield with_weight(net, later.layer, later.index, z.index, weight - STEP)
    for z in sorted(relations.always):
        next_biases = {Parameter(z.layer + 1, o, -1): -row[z.index] for o, row in enumerate(net.layers[z.layer].W)}
        yield along(net, {Parameter(z.layer, z.index, -1): Fraction(1)} | next_biases, STEP)


def _families(known: Known, fields: list[Direction]) -> Iterator[Family]:
    for field in fields:
        if all(parameter.is_bias for parameter in field):
            family = bias_family(known.net, field)
            if family is not None:
                yield family
    found = known.find_pairs()
    for neuron in known.net.neurons():
        if neuron.layer < known.net.depth:
            try:
                yield from shared_weights(found, neuron)
            except BudgetSpent:
                continue


def _has_more(known: Known, is_unique_nearby: bool) -> bool | None:
    if find_second_networks(known.net, known.complex):
        return True
    if known.net.depth == 1:
        return False if _is_unique_by_one_layer(known.net) else None
    complex = known.complex
    if complex is None or complex.n_thick or not is_unique_nearby:
        return None
    return False if is_unique_by_one_last_neuron(complex) or is_unique_by_two_and_two(complex) else None


def _is_unique_by_one_layer(net: Network) -> bool:
    """Whether the network satisfies the conditions of the lemma above."""
    is_searched = net.hidden_widths[0] <= MOST_NEURONS  # then no set is left out
    heard = all(map(any, zip(*net.layers[1].W, strict=True)))
    return is_searched and heard and are_different_hyperplanes(net) and not negatable_sets(net, 1)
