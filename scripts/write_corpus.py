"""Writes tests/corpus: valid certificates, forgeries, and texts that are no certificates, each with its verdict.

The files are the tests; this script says how each was made, as an edit of a valid certificate, and writes them again
when the format changes. A case that nobody made this way is added by adding a file. Run from anywhere:

    python scripts/write_corpus.py
"""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from exactrev.certificates import (
    Certificate,
    certify_bend,
    certify_components,
    certify_different,
    certify_flat_direction,
    certify_functional_dimension,
    certify_inert,
    certify_isomorphic,
    certify_recovered,
    certify_regions,
    certify_regions_by_facets,
    certify_same_boundary,
    certify_separation,
    decide_bounded,
    decide_empty,
    decide_equal,
    decide_linear_regions,
    decide_meeting,
)
from exactrev.certificates.text import Step, digest_of, hash_of
from exactrev.checker.kinds import check
from exactrev.checker.refusals import Malformed, Rejected
from exactrev.network import AffineMap, Network, Neuron

CORPUS = Path(__file__).resolve().parents[1] / "tests" / "corpus"
FOLDERS = {0: "verified", 10: "rejected", 20: "malformed"}
Edit = Callable[[list[str]], object]


def relu(*layers: Sequence[Sequence[object]]) -> Network:
    """Each layer as rows (w_1, ..., w_n, b), the output layer last."""
    return Network.from_arrays([([row[:-1] for row in layer], [row[-1] for row in layer]) for layer in layers])


def required(case: object) -> Certificate:
    """A certificate where there might have been none."""
    if not isinstance(case, Certificate):
        raise ValueError("no certificate")
    return case


# Three lines in general position; two neurons in layer 2 on top of them; the diamond |x| + |y| = 1; points on a line.
LINES = relu([[1, 0, 0], [0, 1, 0], [1, 1, -1]], [[1, 2, 4, 0]])
DEEP = relu([[1, 0, 0], [0, 1, 0]], [[1, 1, -1], [1, -2, 3]], [[1, 1, 0]])
DIAMOND = relu([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]], [[1, 1, 1, 1, -1]], [[1, 0]])
TENT = relu([[1, 0], [-1, 0]], [[1, 1, -1]], [[1, 0]])  # |x| - 1
PARALLEL = relu([[1, 2, 0], [1, 2, -1]], [[1, 1, 0]])
THICK = relu([[1, 0]], [[1, 0]], [[1, 0]])  # layer 2 vanishes for x < 0
ZERO = relu([[1, 0], [0, 0]], [[1, 1, 0]])
DEAD = relu([[1, 0], [0, -1]], [[1, 5, 0]])
CONSTANT = relu([[1, 0], [0, 1]], [[1, 5, 0]])
FLAT = relu([[1, 0]], [[0, 3]])  # constant, two regions
CONE = relu([[-1, 1, 0], [1, 1, 0], [0, 1, 0]], [[1, 1, -2, 0]])  # separates the readings
INERT = relu([[1, 0], [-1, -1]], [[-1, 1, -1]], [[1, 0]])
CORNER = relu([[1, 0, 0], [0, 1, 0]], [[1, 1, -1]], [[1, 0]])
STRAIGHT = relu([[1, 0, 0], [0, 1, 3]], [[0, 1, -5]], [[1, 0]])
DOUBLE = relu([[1, 0], [1, 0]], [[1, -1, 0]])
SCALED = relu([[0, "1/2", 0], [2, 0, 0], [1, 1, -1]], [[4, "1/2", 4, 0]])


def steps(*lines: str) -> tuple[Step, ...]:
    return tuple((line.split()[0], *map(int, line.split()[1:])) for line in lines)


def spliced(cert: Certificate, at: int, *lines: str, drop: int = 1) -> Certificate:
    """The certificate with `drop` steps from number `at` on replaced by others."""
    return replace(cert, steps=(*cert.steps[:at], *steps(*lines), *cert.steps[at + drop :]))


def at(cert: Certificate, letter: str, occurrence: int = 0) -> int:
    """The number of a step."""
    return [k for k, step in enumerate(cert.steps) if step[0] == letter][occurrence]


def edited(cert: Certificate, edit: Edit, seal: bool = True) -> bytes:
    """The certificate with its lines edited as text, and closed by the END that belongs to what they are now."""
    lines = cert.to_bytes().decode().splitlines()
    end = lines.pop()
    edit(lines)
    text = "".join(line + "\n" for line in lines)
    if seal:
        end = f"END {len(lines)} sha256:{hashlib.sha256(text.encode('utf-8')).hexdigest()}"
    return (text + end + "\n").encode("utf-8")


def substituted(cert: Certificate, old: str, new: str, seal: bool = True) -> bytes:
    """The certificate with one text replaced by another, where it occurs first."""

    def edit(lines: list[str]) -> None:
        text = "\n".join(lines)
        if old not in text:
            raise ValueError(f"{old!r} does not occur in {cert.claim}")
        lines[:] = text.replace(old, new, 1).split("\n")

    return edited(cert, edit, seal)


def reweighted(cert: Certificate, old: str, new: str, networks: int = 1) -> bytes:
    """The same with the hash of the network that is now in the file (spelt however it is spelt)."""

    def edit(lines: list[str]) -> None:
        text = "\n".join(lines).replace(old, new, 1)
        lines[:] = text.split("\n")
        starts = [k for k, line in enumerate(lines) if line.startswith("network")]
        hashes = []
        for start in starts:
            end = start + 1
            while end < len(lines) and lines[end].split()[0] in ("layer", "R"):
                end += 1
            body = "".join(line + "\n" for line in lines[start:end])
            hashes.append("sha256:" + hashlib.sha256(body.encode()).hexdigest())
        words = [word for word in lines[1].split() if not word.startswith("sha256:")]
        lines[1] = " ".join([*words, *hashes])

    return edited(cert, edit)


class Corpus:
    """Collects cases and refuses those whose verdict is not the expected one."""

    def __init__(self) -> None:
        self.cases: dict[tuple[int, str], bytes] = {}
        self.failures: list[str] = []

    def add(self, code: int, name: str, case: Certificate | bytes | None) -> None:
        if case is None:
            raise ValueError(f"{name}: no certificate")
        data = case.to_bytes() if isinstance(case, Certificate) else case
        found = verdict(data)
        if found[0] != code:
            self.failures.append(f"{name}: {found}, not {code}")
            return
        if (code, name) in self.cases:
            raise ValueError(f"{name}: twice")
        self.cases[code, name] = data

    def write(self) -> None:
        for (code, name), data in self.cases.items():
            path = CORPUS / FOLDERS[code] / f"{name}.cert"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        kept = {CORPUS / FOLDERS[code] / f"{name}.cert" for code, name in self.cases}
        for folder in FOLDERS.values():
            others = sorted(path.name for path in (CORPUS / folder).glob("*.cert") if path not in kept)
            print(f"{folder}: {sum(path.parent.name == folder for path in kept)} written, others: {others}")


def verdict(data: bytes) -> tuple[int, str]:
    try:
        check(io.BytesIO(data))
    except Rejected as refusal:
        return 10, str(refusal)
    except Malformed as refusal:
        return 20, str(refusal)
    return 0, ""


def main() -> int:
    corpus = Corpus()
    for group in (valid, of_the_text, of_networks, of_claims, of_trees, of_refutations, of_regions, of_facets):
        group(corpus)
    for group in (of_linear_regions, of_boundaries, of_components, of_bends, of_pairs, of_recoveries, of_weights):
        group(corpus)
    for failure in corpus.failures:
        print(failure, file=sys.stderr)
    if not corpus.failures:
        corpus.write()
    return len(corpus.failures) > 0


# -- valid certificates, one for every claim and proof -----------------------------------------------------------------

REGIONS = certify_regions(LINES)
FACETS = certify_regions_by_facets(LINES)
BOX = certify_regions(LINES, [(Fraction(-1), Fraction(1, 2)), (Fraction(0), Fraction(3))])
THICK_REGIONS = certify_regions(THICK)
THICK_FACETS = certify_regions_by_facets(THICK)
DISJOINT = decide_meeting(PARALLEL, Neuron(1, 0), Neuron(1, 1))
DISJOINT_LINES = [" ".join(map(str, step)) for step in DISJOINT.steps]
DEEP_DISJOINT = decide_meeting(TENT, Neuron(1, 0), Neuron(2, 0))
MEET = decide_meeting(LINES, Neuron(1, 0), Neuron(1, 2))
EMPTY = required(decide_empty(DEAD, Neuron(1, 1)))
BOUNDED = decide_bounded(TENT, Neuron(2, 0))
UNBOUNDED = decide_bounded(CORNER, Neuron(2, 0))
SEPARATED = certify_separation(TENT, Neuron(2, 0), (2, 1))
COMPONENTS = certify_components(TENT, Neuron(2, 0))
CONNECTED = certify_components(DIAMOND, Neuron(2, 0))
BEND = certify_bend(CORNER, Neuron(2, 0), Neuron(1, 0), (Fraction(0), Fraction(1)))
NO_BEND = certify_bend(STRAIGHT, Neuron(2, 0), Neuron(1, 0), (Fraction(0), Fraction(2)))
EQUAL = decide_equal(DOUBLE, relu([[1, -1]], [[0, 0]]))
MATCHING = required(certify_isomorphic(LINES, SCALED))
DIFFERENT = certify_different(LINES, DEEP, (Fraction(1), Fraction(1)))
SAME = required(
    certify_same_boundary(
        relu([[1, 0, 0], [0, 1, 0]], [[-1, -2, 2], [-2, -1, 3]], [[1, 2, 0]]),
        relu([[0, 2, 0], [1, 0, 0]], [["1/2", "1/2", -1], ["-1/2", -2, 3]], [[1, 7, 3]]),
    )
)
FAILS = decide_linear_regions(FLAT, "facet")
TOUCHING_FAILS = decide_linear_regions(CONE, "touching")
HOLDS = decide_linear_regions(CONE, "facet")
TOUCHING_HOLDS = decide_linear_regions(LINES, "touching")
TENT_HOLDS = decide_linear_regions(relu([[1, 0], [1, -1], [1, -2]], [[1, -2, 1, 0]]), "touching")
INERT_WEIGHT = certify_inert(INERT, Neuron(1, 0), 0, Fraction(0))
INERT_ALWAYS = certify_inert(DEAD, Neuron(1, 1), 0)
FLAT_DIRECTION = certify_flat_direction(CONSTANT, 2, AffineMap.from_arrays([[0, 1]], [-1]))
DIMENSION = certify_functional_dimension(relu([[1, 1]], [[2, 1]]))
TRANSCRIPT = [((Fraction(k), Fraction(1, 2)), LINES((k, Fraction(1, 2)))) for k in range(3)]
RECOVERED = required(certify_recovered(LINES, SCALED, TRANSCRIPT))


