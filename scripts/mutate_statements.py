"""Changes one thing in the statements or the geometry, and looks for a test of that room that notices.

A mutant is one change of the source: a comparison, an operator, a constant, a condition, a loop, a return. A seeded
sample of them is drawn. Which test runs through which line is recorded once; a mutant is run against the tests that run
through its line, the fastest first, until one fails. What none of them notices is a survivor; docs/mutation.md says of
each what became of it. A test that takes four times the CPU time it should is stopped, and the mutant counts as killed.

    python scripts/mutate_statements.py statements geometry --seed 1 --sample 300 --minutes 20

Needs the extra `test`, and coverage. POSIX only: every mutant runs in a forked process, in a copy of the tree.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import json
import math
import multiprocessing
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("statements", "geometry")
COPIED = ("exactrev", "proofs", "tests", "pyproject.toml")
OPTIONS = ["-x", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
PRELOADED = ("hypothesis", "networkx", "numpy", "highspy", "sympy", "flint", "mpmath")  # what every mutant imports anew
QUICK_SECONDS = 8
SPARE_SECONDS = 20  # of CPU time, for collecting the tests
SPARE_BYTES = 8 << 30

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.BitXor: ast.BitOr,
}  # fmt: skip
NAMES = {"any": "all", "all": "any", "min": "max", "max": "min"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module, relative to the package, with one piece of its source replaced; `lines` are those of that piece."""

    module: str
    lines: tuple[int, int]
    column: int
    start: int
    end: int
    new: str
    old: str

    def source(self, text: bytes) -> bytes:
        return text[: self.start] + self.new.encode() + text[self.end :]

    def __str__(self) -> str:
        return f"{self.module}:{self.lines[0]}:{self.column}: {' '.join(self.old.split())} -> {self.new}"


def find_mutants(text: str, module: str) -> Iterator[Mutant]:
    """All mutants of a module. Annotations, decorators, texts, and the `strict` of a zip are left alone."""
    data = text.encode()
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def place(line: int, column: int) -> int:
        return starts[line - 1] + column

    seen = set()
    for node, new in _changes(ast.parse(text), None):
        start, end = place(node.lineno, node.col_offset), place(node.end_lineno, node.end_col_offset)
        if (start, end, new) not in seen:
            seen.add((start, end, new))
            lines, old = (node.lineno, node.end_lineno), data[start:end].decode()
            yield Mutant(module, lines, node.col_offset + 1, start, end, new, old)


def _changes(node: ast.AST, function: Any) -> Iterator[tuple[Any, str]]:
    """Nodes, and what may stand in the place of each; `function` is the one around them."""
    if isinstance(node, ast.JoinedStr):
        return
    yield from _changes_of(node, function)
    skipped = {"annotation", "returns", "decorator_list"}
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or name in skipped:
                continue
            if isinstance(child, ast.keyword) and child.arg == "strict":
                continue
            yield from _changes(child, node if isinstance(node, ast.FunctionDef) else function)


def _changes_of(node: ast.AST, function: Any) -> Iterator[tuple[Any, str]]:
    match node:
        case ast.Compare(left=left, ops=ops, comparators=right):
            for k, op in enumerate(ops):
                for other in COMPARISONS[type(op)]:
                    yield node, _text(ast.Compare(left, [*ops[:k], other(), *ops[k + 1 :]], right))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            yield node, _text(ast.BinOp(left, OPERATORS[type(op)](), right))
        case ast.BoolOp(op=op, values=values):
            yield node, _text(ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values))
            for k in range(len(values)):
                left_out = [*values[:k], *values[k + 1 :]]
                yield node, _text(left_out[0] if len(left_out) == 1 else ast.BoolOp(op, left_out))
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield node, _text(operand)
        case ast.Constant(value=bool(value)):
            yield node, str(not value)
        case ast.Constant(value=int(value)):
            yield node, str(value + 1)
            if value:
                yield node, str(value - 1)
        case ast.Name(id=name, ctx=ast.Load()) if name in NAMES:
            yield node, NAMES[name]
        case ast.Return(value=ast.expr() as value) if isinstance(getattr(function, "returns", None), ast.expr):
            returns = ast.unparse(function.returns)
            if returns == "bool":
                yield node, f"return not {_text(value)}"
            elif "None" in returns and not isinstance(value, ast.Constant):
                yield node, "return None"
        case ast.Break() | ast.Continue() | ast.AugAssign() | ast.Expr(value=ast.Call()):
            yield node, "pass"
    if isinstance(node, ast.If | ast.IfExp) and ast.unparse(node.test) != "TYPE_CHECKING":
        yield node.test, "True"
        yield node.test, "False"
    elif isinstance(node, ast.While):
        yield node.test, "False"
    elif isinstance(node, ast.comprehension):
        for condition in node.ifs:
            yield condition, "True"
            yield condition, "False"


