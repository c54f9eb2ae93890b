"""The rules that the checker's own code keeps, read off its syntax trees."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKER = Path(__file__).resolve().parents[2] / "exactrev" / "checker"
FILES = sorted(CHECKER.glob("*.py"))
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "globals", "setattr", "float", "complex", "input", "round"}
FORBIDDEN_MODULES = {
    "fractions", "decimal", "json", "pickle", "marshal", "threading", "asyncio", "subprocess", "ctypes", "socket",
    "importlib", "numbers", "random", "tempfile", "shelve", "concurrent",
}  # fmt: skip


@pytest.fixture(params=FILES, ids=lambda path: path.name)
def tree(request: pytest.FixtureRequest) -> ast.Module:
    return ast.parse(request.param.read_text(encoding="ascii"))


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call, with the name that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func
            yield getattr(name, "id", getattr(name, "attr", "")), node


def test_the_checker_is_small() -> None:
    lines = {path.name: path.read_text(encoding="ascii").splitlines() for path in FILES}
    assert len(lines["kernel.py"]) <= 400
    assert len(lines["parsing.py"]) <= 200
    assert max(map(len, lines.values())) <= 400
    assert sum(map(len, lines.values())) <= 1000


def test_only_the_standard_library_and_itself_are_imported(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            modules = [node.module or ""]
        for module in modules:
            top = module.split(".")[0]
            assert module.startswith("exactrev.checker") or top in sys.stdlib_module_names
            assert top not in FORBIDDEN_MODULES


def test_no_floats_no_true_division_and_no_assert(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        assert not isinstance(node, (ast.Assert, ast.Div, ast.Global, ast.Nonlocal, ast.AsyncFunctionDef, ast.Await))
        if isinstance(node, ast.Constant):
            assert not isinstance(node.value, (float, complex))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            assert ast.unparse(node) == "2 ** 61 - 1" or isinstance(node.right, ast.Constant)


def test_nothing_is_executed_guessed_or_rounded(tree: ast.Module) -> None:
    names = {node.func.id for _, node in calls(tree) if isinstance(node.func, ast.Name)}
    assert not names & FORBIDDEN_CALLS


def test_text_becomes_an_integer_in_one_place_after_its_length_is_known() -> None:
    """`int` is handed to `map` once, in `integers`; elsewhere it is applied to truth values."""
    uses = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="ascii"))):
            for child in ast.iter_child_nodes(node):
                is_int = isinstance(child, ast.Name) and child.id == "int"
                if is_int and isinstance(node, ast.Call) and node.func is not child and node.args[0] is child:
                    uses.append((path.name, ast.unparse(node)))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "int":
                assert isinstance(node.args[0], ast.Compare), ast.unparse(node)
    assert uses == [("parsing.py", "map(int, words)")]
    source = (CHECKER / "parsing.py").read_text(encoding="ascii")
    body = source[source.index("def integers(") :]
    assert body.index("allow(") < body.index("map(int")


def test_there_is_no_recursion() -> None:
    """The names of functions, all modules together, call each other without a cycle."""
    defined: dict[str, set[str]] = {}
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="ascii"))):
            if isinstance(node, ast.FunctionDef):
                defined.setdefault(node.name, set()).update(name for name, _ in calls(node))
    reached = {name: called & set(defined) for name, called in defined.items()}
    done: set[str] = set()
    while True:
        leaves = {name for name, called in reached.items() if name not in done and called <= done}
        if not leaves:
            break
        done |= leaves
    assert set(reached) - done == set()


def test_every_function_says_what_it_checks() -> None:
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="ascii"))
        assert ast.get_docstring(tree)


def test_zips_say_that_their_lengths_agree() -> None:
    loose = [
        ast.unparse(node)
        for path in FILES
        for name, node in calls(ast.parse(path.read_text(encoding="ascii")))
        if name == "zip" and "strict=True" not in [ast.unparse(word) for word in node.keywords]
    ]
    assert loose == []
