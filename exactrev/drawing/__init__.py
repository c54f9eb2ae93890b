"""Pictures of networks: activation regions and boundaries in a window, and the graph of N.

Stands on the geometry, which does all the deciding: a picture shows cells that were enumerated exactly, rounded to
floats only to be drawn. Needs matplotlib (``pip install "exactrev[plots]"``), which is imported when the first picture
is made; never pyplot, so that no display, window or global state is involved.
"""

from __future__ import annotations

from exactrev.drawing.pictures import plot, plot_graph
from exactrev.drawing.unlabelled import plot_boundary_set
from exactrev.drawing.window import default_window

__all__ = ["default_window", "plot", "plot_boundary_set", "plot_graph"]
