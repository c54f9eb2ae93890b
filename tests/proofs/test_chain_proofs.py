"""Chains of crossings, near and far (T3f, T3g), and the bias (T3d): the proofs fail for what is not so."""

from __future__ import annotations

from typing import Any

import pytest

from exactrev.errors import AssumptionFailed
from exactrev.network import AffineMap, Network
from exactrev.proofs import crossed_boundaries_give_weights_up_to_one_factor as chains
from exactrev.proofs import earlier_crossings_carry_the_scale as far
from exactrev.proofs import the_bias_follows_the_signs_below as bias
from exactrev.proofs.letters import path_sum
from exactrev.proofs.proof import ProofResult, check, run_steps
from exactrev.recovery.bends import Bend, find_bend
from exactrev.recovery.signs import visit_equations


def inverts_mu(before: Any, after: Any, crossed: Any) -> Bend:
    bend = find_bend(before, after, crossed)
    return Bend(1 / bend.mu, bend.step)


def negates_the_step(before: Any, after: Any, crossed: Any) -> Bend:
    bend = find_bend(before, after, crossed)
    return Bend(bend.mu, -bend.step)


def forgets_the_scale(before: Any, after: Any, crossed: Any) -> Bend:
    bend = find_bend(before, after, crossed)
    return Bend(bend.mu / bend.mu, bend.step)


def refuses(before: Any, after: Any, crossed: Any) -> Bend:
    raise AssumptionFailed("never")


def failed(result: ProofResult, word: str) -> bool:
    return not result.proved and word in result.steps[-1].claim


@pytest.mark.parametrize("broken", [inverts_mu, negates_the_step, forgets_the_scale, refuses])
def test_the_proofs_about_chains_fail_for_another_bend(broken: Any) -> None:
    assert failed(run_steps(far.derive(bend=broken), far.PROOF.length), "mu = t/l")
    assert failed(run_steps(chains.derive(bend=broken), chains.PROOF.length), "along a chain")


@pytest.mark.parametrize("broken", [inverts_mu, negates_the_step, forgets_the_scale])
def test_later_steps_notice_another_bend_too(broken: Any) -> None:
    if broken is not negates_the_step:  # two steps turned round have the same mu
        assert not check("", far._two_crossings(broken)).holds
    if broken is negates_the_step:
        assert not check("", chains._two_chains(broken)).holds


def test_the_proof_for_earlier_crossings_fails_if_a_path_or_a_factor_is_dropped() -> None:
    def drops_one(tables: Any, activity: Any, first: Any, z: Any) -> Any:
        return path_sum(tables, activity, first, z) - tables[z[0] - 1][z[1]][0] * tables[z[0] - 2][0][0]

    def forgets_activities(tables: Any, activity: Any, first: Any, z: Any) -> Any:
        return path_sum(tables, [[1 for _ in layer] for layer in activity], first, z)

    assert failed(run_steps(far.derive(paths=drops_one), far.PROOF.length), "mu = t/l")
    assert failed(run_steps(far.derive(paths=forgets_activities), far.PROOF.length), "mu = t/l")


def test_a_sum_over_paths_that_were_one_weight_would_be_noticed() -> None:
    def reads_a_weight(tables: Any, activity: Any, first: Any, z: Any) -> Any:
        return tables[z[0] - 1][z[1]][0]

    assert not check("", far._not_a_weight(reads_a_weight)).holds
    assert not check("", far._linear(reads_a_weight)).holds
    assert not check("", far._exchanged(reads_a_weight)).holds


def test_a_weight_that_both_forms_determine_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(far, "WIDE", ((2, 2, 2, 1),))  # two units and the bias: the equations suffice
    assert not check("", far._no_weight()).holds