def valid(corpus: Corpus) -> None:
    for name, case in {
        "regions": REGIONS, "regions_by_facets": FACETS, "regions_in_a_box": BOX, "thick_cells": THICK_REGIONS,
        "thick_cells_by_facets": THICK_FACETS, "disjoint": DISJOINT, "disjoint_in_two_layers": DEEP_DISJOINT,
        "meet": MEET, "empty": EMPTY, "bounded": BOUNDED, "unbounded": UNBOUNDED, "disconnected": SEPARATED,
        "two_components": COMPONENTS, "one_component": CONNECTED, "bend": BEND, "no_bend": NO_BEND,
        "equal_by_a_tree": EQUAL, "isomorphic": MATCHING, "different": DIFFERENT, "same_boundary": SAME,
        "lra_fails": FAILS, "lra_fails_touching": TOUCHING_FAILS, "lra_holds": HOLDS,
        "lra_holds_touching": TENT_HOLDS, "lra_holds_touching_all_maps_differ": TOUCHING_HOLDS,
        "inert_weight": INERT_WEIGHT, "inert_weight_of_a_dead_neuron": INERT_ALWAYS,
        "flat_direction": FLAT_DIRECTION, "functional_dimension": DIMENSION, "recovered": RECOVERED,
        "equal_by_matching": certify_isomorphic(LINES, SCALED, "equal"),
        "lra_holds_facet_by_a_tree": replace(TENT_HOLDS, name="lra-holds-facet"),
        "no_hidden_layer": certify_regions(relu([[2, 3, 1]])),
        "no_hidden_layer_by_facets": certify_regions_by_facets(relu([[2, 3, 1]])),
        "all_zero": certify_regions(relu([[0, 0]], [[0, 0]])),
        "long_numbers": certify_regions(relu([[1, 0], [1, -(10**300)]], [[1, 1, 0]])),
        "sliver": certify_regions(relu([[1, 0], [1, Fraction(-1, 2**500)]], [[1, 1, 0]])),
    }.items():  # fmt: skip
        corpus.add(0, name, case)


# -- text ------------------------------------------------------------------------------------------------------------


def of_the_text(corpus: Corpus) -> None:
    text = REGIONS.to_bytes()
    lines = text.decode().splitlines()
    bad = corpus.add
    bad(20, "empty_file", b"")
    bad(20, "only_a_newline", b"\n")
    bad(20, "null_bytes", b"\0" * 64)
    bad(20, "json", b'{"claim": "regions 7 0"}\n')
    bad(20, "byte_order_mark", b"\xef\xbb\xbf" + text)
    bad(20, "utf_16", text.decode().encode("utf-16"))
    bad(20, "carriage_returns", text.replace(b"\n", b"\r\n"))
    bad(20, "old_mac_newlines", text.replace(b"\n", b"\r"))
    bad(20, "no_newline_at_the_end", text[:-1])
    bad(20, "end_closed_by_a_letter_instead_of_a_newline", text[:-1] + b"x")
    bad(20, "end_missing", "".join(line + "\n" for line in lines[:-1]).encode())
    bad(20, "end_twice", text + lines[-1].encode() + b"\n")
    bad(20, "end_with_too_many_lines", edited(REGIONS, lambda lines: None).replace(b"END ", b"END 1"))
    bad(20, "end_with_too_few_lines", text.replace(f"END {len(lines) - 1}".encode(), f"END {len(lines) - 2}".encode()))
    bad(20, "end_with_another_digest", text[:-2] + (b"0\n" if text[-2:-1] != b"0" else b"1\n"))
    bad(20, "end_with_an_upper_case_digest", text[:-65] + text[-65:].upper())
    bad(20, "end_without_a_digest", text[: text.rindex(b" sha256")] + b"\n")
    bad(20, "end_with_leading_zero", text.replace(b"\nEND ", b"\nEND 0"))
    bad(20, "end_in_lower_case", text.replace(b"\nEND ", b"\nend "))
    bad(20, "something_after_the_end", text + b"L 1 0 0\n")
    bad(20, "a_blank_line_after_the_end", text + b"\n")
    bad(20, "two_certificates_in_a_file", text + text)
    bad(20, "byte_changed_without_a_new_digest", substituted(REGIONS, "L ", "L  ", seal=False))
    bad(20, "point_changed_without_a_new_digest", swap_witness_scale(text))
    bad(20, "version_2", substituted(REGIONS, "certificate 1", "certificate 2"))
    bad(20, "another_format", substituted(REGIONS, "exactrev-certificate", "exactrev-certificates"))
    bad(20, "version_line_missing", edited(REGIONS, lambda lines: lines.pop(0)))
    bad(20, "claim_line_missing", edited(REGIONS, lambda lines: lines.pop(1)))
    bad(20, "proof_line_missing", edited(REGIONS, lambda lines: lines.pop(2)))
    bad(20, "claim_after_the_proof", edited(REGIONS, lambda lines: lines.insert(1, lines.pop(2))))
    bad(20, "comment_line", edited(REGIONS, lambda lines: lines.insert(3, "# a comment")))
    bad(20, "blank_line_in_the_middle", edited(REGIONS, lambda lines: lines.insert(3, "")))
    step = "\n" + " ".join(map(str, REGIONS.steps[at(REGIONS, "L")])) + "\n"
    for name, old, new in (
        ("tab", " ", "\t"), ("double_space", " ", "  "), ("no_break_space", " ", "\u00a0"),
        ("space_at_the_end", "\n", " \n"), ("space_at_the_start", "\n", "\n "), ("leading_zero", " ", " 0"),
        ("plus_sign", "L ", "L +"), ("minus_zero", " ", " -0 "), ("full_width_digit", "1", "\uff11"),
        ("arabic_digit", "1", "\u0661"), ("underscore", " ", " 1_"), ("decimal_point", "1", "1."),
        ("exponent", "1", "1e0"), ("hexadecimal", " ", " 0x"), ("fraction", "1", "1/1"), ("lower_case", "L", "l"),
        ("two_letters", "L", "LL"), ("not_a_number", " ", " nan "), ("infinity", " ", " inf "), ("true", " ", " True "),
        ("comma", " ", ","), ("nul_byte", " ", " \0"), ("vertical_tab", " ", "\x0b"), ("form_feed", "\n", "\x0c\n"),
        ("line_separator", "\n", "\u2028\n"), ("unicode_minus", " ", " \u2212"), ("quotes", " ", ' "'),
    ):  # fmt: skip
        spoilt = step[0] + step[1:].replace(old, new, 1) if old != "\n" else (
            new + step[1:] if new.startswith("\n") else step[0] + step[1:-1] + new
        )  # fmt: skip
        bad(20, f"step_with_{name}", substituted(REGIONS, step, spoilt))


def swap_witness_scale(text: bytes) -> bytes:
    """One digit of a point changed, nothing else."""
    k = text.index(b"\nL ") + 3
    return text[:k] + (b"3" if text[k : k + 1] != b"3" else b"5") + text[k + 1 :]


# -- networks --------------------------------------------------------------------------------------------------------


