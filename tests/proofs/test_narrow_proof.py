"""Two narrow layers: the proof fails when a second network is changed, or is the first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sympy import QQ

from exactrev.proofs import two_narrow_layers_leave_a_second_network as narrow
from exactrev.proofs.letters import sign_of
from exactrev.proofs.proof import check, run_steps

Chain = narrow.Chain


def keeps_the_output_bias(chain: Chain, s: Any) -> Chain:
    return replace(narrow.replace_chain(chain, s), e=chain.e)


def flips_n(chain: Chain, s: Any) -> Chain:
    second = narrow.replace_chain(chain, s)
    return replace(second, n=-second.n)


def shifts_one_bias_only(chain: Chain, s: Any) -> Chain:
    second = narrow.replace_chain(chain, s)
    return replace(second, later=chain.later)


def shifts_the_wrong_way(chain: Chain, s: Any) -> Chain:
    return narrow.replace_chain(chain, -s)


@pytest.mark.parametrize("broken", [keeps_the_output_bias, flips_n, shifts_one_bias_only, shifts_the_wrong_way])
def test_the_proof_fails_for_another_second_network(broken: Any) -> None:
    result = run_steps(narrow.derive(broken), narrow.PROOF.length)
    assert not result.proved
    assert "agree at all kinks" in result.steps[-1].claim


def test_the_first_network_is_no_second_one() -> None:
    result = run_steps(narrow.derive(lambda chain, s: chain), narrow.PROOF.length)
    assert not result.proved
    assert "isomorphic" in result.steps[-1].claim


def test_scaling_alone_is_an_isomorphism() -> None:
    def doubled(chain: Chain, s: Any) -> Chain:
        return replace(chain, w=2 * chain.w, b=2 * chain.b, v=chain.v / 2)

    assert not check("", narrow._different(doubled)).holds


def test_a_sign_that_the_coefficients_do_not_show_is_refused() -> None:
    x = QQ.frac_field("x").gens[0]
    assert [sign_of(value) for value in (x + 1, -x / (x + 2), 0 * x)] == [1, -1, 0]
    with pytest.raises(ValueError, match="no sign"):
        sign_of(x - 1)


def test_the_proof_fails_for_isomorphisms_that_do_not_divide_the_weights_out() -> None:
    def multiplies_rows_only(tables: Any, orders: Any, scales: Any) -> Any:
        image = [[list(row) for row in table] for table in tables]
        for k, (order, factors) in enumerate(zip(orders, scales, strict=True)):
            image[k] = [[c * entry for entry in image[k][i]] for i, c in zip(order, factors, strict=True)]
        return image

    result = run_steps(narrow.derive(act=multiplies_rows_only), narrow.PROOF.length)
    assert not result.proved
    assert "multiplies z and z'" in result.steps[-1].claim


@pytest.mark.parametrize("broken", [flips_n, shifts_one_bias_only])
def test_another_second_network_shows_in_numbers_above_other_layers(broken: Any) -> None:
    assert not check("", narrow._above(broken)).holds


def test_a_scaled_network_is_isomorphic_above_layers_with_symmetries() -> None:
    def scaled(chain: Chain, s: Any) -> Chain:
        return replace(chain, w=3 * chain.w, b=3 * chain.b, v=chain.v / 3)

    assert not check("", narrow._above(scaled)).holds
