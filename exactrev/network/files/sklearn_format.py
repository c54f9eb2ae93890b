"""Fitted multilayer perceptrons of scikit-learn, taken by their attributes; scikit-learn itself is not imported.

Knows `coefs_` (matrices of shape (in, out)), `intercepts_`, `activation` and `out_activation_`. Hidden layers have to
be ReLU. The last affine map is the output layer: for a classifier that is the logit before the logistic function or
the softmax, which are no piecewise linear functions; the reading rule says so.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from exactrev.errors import BadInput
from exactrev.network.files.assembly import NamedLayer, network_of_layers
from exactrev.network.files.disk import Source, shown
from exactrev.network.network import Network

__all__ = ["from_sklearn"]

_OUTPUTS = {
    "identity": "",
    "logistic": "; output before the logistic function",
    "softmax": "; outputs before the softmax",
}


def from_sklearn(estimator: Any) -> Network:
    """The network in a fitted `MLPClassifier` or `MLPRegressor`, weights exact.

    There is no file: the provenance has the estimator's type for a path and a digest of its numbers for a sha256.
    Raises `BadInput` for estimators that are not fitted, not ReLU, or not of this kind.
    """
    name = type(estimator).__name__
    for attribute in ("activation", "coefs_", "intercepts_", "out_activation_"):
        if not hasattr(estimator, attribute):
            raise BadInput(name, attribute, "no such attribute", "a fitted MLPClassifier or MLPRegressor")
    if estimator.activation != "relu":
        raise BadInput(name, "activation", shown(estimator.activation), "'relu'")
    if estimator.out_activation_ not in _OUTPUTS:
        raise BadInput(name, "out_activation_", shown(estimator.out_activation_), ", ".join(_OUTPUTS))
    if not estimator.coefs_ or len(estimator.coefs_) != len(estimator.intercepts_):
        found = f"{len(estimator.coefs_)} matrices and {len(estimator.intercepts_)} vectors"
        raise BadInput(name, "coefs_", found, "one vector of intercepts for each matrix, at least one")
    layers = [
        NamedLayer(f"coefs_[{k}].T", np.asarray(W).T, f"intercepts_[{k}]", np.asarray(b))
        for k, (W, b) in enumerate(zip(estimator.coefs_, estimator.intercepts_, strict=True))
    ]
    digest = hashlib.sha256()
    for layer in layers:
        for array in (layer.W, layer.b):
            digest.update(f"{array.shape} {array.dtype.str};".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
    dtype = ", ".join(sorted({array.dtype.name for layer in layers for array in (layer.W, layer.b)}))
    source = Source(name, b"", digest.hexdigest())
    reading = f"{dtype} exact{_OUTPUTS[estimator.out_activation_]}"
    return network_of_layers(source, layers, format="scikit-learn", dtype=dtype, reading=reading)