def of_networks(corpus: Corpus) -> None:
    bad = corpus.add
    bad(20, "network_missing", edited(REGIONS, lambda lines: lines.pop(3)))
    bad(
        20,
        "network_without_outputs",
        reweighted(certify_regions(relu([[1, 0]])), "network 1 1\nlayer 1\nR 1 0", "network 1"),
    )
    bad(
        20,
        "network_of_no_outputs",
        reweighted(certify_regions(relu([[1, 0]])), "network 1 1\nlayer 1\nR 1 0", "network 1 0\nlayer 1"),
    )
    bad(20, "network_without_inputs", reweighted(REGIONS, "network 2 3 1", "network 0 3 1"))
    bad(20, "network_of_width_zero", reweighted(REGIONS, "network 2 3 1", "network 2 0 1"))
    bad(20, "network_of_negative_width", reweighted(REGIONS, "network 2 3 1", "network 2 -3 1"))
    bad(20, "layer_wider_than_stated", reweighted(REGIONS, "network 2 3 1", "network 2 2 1"))
    bad(20, "layer_narrower_than_stated", reweighted(REGIONS, "network 2 3 1", "network 2 4 1"))
    bad(20, "row_too_long", reweighted(REGIONS, "R 1 1 -1", "R 1 1 -1 0"))
    bad(20, "row_too_short_without_its_bias", reweighted(REGIONS, "R 1 1 -1", "R 1 1"))
    bad(20, "row_with_another_letter", substituted(REGIONS, "R 1 1 -1", "W 1 1 -1"))
    bad(20, "layer_with_denominator_zero", reweighted(REGIONS, "layer 1", "layer 0"))
    bad(20, "layer_with_negative_denominator", reweighted(REGIONS, "layer 1", "layer -1"))
    bad(20, "layer_with_two_denominators", substituted(REGIONS, "layer 1", "layer 1 1"))
    bad(20, "layer_without_denominator", reweighted(REGIONS, "layer 1", "layer"))
    bad(
        20,
        "layer_not_in_lowest_terms",
        reweighted(REGIONS, "layer 1\nR 1 0 0\nR 0 1 0\nR 1 1 -1", "layer 2\nR 2 0 0\nR 0 2 0\nR 2 2 -2"),
    )
    bad(20, "layers_in_another_order", reweighted(REGIONS, "layer 1\nR 1 0 0", "network 1\nR 1 0 0"))
    bad(20, "network_called_layer", substituted(REGIONS, "network 2 3 1", "layer 2 3 1"))
    bad(10, "hash_of_another_network", replace_hash(REGIONS, hash_of(DEEP)))
    bad(
        10,
        "hash_of_the_file_instead_of_the_network",
        replace_hash(REGIONS, "sha256:" + hashlib.sha256(REGIONS.to_bytes()).hexdigest()),
    )
    bad(10, "network_of_one_weight_changed", substituted(REGIONS, "R 1 2 4 0", "R 1 2 5 0"))
    bad(10, "network_with_layers_rescaled_between_them", substituted(REGIONS, "R 0 1 0", "R 0 2 0"))
    bad(
        10,
        "hashes_of_two_networks_in_the_wrong_order",
        substituted(DIFFERENT, f"{hash_of(LINES)} {hash_of(DEEP)}", f"{hash_of(DEEP)} {hash_of(LINES)}"),
    )


def replace_hash(cert: Certificate, new: str) -> bytes:
    return substituted(cert, hash_of(cert.networks[0]), new)


# -- claims ----------------------------------------------------------------------------------------------------------


def of_claims(corpus: Corpus) -> None:
    bad = corpus.add
    bad(20, "claim_of_an_unknown_name", replace(REGIONS, name="areas"))
    bad(20, "claim_in_upper_case", replace(REGIONS, name="Regions"))
    bad(20, "claim_without_a_name", substituted(REGIONS, "claim regions ", "claim "))
    bad(20, "claim_with_a_word_among_its_numbers", substituted(REGIONS, "regions 7", "regions x 7"))
    bad(20, "proof_of_an_unknown_name", replace(REGIONS, proof="authority"))
    bad(20, "proof_of_another_claim", replace(REGIONS, proof="matching"))
    bad(20, "proof_with_a_number", substituted(REGIONS, "proof tree", "proof tree 1"))
    bad(20, "claim_with_a_number_too_many", replace(REGIONS, numbers=(7, 0, 0)))
    bad(20, "claim_of_equality_with_a_number", replace(EQUAL, numbers=(1,)))
    bad(20, "claim_with_a_number_too_few", replace(REGIONS, numbers=(7,)))
    bad(20, "claim_about_a_box_with_a_side_too_few", replace(BOX, numbers=BOX.numbers[:-4]))
    bad(20, "claim_with_a_hash_too_many", replace(REGIONS, hashes=(hash_of(LINES),)))
    bad(20, "claim_without_a_hash", edited(REGIONS, lambda lines: lines.__setitem__(1, "claim regions 7 0")))
    bad(20, "claim_with_half_a_hash", substituted(REGIONS, hash_of(LINES), hash_of(LINES)[:40]))
    bad(20, "claim_with_another_kind_of_hash", substituted(REGIONS, "sha256:", "sha512:"))
    bad(20, "claim_about_neuron_of_layer_0", replace(EMPTY, numbers=(0, 0)))
    bad(20, "claim_about_neuron_of_the_output_layer", replace(MEET, numbers=(1, 0, 2, 0), steps=steps("P 1 0 0")))
    bad(20, "claim_about_neuron_of_negative_layer", replace(MEET, numbers=(-1, 0, 1, 0), steps=steps("P 1 0 0")))
    bad(20, "claim_about_neuron_beyond_the_layer", replace(MEET, numbers=(1, 0, 1, 3)))
    bad(20, "claim_about_neuron_of_negative_index", replace(MEET, numbers=(1, -1, 1, 0), steps=steps("P 1 0 1")))
    bad(20, "claim_that_a_boundary_meets_itself", replace(MEET, numbers=(1, 0, 1, 0)))
    bad(20, "claim_about_neurons_in_the_wrong_order", replace(MEET, numbers=(1, 2, 1, 0)))
    bad(20, "networks_with_other_inputs", replace(DIFFERENT, networks=(LINES, TENT)))
    bad(
        20,
        "networks_with_other_inputs_called_equal",
        replace(EQUAL, networks=(relu([[0, 0]]), relu([[0, 0, 0]])), steps=steps("L")),
    )
    bad(
        20,
        "networks_with_other_outputs",
        replace(DIFFERENT, networks=(relu([[1, 0]]), relu([[1, 0], [1, 1]])), steps=steps("P 1 0")),
    )
    bad(
        20,
        "networks_with_other_outputs_called_equal",
        replace(EQUAL, networks=(relu([[1, 0]]), relu([[1, 0], [1, 1]])), steps=steps("L")),
    )


# -- trees -----------------------------------------------------------------------------------------------------------


def of_trees(corpus: Corpus) -> None:
    bad = corpus.add
    first_leaf, first_split = at(REGIONS, "L"), at(REGIONS, "S")
    bad(20, "tree_without_a_step", replace(REGIONS, steps=()))
    bad(20, "tree_of_one_split", replace(REGIONS, steps=steps("S")))
    bad(20, "tree_with_its_last_leaf_missing", replace(REGIONS, steps=REGIONS.steps[:-1]))
    bad(20, "tree_with_a_leaf_too_many", replace(REGIONS, steps=REGIONS.steps + REGIONS.steps[-1:]))
    bad(20, "tree_after_the_tree", replace(REGIONS, steps=REGIONS.steps * 2))
    bad(
        10,
        "tree_with_children_swapped",
        replace(certify_regions(relu([[1, 0]], [[1, 0]])), steps=steps("S", "L 1 1", "L 1 -1")),
    )
    bad(
        10,
        "tree_with_one_child_missing",
        replace(REGIONS, steps=REGIONS.steps[:first_leaf] + REGIONS.steps[first_leaf + 1 :]),
    )
    bad(20, "split_with_a_number", spliced(REGIONS, first_split, "S 0"))
    bad(20, "zero_with_a_number", spliced(THICK_REGIONS, at(THICK_REGIONS, "Z"), "Z 0"))
    bad(20, "unknown_letter_for_a_leaf", spliced(REGIONS, first_leaf, "X " + words(REGIONS.steps[first_leaf])))
    bad(20, "letter_of_another_kind_in_a_tree", spliced(REGIONS, first_leaf, "P " + words(REGIONS.steps[first_leaf])))
    bad(10, "split_beyond_the_last_neuron", spliced(REGIONS, first_leaf, "S", drop=0))
    bad(10, "splits_without_end", replace(REGIONS, steps=steps(*["S"] * 200)))
    bad(
        10,
        "split_on_a_zero_form",
        replace(certify_regions(ZERO), numbers=(0, 0), steps=steps("S", "S", "F 1", "F 1", "S", "F 1", "F 1")),
    )
    bad(
        10,
        "split_on_a_zero_form_and_close_both_sides",
        replace(
            EMPTY,
            name="equal",
            proof="tree",
            numbers=(),
            networks=(relu([[0, 0]], [[1, 0]]), relu([[0, 1]], [[1, 0]])),
            steps=steps("S", "F 0", "F 0"),
        ),
    )
    bad(10, "zero_on_a_form_that_is_not_zero", replace(REGIONS, numbers=(0, 1), steps=steps("Z", "Z", "Z", "L 1 0 0")))
    bad(10, "zero_to_skip_a_region", replace(certify_regions(FLAT), numbers=(0, 1), steps=steps("Z", "L 1 0")))
    bad(10, "leaf_before_the_last_neuron", replace(REGIONS, numbers=(1, 0), steps=steps("L 1 0 0")))
    bad(
        10,
        "equal_at_a_leaf_before_the_outputs_are_known",
        replace(EQUAL, networks=(relu([[1, 0]], [[0, 0]]), relu([[1, 0]], [[1, 0]])), steps=steps("S", "L", "L")),
    )
    bad(
        20,
        "leaf_with_a_coordinate_too_many",
        spliced(REGIONS, first_leaf, words(REGIONS.steps[first_leaf], "L") + " 0"),
    )
    bad(20, "leaf_with_a_coordinate_too_few", spliced(REGIONS, first_leaf, "L 1 0"))
    bad(20, "leaf_with_numbers_where_none_are_due", spliced(EQUAL, at(EQUAL, "L"), "L 1"))
    bad(20, "leaf_of_the_linear_regions_with_a_number", spliced(TENT_HOLDS, at(TENT_HOLDS, "L"), "L 0"))
    bad(10, "leaf_where_all_has_to_be_closed", replace(DISJOINT, steps=steps("L")))
    bad(10, "leaf_left_open_after_the_splits", replace(DEEP_DISJOINT, steps=steps(*["S"] * 2, "L", "L", "S", "L", "L")))
    bad(10, "split_on_an_output", replace(DISJOINT, steps=steps("S", *DISJOINT_LINES, *DISJOINT_LINES)))
    bad(10, "null_proof_of_disjointness", replace(DISJOINT, steps=steps("F")))


def words(step: Step, letter: str = "") -> str:
    return " ".join(map(str, ((letter,) if letter else ()) + step[1:]))


