"""Pictures of boundary sets: what is inside the window, exactly, and in which colour."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from exactrev.boundary_sets import BoundarySet, Piece
from exactrev.errors import BadInput, InvalidNetwork
from exactrev.geometry import Box

pytest.importorskip("matplotlib")

from exactrev.drawing import plot_boundary_set
from exactrev.drawing.unlabelled import clip_pieces, find_window

LINE = Piece.from_rows((1, 0, -1), [])  # x = 1
RAY = Piece.from_rows((0, 1, 0), [(1, 0, 0)])  # y = 0, x >= 0
FAR = Piece.from_rows((1, 0, -10), [])
SET = BoundarySet(2, [LINE, RAY, FAR])


def test_pieces_are_clipped_to_the_window_exactly() -> None:
    line, ray, far = clip_pieces([LINE, RAY, FAR], Box([-1, -2], ["3/2", 2]))
    assert sorted(line.tolist()) == [[1, -2], [1, 2]]
    assert sorted(ray.tolist()) == [[0, 0], [1.5, 0]]
    assert far.shape == (0, 2)
    touching = clip_pieces([RAY], Box([-1, -1], [0, 1]))
    assert touching[0].shape == (0, 2)  # one point


def test_the_window_holds_all_vertices() -> None:
    assert find_window(SET) == Box(["-1/4", "-1/4"], ["1/4", "1/4"])  # one vertex, at the origin
    segment = Piece.from_rows((0, 1, -2), [(1, 0, 0), (-1, 0, 4)])
    assert find_window(BoundarySet(2, [segment])) == Box([-1, 1], [5, 3])
    assert find_window(BoundarySet(2, [LINE])) == Box.cube(2, -1, 1)


def test_groups_are_artists_with_names_and_colours(tmp_path: Path) -> None:
    path = tmp_path / "set.svg"
    figure = plot_boundary_set(SET, path, Box.cube(2, -2, 12), "three pieces", groups=[1, 0, 1])
    collections = {artist.get_gid(): artist for artist in figure.axes[0].collections}
    assert set(collections) == {"pieces-0", "pieces-1"}
    assert [len(collections[gid].get_segments()) for gid in ("pieces-0", "pieces-1")] == [1, 2]
    colours = [tuple(np.round(collections[gid].get_edgecolor()[0], 3)) for gid in collections]
    assert len(set(colours)) == 2
    assert b'id="pieces-1"' in path.read_bytes()
    again = tmp_path / "again.svg"
    plot_boundary_set(SET, again, Box.cube(2, -2, 12), "three pieces", groups=[1, 0, 1])
    assert again.read_bytes() == path.read_bytes()


def test_what_cannot_be_drawn_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidNetwork, match="two inputs"):
        plot_boundary_set(BoundarySet(3, []))
    with pytest.raises(ValueError, match="2 groups for 3 pieces"):
        plot_boundary_set(SET, groups=[1, 2])
    with pytest.raises(BadInput, match="gif"):
        plot_boundary_set(SET, tmp_path / "set.gif")