def test_the_proof_of_what_stays_open_fails_if_less_is_made_up_for() -> None:
    def forgets_the_bias(turned: Any, helpers: Any, weight: Any, field: Any) -> Any:
        p, q, b = chains.make_up(turned, helpers, weight, field)
        return p, q, 0 * b

    def other_way(turned: Any, helpers: Any, weight: Any, field: Any) -> Any:
        return tuple(-gain for gain in chains.make_up(turned, helpers, weight, field))

    assert failed(run_steps(chains.derive(make_up=other_way), chains.PROOF.length), "turned round")
    for broken in (forgets_the_bias, other_way):
        assert not check("", chains._turned(broken)).holds
        assert not check("", chains._nearby(broken)).holds


def test_units_that_do_not_span_the_plane_make_up_for_nothing() -> None:
    with pytest.raises(AssumptionFailed, match="span"):
        chains.make_up((0, 1, 0), ((1, 0, 2), (2, 0, 5)), 1, chains.QQ)


def test_another_partner_of_the_pair_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = chains.PAIR
    middle = other.layers[1]
    worse = AffineMap(tuple((*row[:-1], row[-1] + 1) for row in middle.rows), middle.denominator, middle.n_in)
    for spoilt in (one, Network((other.layers[0], worse, other.layers[2]))):
        monkeypatch.setattr(chains, "PAIR", (one, spoilt))
        assert not check("", chains._pairs(chains.make_up)).holds


def test_margins_that_are_not_there_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "MARGIN", 5)
    assert not check("", chains._margins(chains.make_up)).holds


def test_networks_that_are_on_elsewhere_have_no_partner(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, output = chains.SECTORS.layers
    lower = AffineMap(tuple((*row[:-1], row[-1] - 200) for row in second.rows), 1, 7)
    higher = AffineMap(tuple((*row[:-1], row[-1] + 400) for row in second.rows), 1, 7)
    for changed in (lower, higher):
        spoilt = Network((first, changed, output))
        monkeypatch.setattr(chains, "SECTORS", spoilt)
        monkeypatch.setattr(chains, "HELPED", (chains.HELPED[0], (spoilt, chains.HELPED[1][1])))
        assert not check("", chains._pairs(chains.make_up)).holds


def test_parts_that_belong_together_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "EXCHANGED", (chains.EXCHANGED[0], chains.EXCHANGED[0]))
    assert not check("", chains._exchanged()).holds


def run_bias(**replaced: Any) -> ProofResult:
    return run_steps(bias.derive(**replaced), bias.PROOF.length)


def test_the_proof_of_the_bias_fails_before_the_signs_are_known() -> None:
    assert failed(run_bias(first=False), "true signs")


def test_the_proof_of_the_bias_fails_for_other_equations() -> None:
    def forgets_the_sides(weights: Any, visit: Any) -> Any:
        rows = visit_equations(weights, visit)
        return [(*row[:-1], 2 * entry) for row, entry in zip(rows, visit.gradient, strict=True)]

    def another_coordinate(weights: Any, visit: Any) -> Any:
        return visit_equations(weights, visit)[:-1]

    for broken in (forgets_the_sides, another_coordinate):
        assert failed(run_bias(equations=broken), "true signs")


def test_the_proof_of_the_bias_fails_if_its_sign_or_factor_is_dropped() -> None:
    def positive(equations: Any, weights: Any, visit: Any, signs: Any) -> Any:
        return -bias.bias_from(equations, weights, visit, signs)

    def doubled(equations: Any, weights: Any, visit: Any, signs: Any) -> Any:
        return 2 * bias.bias_from(equations, weights, visit, signs)

    def without_signs(equations: Any, weights: Any, visit: Any, signs: Any) -> Any:
        return bias.bias_from(equations, weights, visit, [1 for _ in signs])

    for broken in (positive, doubled, without_signs):
        assert failed(run_bias(bias=broken), "true signs")
        assert not check("", bias._pieces(visit_equations, broken)).holds
    assert not check("", bias._off(visit_equations, without_signs)).holds


@pytest.mark.parametrize("part", ["_rows", "_both"])
def test_the_numbers_notice_rows_that_are_solved_otherwise(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bias, "_solved", lambda layers, point, form, weights: form[-1])
    assert not check("", getattr(bias, part)()).holds