# -- refutations -----------------------------------------------------------------------------------------------------


def of_refutations(corpus: Corpus) -> None:
    bad = corpus.add
    line = relu([[1, 0], [1, -1]], [[1, 1, 0]])  # x and x - 1: x < 0, 0 < x < 1, 1 < x
    regions = certify_regions(line)
    leaf = at(regions, "F")
    bad(10, "refutation_without_rows", spliced(regions, leaf, "F"))
    bad(10, "refutation_by_one_row", spliced(regions, leaf, "F 0"))
    bad(10, "refutation_with_a_row_twice", spliced(regions, leaf, "F 0 0"))
    bad(10, "refutation_with_rows_in_the_wrong_order", spliced(regions, leaf, "F 1 0"))
    bad(10, "refutation_with_a_negative_row", spliced(regions, leaf, "F -1 0"))
    bad(10, "refutation_with_a_negative_row_that_python_would_find", spliced(regions, leaf, "F -2 1"))
    bad(10, "refutation_with_the_row_of_the_next_neuron", spliced(regions, 1, "F 0 1", drop=3))
    bad(10, "refutation_with_a_row_that_is_not_there", spliced(regions, leaf, "F 0 7"))
    bad(
        10,
        "refutation_of_a_cell_that_is_there",
        replace(regions, numbers=(2, 0), steps=steps("S", "S", "L 1 -1", "F 0 1", "S", "F 0 1", "L 1 2")),
    )
    bad(
        10,
        "refutation_of_the_only_cell_by_one_row",
        replace(certify_regions(relu([[0, 1]], [[1, 0]])), numbers=(0, 0), steps=steps("S", "F 0", "F 0")),
    )
    bad(
        10,
        "refutation_with_a_multiplier_of_the_wrong_sign",
        replace(
            certify_regions(relu([[1, -1], [1, 0]], [[1, 1, 0]])),
            numbers=(2, 0),
            steps=steps("S", "S", "L 1 -1", "L 2 1", "S", "F 0 1", "F 0 1"),
        ),
    )
    bad(
        10,
        "refutation_by_independent_rows",
        replace(REGIONS, numbers=(0, 0), steps=steps("S", "S", "S", "F 0 1", "F 0 1", "F 0 1", "F 0 1")),
    )
    bad(
        10,
        "refutation_whose_sum_is_not_constant",
        replace(
            certify_regions(relu([[1, 0, -1], [0, 1, 0]], [[1, 1, 0]])),
            numbers=(3, 0),
            steps=steps("S", "S", "L 1 0 -1", "L 1 0 1", "S", "L 1 2 -1", "F 0 1"),
        ),
    )
    bad(
        10,
        "refutation_whose_sum_is_positive",
        replace(certify_regions(line), numbers=(2, 0), steps=steps("S", "S", "L 1 -1", "F 0 1", "S", "F 0 1", "L 1 2")),
    )
    bad(
        10,
        "weak_refutation_whose_sum_is_zero",
        replace(DISJOINT, networks=(relu([[1, 0], [2, 0]], [[1, 1, 0]]),), numbers=(1, 0, 1, 1), steps=steps("F 0 1")),
    )
    bad(
        10,
        "weak_split_at_zero_treated_as_strict",
        replace(
            EMPTY, networks=(relu([[1, 0]], [[1, 0]], [[1, 0]]),), numbers=(2, 0), steps=steps("S", "F 0 1", "F 0 1")
        ),
    )
    bad(10, "equation_used_before_it_is_fixed", replace(DEEP_DISJOINT, steps=steps("F 0 1")))
    bad(
        10, "equation_of_the_other_neuron_forgotten", replace(DEEP_DISJOINT, numbers=(1, 0, 1, 1), steps=steps("F 0 1"))
    )
    bad(
        10,
        "refutation_by_a_zero_row_alone",
        replace(certify_regions(THICK), numbers=(1, 0), steps=steps("S", "Z", "F 1", "S", "F 0 1", "L 1 1")),
    )
    bad(10, "row_of_a_sibling", spliced(regions, len(regions.steps) - 1, "F 0 1"))


# -- regions ---------------------------------------------------------------------------------------------------------


def of_regions(corpus: Corpus) -> None:
    bad = corpus.add
    leaves = [k for k, step in enumerate(REGIONS.steps) if step[0] == "L"]
    bad(10, "one_region_too_many_claimed", replace(REGIONS, numbers=(8, 0)))
    bad(10, "one_region_too_few_claimed", replace(REGIONS, numbers=(6, 0)))
    bad(10, "thick_cell_claimed_as_a_region", replace(THICK_REGIONS, numbers=(2, 0)))
    bad(10, "region_claimed_as_thick", replace(REGIONS, numbers=(6, 1)))
    bad(10, "negative_number_of_thick_cells", replace(REGIONS, numbers=(8, -1)))
    bad(10, "witness_of_another_leaf", spliced(REGIONS, leaves[0], words(REGIONS.steps[leaves[1]], "L")))
    bad(10, "witness_on_a_boundary", spliced(REGIONS, leaves[0], "L 1 0 -1"))
    bad(
        10,
        "witness_where_all_boundaries_meet",
        replace(
            certify_regions(relu([[1, 0], [-1, 0]], [[1, 1, 0]])),
            numbers=(4, 0),
            steps=steps("S", "S", "L 1 0", "L 1 0", "S", "L 1 0", "L 1 0"),
        ),
    )
    bad(20, "witness_with_denominator_zero", spliced(REGIONS, leaves[0], "L 0 -1 -1"))
    bad(20, "witness_with_negative_denominator", spliced(REGIONS, leaves[0], "L -1 1 1"))
    bad(20, "witness_not_in_lowest_terms", spliced(REGIONS, leaves[0], "L 2 -2 -2"))
    bad(
        10,
        "empty_region_with_a_far_witness",
        replace(
            certify_regions(relu([[1, 0], [1, -1]], [[1, 1, 0]])),
            numbers=(4, 0),
            steps=steps("S", "S", "L 1 -1", "L 1 2", "S", "L 2 1", "L 1 2"),
        ),
    )
    bad(10, "box_with_a_witness_outside", spliced(BOX, at(BOX, "L"), "L 1 -7 -7"))
    bad(10, "box_with_a_witness_on_its_side", spliced(BOX, at(BOX, "L"), "L 1 -1 1"))
    bad(20, "box_with_a_denominator_zero", replace(BOX, numbers=(*BOX.numbers[:2], 1, 0, *BOX.numbers[4:])))
    bad(20, "box_with_a_negative_denominator", replace(BOX, numbers=(*BOX.numbers[:2], 1, -1, *BOX.numbers[4:])))
    bad(20, "box_with_a_negative_denominator_above", replace(BOX, numbers=(*BOX.numbers[:4], -1, -2, *BOX.numbers[6:])))
    half = certify_regions(FLAT, [(Fraction(-1), Fraction(5))])
    bad(
        20,
        "box_upside_down_below_by_a_negative_denominator",
        replace(half, numbers=(1, 0, 1, -1, 5, 1), steps=steps("S", "L 1 -2", "F 0 2")),
    )
    bad(
        20,
        "box_upside_down_above_by_a_negative_denominator",
        replace(half, numbers=(2, 0, -5, 1, 1, -1), steps=steps("S", "L 2 -1", "L 1 1")),
    )
    bad(20, "box_side_not_in_lowest_terms", replace(BOX, numbers=(*BOX.numbers[:2], -2, 2, *BOX.numbers[4:])))
    bad(20, "box_side_above_not_in_lowest_terms", replace(BOX, numbers=(*BOX.numbers[:4], 2, 4, *BOX.numbers[6:])))
    bad(10, "box_proof_for_all_of_space", replace(BOX, name="regions", numbers=BOX.numbers[:2]))
    bad(10, "proof_for_another_box", replace(BOX, numbers=(*BOX.numbers[:2], 1, 4, *BOX.numbers[4:])))


