"""Colours, line widths and the settings under which figures are made. Knows no geometry.

Layers have the colours of Okabe and Ito, which people with any of the common colour deficiencies tell apart: blue for
the first and vermillion for the second, as in the paper's Figure 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from exactrev.network.affine import FloatArray

__all__ = ["INK", "MUTED", "SETTINGS", "TINTS", "direction_tints", "layer_colour", "line_width", "value_tints"]

INK, MUTED = "#22262b", "#6b7280"

_LAYERS = ("#0072b2", "#d55e00", "#009e73", "#b0528f", "#b98a00", "#3c3c3c", "#56b4e9")

TINTS = ("#f8f2e2", "#e1ebf5", "#f5e4e1", "#e3f0e2", "#eae4f3", "#dceae9")
"""Soft fills, for regions next to each other."""

_BELOW, _LEVEL, _ABOVE = np.array([[0.72, 0.83, 0.93], [0.985, 0.98, 0.965], [0.97, 0.83, 0.70]])

SETTINGS: dict[str, Any] = {
    "svg.hashsalt": "exactrev",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "path.simplify": False,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.0,
    "mathtext.fontset": "dejavuserif",
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.titlesize": 9.0,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 3.0,
    "ytick.major.size": 3.0,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "figure.dpi": 100.0,
    "savefig.dpi": 200.0,
    "savefig.bbox": None,
    "savefig.facecolor": "white",
}


def layer_colour(layer: int) -> str:
    """The colour of a hidden layer, counted from 1; beyond the seventh they come again."""
    return _LAYERS[(layer - 1) % len(_LAYERS)]


def line_width(pieces: int) -> float:
    """In points: thinner the more pieces there are, so that a crowded picture keeps its tints."""
    return float(np.clip(3.2 / (pieces + 1.0) ** 0.25, 0.25, 1.3))


def value_tints(values: FloatArray) -> FloatArray:
    """RGB (k, 3): bluish below 0, orange above, nearly white at 0 (at the value nearest to 0, if all have one sign)."""
    shifted = values - np.clip(0.0, values.min(), values.max()) if len(values) else values
    largest = float(np.abs(shifted).max(initial=0.0))
    t = (shifted / largest if largest else np.zeros_like(values))[:, None]
    return np.asarray(np.where(t < 0, _LEVEL + (_BELOW - _LEVEL) * -t, _LEVEL + (_ABOVE - _LEVEL) * t))


def direction_tints(gradients: FloatArray) -> FloatArray:
    """RGB (k, 3) of gradients (k, 2): the hue is the direction, the strength the length; white where N is constant."""
    lengths = np.hypot(*gradients.T)
    usual = float(np.median(lengths[lengths > 0])) if lengths.any() else 1.0
    strength = 0.055 * np.tanh(lengths / usual)
    angle = np.arctan2(gradients[:, 1], gradients[:, 0])
    return _from_oklab(0.955 - 0.5 * strength, strength * np.cos(angle), strength * np.sin(angle))


def _from_oklab(lightness: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """sRGB (k, 3) of colours in Ottosson's Oklab, in which equal distances look equal."""
    to_cones = np.array(
        [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.291485548]]
    )
    to_linear = np.array(
        [
            [4.0767416621, -3.3077115913, 0.2309699292],
            [-1.2684380046, 2.6097574011, -0.3413193965],
            [-0.0041960863, -0.7034186147, 1.707614701],
        ]
    )
    linear = np.clip((np.stack([lightness, a, b], axis=1) @ to_cones.T) ** 3 @ to_linear.T, 0.0, 1.0)
    return np.asarray(np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055))
