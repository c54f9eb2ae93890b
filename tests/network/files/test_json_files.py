"""Our own JSON: every rational survives, and nothing that could be read two ways is read at all."""

from __future__ import annotations

import json
from dataclasses import asdict
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from file_builders import DYADIC, refusal
from hypothesis import HealthCheck, given, settings

from exactrev.errors import BadInput
from exactrev.network import Network, load, save
from exactrev.testing.strategies import networks


def document(**replaced: Any) -> dict[str, Any]:
    """A 2-1-1 network, with some keys replaced; None removes a key."""
    whole = {
        "format": "exactrev-network",
        "version": 1,
        "layers": [{"weights": [[1, "-1/2"]], "bias": ["2/3"]}, {"weights": [[4]], "bias": [5]}],
    } | replaced
    return {key: value for key, value in whole.items() if value is not None}


def written(folder: Path, text: str | bytes | dict[str, Any]) -> Path:
    path = folder / "net.json"
    if isinstance(text, dict):
        text = json.dumps(text)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def with_entry(text: str) -> str:
    """A document whose first weight is this piece of JSON."""
    return json.dumps(document()).replace('[[1, "-1/2"]]', f"[[{text}, 0]]")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(networks())
def test_every_network_comes_back_as_it_was(tmp_path: Path, net: Network) -> None:
    save(net, tmp_path / "net.json")
    assert load(tmp_path / "net.json") == net


def test_the_documented_example_is_read(tmp_path: Path) -> None:
    from exactrev.network.files import json_format

    assert json_format.__doc__ is not None
    example = json_format.__doc__.split("\n\n")[1]
    net = load(written(tmp_path, example))
    assert net.widths == (2, 2, 1)
    assert net.layers[0].b == (0, Fraction(1, 7))
    assert net.layers[1].b == (0,)  # "none"


def test_a_loaded_network_knows_where_it_came_from(tmp_path: Path) -> None:
    path = written(tmp_path, document())
    provenance = load(path).provenance
    assert provenance is not None
    assert asdict(provenance) == {
        "path": "net.json",
        "sha256": sha256(path.read_bytes()).hexdigest(),
        "format": "exactrev JSON",
        "dtype": "rational",
        "reading": "rationals exact",
    }


def test_a_converted_network_remembers_its_origin(tmp_path: Path) -> None:
    save(DYADIC, tmp_path / "net.npz")
    first = load(tmp_path / "net.npz")
    save(first, tmp_path / "net.json")
    second = load(tmp_path / "net.json")
    assert second == DYADIC
    assert first.provenance is not None
    assert second.provenance is not None
    assert "net.npz" in second.provenance.reading
    assert first.provenance.sha256 in second.provenance.reading


@pytest.mark.parametrize("value", [1, None, "two\nlines", "\ud800"])
def test_an_origin_that_is_no_plain_text_is_refused(tmp_path: Path, value: Any) -> None:
    origin = dict.fromkeys(("path", "sha256", "format", "dtype", "reading"), "x") | {"dtype": value}
    assert "origin.dtype: found" in refusal(written(tmp_path, document(origin=origin)))


def test_a_number_too_long_to_be_read_back_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="expected at most 100000"):
        save(Network.from_arrays([([[Fraction(1, 1 << 400_000)]], [0])]), tmp_path / "net.json")
    assert list(tmp_path.iterdir()) == []


def test_more_weights_than_allowed_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exactrev.network.files.json_format.MAX_ENTRIES", 1)
    assert "layers[0].weights: found more than 1 weights" in refusal(written(tmp_path, document()))


