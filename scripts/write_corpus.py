"""Writes tests/corpus: valid certificates, forgeries, and texts that are no certificates, each with its verdict.

The files are the tests. The modules in corpus/ say how each was made, as an edit of a valid certificate, and this
script writes them again when the format changes. A case that was not made this way is added by adding a file. Run from
anywhere:

    python scripts/write_corpus.py
"""

from __future__ import annotations

import sys

from corpus import geometry_cases, text_cases, tree_cases, valid_cases, weight_cases
from corpus.making import Corpus

GROUPS = (
    valid_cases.valid,
    text_cases.of_the_text,
    text_cases.of_networks,
    text_cases.of_claims,
    tree_cases.of_trees,
    tree_cases.of_refutations,
    tree_cases.of_regions,
    tree_cases.of_facets,
    geometry_cases.of_linear_regions,
    geometry_cases.of_boundaries,
    geometry_cases.of_components,
    geometry_cases.of_bends,
    weight_cases.of_pairs,
    weight_cases.of_recoveries,
    weight_cases.of_weights,
)


def main() -> int:
    """Write all cases, unless one of them does not get its verdict."""
    corpus = Corpus()
    for group in GROUPS:
        group(corpus)
    for failure in corpus.failures:
        print(failure, file=sys.stderr)
    if not corpus.failures:
        corpus.write()
    return len(corpus.failures) > 0


if __name__ == "__main__":
    sys.exit(main())
