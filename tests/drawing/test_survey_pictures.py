"""The picture of a survey shows the shares that it is given, and is the same file every time."""

from __future__ import annotations

from pathlib import Path

import pytest

from exactrev.drawing.survey import Block, Panel, Share, plot_survey
from exactrev.errors import BadInput

pytest.importorskip("matplotlib")

HALF, LITTLE = Share(0.5, 0.25, 0.2, 0.9), Share(0.125, 0.0, 0.0, 0.25)
BLOCKS = [
    Block("of networks", ("2-3-1", "3-3-1"), (0, 1), tuple(Panel(f"question {k}", (HALF, LITTLE)) for k in range(7))),
    Block("of neurons", ("2-3-1, layer 2",), (0,), (Panel("empty", (LITTLE,)),)),
]


def test_every_panel_has_a_dot_for_every_share() -> None:
    figure = plot_survey(BLOCKS)
    assert [axes.get_title(loc="left") for axes in figure.axes] == [f"question {k}" for k in range(7)] + ["empty"]
    for axes, gid, expected in (
        (figure.axes[6], "shares-0-6", [[0.5, 0], [0.125, 1]]),
        (figure.axes[7], "shares-1-0", [[0.125, 0]]),
    ):
        (dots,) = [artist for artist in axes.collections if artist.get_gid() == gid]
        assert dots.get_offsets().tolist() == expected


def test_intervals_and_what_is_undecided_are_drawn_where_they_are() -> None:
    axes = plot_survey(BLOCKS).axes[0]
    (intervals,) = [artist for artist in axes.collections if artist.get_gid() is None]
    assert [segment[:, 0].tolist() for segment in intervals.get_segments()] == [[0.2, 0.9], [0.0, 0.25]]
    assert [(bar.get_x(), bar.get_width()) for bar in axes.patches] == [(0.5, 0.25), (0.125, 0.0)]


def test_groups_have_colours_and_only_the_first_panel_of_a_row_has_labels() -> None:
    figure = plot_survey(BLOCKS)
    labels = [[label.get_text() for label in axes.get_yticklabels()] for axes in figure.axes]
    assert labels[0] == labels[5] == ["2-3-1", "3-3-1"]
    assert labels[1] == ["", ""]
    colours = figure.axes[0].collections[1].get_facecolors()
    assert tuple(colours[0]) != tuple(colours[1])


def test_the_same_survey_is_the_same_file(tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        plot_survey(BLOCKS, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert b"shares-0-6" in (tmp_path / "one.svg").read_bytes()


def test_another_format_is_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="extension"):
        plot_survey(BLOCKS, tmp_path / "survey.bmp")
