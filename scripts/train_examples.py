"""Make the networks of `exactrev.examples`: train two on real data, draw one at random, write the others down.

    python scripts/train_examples.py [FOLDER]

writes one JSON file a network to FOLDER (by default the package's own data) and prints how well the trained ones do.
Needs scikit-learn, which ships the data. The same versions of scikit-learn and its libraries give the same files.

The weights of the trained and of the random network are rounded to few decimals, so that the files can be read. What
is printed about a network is true of the rounded one, which is evaluated exactly.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.datasets import load_diabetes, load_wine
from sklearn.neural_network import MLPClassifier, MLPRegressor

from exactrev.network import Network, from_sklearn, he_network, save

DATA = Path(__file__).resolve().parents[1] / "exactrev" / "examples" / "data"

FloatArray = npt.NDArray[np.float64]


def main(folder: Path) -> None:
    classifier, correct = train_classifier()
    regressor, explained = train_regressor()
    networks = {"classifier2d": classifier, "regressor3d": regressor, "figure1": draw_figure1(), **WRITTEN_DOWN}
    for name, net in networks.items():
        save(net, folder / f"{name}.json")
        print(f"{name}: {net.architecture}")
    print(f"classifier2d: {correct} of the wines are classified correctly")
    print(f"regressor3d: R^2 = {float(explained):.3f}")


def wines() -> tuple[FloatArray, list[int]]:
    """Alcohol and flavanoids of 178 wines, standardised, and their cultivars 0, 1, 2."""
    wine = load_wine()
    return standardised(wine.data[:, [0, 6]]), wine.target.tolist()


def patients() -> tuple[FloatArray, FloatArray]:
    """Body mass index, blood pressure, log triglycerides of 442 patients, and how diabetes progressed; standardised."""
    diabetes = load_diabetes(scaled=False)
    return standardised(diabetes.data[:, [2, 3, 8]]), standardised(diabetes.target[:, None])[:, 0]


def train_classifier() -> tuple[Network, Fraction]:
    """2-8-8-3, and the share of the wines that it classifies correctly."""
    model = MLPClassifier(hidden_layer_sizes=(8, 8), solver="lbfgs", alpha=0.1, max_iter=400, random_state=2)
    net = rounded(from_sklearn(model.fit(*wines())), 1000)
    return net, accuracy(net)


def train_regressor() -> tuple[Network, Fraction]:
    """3-8-8-1, and the share of the variance that it explains."""
    model = MLPRegressor(hidden_layer_sizes=(8, 8), solver="lbfgs", alpha=3.0, max_iter=400, random_state=1)
    net = rounded(from_sklearn(model.fit(*patients())), 1000)
    return net, r_squared(net)


def accuracy(net: Network) -> Fraction:
    """The share of the wines for which the right logit is the largest."""
    inputs, cultivars = wines()
    answers = [max(range(net.n_out), key=logits.__getitem__) for logits in net.evaluate(inputs)]
    return Fraction(sum(map(int.__eq__, answers, cultivars)), len(cultivars))


def r_squared(net: Network) -> Fraction:
    """1 - (sum of squared residuals) / (sum of squared deviations from the mean), over the patients."""
    inputs, progress = patients()
    exact = [Fraction(t) for t in progress.tolist()]
    zero = Fraction(0)
    mean = sum(exact, zero) / len(exact)
    residual = sum(((y - t) ** 2 for (y,), t in zip(net.evaluate(inputs), exact, strict=True)), zero)
    return 1 - residual / sum(((t - mean) ** 2 for t in exact), zero)


def draw_figure1() -> Network:
    """A network as in Figure 1 of the paper, 2-5-5-1, initialised as there (§6).

    Among the seeds from 0 on, 3 is the first for which every boundary meets the square [-3, 3]^2 and is connected
    there, and every boundary of layer 2 has at least nine pieces in it.
    """
    return rounded(he_network((2, 5, 5, 1), seed=3), 100)


def standardised(columns: FloatArray) -> FloatArray:
    """Every column shifted to mean 0 and scaled to variance 1."""
    result: FloatArray = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    return result


def rounded(net: Network, denominator: int) -> Network:
    """The network with every weight and bias rounded to a multiple of 1/denominator."""

    def near(t: Fraction) -> Fraction:
        return Fraction(round(t * denominator), denominator)

    return Network.from_arrays(
        ([[near(w) for w in row] for row in layer.W], [near(t) for t in layer.b]) for layer in net.layers
    )


def corners(last: int) -> Network:
    """With s = ReLU(x) + ReLU(y): 3 ReLU(s - 1) + ReLU(2 - s) + ReLU(s - 3), the last with the sign given inside."""
    layer = ([[1, 1], [-1, -1], [last, last]], [-1, 2, -3 * last])
    return Network.from_arrays([([[1, 0], [0, 1]], [0, 0]), layer, ([[3, 1, 1]], [0])])


def two_parts(*left: list[int]) -> Network:
    """Two neurons of layer 2 with a part of their boundaries on the right, and one on the left, by the weights given.

    Layer 1 is mirrored at the y-axis; no neuron of it is on along parts on either side.
    """
    right = [[3, -2], [2, -1], [2, -3]]
    mirrored = [[-x, y] for x, y in right]
    rows = [[*one, *other] for one, other in zip((F, G), left, strict=True)]
    return Network.from_arrays(
        [([*right, *mirrored], [-1, -2, 0] * 2), ([*rows, [3, 3, 1] * 2], [1, 1, -1]), ([[1, 1, -1]], [0])]
    )


F, G = [-2, -1, 3], [-1, -2, 3]

PLUS_MINUS = [[1, 0], [-1, 0], [0, 1], [0, -1]]  # x, -x, y, -y: their activations add up to |x| + |y|

WRITTEN_DOWN = {
    # Both neurons of layer 2 are negative everywhere.
    "dead_layer": Network.from_arrays(
        [
            ([[1, 0], [0, 1], [1, 1]], [0, 0, -1]),
            ([[-1, -1, 0], [-2, 0, -1]], [-1, "-1/2"]),
            ([[3, 1]], [1]),
        ]
    ),
    # x, -x and x again in layer 2; x - 1 and 2x - 2, parallel to these; y; and x + ReLU(y) - 2.
    "parallel_coincident": Network.from_arrays(
        [
            ([[1, 0], [-1, 0], [1, 0], [2, 0], [0, 1]], [0, 0, -1, -2, 0]),
            ([[1, -1, 0, 0, 0], [1, -1, 0, 0, 1]], [0, -2]),
            ([[1, 3]], [0]),
        ]
    ),
    # |x| + |y| - 1
    "bounded_boundary": Network.from_arrays([(PLUS_MINUS, [0] * 4), ([[1, 1, 1, 1]], [-1]), ([[1]], [0])]),
    # 1 - ||x| - 3| - |y|, where ||x| - 3| = 2 ReLU(x + 3) + 2 ReLU(x - 3) - x - 3 - 2 ReLU(x), x = ReLU(x) - ReLU(-x)
    "disconnected_boundary": Network.from_arrays(
        [
            ([*PLUS_MINUS, [1, 0], [1, 0]], [0, 0, 0, 0, 3, -3]),
            ([[3, -1, -1, -1, -2, -2]], [4]),
            ([[1]], [0]),
        ]
    ),
    "unseen_neuron": Network.from_arrays([([[1]], [0]), ([[1]], [1]), ([[1]], [0])]),
    "opposite_signs_a": corners(1),
    "opposite_signs_b": corners(-1),
    "exchanged_pieces_a": two_parts(F, G),
    "exchanged_pieces_b": two_parts(G, F),
    "reflected": Network.from_arrays([([[1]], [0]), ([[-1]], [1]), ([[1]], [0])]),
    # u = (x, y - x, y), z = a1 + a2 - 2 a3 - 1
    "fifth_case": Network.from_arrays([([[1, 0], [-1, 1], [0, 1]], [0, 0, 0]), ([[1, 1, -2]], [-1]), ([[1]], [0])]),
}

if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA)
