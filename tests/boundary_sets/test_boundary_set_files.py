"""Boundary sets as JSON: there and back, and one clear line about everything that is not one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from exactrev.boundary_sets import BoundarySet, Piece, load_boundary_set, save_boundary_set
from exactrev.errors import BadInput

SET = BoundarySet(2, [Piece.from_rows((1, "-1/3", 10**40), [(0, 1, 0)]), Piece.from_rows((0, 1, 0), [])])
LINE = {"hyperplane": [1, "-1/2", 0], "facets": []}
GOOD = {"format": "exactrev-boundary-set", "version": 1, "n_in": 2, "pieces": [LINE]}


def refuse(path: Path, document: Any) -> str:
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    with pytest.raises(BadInput) as caught:
        load_boundary_set(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(str(path))
    return message.removeprefix(f"{path}: ")


def test_a_set_that_was_saved_is_loaded_as_it_was(tmp_path: Path) -> None:
    for number, each in enumerate((SET, BoundarySet(3, []))):
        path = tmp_path / f"{number}.json"
        save_boundary_set(each, path)
        assert load_boundary_set(path).pieces == each.pieces
        assert load_boundary_set(path) == each
        again = tmp_path / "again.json"
        save_boundary_set(load_boundary_set(path), again)
        assert again.read_bytes() == path.read_bytes()


def test_rationals_are_read_and_superfluous_rows_left_out(tmp_path: Path) -> None:
    path = tmp_path / "set.json"
    piece = {"hyperplane": ["1/2", "-1/4", 0], "facets": [["1/3", 0, 0], [1, 0, 1]]}
    path.write_text(json.dumps(GOOD | {"pieces": [piece]}))
    assert load_boundary_set(path).pieces == (Piece.from_rows((2, -1, 0), [(0, 1, 0)]),)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "exactrev-network"}, "format: found the string 'exactrev-network'; expected"),
        ({"version": 2}, "version: found the number 2; expected 1"),
        ({"version": "1"}, "version: found the string '1'; expected 1"),
        ({"n_in": 0}, "n_in: found the number 0; expected an integer from 1"),
        ({"n_in": "2"}, "n_in: found the string '2'; expected an integer"),
        ({"n_in": 10**30}, "n_in: found the number 1000"),
        ({"pieces": {}}, "pieces: found an object; expected an array"),
        ({"layers": []}, "found the unknown key 'layers'"),
        ({"pieces": [3]}, "pieces[0]: found the number 3; expected an object"),
        ({"pieces": [{"hyperplane": [1, 0, 0]}]}, "pieces[0]: found no key 'facets'"),
        ({"pieces": [LINE | {"neuron": 1}]}, "pieces[0]: found the unknown key 'neuron'"),
        ({"pieces": [{"hyperplane": [1, 0], "facets": []}]}, "pieces[0].hyperplane: found 2 numbers; expected 3"),
        ({"pieces": [{"hyperplane": [0, 0, 1], "facets": []}]}, "pieces[0].hyperplane: found a normal of zeros"),
        ({"pieces": [{"hyperplane": "x", "facets": []}]}, "pieces[0].hyperplane: found the string 'x'"),
        ({"pieces": [{"hyperplane": [1, 0.5, 0], "facets": []}]}, "pieces[0].hyperplane[1]: found the number 0.5"),
        ({"pieces": [{"hyperplane": [1, "1/0", 0], "facets": []}]}, "pieces[0].hyperplane[1]: found"),
        ({"pieces": [{"hyperplane": [1, "a" * 99, 0], "facets": []}]}, "pieces[0].hyperplane[1]: found"),
        ({"pieces": [{"hyperplane": [1, True, 0], "facets": []}]}, "pieces[0].hyperplane[1]: found true"),
        ({"pieces": [{"hyperplane": [1, 0, 0], "facets": 1}]}, "pieces[0].facets: found the number 1"),
        ({"pieces": [{"hyperplane": [1, 0, 0], "facets": [[0, 1]]}]}, "pieces[0].facets[0]: found 2 numbers"),
        ({"pieces": [{"hyperplane": [1, 0, 0], "facets": [[0, 0, 1]] * 1001}]}, "pieces[0].facets: found 1001 facets"),
        ({"pieces": [{"hyperplane": [1, 0, 0], "facets": [[0, 1, 0], [0, -1, 0]]}]}, "pieces[0]: found a polyhedron"),
    ],
)
def test_everything_else_is_refused_in_one_line(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    assert refuse(tmp_path / "set.json", GOOD | change).startswith(message)


@pytest.mark.parametrize("text", ["", "[]", "nonsense", '{"format": 1, "format": 1}', "[" * 50])
def test_what_is_no_object_is_refused(tmp_path: Path, text: str) -> None:
    assert "found" in refuse(tmp_path / "set.json", text)


def test_a_polyhedron_with_more_corners_than_can_be_listed_is_refused(tmp_path: Path) -> None:
    # A cube of 40 dimensions in a hyperplane of 41 has 2^40 corners.
    n = 41
    unit = [[int(i == k) for i in range(n)] for k in range(1, n)]
    facets = [[*row, 0] for row in unit] + [[*(-x for x in row), 1] for row in unit]
    piece = {"hyperplane": [1, *[0] * n], "facets": facets}
    message = refuse(tmp_path / "set.json", GOOD | {"n_in": n, "pieces": [piece]})
    assert message == "pieces[0]: found a polyhedron has too many corners; expected at most 500"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        load_boundary_set(tmp_path / "none.json")
