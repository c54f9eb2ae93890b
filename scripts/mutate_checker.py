"""Removes the checks of the checker one by one, and looks for a stored forgery that then passes.

A check is a call of `require`, `expect` or `allow`, each operand of an `and` in it, or a guarded `raise`. What no
forgery of tests/corpus tells apart is a survivor; docs/certificates.md says of each why it is redundant.

    python scripts/mutate_checker.py
"""

from __future__ import annotations

import ast
import copy
import io
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CHECKER = ROOT / "exactrev" / "checker"
CORPUS = ROOT / "tests" / "corpus"
MODULES = ("refusals", "parsing", "kernel", "geometry", "weights", "kinds")  # in the order of their imports
CHECKS = ("require", "expect", "allow")


@dataclass(frozen=True, slots=True)
class Mutant:
    """The checker without one check."""

    module: str
    line: int
    text: str
    tree: ast.Module

    def __str__(self) -> str:
        return f"{self.module}.py:{self.line}: {self.text}"


def find_mutants() -> Iterator[Mutant]:
    """Every check of every module, removed."""
    for module in MODULES:
        tree = ast.parse((CHECKER / f"{module}.py").read_text(encoding="utf-8"))
        nodes = list(ast.walk(tree))
        for number, node in enumerate(nodes):
            call = _called(node)
            if call is not None:
                yield Mutant(module, call.lineno, _told(call), _replaced(tree, number, _nothing))
                condition = call.args[0]
                if isinstance(condition, ast.BoolOp) and isinstance(condition.op, ast.And):
                    for k, operand in enumerate(condition.values):
                        text = f"{ast.unparse(operand)} of {_told(call)}"
                        yield Mutant(module, call.lineno, text, _replaced(tree, number, _without_operand(k)))
                elif isinstance(condition, ast.Compare) and len(condition.ops) > 1:
                    for k in range(len(condition.ops)):
                        text = f"comparison {k + 1} of {_told(call)}"
                        yield Mutant(module, call.lineno, text, _replaced(tree, number, _without_comparison(k)))


def verdict(check: Any, refusals: types.ModuleType, data: bytes, expected: str | None = None) -> str:
    """What a checker says: the name of the refusal, "verified", or "crash"."""
    try:
        check(io.BytesIO(data), expected)
    except refusals.Refused as refusal:
        return type(refusal).__name__
    except Exception as error:
        return f"crash: {type(error).__name__}"
    return "verified"


def load(mutant: Mutant | None = None) -> tuple[Any, types.ModuleType]:
    """The checker's `check` and its refusals, all modules made anew, one of them mutated."""
    made: dict[str, types.ModuleType] = {}
    package = types.ModuleType("exactrev.checker")
    package.__path__ = []
    before = {name: module for name, module in sys.modules.items() if name.startswith("exactrev.checker")}
    try:
        for name in before:
            del sys.modules[name]
        sys.modules["exactrev.checker"] = package
        for name in MODULES:
            if mutant is not None and mutant.module == name:
                code = compile(ast.fix_missing_locations(mutant.tree), f"{name}.py", "exec")
            else:
                code = _compiled(name)
            module = types.ModuleType(f"exactrev.checker.{name}")
            sys.modules[module.__name__] = module
            setattr(package, name, module)
            exec(code, module.__dict__)
            made[name] = module
    finally:
        for name in [name for name in sys.modules if name.startswith("exactrev.checker")]:
            del sys.modules[name]
        sys.modules.update(before)
    return made["kinds"].check, made["refusals"]


@cache
def _compiled(module: str) -> types.CodeType:
    return compile((CHECKER / f"{module}.py").read_text(encoding="utf-8"), f"{module}.py", "exec")


def forgeries() -> dict[str, bytes]:
    """All files that have to be refused."""
    paths = [path for folder in ("rejected", "malformed") for path in sorted((CORPUS / folder).glob("*.cert"))]
    return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in paths}


def asked_otherwise() -> dict[str, tuple[bytes, str]]:
    """A valid certificate of which another claim is asked."""
    data = (CORPUS / "verified" / "regions.cert").read_bytes()
    return {"verified/regions.cert, asked for another claim": (data, "regions 8 0")}


def find_survivors(progress: Any = None) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The mutants that a forgery passes, with its name; the others, with the crashes that stand in for the check."""
    cases = forgeries()
    killed: dict[str, str] = {}
    survivors: dict[str, list[str]] = {}
    likely: list[str] = []
    for mutant in find_mutants():
        check, refusals = load(mutant)
        crashes = []
        for name, (data, expected) in asked_otherwise().items():
            if verdict(check, refusals, data, expected) == "verified":
                killed[str(mutant)] = name
        if str(mutant) in killed:
            continue
        for name in [*likely[::-1], *(name for name in cases if name not in likely)]:
            found = verdict(check, refusals, cases[name])
            if found == "verified":
                killed[str(mutant)] = name
                break
            if found.startswith("crash"):
                crashes.append(f"{name} ({found})")
        else:
            survivors[str(mutant)] = crashes
        if progress is not None:
            progress(str(mutant), killed.get(str(mutant)))
    return killed, survivors


def main() -> int:
    def tell(mutant: str, forgery: str | None) -> None:
        if forgery is not None:
            print(f"{mutant}\n    passes {forgery}", flush=True)

    killed, survivors = find_survivors(tell)
    print(f"\n{len(killed)} checks are needed, for each a stored forgery passes without it; {len(survivors)} survive:")
    for mutant, crashes in survivors.items():
        print(f"{mutant}\n    {'crashes: ' + ', '.join(crashes[:3]) if crashes else 'no forgery tells the difference'}")
    return 0


def _called(node: ast.AST) -> ast.Call | None:
    """The call, if the node is a check."""
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return None
    name = node.value.func
    return node.value if isinstance(name, ast.Name) and name.id in CHECKS else None


def _told(call: ast.Call) -> str:
    reason = call.args[1]
    return str(reason.value) if isinstance(reason, ast.Constant) else ast.unparse(reason)


def _replaced(tree: ast.Module, number: int, change: Any) -> ast.Module:
    """A copy of the tree in which one node, by its number in the walk, is changed."""
    fresh = copy.deepcopy(tree)
    node: Any = list(ast.walk(fresh))[number]
    change(node)
    return fresh


def _nothing(node: Any) -> None:
    node.value = ast.Constant(None)


def _without_operand(k: int) -> Any:
    def change(node: Any) -> None:
        del node.value.args[0].values[k]
        if len(node.value.args[0].values) == 1:
            node.value.args[0] = node.value.args[0].values[0]

    return change


def _without_comparison(k: int) -> Any:
    """One of the comparisons of a chain a < b < c left out."""

    def change(node: Any) -> None:
        chain = node.value.args[0]
        terms = [chain.left, *chain.comparators]
        parts: list[ast.expr] = [
            ast.Compare(terms[i], [op], [terms[i + 1]]) for i, op in enumerate(chain.ops) if i != k
        ]
        node.value.args[0] = parts[0] if len(parts) == 1 else ast.BoolOp(ast.And(), parts)

    return change


if __name__ == "__main__":
    sys.exit(main())