def test_equal_networks_give_equal_bytes(tmp_path: Path) -> None:
    save(DYADIC, tmp_path / "a.json")
    save(Network(DYADIC.layers), tmp_path / "b.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_fractions_need_not_be_in_lowest_terms(tmp_path: Path) -> None:
    assert load(written(tmp_path, with_entry('"2/4"'))).layers[0].W[0][0] == Fraction(1, 2)


def test_an_integer_of_five_thousand_digits_is_exact(tmp_path: Path) -> None:
    digits = "7" * 5000
    sevens = 7 * (10**5000 - 1) // 9
    assert load(written(tmp_path, with_entry(digits))).layers[0].W[0][0] == sevens
    assert load(written(tmp_path, with_entry(f'"1/{digits}"'))).layers[0].W[0][0] == Fraction(1, sevens)


def test_a_long_number_survives_saving(tmp_path: Path) -> None:
    net = Network.from_arrays([([[10**6000 + 1, Fraction(1, 3**9000)]], [0])])
    save(net, tmp_path / "net.json")
    assert load(tmp_path / "net.json") == net


def test_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    text = json.dumps(document(), indent=1).replace("\n", "\r\n")
    assert load(written(tmp_path, text)) == load(written(tmp_path, document()))


@pytest.mark.parametrize("number", ["0.5", "0.1", "1e400", "1e999999999", "1e-999999999", "0e999999999", "-1E5"])
def test_a_float_is_refused_whatever_its_value(tmp_path: Path, number: str) -> None:
    line = refusal(written(tmp_path, with_entry(number)))
    assert f"layers[0].weights[0][0]: found a float, {number}; expected an integer or a string" in line


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_nan_and_infinities_are_refused_with_their_place(tmp_path: Path, number: str) -> None:
    line = refusal(written(tmp_path, with_entry(number)))
    assert "layers[0].weights[0][0]" in line
    assert number in line


@pytest.mark.parametrize(
    "text",
    [
        *("1/0", "0/0", "1/-2", "1/2/3", "--1", "+1", "01", "", " 1", "1 ", "1_000", "１"),
        *("0x10", "0.1", "1e5", "1e999999999", "NaN", "\\ud800"),
    ],
)
def test_a_string_that_is_no_rational_is_refused(tmp_path: Path, text: str) -> None:
    line = refusal(written(tmp_path, with_entry(f'"{text}"')))
    assert "layers[0].weights[0][0]" in line
    assert line.endswith('expected an integer or a string "p/q"')


@pytest.mark.parametrize(
    ("entry", "shown"), [("true", "true"), ("null", "null"), ("[1]", "an array"), ("{}", "an object")]
)
def test_what_is_no_number_is_refused(tmp_path: Path, entry: str, shown: str) -> None:
    assert f"layers[0].weights[0][0]: found {shown};" in refusal(written(tmp_path, with_entry(entry)))


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_million_digits_are_refused(tmp_path: Path, quote: str) -> None:
    path = written(tmp_path, with_entry(f"{quote}{'1' * 1_000_000}{quote}"))
    assert "100000 digits" in refusal(path)



def test_a_common_denominator_that_no_memory_holds_is_refused(tmp_path: Path) -> None:
    # 2000 pairwise different denominators of 400 digits each: their product has 800,000 digits in each of 2000 entries.
    row = ", ".join(f'"1/{10**400 + 2 * i + 1}"' for i in range(2000))
    text = json.dumps(document(layers=None))[:-1] + f', "layers": [{{"weights": [[{row}]], "bias": [0]}}]}}'
    assert "common denominator" in refusal(written(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "place", "found"),
    [
        (document(layers=None), "", "no key 'layers'"),
        (document(name="x"), "", "the unknown key 'name'"),
        (document(version=2), "version", "the number 2"),
        (document(version="1"), "version", "the string '1'"),
        (document(format="onnx"), "format", "the string 'onnx'"),
        (document(layers=[]), "layers", "an empty array"),
        (document(layers={}), "layers", "an object"),
        (document(layers=[{"weights": [[1]]}]), "layers[0]", "no key 'bias'"),
        (document(layers=[{"weights": [[1]], "bais": [0]}]), "layers[0]", "the unknown key 'bais'"),
        (document(layers=[{"weights": [[1]], "bias": "zero"}]), "layers[0].bias", "the string 'zero'"),
        (document(layers=[{"weights": [[1]], "bias": [0, 0]}]), "layers[0].bias", "2 entries"),
        (document(layers=[{"weights": [[1, 2], [3]], "bias": []}]), "layers[0].weights[1]", "1 entries after rows of"),
        (document(layers=[{"weights": [[]], "bias": [0]}]), "layers[0].weights[0]", "an empty array"),
        (document(layers=[{"weights": [1], "bias": [0]}]), "layers[0].weights[0]", "the number 1"),
        (document(layers=[{"weights": [[1, 2]], "bias": [0]}] * 2), "layers 1 and 2", "1 outputs, then 2 inputs"),
        (document(origin={}), "origin", "no key 'dtype'"),
        ("{}", "", "no key 'format'"),
        ("[]", "", "an array"),
        ("", "", "an empty file"),
        ("   \n", "line 2", "an empty file"),
        ('{"format": 1, "format": 1}', "", "the key 'format' twice"),
        (json.dumps(document()) + "x", "line 1", "extra data"),
        (json.dumps(document()) * 2, "line 1", "extra data"),
        (json.dumps(document())[:-1], "line 1", "the end of the file"),
        (b"\xef\xbb\xbf" + json.dumps(document()).encode(), "", "a byte order mark"),
        (json.dumps(document()).encode("utf-16"), "", "a byte order mark"),
        (json.dumps(document()).encode("utf-16-le"), "", "expecting"),
        (b'{"f\xe4rmat": 1}', "", "a byte that is not UTF-8, at 3"),
        (b'{"format\x00": 1}', "line 1", "invalid control character"),
    ],
)
def test_a_bad_document_is_refused_with_place_and_reason(
    tmp_path: Path, text: str | bytes | dict[str, Any], place: str, found: str
) -> None:
    line = refusal(written(tmp_path, text))
    assert place in line
    assert f"found {found}" in line


def test_deep_nesting_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    assert "nesting deeper than 8" in refusal(written(tmp_path, "[" * 100_000))
    assert "nesting deeper than 8" in refusal(written(tmp_path, '{"a":' * 100_000))


def test_brackets_inside_strings_do_not_nest(tmp_path: Path) -> None:
    name = "[" * 50 + '\\"' + "{" * 50
    assert "the unknown key" in refusal(written(tmp_path, f'{{"{name}": 1}}'))


def test_quotes_without_end_take_linear_time(tmp_path: Path) -> None:
    assert "line 1" in refusal(written(tmp_path, '"' + '\\"' * 500_000))


def test_too_many_values_are_refused_before_they_are_parsed(tmp_path: Path) -> None:
    assert "values" in refusal(written(tmp_path, "[" + "0," * ((1 << 22) + 1) + "0]"))


def test_a_key_as_long_as_a_book_is_not_repeated_in_full(tmp_path: Path) -> None:
    assert len(refusal(written(tmp_path, json.dumps({"k" * 100_000: 1})))) < 500


def test_a_document_cut_anywhere_is_refused(tmp_path: Path) -> None:
    text = json.dumps(document())
    for end in range(len(text)):
        refusal(written(tmp_path, text[:end]))
