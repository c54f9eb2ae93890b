"""The registry and the code agree, both ways: each statement is decided by a function of its name, and no other is."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module

import pytest

from exactrev.errors import BadInput
from exactrev.statements import STATEMENTS, as_table, claims, find_statement
from exactrev.statements.registry import CLAIMS, find_statements

MODULES = [
    import_module(f"exactrev.statements.claims.{module.name}") for module in pkgutil.iter_modules(claims.__path__)
]


def test_every_deciding_function_is_registered_and_named_after_its_statement() -> None:
    functions = {
        name: function
        for module in MODULES
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if name.startswith("decide_") and function.__module__ == module.__name__
    }
    assert functions == {f"decide_{statement.label}": statement.decide for statement in (*STATEMENTS, *CLAIMS)}


def test_every_statement_listed_in_a_module_is_registered() -> None:
    listed = [
        statement
        for module in MODULES
        for name in ("STATEMENTS", "THEOREM_1", "LEMMA_2")
        for statement in getattr(module, name, ())
    ]
    assert {statement.label for statement in listed} == {statement.label for statement in STATEMENTS}
    assert len(listed) == len(STATEMENTS)


def test_labels_and_numbers_are_unique_and_no_label_is_a_number() -> None:
    names = [name for statement in STATEMENTS for name in (statement.label, statement.paper)]
    assert len(set(names)) == len(names)
    assert [s.paper for s in STATEMENTS] == [
        "R1", "R2", "R3", "T1a", "T1b", "T1c", "T1d", "T2h", "T2", "T2c", "T2d", "L2", "I1", "I2"
    ]  # fmt: skip


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.paper)
def test_a_statement_is_found_by_its_label_and_by_its_number_and_its_module_names_the_number(statement: object) -> None:
    assert find_statement(statement.label) is statement  # type: ignore[attr-defined]
    assert find_statement(statement.paper) is statement  # type: ignore[attr-defined]
    documentation = inspect.getmodule(statement.decide).__doc__  # type: ignore[attr-defined,union-attr]
    assert statement.paper in documentation.splitlines()[0]  # type: ignore[attr-defined,union-attr]
    for word in ("Claim", "Check", "ot decided"):
        assert word in documentation or word.lower() in documentation  # type: ignore[operator]


def test_statements_are_chosen_in_the_order_of_the_registry_each_once() -> None:
    chosen = find_statements(["T1b", "linear_regions_are_activation_regions", "R2"])
    assert [statement.paper for statement in chosen] == ["R2", "T1b"]
    assert [statement.paper for statement in find_statements("I2")] == ["I2"]
    # Theorem 2 as printed is false of nearly all networks that it is about.
    assert [statement.paper for statement in STATEMENTS if statement not in find_statements(None)] == ["T2"]


def test_an_unknown_statement_is_bad_input_in_one_line_that_lists_the_known_ones() -> None:
    with pytest.raises(BadInput) as caught:
        find_statement("theorem2")
    message = str(caught.value)
    assert message.startswith("statement: found 'theorem2'; expected one of regions_correspond_to_patterns (R1), ")


def test_the_table_has_a_row_for_every_statement() -> None:
    rows = as_table().splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == [statement.label for statement in STATEMENTS]
    assert all(f"| {s.paper}, {s.where} |" in row for s, row in zip(STATEMENTS, rows, strict=True))
