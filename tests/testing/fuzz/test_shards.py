"""A shard depends on its task and on nothing else: not on processes, modules, profiles or folders."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import Phase, configuration, settings
from testing.fuzz.networks_to_judge import MEET, PERMUTE, R1, R2, fails_where, pretend

from exactrev.geometry import regions
from exactrev.network import Network
from exactrev.statements import STATEMENTS
from exactrev.testing.fuzz import Shard, run_shard, shards
from exactrev.testing.fuzz.climbing import scores_of

ROOT = Path(__file__).resolve().parents[3]
TASK = Shard(5, 2, 20, (R1, MEET, PERMUTE))


def test_the_same_task_gives_the_same_result_in_another_process_and_leaves_nothing_behind(tmp_path: Path) -> None:
    here = run_shard(TASK)
    code = (
        "import sys, pickle, hashlib, tomllib, sqlite3, xml.dom.minidom\n"
        "import hashing_of_my_own\n"
        "from exactrev.testing.fuzz import Shard, run_shard\n"
        f"result = run_shard(Shard(5, 2, 20, {TASK.labels!r}))\n"
        "sys.stdout.buffer.write(pickle.dumps(result))\n"
    )
    # Hypothesis would mix the constants of this module into what it draws.
    (tmp_path / "hashing_of_my_own.py").write_text(f"NUMBERS = {list(range(101, 4000, 7))}\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)]), "PYTHONHASHSEED": "12345"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    assert pickle.loads(done.stdout) == here
    assert {path.name for path in tmp_path.iterdir()} <= {"hashing_of_my_own.py", "__pycache__"}


def test_a_profile_changes_nothing() -> None:
    name = settings.get_current_profile_name() if hasattr(settings, "get_current_profile_name") else "ci"
    here = run_shard(TASK)
    settings.register_profile("odd", derandomize=True, max_examples=3, phases=[Phase.explicit], deadline=1)
    try:
        settings.load_profile("odd")
        assert run_shard(TASK) == here
    finally:
        settings.load_profile(name)


def test_the_home_of_hypothesis_is_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = vars(configuration).get("__hypothesis_home_directory")
    try:
        configuration.set_hypothesis_home_dir(tmp_path / "mine")
        run_shard(Shard(0, 0, 3, (PERMUTE,)))
        assert vars(configuration)["__hypothesis_home_directory"] == tmp_path / "mine"
    finally:
        configuration.set_hypothesis_home_dir(before)
    assert not list(tmp_path.iterdir())


def test_as_many_networks_are_judged_as_asked_for_and_every_statement_on_each() -> None:
    for examples in (1, 7, 40):
        result = run_shard(Shard(1, 0, examples, (R1, R2)))
        assert result.examples == examples
        assert {label: sum(counts.values()) for label, counts in result.outcomes.items()} == dict.fromkeys(
            [R1, R2], examples
        )


def test_other_seeds_and_other_numbers_give_other_networks() -> None:
    results = [run_shard(Shard(seed, number, 30, (R2, MEET))) for seed, number in [(0, 0), (0, 1), (1, 0)]]
    assert len({str(result.findings) for result in results}) == 3


def test_of_each_kind_the_smallest_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[Network] = []

    def is_deep(net: Network) -> bool:
        judged.append(net)
        return net.depth >= 2

    pretend(monkeypatch, fails_where(is_deep))
    (finding,) = run_shard(Shard(3, 0, 30, (PERMUTE,))).findings
    assert (finding.label, finding.kind, finding.verdict) == (PERMUTE, "fails: point", "FAILS")
    deep = [net for net in judged if net.depth >= 2]
    assert len(deep) > 4
    assert sum(finding.network.hidden_widths) == min(sum(net.hidden_widths) for net in deep)
    assert (finding.seed, finding.shard) == (3, 0)


def test_the_scores_are_counts_of_regions_and_exact_bits_of_corners() -> None:
    # Lines x = 0, y = 0 and x + y = 1/8: seven regions; corners (0, 0), (1/8, 0), (0, 1/8).
    net = Network.from_arrays([([[1, 0], [0, 1], [8, 8]], [0, 0, -1]), ([[1, 1, 1]], [0])])
    assert scores_of(regions(net)) == {"regions": 7, "nearness": 3, "denominators": 4}
    assert scores_of(regions(Network.from_arrays([([[1]], [0])]))) == {"regions": 1, "nearness": 0, "denominators": 0}


def test_climbing_leads_further_than_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    task = Shard(11, 0, 60, (R1,))
    climbed = run_shard(task).scores
    monkeypatch.setattr(shards, "varied", lambda net, score, corners, random: net)
    drawn = run_shard(task).scores
    assert all(climbed[score] >= drawn[score] for score in drawn)
    assert sum(climbed[score] > drawn[score] for score in drawn) >= 2


def test_all_statements_can_be_asked_for() -> None:
    result = run_shard(Shard(0, 0, 5, tuple(statement.label for statement in STATEMENTS)))
    assert len(result.outcomes) == len(STATEMENTS)
    assert not [finding for finding in result.findings if finding.is_fault]