def of_facets(corpus: Corpus) -> None:
    bad = corpus.add
    cells = [k for k, step in enumerate(FACETS.steps) if step[0] == "C"]
    body = [FACETS.steps[a:b] for a, b in zip(cells, [*cells[1:], len(FACETS.steps)], strict=True)]

    def listing(chosen: Sequence[tuple[Step, ...]], count: int | None = None) -> tuple[Step, ...]:
        return (("N", len(chosen) if count is None else count), *(step for cell in chosen for step in cell))

    bad(10, "facets_of_no_cell", replace(FACETS, numbers=(0, 0), steps=steps("N 0")))
    bad(10, "facets_of_a_negative_number_of_cells", replace(FACETS, numbers=(-1, 0), steps=steps("N -1")))
    bad(10, "facets_of_all_cells_but_one", replace(FACETS, numbers=(6, 0), steps=listing(body[:-1])))
    bad(10, "facets_of_one_cell_only", replace(FACETS, numbers=(1, 0), steps=listing(body[:1])))
    bad(10, "facets_with_a_cell_twice", replace(FACETS, numbers=(8, 0), steps=listing([*body, body[0]])))
    bad(
        20,
        "facets_with_a_cell_twice_by_a_sign_of_two",
        replace(
            FACETS,
            numbers=(8, 0),
            steps=listing([*body, (("C", *(2 * int(s) if s == 1 else s for s in body[-1][0][1:])), *body[-1][1:])]),
        ),
    )
    bad(
        10,
        "facets_with_a_cell_twice_by_a_sign_of_zero",
        replace(
            FACETS,
            numbers=(7, 1),
            steps=listing([*body, (("C", *(0 if s == -1 else s for s in body[0][0][1:])), *body[0][1:])]),
        ),
    )
    bad(10, "facets_with_another_count_claimed", replace(FACETS, numbers=(6, 0)))
    bad(10, "facets_with_a_count_too_small", replace(FACETS, steps=listing(body, 6), numbers=(6, 0)))
    bad(20, "facets_with_a_count_too_large", replace(FACETS, steps=listing(body, 8), numbers=(8, 0)))
    bad(20, "facets_with_a_sign_of_two", spliced(FACETS, cells[-1], "C 2 1 1"))
    bad(20, "facets_with_a_sign_missing", spliced(FACETS, cells[-1], "C 1 1"))
    bad(10, "facets_with_a_cell_that_is_empty", spliced(FACETS, cells[0], "C -1 -1 1"))
    bad(10, "facets_with_sign_zero_for_a_form_that_is_not", spliced(FACETS, cells[-1], "C 0 1 1"))
    thick = at(THICK_FACETS, "C", 0)
    bad(10, "facets_with_a_sign_for_a_zero_form", spliced(THICK_FACETS, thick, "C -1 -1"))
    bad(10, "facets_with_a_witness_on_the_boundary", spliced(FACETS, cells[0] + 1, "P 1 0 -1"))
    k = at(FACETS, "T")
    chosen = FACETS.steps[k]
    bad(20, "facets_with_another_letter", spliced(FACETS, k, "U " + words(chosen)))
    bad(20, "facet_of_a_neuron_that_is_not_there", spliced(FACETS, k, "T 0 3"))
    bad(20, "facet_of_a_negative_neuron", spliced(FACETS, k, "T " + " ".join(str(int(u) - 3) for u in chosen[1:])))
    bad(10, "facet_of_a_zero_form", spliced(THICK_FACETS, at(THICK_FACETS, "T"), "T 0 1", "P 1 0", "P 1 -1", drop=2))
    bad(10, "facet_omitted", spliced(FACETS, k, "T " + words(chosen[:2]), drop=2))
    bad(
        10,
        "facet_omitted_and_refuted_by_itself",
        replace(
            certify_regions_by_facets(relu([[1, 0]], [[1, 0]])),
            numbers=(1, 0),
            steps=steps("N 1", "C 1", "P 1 1", "T", "F 0"),
        ),
    )
    bad(
        10,
        "facet_invented",
        replace(
            certify_regions_by_facets(relu([[1, 0], [1, -1]], [[1, 1, 0]])),
            steps=steps(
                "N 3",
                "C -1 -1",
                "P 1 -1",
                "T 0 1",
                "P 1 0",
                "P 1 1",
                "C 1 -1",
                "P 2 1",
                "T 0 1",
                "P 1 0",
                "P 1 1",
                "C 1 1",
                "P 1 2",
                "T 1",
                "P 1 1",
                "F 0 1",
            ),
        ),
    )
    bad(10, "facet_point_off_the_facet", spliced(FACETS, k + 1, "P 1 -5 -7"))
    bad(
        10,
        "facet_point_at_a_corner",
        replace(
            certify_regions_by_facets(relu([[1, 0, 0], [0, 1, 0]], [[1, 1, 0]])),
            numbers=(2, 0),
            steps=steps(
                "N 2",
                "C 1 1",
                "P 1 1 1",
                "T 0 1",
                "P 1 0 0",
                "P 1 0 0",
                "C -1 -1",
                "P 1 -1 -1",
                "T 0 1",
                "P 1 0 0",
                "P 1 0 0",
            ),
        ),
    )
    redundant = at(FACETS, "F")
    bad(20, "facet_refutation_missing", spliced(FACETS, redundant))
    bad(20, "facet_refutation_with_another_letter", spliced(FACETS, redundant, "G " + words(FACETS.steps[redundant])))
    bad(10, "facet_refutation_without_rows", spliced(FACETS, redundant, "F"))


# -- the Linear Regions Assumption -------------------------------------------------------------------------------------


def of_linear_regions(corpus: Corpus) -> None:
    bad = corpus.add
    bad(10, "lra_fails_off_the_boundary", replace(FAILS, steps=steps("P 1 1", "V 1")))
    bad(10, "lra_fails_in_direction_zero", replace(FAILS, steps=steps("P 1 0", "V 0")))
    bad(10, "lra_fails_with_different_maps", replace(FAILS, networks=(relu([[1, 0]], [[1, 0]]),)))
    bad(
        10,
        "lra_fails_at_a_corner",
        replace(
            FAILS, networks=(relu([[1, 0, 0], [0, 1, 0]], [[1, 1, 0], [0, 0, 0]]),), steps=steps("P 1 0 0", "V 1 -1")
        ),
    )
    bad(10, "lra_fails_by_the_other_reading", replace(FAILS, networks=(CONE,), steps=steps("P 1 0 0", "V 0 1")))
    bad(
        10,
        "lra_fails_at_a_corner_of_equal_maps",
        replace(FAILS, networks=(relu([[1, 0, 0], [0, 1, 0]], [[0, 0, 0]]),), steps=steps("P 1 0 0", "V 1 1")),
    )
    bad(
        10,
        "lra_fails_at_a_thick_cell",
        replace(FAILS, networks=(relu([[1, 0], [0, 0]], [[0, 0, 0]]),), steps=steps("P 1 0", "V 1")),
    )
    bad(
        10,
        "lra_fails_along_the_boundary",
        replace(FAILS, networks=(relu([[1, 0, 0]], [[0, 3]]),), steps=steps("P 1 0 0", "V 0 1")),
    )
    bad(20, "lra_fails_without_a_direction", replace(FAILS, steps=steps("P 1 0")))
    bad(
        20,
        "lra_fails_with_a_short_direction",
        replace(FAILS, networks=(relu([[1, 0, 0]], [[0, 3]]),), steps=steps("P 1 0 0", "V 1")),
    )
    bad(10, "lra_fails_touching_with_one_region", replace(TOUCHING_FAILS, steps=steps("P 1 0 0", "V 0 1", "V 0 2")))
    bad(10, "lra_fails_touching_with_different_maps", replace(TOUCHING_FAILS, steps=steps("P 1 0 0", "V 0 1", "V 2 1")))
    bad(
        10,
        "lra_fails_touching_along_a_boundary",
        replace(TOUCHING_FAILS, networks=(FLAT,), steps=steps("P 1 0", "V 0", "V 1")),
    )
    bad(20, "lra_fails_touching_without_the_second_direction", replace(TOUCHING_FAILS, steps=TOUCHING_FAILS.steps[:-1]))
    bad(
        10,
        "lra_holds_although_a_map_does_not_change",
        replace(certify_regions_by_facets(FLAT), name="lra-holds-facet", numbers=()),
    )
    bad(
        10,
        "lra_holds_although_a_thick_cell_has_the_same_map",
        replace(certify_regions_by_facets(relu([[1, 0]], [[1, 0]], [[0, 0]])), name="lra-holds-facet", numbers=()),
    )
    bad(10, "lra_holds_by_facets_of_some_cells", replace(HOLDS, steps=(("N", 1), *HOLDS.steps[1 : at(HOLDS, "C", 1)])))
    bad(20, "lra_holds_touching_by_facets", replace(HOLDS, name="lra-holds-touching"))
    bad(20, "lra_holds_with_a_refutation_missing", replace(TENT_HOLDS, steps=TENT_HOLDS.steps[:-1]))
    bad(
        10,
        "lra_holds_with_a_refutation_of_cells_that_touch",
        replace(TENT_HOLDS, networks=(FLAT,), steps=steps("S", "L", "L", "F 0 1")),
    )
    bad(
        20,
        "lra_holds_with_a_step_of_another_letter",
        spliced(TENT_HOLDS, len(TENT_HOLDS.steps) - 1, "G " + words(TENT_HOLDS.steps[-1])),
    )
    bad(
        20,
        "lra_holds_although_two_cells_have_one_map",
        replace(TENT_HOLDS, networks=(FLAT,), steps=steps("S", "L", "L")),
    )


# -- boundaries ------------------------------------------------------------------------------------------------------


