"""Fitted scikit-learn perceptrons: the same function, exactly, up to the logits."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from exactrev.errors import BadInput
from exactrev.network import Network, from_sklearn


def fitted(**replaced: Any) -> SimpleNamespace:
    """What the reader looks at, in a 2-3-1 regressor."""
    values = {
        "activation": "relu",
        "out_activation_": "identity",
        "coefs_": [np.array([[1.0, 2, 3], [4, 5, 6]]), np.array([[0.5], [-1], [0.1]])],
        "intercepts_": [np.array([0.25, 0, -1]), np.array([7.0])],
    } | replaced
    return SimpleNamespace(**{name: value for name, value in values.items() if value is not ...})


def test_matrices_are_transposed_and_floats_exact() -> None:
    expected = Network.from_arrays([([[1, 4], [2, 5], [3, 6]], ["1/4", 0, -1]), ([["1/2", -1, Fraction(0.1)]], [7])])
    net = from_sklearn(fitted())
    assert net == expected
    assert net.provenance is not None
    assert (net.provenance.format, net.provenance.dtype, net.provenance.reading) == (
        "scikit-learn", "float64", "float64 exact",
    )  # fmt: skip


@pytest.mark.parametrize(("out", "said"), [("logistic", "before the logistic"), ("softmax", "before the softmax")])
def test_the_output_of_a_classifier_is_the_logit_and_the_reading_rule_says_so(out: str, said: str) -> None:
    net = from_sklearn(fitted(out_activation_=out))
    assert net == from_sklearn(fitted())
    assert net.provenance is not None
    assert said in net.provenance.reading


def test_the_digest_tells_estimators_apart() -> None:
    digests = {from_sklearn(fitted(intercepts_=[np.zeros(3), np.array([b])])).provenance for b in (1.0, 2.0, 1.0)}
    assert len(digests) == 2


def test_a_trained_classifier_agrees_with_its_own_decisions() -> None:
    neural_network = pytest.importorskip("sklearn.neural_network")
    rng = np.random.default_rng(5)
    X = rng.integers(-8, 8, size=(60, 2)) / 4
    y = (X[:, 0] + X[:, 1] > 0).astype(int)
    classifier = neural_network.MLPClassifier((6, 4), solver="lbfgs", max_iter=60, random_state=0).fit(X, y)
    net = from_sklearn(classifier)
    assert net.architecture == "2-6-4-1"
    logits = [value for (value,) in net.evaluate(X.tolist())]
    assert [int(value > 0) for value in logits] == classifier.predict(X).tolist()
    probability = 1 / (1 + np.exp(-np.clip([float(value) for value in logits], -500, 500)))
    assert np.allclose(probability, classifier.predict_proba(X)[:, 1], atol=1e-9)


@pytest.mark.parametrize(
    ("replaced", "place"),
    [
        ({"coefs_": ...}, "coefs_: found no such attribute"),
        ({"activation": "tanh"}, "activation: found 'tanh'"),
        ({"out_activation_": "exp"}, "out_activation_: found 'exp'"),
        ({"intercepts_": [np.zeros(3)]}, "coefs_: found 2 matrices and 1 vectors"),
        ({"coefs_": [], "intercepts_": []}, "coefs_: found 0 matrices"),
        ({"intercepts_": [np.array([0, np.nan, 0]), np.zeros(1)]}, "intercepts_[0][1]: found nan"),
        ({"intercepts_": [np.zeros(2), np.zeros(1)]}, "intercepts_[0]: found the shape (2,)"),
        ({"coefs_": [np.array([["x"]])], "intercepts_": [np.zeros(1)]}, "coefs_[0].T: found the dtype <U1"),
        ({"coefs_": [np.ones((2, 3)), np.ones((4, 1))]}, "found the shapes (3, 2) and (1, 4)"),
    ],
)
def test_an_estimator_that_is_no_relu_network_is_refused(replaced: dict[str, Any], place: str) -> None:
    with pytest.raises(BadInput) as caught:
        from_sklearn(fitted(**replaced))
    assert place in str(caught.value)
