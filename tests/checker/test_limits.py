"""What is too large to look at is refused as such, before any work is done for it."""

from __future__ import annotations

import io
import sys

import pytest

from exactrev.checker import parsing
from exactrev.checker.kinds import check
from exactrev.checker.refusals import Limit, Malformed, Refused, Rejected, require

HASH = "sha256:" + "0" * 64
HEAD = f"exactrev-certificate 1\nclaim regions 1 0 {HASH}\nproof tree\n"


def refusal(text: str) -> Refused:
    with pytest.raises(Refused) as raised:
        check(io.BytesIO(text.encode()))
    return raised.value


@pytest.mark.parametrize("digits", [20_001, 100_000, 10_000_000])
def test_a_number_that_is_too_long_is_a_limit(digits: int) -> None:
    assert isinstance(refusal(HEAD + "network " + "9" * digits + " 1\n"), Limit)
    assert isinstance(refusal(HEAD.replace("regions 1", "regions " + "9" * digits)), Limit)


def test_the_limit_on_digits_holds_where_python_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        assert isinstance(refusal(HEAD + "network " + "9" * 20_001 + " 1\n"), Limit)
        assert isinstance(refusal(HEAD + "network 1 1\nlayer 1\nR " + "9" * 20_000 + " 0\n"), Rejected)
        assert sys.get_int_max_str_digits() == 0
    finally:
        sys.set_int_max_str_digits(before)


def test_pythons_own_limit_is_as_it_was_afterwards() -> None:
    before = sys.get_int_max_str_digits()
    assert isinstance(refusal(HEAD + "network 1 1\nlayer 1\nR " + "9" * 19_000 + " 0\n"), Rejected)
    assert sys.get_int_max_str_digits() == before


def test_a_line_that_is_too_long_is_a_limit() -> None:
    assert isinstance(refusal(HEAD + "S" * (parsing.MAX_LINE + 1)), Limit)


def test_a_network_with_too_many_weights_is_a_limit_before_any_weight_is_read() -> None:
    assert isinstance(refusal(HEAD + "network 4000 4000\n"), Limit)
    assert isinstance(refusal(HEAD + "network " + "9" * 19_000 + " 1\n"), Limit)
    assert isinstance(refusal(HEAD + "network 1000 1000\n"), Malformed)


def test_weights_that_would_make_forms_too_long_are_a_limit() -> None:
    layer = "layer 1\nR " + "9" * 20_000 + " 0\n"
    assert isinstance(refusal(HEAD + "network 1 1 1 1 1 1 1 1\n" + layer * 7), Limit)
    assert isinstance(refusal(HEAD + "network 1 1 1\n" + layer * 2), Rejected)  # the hash


def test_the_functional_dimension_of_a_large_network_is_a_limit() -> None:
    from dataclasses import replace

    from exactrev.certificates import certify_regions
    from exactrev.network import Network

    regions = certify_regions(Network.from_arrays([([[1] * 1000, [2] * 1000], [0, 0])]))
    text = replace(regions, name="functional-dimension", numbers=(2002,), steps=(("D", 0),)).to_bytes()
    with pytest.raises(Limit, match="too many parameters"):
        check(io.BytesIO(text))


def test_splits_without_end_are_rejected_at_the_depth_of_the_network() -> None:
    from exactrev.certificates import certify_regions
    from exactrev.network import Network

    net = Network.from_arrays([([[1], [1]], [0, -1]), ([[1, 1]], [0])])
    head = certify_regions(net).to_bytes().split(b"\nS")[0] + b"\n"

    class Endless(io.RawIOBase):
        """S, for ever."""

        def __init__(self) -> None:
            self.given = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            self.given += 1
            lines = head.splitlines(keepends=True)
            return lines[self.given - 1] if self.given <= len(lines) else b"S\n"

    stream = Endless()
    with pytest.raises(Rejected, match="all neurons are decided"):
        check(stream)  # type: ignore[arg-type]
    assert stream.given < 40


def test_reasons_are_one_short_line_whatever_is_in_the_file() -> None:
    for text in ("\x1b[31m" * 1000, "claim " * 10_000, "\u2028" * 5, "9" * 10_000, "\r\x08"):
        reason = str(refusal(HEAD + text + "\n"))
        assert len(reason) < 400
        assert reason.isascii()
        assert reason.isprintable()
    assert str(refusal(HEAD + "network -" + "9" * 10_000 + " 1\n")).endswith("999...")


def test_values_that_python_refuses_to_write_are_not_shown() -> None:
    with pytest.raises(Rejected, match=r"^the reason: \(too long to be shown\): 3$"):
        require(False, "the reason", [10**30_000], 3)