def of_boundaries(corpus: Corpus) -> None:
    bad = corpus.add
    bad(10, "meet_off_the_first_boundary", replace(MEET, steps=steps("P 1 1 0")))
    bad(10, "meet_off_the_second_boundary", replace(MEET, steps=steps("P 1 0 2")))
    bad(10, "meet_nearly", replace(MEET, steps=(("P", 10**30, 0, 10**30 + 1),)))
    bad(20, "meet_at_a_point_of_another_dimension", replace(MEET, steps=steps("P 1 0 1 0")))
    bad(20, "meet_at_a_point_with_denominator_zero", replace(MEET, steps=steps("P 0 0 1")))
    bad(20, "meet_at_infinity", replace(MEET, networks=(PARALLEL,), numbers=(1, 0, 1, 1), steps=steps("P 0 2 -1")))
    bad(20, "meet_at_a_point_with_negative_denominator", replace(MEET, steps=steps("P -1 0 -1")))
    bad(20, "meet_at_a_point_not_in_lowest_terms", replace(MEET, steps=steps("P 2 0 2")))
    bad(20, "meet_at_a_point_with_another_letter", replace(MEET, steps=steps("Q 1 0 1")))
    bad(20, "meet_without_a_point", replace(MEET, steps=()))
    bad(20, "meet_with_two_points", replace(MEET, steps=MEET.steps * 2))
    bad(10, "disjoint_boundaries_that_meet", replace(DISJOINT, networks=(relu([[1, 2, 0], [2, 1, -1]], [[1, 1, 0]]),)))
    bad(
        10,
        "disjoint_boundaries_that_coincide",
        replace(DISJOINT, networks=(relu([[1, 2, 0], [1, 2, 0]], [[1, 1, 0]]),)),
    )
    bad(
        10,
        "disjoint_in_two_layers_that_meet",
        replace(DEEP_DISJOINT, networks=(relu([[1, 0], [-1, 0]], [[1, 1, 0]], [[1, 0]]),)),
    )
    bad(10, "empty_boundary_that_is_not", replace(EMPTY, numbers=(1, 0)))
    bad(10, "bounded_with_a_point_off_it", spliced(BOUNDED, 0, "P 1 0"))
    bad(10, "bounded_with_a_radius_too_small", spliced(BOUNDED, 1, "R 1"))
    bad(20, "bounded_without_a_radius", spliced(BOUNDED, 1))
    bad(
        20,
        "bounded_with_a_direction_missing",
        replace(BOUNDED, steps=BOUNDED.steps[: 2 + (len(BOUNDED.steps) - 2) // 2]),
    )
    bad(
        10,
        "bounded_although_empty",
        replace(BOUNDED, networks=(DEAD,), numbers=(1, 1), steps=steps("P 1 0", "R 1", "F 0", "F 0")),
    )
    bad(
        10,
        "bounded_although_a_line",
        replace(
            BOUNDED,
            networks=(relu([[1, 0, 0]], [[1, 0]]),),
            numbers=(1, 0),
            steps=steps("P 1 0 0", "R 1", "F 0 1", "F 0 1", "F 0 1", "F 0 1"),
        ),
    )
    bad(10, "unbounded_in_direction_zero", replace(UNBOUNDED, steps=(UNBOUNDED.steps[0], *steps("V 0 0"))))
    bad(10, "unbounded_that_leaves_the_boundary", replace(UNBOUNDED, steps=(UNBOUNDED.steps[0], *steps("V 1 1"))))
    bad(10, "unbounded_that_only_passes", replace(UNBOUNDED, networks=(DIAMOND,), steps=steps("P 1 1 0", "V -1 1")))
    bad(10, "unbounded_parallel_to_the_boundary", replace(UNBOUNDED, steps=steps("P 1 5 0", "V 0 -1")))
    bad(20, "unbounded_with_a_direction_too_long", replace(UNBOUNDED, steps=(UNBOUNDED.steps[0], *steps("V 0 0 1"))))
    bad(
        10,
        "disconnected_by_points_on_one_side",
        replace(SEPARATED, steps=(SEPARATED.steps[0], SEPARATED.steps[1], SEPARATED.steps[1], *SEPARATED.steps[3:])),
    )
    bad(
        10,
        "disconnected_by_points_on_the_other_side",
        replace(SEPARATED, steps=(SEPARATED.steps[0], SEPARATED.steps[2], SEPARATED.steps[2], *SEPARATED.steps[3:])),
    )
    bad(10, "disconnected_by_a_point_off_the_boundary", spliced(SEPARATED, 1, "P 1 -5"))
    bad(10, "disconnected_by_the_other_point_off_the_boundary", spliced(SEPARATED, 2, "P 1 5"))
    bad(10, "disconnected_by_a_hyperplane_that_meets_it", spliced(SEPARATED, 0, "H 1 1"))
    bad(10, "disconnected_by_a_form_that_is_zero", spliced(SEPARATED, 0, "H 0 0"))
    bad(20, "disconnected_without_a_hyperplane", replace(SEPARATED, steps=SEPARATED.steps[1:]))
    bad(
        10,
        "disconnected_although_a_line",
        replace(
            SEPARATED,
            networks=(relu([[1, 0, 0]], [[1, 0]]),),
            numbers=(1, 0),
            steps=steps("H 0 1 0", "P 1 0 -1", "P 1 0 1", "F 0 1"),
        ),
    )


def of_components(corpus: Corpus) -> None:
    bad = corpus.add
    joins = at(CONNECTED, "J")
    first = CONNECTED.steps[joins]
    bad(20, "components_one_more_than_there_are", replace(CONNECTED, numbers=(2, 0, 2)))
    bad(
        10,
        "components_one_more_with_a_refutation_of_pieces_that_touch",
        replace(CONNECTED, numbers=(2, 0, 2), steps=(*CONNECTED.steps[:-1], *steps(*["F 0 1"] * 20))),
    )
    bad(20, "components_one_less_than_there_are", replace(COMPONENTS, numbers=(2, 0, 1)))
    bad(
        10,
        "components_joined_at_a_point_of_one_piece",
        replace(COMPONENTS, numbers=(2, 0, 1), steps=(*without_refutations(COMPONENTS), *steps("J 0 1 1 1"))),
    )
    bad(
        10,
        "components_joined_at_a_point_of_neither",
        replace(COMPONENTS, numbers=(2, 0, 1), steps=(*without_refutations(COMPONENTS), *steps("J 0 1 1 0"))),
    )
    bad(
        10,
        "components_joined_twice_instead_of_once",
        replace(CONNECTED, steps=(*CONNECTED.steps[:joins], first, first, *CONNECTED.steps[joins + 2 :])),
    )
    bad(10, "component_joined_to_itself", spliced(CONNECTED, joins, "J 0 0 " + words(first)[4:]))
    bad(
        10,
        "components_joined_in_the_wrong_order",
        spliced(CONNECTED, joins, f"J {first[2]} {first[1]} " + " ".join(map(str, first[3:]))),
    )
    bad(10, "component_joined_to_a_piece_that_is_not_there", spliced(CONNECTED, joins, "J 0 99 " + words(first)[4:]))
    bad(
        10,
        "component_joined_to_a_negative_piece",
        spliced(
            CONNECTED, joins, f"J {int(first[1]) - pieces_of(CONNECTED)} {first[2]} " + " ".join(map(str, first[3:]))
        ),
    )
    bad(20, "components_negative_number", replace(COMPONENTS, numbers=(2, 0, -1)))
    bad(
        10,
        "components_of_none_for_a_boundary_that_is_there",
        replace(COMPONENTS, numbers=(2, 0, 0), steps=steps("F 0")),
    )
    bad(10, "components_with_a_piece_that_is_empty", spliced(COMPONENTS, at(COMPONENTS, "L"), "L 1 0"))
    bad(20, "components_with_a_refutation_missing", replace(COMPONENTS, steps=COMPONENTS.steps[:-1]))
    bad(10, "components_with_a_false_refutation", replace(COMPONENTS, steps=(*COMPONENTS.steps[:-1], ("F", 0))))
    zero = certify_components(relu([[1, 0], [-1, 0], [0, 0]], [[1, 1, 5, -1]], [[1, 0]]), Neuron(2, 0))
    bad(10, "refutation_with_a_row_too_many", replace(zero, steps=(*zero.steps[:-1], *steps("F 0 3 4"))))
    straight = certify_components(STRAIGHT, Neuron(2, 0))
    bad(10, "components_with_a_witness_in_another_piece", spliced(straight, at(straight, "L"), "L 1 5 2"))
    bad(10, "components_more_than_there_are_pieces", replace(COMPONENTS, numbers=(2, 0, 9)))


def without_refutations(cert: Certificate) -> tuple[Step, ...]:
    """The tree of a certificate of components, without the refutations after it."""
    return cert.steps[:-1]


def pieces_of(cert: Certificate) -> int:
    return sum(step[0] == "L" for step in cert.steps)


# -- bends -----------------------------------------------------------------------------------------------------------


def of_bends(corpus: Corpus) -> None:
    bad = corpus.add
    p, v, w = BEND.steps
    bad(
        10,
        "bend_where_there_is_none",
        replace(NO_BEND, name="bend", numbers=NO_BEND.numbers[:4], steps=(("P", *NO_BEND.numbers[4:]), *NO_BEND.steps)),
    )
    bad(
        10,
        "no_bend_where_there_is_one",
        replace(BEND, name="no-bend", numbers=(*BEND.numbers, *(int(x) for x in p[1:])), steps=(v, w)),
    )
    bad(20, "no_bend_without_a_point", replace(NO_BEND, numbers=NO_BEND.numbers[:4]))
    bad(20, "no_bend_at_a_point_of_denominator_zero", replace(NO_BEND, numbers=(*NO_BEND.numbers[:4], 0, 0, 1)))
    bad(10, "bend_with_directions_exchanged", replace(BEND, steps=(p, w, v)))
    bad(10, "bend_seen_from_one_side", replace(BEND, steps=(p, v, v)))
    bad(10, "bend_along_a_direction_off_the_boundary", replace(BEND, steps=(p, ("V", 1, 1), w)))
    bad(10, "bend_along_the_other_direction_off_the_boundary", replace(BEND, steps=(p, v, ("V", -1, 1))))
    bad(10, "bend_along_the_crossing_boundary", replace(BEND, steps=(p, ("V", 0, 0), w)))
    bad(10, "bend_at_a_point_off_the_boundary", replace(BEND, steps=(("P", 1, 0, 5), v, w)))
    bad(10, "bend_at_a_point_off_the_crossing", replace(BEND, steps=(("P", 2, 1, 1), v, w)))
    bad(
        20,
        "bend_at_a_neuron_of_the_same_layer",
        replace(BEND, networks=(LINES,), numbers=(1, 0, 1, 1), steps=steps("P 1 0 0", "V 1 0", "V -1 0")),
    )
    bad(
        20,
        "no_bend_at_a_neuron_of_the_same_layer",
        replace(NO_BEND, networks=(LINES,), numbers=(1, 0, 1, 1, 1, 0, 0), steps=steps("V 1 0", "V -1 0")),
    )
    bad(20, "bend_at_a_neuron_of_a_later_layer", replace(BEND, numbers=(2, 0, 1, 0)))
    corner = relu([[1, 0, 0], [0, 1, 0], [1, -1, 0]], [[1, 1, 1, 0]], [[1, 0]])
    bad(
        10,
        "bend_where_three_boundaries_meet",
        replace(BEND, networks=(corner,), numbers=(1, 0, 2, 0), steps=steps("P 1 0 0", "V 1 -1", "V -1 0")),
    )
    pair = relu([[1, 0, 0], [1, 0, 0], [0, 1, 5]], [[1, 1, 1, -5]], [[1, 0]])
    bad(
        10,
        "bend_at_two_boundaries_that_coincide",
        replace(BEND, networks=(pair,), numbers=(1, 0, 2, 0), steps=steps("P 1 0 0", "V 1 -2", "V -1 0")),
    )
    interior = relu([[1, 0, 0], [0, 1, 1]], [[1, 0, 0]], [[1, 0]])
    bad(
        10,
        "bend_where_the_boundary_has_interior",
        replace(BEND, networks=(interior,), numbers=(1, 0, 2, 0), steps=steps("P 1 0 0", "V 1 0", "V -1 0")),
    )
    touching = relu([[1, 0, 0], [0, 1, 1]], [[-1, 0, 0]], [[1, 0]])
    bad(
        10,
        "bend_where_one_side_has_interior_only",
        replace(BEND, networks=(touching,), numbers=(1, 0, 2, 0), steps=steps("P 1 0 0", "V 1 0", "V -1 0")),
    )
    late = relu([[1, 0, 0], [0, 1, 0]], [[1, 1, -1]], [[1, -1]], [[1, 0]])
    bad(10, "bend_of_a_deeper_boundary_off_it", replace(BEND, networks=(late,), numbers=(1, 0, 3, 0)))
    bad(
        10,
        "no_bend_where_both_sides_have_interior",
        replace(
            NO_BEND,
            networks=(relu([[1, 0, 0], [0, 1, 9]], [[0, 0, 0]], [[1, 0]]),),
            numbers=(1, 0, 2, 0, 1, 0, 0),
            steps=steps("V 1 0", "V -1 0"),
        ),
    )
    bad(20, "bend_without_the_second_direction", replace(BEND, steps=(p, v)))


# -- pairs -----------------------------------------------------------------------------------------------------------


def of_pairs(corpus: Corpus) -> None:
    bad = corpus.add
    matching = MATCHING
    m = matching.steps
    bad(
        10,
        "different_at_a_point_where_they_are_equal",
        replace(DIFFERENT, steps=steps("P 1 -1 -1"), networks=(LINES, LINES)),
    )
    bad(10, "different_although_only_scaled", replace(DIFFERENT, networks=(LINES, SCALED)))
    bad(20, "different_at_a_point_of_denominator_zero", replace(DIFFERENT, steps=steps("P 0 1 1")))
    bad(
        10,
        "equal_with_other_biases",
        replace(
            EQUAL,
            networks=(relu([[1, 0]], [[1, 0]]), relu([[1, 0]], [[1, 1]])),
            steps=steps("S", "S", "L", "F 0 1", "S", "F 0 1", "L"),
        ),
    )
    bad(
        10,
        "equal_with_another_weight",
        replace(
            EQUAL,
            networks=(relu([[1, 0]], [[1, 0]]), relu([[1, 0]], [[2, 0]])),
            steps=steps("S", "S", "L", "F 0 1", "S", "F 0 1", "L"),
        ),
    )
    bad(10, "equal_up_to_a_factor", replace(EQUAL, networks=(relu([[1, 1]]), relu([["1/2", "1/2"]])), steps=steps("L")))
    bad(
        10,
        "equal_in_the_first_output_only",
        replace(EQUAL, networks=(relu([[1, 0], [1, 0]]), relu([[1, 0], [2, 0]])), steps=steps("L")),
    )
    bad(
        10,
        "equal_on_the_cube_only",
        replace(
            EQUAL,
            networks=(relu([[1, 0], [1, -5]], [[1, 1, 0]]), relu([[1, 0], [1, -5]], [[1, 2, 0]])),
            steps=steps("S", "S", "S", "S", "L", "F 0 3", "F 0 2", "F 0 1", "S", "F 0 2"),
        ),
    )
    two = replace(matching, networks=(LINES, relu([[1, 0, 0], [1, 1, -1]], [[1, 4, 0]])))
    bad(10, "isomorphic_with_other_widths", replace(two, steps=m[:2]))
    bad(
        10,
        "isomorphic_with_a_neuron_left_out",
        replace(
            matching,
            networks=(relu([[1, 0], [1, 1], [1, -1]], [[1, 2, 4, 0]]), relu([[1, 0], [1, 1]], [[1, 2, 0]])),
            steps=steps("M 0 1 1", "M 1 1 1"),
        ),
    )
    bad(
        10,
        "isomorphic_with_other_inputs",
        replace(matching, networks=(relu([[1, 0]], [[1, 0]]), relu([[1, 0, 0]], [[1, 0]])), steps=steps("M 0 1 1")),
    )
    bad(
        10,
        "isomorphic_with_other_outputs",
        replace(
            matching, networks=(relu([[1, 0]], [[1, 0], [1, 0]]), relu([[1, 0]], [[1, 0]])), steps=steps("M 0 1 1")
        ),
    )
    bad(
        10,
        "isomorphic_with_fewer_outputs",
        replace(
            matching, networks=(relu([[1, 0]], [[1, 0]]), relu([[1, 0]], [[1, 0], [1, 0]])), steps=steps("M 0 1 1")
        ),
    )
    bad(
        10,
        "isomorphic_with_a_neuron_twice",
        replace(
            matching,
            networks=(relu([[1, 0], [1, 1]], [[1, 1, 0]]), relu([[1, 0], [1, 0]], [[1, 1, 0]])),
            steps=steps("M 0 1 1", "M 0 1 1"),
        ),
    )
    bad(10, "isomorphic_with_a_neuron_that_is_not_there", replace(matching, steps=(*steps("M 3 1 1"), *m[1:])))
    bad(10, "isomorphic_with_a_negative_neuron", replace(matching, steps=(("M", int(m[0][1]) - 3, *m[0][2:]), *m[1:])))
    shifted = relu([[1, 0]], [[1, 1]])
    bad(10, "isomorphic_with_neuron_minus_one", replace(matching, networks=(shifted, shifted), steps=steps("M -1 1 1")))
    bad(
        10,
        "isomorphic_with_scale_zero",
        replace(matching, networks=(relu([[0, 0]], [[0, 0]]), relu([[0, 0]], [[0, 0]])), steps=steps("M 0 0 1")),
    )
    bad(
        10,
        "isomorphic_with_a_negative_scale",
        replace(matching, networks=(relu([[1, 0]], [[1, 0]]), relu([[-1, 0]], [[-1, 0]])), steps=steps("M 0 -1 1")),
    )
    bad(20, "isomorphic_with_a_scale_of_denominator_zero", replace(matching, steps=(("M", m[0][1], 1, 0), *m[1:])))
    bad(
        20,
        "isomorphic_with_a_scale_of_negative_denominator",
        replace(matching, networks=(relu([[1, 0]], [[1, 0]]), relu([[-1, 0]], [[-1, 0]])), steps=steps("M 0 1 -1")),
    )
    bad(
        20,
        "isomorphic_with_a_scale_not_in_lowest_terms",
        replace(matching, steps=(("M", m[0][1], 2 * int(m[0][2]), 2 * int(m[0][3])), *m[1:])),
    )
    bad(10, "isomorphic_with_another_scale", replace(matching, steps=(("M", m[0][1], 7, 1), *m[1:])))
    bad(10, "isomorphic_with_two_neurons_exchanged", replace(matching, steps=(m[1], m[0], *m[2:])))
    bad(
        10,
        "isomorphic_but_for_a_bias",
        replace(matching, networks=(relu([[1, 0]], [[1, 0]]), relu([[1, 0]], [[1, 1]])), steps=steps("M 0 1 1")),
    )
    bad(
        10,
        "isomorphic_but_for_a_weight",
        replace(matching, networks=(relu([[1, 0]], [[1, 0]]), relu([[1, 0]], [[2, 0]])), steps=steps("M 0 1 1")),
    )
    bad(
        10,
        "isomorphic_with_the_outputs_scaled",
        replace(matching, networks=(relu([[1, 0]], [[1, 1]]), relu([[1, 0]], [[2, 2]])), steps=steps("M 0 1 1")),
    )
    bad(
        10,
        "isomorphic_with_inputs_exchanged",
        replace(matching, networks=(relu([[1, 2, 0]], [[1, 0]]), relu([[2, 1, 0]], [[1, 0]])), steps=steps("M 0 1 1")),
    )
    bad(20, "isomorphic_with_a_line_missing", replace(matching, steps=m[:-1]))
    bad(20, "isomorphic_with_a_line_for_the_output", replace(matching, steps=(*m, *steps("M 0 1 1"))))
    same = SAME
    bad(10, "same_boundary_called_isomorphic", replace(same, name="isomorphic"))
    bad(
        10,
        "same_boundary_with_a_sign_in_an_earlier_layer",
        replace(
            same,
            networks=(relu([[1, 0]], [[1, -1]], [[1, 0]]), relu([[-1, 0]], [[-1, -1]], [[1, 0]])),
            steps=steps("M 0 -1 1", "M 0 1 1"),
        ),
    )
    bad(
        10,
        "same_boundary_with_scale_zero",
        replace(same, networks=(relu([[1, 0]], [[1, 0]]), relu([[0, 0]], [[1, 0]])), steps=steps("M 0 0 1")),
    )
    bad(
        10,
        "same_boundary_with_other_widths",
        replace(
            same,
            networks=(relu([[1, 0]], [[1, 0]]), relu([[1, 0], [1, 5]], [[1, 1, 0]])),
            steps=steps("M 0 1 1", "M 0 1 1"),
        ),
    )
    bad(
        10,
        "same_boundary_with_another_bias",
        replace(same, networks=(relu([[1, 0]], [[1, 0]]), relu([[1, 1]], [[1, 0]])), steps=steps("M 0 1 1")),
    )


def of_recoveries(corpus: Corpus) -> None:
    bad = corpus.add
    good = RECOVERED
    first = good.steps[0]

    def answered(*lines: Step) -> Certificate:
        asked = (*lines, *good.steps[len(lines) : good.numbers[0]])
        return replace(good, steps=(*asked, *good.steps[good.numbers[0] :]), hashes=(digest_of(asked),))

    bad(10, "recovered_with_a_wrong_answer", answered((*first[:-1], int(first[-1]) + int(first[-2]))))
    bad(10, "recovered_with_an_answer_of_another_network", answered((*first[:-2], 1, 99)))
    bad(
        20,
        "recovered_with_an_answer_not_in_lowest_terms",
        answered((*first[:-2], 2 * int(first[-2]), 2 * int(first[-1]))),
    )
    bad(20, "recovered_with_a_question_of_another_dimension", answered((*first, 0)))
    nobody = replace(good, numbers=(-1,), steps=good.steps[good.numbers[0] :], hashes=(digest_of(()),))
    bad(20, "recovered_from_minus_one_answers", nobody)
    bad(10, "recovered_from_another_transcript", replace(good, hashes=(digest_of(good.steps[:2]),)))
    bad(10, "recovered_from_fewer_answers", replace(good, numbers=(2,)))
    bad(20, "recovered_from_more_answers", replace(good, numbers=(4,)))
    bad(20, "recovered_without_a_digest_of_the_answers", replace(good, hashes=()))
    bad(
        10,
        "recovered_another_network",
        replace(good, networks=(LINES, relu([[1, 0, 0], [0, 1, 0], [1, 1, 1]], [[1, 2, 4, 0]]))),
    )


# -- weights ---------------------------------------------------------------------------------------------------------


def of_weights(corpus: Corpus) -> None:
    bad = corpus.add
    bad(10, "inert_weight_beyond_its_interval", replace(INERT_WEIGHT, numbers=(1, 0, 0, 2, 1)))
    bad(10, "inert_weight_without_any_bound", replace(INERT_WEIGHT, numbers=(1, 0, 0, 1, 0)))
    bad(
        10,
        "inert_weight_that_is_above_the_bound",
        replace(INERT_WEIGHT, networks=(relu([[1, 0], [-1, -1]], [[5, 1, -1]], [[1, 0]]),)),
    )
    bad(20, "inert_weight_of_the_output_layer", replace(INERT_WEIGHT, numbers=(2, 0, 0, 5, 1)))
    bad(20, "inert_weight_of_the_output_layer_with_a_bound", replace(INERT_ALWAYS, numbers=(1, 1, 0, 9, 1)))
    bad(20, "inert_weight_to_a_neuron_that_is_not_there", replace(INERT_ALWAYS, numbers=(1, 1, 1, 1, 0)))
    bad(20, "inert_weight_to_a_negative_neuron", replace(INERT_ALWAYS, numbers=(1, 1, -1, 1, 0)))
    bad(20, "inert_weight_with_a_bound_not_in_lowest_terms", replace(INERT_WEIGHT, numbers=(1, 0, 0, 0, 2)))
    bad(20, "inert_weight_with_a_negative_denominator", replace(INERT_WEIGHT, numbers=(1, 0, 0, 1, -1)))
    bad(
        20,
        "inert_weight_upside_down_by_a_negative_denominator",
        replace(
            INERT_WEIGHT,
            networks=(relu([[1, 0]], [[1, 0]], [[1, 0]]),),
            numbers=(1, 0, 0, -1, -1),
            steps=steps("S", "F 0 2", "F 0 1"),
        ),
    )
    bad(20, "inert_weight_with_the_bound_minus_infinity", replace(INERT_ALWAYS, numbers=(1, 1, 0, -1, 0)))
    bad(10, "inert_weight_with_a_leaf", replace(INERT_ALWAYS, steps=steps("L")))
    bad(10, "inert_weight_of_a_neuron_that_is_on", replace(INERT_ALWAYS, numbers=(1, 0, 0, 1, 0)))
    bad(
        10,
        "flat_direction_that_is_zero",
        replace(FLAT_DIRECTION, networks=(CONSTANT, Network((AffineMap.from_arrays([[0, 0]], [0]),)))),
    )
    bad(
        10,
        "flat_direction_that_changes_the_network",
        replace(FLAT_DIRECTION, networks=(CONSTANT, Network((AffineMap.from_arrays([[0, 1]], [1]),)))),
    )
    bad(20, "flat_direction_of_another_layer", replace(FLAT_DIRECTION, numbers=(1,)))
    bad(20, "flat_direction_of_layer_0", replace(FLAT_DIRECTION, numbers=(0,)))
    bad(
        20,
        "flat_direction_of_layer_minus_one",
        replace(
            FLAT_DIRECTION,
            numbers=(-1,),
            networks=(relu([[1, 0]], [[1, 0]], [[1, 0]]), Network((AffineMap.from_arrays([[1]], [0]),))),
            steps=steps("L"),
        ),
    )
    bad(
        20,
        "flat_direction_of_a_layer_counted_from_the_end",
        replace(
            FLAT_DIRECTION,
            numbers=(-2,),
            networks=(relu([[0, -1]], [[1, 0]], [[1, 0]], [[1, 0]]), Network((AffineMap.from_arrays([[1]], [0]),))),
            steps=steps("S", "Z", "L", "F 0"),
        ),
    )
    bad(20, "flat_direction_beyond_the_layers", replace(FLAT_DIRECTION, numbers=(3,)))
    bad(
        20,
        "flat_direction_of_another_shape",
        replace(FLAT_DIRECTION, networks=(CONSTANT, Network((AffineMap.from_arrays([[0, 0, 1]], [-1]),)))),
    )
    bad(
        20,
        "flat_direction_with_fewer_outputs",
        replace(FLAT_DIRECTION, networks=(relu([[1, 0], [0, 1]], [[1, 5, 0], [1, 1, 1]]), FLAT_DIRECTION.networks[1])),
    )
    dim = DIMENSION
    vector = at(dim, "V")
    tree = dim.steps[vector + 1 :]
    bad(10, "functional_dimension_one_more", replace(dim, numbers=(4,), steps=(*dim.steps[:vector], *tree)))
    bad(
        10,
        "functional_dimension_one_less",
        replace(dim, numbers=(2,), steps=(*dim.steps[: vector + 1], dim.steps[vector], *tree)),
    )
    bad(
        10,
        "functional_dimension_with_another_vector_for_one_less",
        replace(dim, numbers=(2,), steps=(*dim.steps[: vector + 1], *steps("V 0 0 0 1"), *tree)),
    )
    bad(
        10,
        "functional_dimension_of_all_parameters_without_points",
        replace(dim, numbers=(4,), steps=(*steps("D 0"), *tree)),
    )
    bad(10, "functional_dimension_with_a_vector_zero", spliced(dim, vector, "V 0 0 0 0"))
    bad(10, "functional_dimension_with_a_vector_that_matters", spliced(dim, vector, "V 1 0 0 0"))
    bad(20, "functional_dimension_with_a_long_vector", spliced(dim, vector, words(dim.steps[vector], "V") + " 7"))
    bad(20, "functional_dimension_with_a_short_vector", spliced(dim, vector, "V 1 0"))
    bad(
        10,
        "functional_dimension_with_a_point_on_the_boundary",
        replace(dim, steps=(("D", int(dim.steps[0][1]) + 1), *steps("P 1 -1"), *dim.steps[1:])),
    )
    bad(
        10,
        "functional_dimension_with_a_thick_cell",
        replace(
            dim,
            networks=(relu([[0, 0]], [[1, 0]]),),
            numbers=(0,),
            steps=steps("D 0", *[f"V {' '.join(str(int(i == j)) for i in range(4))}" for j in range(4)], "Z", "L"),
        ),
    )
    between = relu([[1, 0], [-1, -1]], [[1, -1, 0]], [[1, 0]])  # layer 2 vanishes for -1 < x < 0 only
    null = ("1 0 0 0 -1 0 0 0 0", "0 1 0 0 0 0 -1 0 0", "0 0 1 0 0 0 0 0 0", "0 0 0 1 0 0 0 0 0",
            "0 0 0 0 1 0 0 -1 0", "0 0 0 0 0 1 0 0 0")  # fmt: skip
    bad(
        10,
        "functional_dimension_with_a_thick_cell_between",
        replace(
            dim,
            networks=(between,),
            numbers=(3,),
            steps=steps(
                "D 3",
                "P 1 1",
                "P 1 2",
                "P 1 -2",
                *(f"V {entries}" for entries in null),
                *("S", "S", "Z", "L", "S", "L", "F 1 2", "S", "S", "F 0 2", "L", "F 0 1"),
            ),
        ),
    )
    bad(
        10,
        "functional_dimension_zero",
        replace(
            dim,
            numbers=(0,),
            steps=(*steps("D 0", *[f"V {' '.join(str(int(i == j)) for i in range(4))}" for j in range(4)]), *tree),
        ),
    )
    bad(
        20,
        "functional_dimension_with_fewer_points_than_stated",
        replace(dim, steps=(("D", int(dim.steps[0][1]) + 1), *dim.steps[1:])),
    )
    bad(
        10,
        "functional_dimension_of_repeated_points",
        replace(dim, steps=(("D", 3), *[dim.steps[1]] * 3, *dim.steps[vector:])),
    )


if __name__ == "__main__":
    sys.exit(main())
