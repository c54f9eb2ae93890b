"""The .nnet format: decimals are decimals, and the normalisation is part of the function."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from file_builders import refusal

from exactrev.network import Network, load

# 2-1-2 with means 1, 2 (outputs: 100), ranges 4, 0.5 (outputs: 10).
TEXT = """// written by hand
// 0.1 is one tenth
2,2,2,2,
2,1,2,
0,
-5.0,-5.0,
5.0,5.0,
1.0,2.0,100.0,
4.0,0.5,10.0,
0.1,-1e-1,
0.25,
3,
-.5,
1.,
+2.5E+0,
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "net.nnet"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def replaced(line: int, text: str) -> str:
    """TEXT with another line, counted from 1."""
    lines = TEXT.splitlines(keepends=True)
    lines[line - 1] = text
    return "".join(lines)


def test_raw_weights_are_the_decimals_as_they_stand(tmp_path: Path) -> None:
    net = load(written(tmp_path, TEXT), raw=True)
    tenth = Fraction(1, 10)
    assert net == Network.from_arrays(
        [([[tenth, -tenth]], ["1/4"]), ([[3], ["-1/2"]], [1, "5/2"])]
    )
    assert net.provenance is not None
    assert "normalisation skipped" in net.provenance.reading


def test_the_normalisation_is_folded_in_exactly(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT)
    net, raw = load(path), load(path, raw=True)
    for x, y in ((Fraction(7), Fraction(-3)), (Fraction(1, 3), Fraction(0)), (Fraction(-20), Fraction(5))):
        inner = raw(((x - 1) / 4, (y - 2) / Fraction(1, 2)))
        assert net((x, y)) == tuple(10 * value + 100 for value in inner)


def test_without_hidden_layers_both_normalisations_meet_in_one_map(tmp_path: Path) -> None:
    text = "1,1,1,1,\n1,1,\n0,\n0,\n1,\n3,7,\n2,5,\n6,\n1,\n"
    net = load(written(tmp_path, text))  # 5 (6 (x - 3)/2 + 1) + 7 = 15 x - 33
    assert net == Network.from_arrays([([[15]], [-33])])


def test_the_reading_rule_tells_that_clipping_is_left_out(tmp_path: Path) -> None:
    provenance = load(written(tmp_path, TEXT)).provenance
    assert provenance is not None
    assert provenance.reading.startswith(".nnet decimals exact, normalisation applied")
    assert "clipping" in provenance.reading


def test_surplus_means_are_named_in_the_reading_rule(tmp_path: Path) -> None:
    text = replaced(8, "1.0,2.0,8.0,9.0,100.0,\n").replace("4.0,0.5,10.0,", "4.0,0.5,8.0,9.0,10.0,")
    surplus, plain = load(written(tmp_path, text)), load(written(tmp_path, TEXT))
    assert surplus == plain
    assert surplus.provenance is not None
    assert plain.provenance is not None
    assert "of 5 means and ranges the first 2 are the inputs' and the last the outputs'" in surplus.provenance.reading
    assert "the first" not in plain.provenance.reading


@pytest.mark.parametrize("text", [TEXT.replace(",\n", "\n"), TEXT.replace("\n", "\r\n"), TEXT + "\n \n"])
def test_commas_at_line_ends_and_windows_line_ends_make_no_difference(tmp_path: Path, text: str) -> None:
    assert load(written(tmp_path, text)) == load(written(tmp_path, TEXT))


@pytest.mark.parametrize(
    ("line", "text", "place", "found"),
    [
        (3, "2,2,2,\n", "line 3", "3 numbers"),
        (3, "2,3,2,2,\n", "line 4", "2 inputs and 2 outputs"),
        (3, "2,2,1,2,\n", "line 4", "2 inputs and 2 outputs"),
        (3, "3,2,2,2,\n", "line 4", "3 widths"),
        (3, "-2,2,2,2,\n", "line 3", "'-2'"),
        (3, "0,2,2,2,\n", "line 4", "3 widths"),
        (4, "2,0,2,\n", "line 4", "an empty layer"),
        (4, "2,999999999,2,\n", "line 4", "a network too large"),
        (4, "2,１,2,\n", "line 4", "'\\uff11'"),
        (6, "-5.0,\n", "line 6 (the least input values)", "1 numbers"),
        (8, "1.0,2.0,\n", "line 8 (the means)", "2 numbers"),
        (9, "4.0,0.0,10.0,\n", "the ranges", "the range 0 at position 1"),
        (9, "4.0,0.5,0,\n", "the ranges", "the range 0 at position 2"),
        (9, "4.0,0.5,1,1,\n", "the ranges", "4 ranges for 3 means"),
        (10, "0.1,\n", "line 10 (layer 1, weights of neuron 0)", "1 numbers"),
        (10, "0.1,1,1,\n", "line 10 (layer 1, weights of neuron 0)", "3 numbers"),
        (10, "0.1,nan,\n", "line 10", "'nan', not a decimal number"),
        (10, "0.1,inf,\n", "line 10", "'inf', not a decimal number"),
        (10, "0.1,1_0,\n", "line 10", "'1_0', not a decimal number"),
        (10, "0.1,1e999999999,\n", "line 10", "'1e999999999', an exponent beyond"),
        (10, "0.1,0e999999999,\n", "line 10", "'0e999999999', an exponent beyond"),
        (10, "0.1,1e-999999999,\n", "line 10", "'1e-999999999', an exponent beyond"),
        (10, f"0.1,{'1' * 200_000},\n", "line 10", "'1111"),
        (10, "0.1,,\n", "line 10", "'', not a decimal number"),
        (11, "0.25,1,\n", "line 11 (layer 1, bias of neuron 0)", "2 numbers"),
        (11, "// no\n", "line 11", "'// no', not a decimal number"),
        (15, "", "behind line 14", "the end of the file"),
        (15, "2.5,\n1,\n", "line 16 (after the last bias)", "'1,'"),
    ],
)
def test_a_bad_line_is_refused_by_its_number(tmp_path: Path, line: int, text: str, place: str, found: str) -> None:
    complaint = refusal(written(tmp_path, replaced(line, text)))
    assert f"{place}" in complaint
    assert f"found {found}" in complaint


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"\xef\xbb\xbf" + TEXT.encode(), "a byte order mark"),
        (TEXT.encode("utf-16"), "a byte that is not UTF-8"),
        (TEXT.encode("utf-16-le"), "a NUL byte"),
        (b"// caf\xe9\n" + TEXT.encode(), "a byte that is not UTF-8, at 6"),
        (b"//\n" * 3, "the end of the file"),
        (b"\x80\x04\x95.", "a byte that is not UTF-8"),
        (b"PK\x03\x04", "no newline at the end"),
    ],
)
def test_what_is_no_text_of_this_kind_is_refused(tmp_path: Path, data: bytes, found: str) -> None:
    assert f"found {found}" in refusal(written(tmp_path, data))


def test_decimals_too_far_apart_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exactrev.network.files.exact_arrays.MAX_BITS", 10_000)
    path = written(tmp_path, replaced(10, "1e4000,1e-4000,\n"))
    assert "layer 1: found the numbers need too many digits" in refusal(path)


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    for end in range(len(TEXT)):
        refusal(written(tmp_path, TEXT[:end]))
