"""What a report of verdicts can show to somebody who trusts nobody: certificates, statement by statement.

Knows which claims make up which statement. Knows nothing of how they are proved or checked. A certificate that
contradicts the verdict stops everything: one of the two is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from exactrev.certificates import (
    Certificate,
    certify_bend,
    certify_components,
    certify_isomorphic,
    certify_regions,
    certify_regions_by_facets,
    certify_same_boundary,
    decide_bounded,
    decide_linear_regions,
    decide_meeting,
)
from exactrev.errors import AssumptionFailed, TheoryContradicted
from exactrev.geometry import Boundaries, Boundary, Box, RegionComplex, boundaries, regions
from exactrev.network import AffineMap, Network, Neuron
from exactrev.network.isomorphisms import Isomorphism
from exactrev.statements.report import Report
from exactrev.verdict import Outcome, Verdict

__all__ = ["certified_boundaries", "certified_regions", "certified_statements"]

MOST_PIECES = 200
"""The components of a boundary with more pieces are not certified: that takes quadratic time."""


def certified_regions(complex: RegionComplex) -> Iterator[Certificate]:
    """The number of regions and thick cells; over R^n by two theorems."""
    network, counts = complex.network, (complex.n_regions, complex.n_thick)
    yield _agreeing(certify_regions(network, _bounds(complex.box)), counts)
    if complex.box is None:
        yield _agreeing(certify_regions_by_facets(network), counts)


def certified_boundaries(found: Boundaries, chosen: list[Boundary]) -> Iterator[Certificate]:
    """Of every boundary: whether it is empty or bounded, its components, and its bends. Over R^n only."""
    network = found.complex.network
    for boundary in chosen:
        if boundary.has_interior:
            continue
        certificate = decide_bounded(network, boundary.neuron)
        expected = "empty" if boundary.is_empty else "bounded" if boundary.is_bounded else "unbounded"
        if certificate.name != expected:
            raise TheoryContradicted("a certificate contradicts the geometry", claim=certificate.claim)
        yield certificate
        if boundary.n_pieces <= MOST_PIECES:
            yield _agreeing(certify_components(network, boundary.neuron), (*boundary.neuron, boundary.n_components))
        yield from _bends(found, boundary)


def certified_statements(report: Report) -> Iterator[Certificate]:
    """Certificates for the verdicts that can be certified; those of the others are witnesses in the report.

    Inside a box: the regions alone.
    """
    for statement, verdict in report.verdicts:
        certify = _STATEMENTS.get(statement.paper)
        decided = verdict.outcome in (Outcome.HOLDS, Outcome.FAILS)
        if certify is not None and decided and (report.box is None or statement.paper == "R1"):
            yield from certify(report.network, report.box, verdict)


def _patterns(network: Network, box: Box | None, verdict: Verdict) -> Iterator[Certificate]:
    """R1: regions and patterns correspond if and only if no cell is thick."""
    certificate = certify_regions(network, _bounds(box))
    yield _as_decided(certificate, certificate.numbers[1] == 0, verdict)


def _linear_regions(network: Network, box: Box | None, verdict: Verdict) -> Iterator[Certificate]:
    """R2, in the facet reading."""
    certificate = decide_linear_regions(network, "facet")
    yield _as_decided(certificate, certificate.name == "lra-holds-facet", verdict)


def _connected_meet(network: Network, box: Box | None, verdict: Verdict) -> Iterator[Certificate]:
    """T2h: a point for every pair of connected neurons, or a proof that their boundaries are disjoint."""
    found = list(_meetings(network))
    for certificate in found:
        yield _as_decided(certificate, all(other.name == "meet" for other in found), verdict)


def _meetings(network: Network) -> Iterator[Certificate]:
    """For every pair of connected neurons of consecutive layers, "meet" or "disjoint"."""
    for k, layer in enumerate(network.layers[1:-1], start=1):
        for i, row in enumerate(layer.rows):
            for j, weight in enumerate(row[:-1]):
                if weight:
                    yield decide_meeting(network, Neuron(k, j), Neuron(k + 1, i))


def _no_interior(network: Network, box: Box | None, verdict: Verdict) -> Iterator[Certificate]:
    """R3, its first part: without thick cells no boundary has interior. That it is a surface has no certificate."""
    certificate = certify_regions(network)
    if certificate.numbers[1] and verdict.holds:
        raise TheoryContradicted("a certificate contradicts the verdict", claim=certificate.claim)
    yield certificate


def _read_off(network: Network, box: Box | None, verdict: Verdict) -> Iterator[Certificate]:
    """T1d: of how many parts every boundary consists, and where it bends."""
    yield from _parts(network)
    yield from _bends_at_earlier(network, box, verdict)


def _determined(network: Network, box: Box | None, verdict: Verdict) -> Iterator[Certificate]:
    """T2c: its hypotheses, which hold where it is decided; another network with the same boundaries, if it fails."""
    yield from _parts(network)
    yield from _meetings(network)
    yield from _other_network(network, verdict)


def _undetermined(network: Network, box: Box | None, verdict: Verdict) -> Iterator[Certificate]:
    """T2: another network with the same boundaries, and the hypotheses for both networks.

    By turning neurons round. That an exchange of pieces keeps the boundaries has no certificate.
    """
    for certificate in _other_network(network, verdict):
        yield certificate
        for own in certificate.networks:
            yield decide_linear_regions(own, "facet")
            yield from _meetings(own)


def _other_network(network: Network, verdict: Verdict) -> Iterator[Certificate]:
    layers = tuple(layer for layer in verdict.witness.values() if isinstance(layer, AffineMap))
    certificate = certify_same_boundary(network, Network(layers)) if layers else None
    if certificate is not None:
        yield certificate


def _parts(network: Network) -> Iterator[Certificate]:
    """The number of components of every boundary with interior left out, and of not too many pieces."""
    for boundary in boundaries(regions(network)):
        if not boundary.has_interior and boundary.n_pieces <= MOST_PIECES:
            yield _agreeing(certify_components(network, boundary.neuron), (*boundary.neuron, boundary.n_components))


def _bends_at_earlier(network: Network, box: Box | None, verdict: Verdict) -> Iterator[Certificate]:
    """T1b: at every ridge where a boundary crosses that of an earlier neuron alone, whether it bends."""
    found = boundaries(regions(network))
    for boundary in found:
        yield from _bends(found, boundary)


def _bends_at_the_layer_before(network: Network, box: Box | None, verdict: Verdict) -> Iterator[Certificate]:
    """L2: the same with neurons of the layer before."""
    found = boundaries(regions(network))
    for boundary in found:
        yield from _bends(found, boundary, boundary.neuron.layer - 1)


def _bends(found: Boundaries, boundary: Boundary, layer: int | None = None) -> Iterator[Certificate]:
    """At neurons of earlier layers, or of this one only."""
    network = found.complex.network
    for crossing in boundary.ridges:
        for other in crossing.neurons:
            if other.layer >= boundary.neuron.layer or layer not in (None, other.layer):
                continue
            try:
                certificate = certify_bend(network, boundary.neuron, other, found.ridge_point(crossing.ridge))
            except AssumptionFailed:  # several boundaries pass there
                continue
            if (certificate.name == "bend") != crossing.bends:
                raise TheoryContradicted("a certificate contradicts the geometry", claim=certificate.claim)
            yield certificate


def _permuted(network: Network, box: Box | None, verdict: Verdict) -> Iterator[Certificate]:
    """I1, for one permutation: every layer the other way round."""
    same = Isomorphism.identity(network.hidden_widths)
    image = Isomorphism(tuple(order[::-1] for order in same.permutations), same.scales)(network)
    yield _as_decided(certify_isomorphic(network, image, "equal"), True, verdict)


def _scaled(network: Network, box: Box | None, verdict: Verdict) -> Iterator[Certificate]:
    """I2, for one choice of scales: 2, 3, 4, ... in every layer."""
    same = Isomorphism.identity(network.hidden_widths)
    scales = tuple(tuple(Fraction(i + 2) for i in range(width)) for width in network.hidden_widths)
    image = Isomorphism(same.permutations, scales)(network)
    yield _as_decided(certify_isomorphic(network, image, "equal"), True, verdict)


_STATEMENTS: dict[str, Callable[[Network, Box | None, Verdict], Iterator[Certificate]]] = {
    "R1": _patterns,
    "R2": _linear_regions,
    "R3": _no_interior,
    "T1b": _bends_at_earlier,
    "T1c": _bends_at_earlier,
    "T1d": _read_off,
    "T2": _undetermined,
    "T2c": _determined,
    "L2": _bends_at_the_layer_before,
    "T2h": _connected_meet,
    "I1": _permuted,
    "I2": _scaled,
}


def _bounds(box: Box | None) -> list[tuple[Fraction, Fraction]] | None:
    return None if box is None else list(zip(box.lo, box.hi, strict=True))


def _agreeing(certificate: Certificate, numbers: tuple[int, ...]) -> Certificate:
    if certificate.numbers[: len(numbers)] != numbers:
        raise TheoryContradicted("a certificate contradicts the geometry", claim=certificate.claim, found=numbers)
    return certificate


def _as_decided(certificate: Certificate | None, holds: bool, verdict: Verdict) -> Certificate:
    if certificate is None or holds != (verdict.outcome is Outcome.HOLDS):
        raise TheoryContradicted("a certificate contradicts the verdict", verdict=str(verdict.outcome))
    return certificate
