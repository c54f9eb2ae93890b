"""Texts that are no certificates, networks that are no networks, claims that are no claims."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from corpus.making import (
    BOX,
    DEEP,
    DIFFERENT,
    EMPTY,
    EQUAL,
    LINES,
    MEET,
    REGIONS,
    TENT,
    Corpus,
    at,
    edited,
    relu,
    reweighted,
    steps,
    substituted,
)
from exactrev.certificates import Certificate, certify_regions
from exactrev.certificates.text import hash_of


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
