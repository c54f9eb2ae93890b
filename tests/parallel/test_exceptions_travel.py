"""Exceptions of exactrev come out of another process as they went in: kind, text and data."""

from __future__ import annotations

import pickle
from fractions import Fraction

import pytest

from exactrev import errors
from exactrev.audit.row import EvidenceFailed
from exactrev.errors import BadInput, ExactrevError
from exactrev.recovery.probe import NotPiecewiseLinear

KINDS = [kind for name in errors.__all__ if (kind := getattr(errors, name)) is not BadInput]


@pytest.mark.parametrize("kind", [*KINDS, EvidenceFailed, NotPiecewiseLinear])
def test_an_exception_keeps_its_kind_its_text_and_its_data(kind: type[ExactrevError]) -> None:
    error = kind("no region", witness=(Fraction(1, 3), 2), neuron="z[2,0]")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is kind
    assert (str(copy), copy.data, copy.witness) == (str(error), error.data, (Fraction(1, 3), 2))


def test_bad_input_keeps_its_line() -> None:
    error = BadInput("net.json", "layers[1].bias", "a float", "an integer")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is BadInput
    assert str(copy) == str(error) == "net.json: layers[1].bias: found a float; expected an integer"
