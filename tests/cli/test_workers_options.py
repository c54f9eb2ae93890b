"""``--workers`` and ``--executor``: the same output; what cannot be used is one line."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from command_line import Run
from parallel.dask_cluster import DaskCluster

from exactrev import save
from exactrev.network import Network
from exactrev.parallel import cluster

COMMANDS = [("regions", "figure1", "--list", "--json"), ("compare", "bent.json", "other.json")]


@pytest.fixture(autouse=True)
def other(run: Run) -> None:
    """BENT, with a neuron more that is never on."""
    layers = [([[1, 0], [0, 1]], [0, 0]), ([[1, 1], [-1, -1]], [-1, -1]), ([[1, 5]], [0])]
    save(Network.from_arrays(layers), "other.json")


def _without_seconds(text: str) -> list[str]:
    return re.sub(r'[0-9.]+ seconds|"seconds": [0-9.]+', "", text).splitlines()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_workers_change_nothing_but_the_seconds(command: tuple[str, ...], run: Run) -> None:
    alone = run(*command)
    helped = run(*command, "--workers", "2")
    assert (helped.code, helped.err) == (alone.code, alone.err) == (0, "")
    assert _without_seconds(helped.out) == _without_seconds(alone.out)


def test_a_cluster_changes_nothing_but_the_seconds(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "PATIENCE", 30.0)
    with DaskCluster(tmp_path, 1) as made:
        for command in COMMANDS:
            alone, helped = run(*command), run(*command, "--executor", made.address)
            assert (helped.code, _without_seconds(helped.out)) == (0, _without_seconds(alone.out))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_cluster_that_is_not_there_is_one_line(
    command: tuple[str, ...], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "PATIENCE", 0.3)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"dask://127.0.0.1:{free.getsockname()[1]}"
        answer = run(*command, "--executor", address)
    assert (answer.code, answer.out) == (4, "")
    assert answer.err == (
        f"exactrev: {address}: found nobody who answers as a Dask scheduler within 0.3 seconds; "
        "expected dask://HOST:PORT, or tls://HOST:PORT, of a running Dask scheduler\n"
    )


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--workers", "0"), "Invalid value for '--workers': 0 is not in the range x>=1."),
        (("--workers", "2", "--executor", "dask://h:1"), "--workers and --executor exclude each other"),
    ],
)
def test_a_wrong_number_of_workers_is_a_wrong_command_line(options: tuple[str, ...], line: str, run: Run) -> None:
    answer = run("regions", "bent.json", *options)
    assert answer.code == 2
    assert line in answer.err