def _text(expression: ast.expr) -> str:
    return f"({ast.unparse(expression)})"


# -- Running tests in a forked process --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recorded:
    """Of the tests of a room: their CPU seconds, and per module and line who runs through it."""

    seconds: dict[str, float]
    tests: dict[str, dict[int, set[str]]]

    def noticing(self, mutant: Mutant) -> list[str]:
        """The tests that may notice, fastest first: those through its lines, and, of lines run at import, all."""
        of_module = self.tests.get(mutant.module, {})
        found = {test for line in range(mutant.lines[0], mutant.lines[1] + 1) for test in of_module.get(line, ())}
        if "" in found and found == {""}:
            found = {test for tests in of_module.values() for test in tests}
        return sorted(found - {""}, key=self.seconds.__getitem__)


class _Plugin:
    """Chooses and orders tests; records the first failure, the CPU time of every test, and with coverage its lines."""

    def __init__(self, chosen: list[str] | None, cover: Any = None) -> None:
        self.chosen = chosen
        self.cover = cover
        self.failed = ""
        self.seconds: dict[str, float] = {}
        self.began = 0.0

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        if self.chosen is not None:
            by_name = {item.nodeid: item for item in items}
            items[:] = [by_name[name] for name in self.chosen if name in by_name]

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.began = time.process_time()
        if self.cover is not None:
            self.cover.switch_context(nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.seconds[nodeid] = time.process_time() - self.began

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed and not self.failed:
            self.failed = f"importing {report.nodeid}"

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid


def _run_pytest(places: list[str], chosen: list[str] | None, cover: Any = None) -> dict[str, Any]:
    """Runs tests, here and now, in a tree that is the current directory. Failures are not shrunk."""
    import pytest
    from hypothesis import HealthCheck, Phase, settings

    settings.register_profile(
        "mutation", derandomize=True, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )  # fmt: skip
    os.environ["HYPOTHESIS_PROFILE"] = "mutation"
    sys.path.insert(0, str(Path.cwd()))
    plugin = _Plugin(chosen, cover)
    code = int(pytest.main([*OPTIONS, *places], plugins=[plugin]))
    return {"code": code, "failed": plugin.failed, "seconds": plugin.seconds}


def _forked(tree: Path, seconds: float | None, work: Any) -> Any:
    """What `work()` gives in a process of its own, in a tree; None if it took more CPU time, or sixfold real time."""
    answer = tree / "answer.json"
    answer.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setpgrp()
            os.chdir(tree)
            out = os.open("output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(out, 1)
            os.dup2(out, 2)
            if seconds is not None:
                resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
                resource.setrlimit(resource.RLIMIT_AS, (SPARE_BYTES, SPARE_BYTES))
                signal.alarm(int(6 * seconds))
            answer.write_text(json.dumps(work()), encoding="utf-8")
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what a stopped test has left behind
    if os.WIFSIGNALED(status):
        return None
    if os.WEXITSTATUS(status):
        raise RuntimeError((tree / "output.txt").read_text(encoding="utf-8")[-3000:])
    return json.loads(answer.read_text(encoding="utf-8"))


def make_tree(source: Path, target: Path) -> None:
    """A copy of what the tests need."""
    for name in COPIED:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, symlinks=True, dirs_exist_ok=True)
        elif (source / name).exists():
            shutil.copy2(source / name, target / name)


def record(tree: Path, room: str, places: list[str]) -> Recorded:
    """Runs the tests of a room once, unchanged. Raises RuntimeError unless they pass."""
    import coverage

    def work() -> Any:
        cover = coverage.Coverage(data_file=None, include=[f"{tree}/exactrev/{room}/*"], config_file=False)
        cover.start()
        said = _run_pytest(places, None, cover)
        cover.stop()
        data = cover.get_data()
        said["lines"] = {
            str(Path(file).relative_to(tree / "exactrev")): data.contexts_by_lineno(file)
            for file in data.measured_files()
        }
        return said

    said = _forked(tree, None, work)
    if said["code"]:
        raise RuntimeError(f"The tests do not pass as they are: {said['failed']} (exit code {said['code']})")
    lines = {module: {int(k): set(tests) for k, tests in found.items()} for module, found in said["lines"].items()}
    return Recorded(said["seconds"], lines)


def judge(tree: Path, mutant: Mutant, number: int, tests: list[str], seconds: float) -> str:
    """Runs tests against a mutant: the name of one that fails, "time-out", or "" for a survivor."""
    if not tests:
        return ""
    path = tree / "exactrev" / mutant.module
    text, stat = path.read_bytes(), path.stat()
    places = sorted({test.split("::")[0] for test in tests})
    try:
        path.write_bytes(mutant.source(text))
        os.utime(path, (number, number))  # so that no byte code is taken for that of another mutant
        said = _forked(tree, seconds, lambda: _run_pytest(places, tests))
    finally:
        path.write_bytes(text)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    if said is None:
        return "time-out"
    return said["failed"] or (f"exit code {said['code']}" if said["code"] else "")


# -- The sample --------------------------------------------------------------------------------


def mutants_of(tree: Path, room: str) -> list[Mutant]:
    folder = tree / "exactrev"
    paths = sorted((folder / room).rglob("*.py"))
    return [
        mutant
        for path in paths
        for mutant in find_mutants(path.read_text(encoding="utf-8"), str(path.relative_to(folder)))
    ]


_tree = Path()  # of this process


def _begin(source: Path) -> None:
    global _tree
    _tree = Path(tempfile.mkdtemp(dir=source.parent))
    make_tree(source, _tree)


def _judge(mutant: Mutant, number: int, tests: list[str], seconds: float, until: float) -> str | None:
    return judge(_tree, mutant, number, tests, seconds) if time.time() < until else None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A mutant of the sample, with the tests that may notice it and their CPU seconds."""

    room: str
    mutant: Mutant
    tests: list[str]
    seconds: list[float]

    def quick(self) -> int:
        """How many of the tests are done in QUICK_SECONDS."""
        return sum(total <= QUICK_SECONDS for total in accumulate(self.seconds))


def draw(tree: Path, room: str, seed: int, sample: int, ignored: Sequence[str]) -> list[Drawn]:
    """A seeded sample of the mutants of a room, whose tests, but those ignored, are run and recorded."""
    places = [f"tests/{room}", f"exactrev/{room}", *(f"--ignore={place}" for place in ignored)]
    recorded = record(tree, room, places)
    all_mutants = mutants_of(tree, room)
    print(f"{room}: {len(recorded.seconds)} tests, {len(all_mutants)} mutants", flush=True)
    chosen = random.Random(seed).sample(all_mutants, min(sample, len(all_mutants)))
    tests = [recorded.noticing(mutant) for mutant in chosen]
    return [Drawn(room, m, names, [recorded.seconds[x] for x in names]) for m, names in zip(chosen, tests, strict=True)]


def find_survivors(
    rooms: Iterable[str], seed: int, sample: int, minutes: float, workers: int = 2, ignored: Sequence[str] = ()
) -> Iterator[tuple[str, Mutant, str]]:
    """Of a sample of mutants of each room: the room, the mutant, and who killed it, "" if nobody did.

    In the minutes given the quick tests are run; the slow ones afterwards, on what survives the quick ones.
    """
    for name in PRELOADED:
        __import__(name)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "unchanged"
        make_tree(ROOT, tree)
        drawn = [one for room in rooms for one in draw(tree, room, seed, sample, ignored)]
        random.Random(seed).shuffle(drawn)  # so that those in time are a sample as well
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(tree,)) as pool:

            def judged(todo: list[Drawn], slow: bool, until: float) -> Iterator[tuple[Drawn, str]]:
                asked = {}
                for one in todo:
                    part = slice(one.quick(), None) if slow else slice(one.quick())
                    seconds = 4 * sum(one.seconds[part]) + SPARE_SECONDS
                    number = drawn.index(one) + 1
                    asked[pool.submit(_judge, one.mutant, number, one.tests[part], seconds, until)] = one
                for answer in as_completed(asked):
                    killer = answer.result()
                    if killer is not None:
                        yield asked[answer], killer

            left = []
            for one, killer in judged(drawn, slow=False, until=time.time() + 60 * minutes):
                if killer or one.quick() == len(one.tests):
                    yield one.room, one.mutant, killer
                else:
                    left.append(one)
            for one, killer in judged(left, slow=True, until=math.inf):
                yield one.room, one.mutant, killer


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", nargs="*", default=ROOMS, help="statements, geometry")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=int, default=300, help="mutants of each room")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--ignore", action="append", default=[], help="a file of tests not to be run, such as a slow one"
    )
    options = parser.parse_args()
    counts: Counter[tuple[str, str]] = Counter()
    for room, mutant, killer in find_survivors(
        options.rooms, options.seed, options.sample, options.minutes, options.workers, options.ignore
    ):
        said = killer if killer == "time-out" else "killed" if killer else "survived"
        counts[room, said] += 1
        print(f"{said}: {mutant}{f'  [{killer}]' if said == 'killed' else ''}", flush=True)
    for (room, said), number in sorted(counts.items()):
        print(f"{room}: {number} {said}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
