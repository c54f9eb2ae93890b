"""A real Dask scheduler with real workers on loopback: the same results, killed workers, wrong addresses, TLS."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

import pytest
from parallel import tasks
from parallel.dask_cluster import DaskCluster

from exactrev.equivalence import compare
from exactrev.errors import BadInput, WorkerLost
from exactrev.geometry import regions
from exactrev.network.random import he_network
from exactrev.parallel import Workers, cluster, workers

distributed = pytest.importorskip("distributed")
dask = pytest.importorskip("dask")

ROOT = Path(__file__).resolve().parents[2]
SQUARES = [x * x for x in range(40)]


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with DaskCluster(tmp_path_factory.mktemp("dask")) as made:
        yield made


@pytest.fixture
def address(local: DaskCluster, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(cluster, "PATIENCE", 30.0)  # for workers that were killed to be replaced
    return local.address


def test_results_come_in_the_order_of_their_tasks(address: str) -> None:
    with Workers(address=address) as made:
        assert made.count >= 2
        assert list(made.run_in_order(tasks.square, range(40))) == SQUARES


def test_tasks_run_in_the_workers_of_the_cluster(address: str) -> None:
    with Workers(address=address) as made:
        seen = {pid for _, pid in made.run(tasks.process_number, range(20))}
    assert os.getpid() not in seen


def test_tasks_may_be_endless(address: str) -> None:
    with Workers(address=address) as made:
        assert list(islice(made.run_in_order(tasks.square, count()), 40)) == SQUARES


def test_what_a_task_raises_is_raised_here(address: str) -> None:
    with Workers(address=address) as made:
        results = made.run_in_order(tasks.refuse_three, range(10))
        assert [next(results) for _ in range(3)] == [0, 1, 2]
        with pytest.raises(BadInput, match="found three"):
            next(results)


def test_a_task_whose_worker_is_killed_is_run_again(address: str, tmp_path: Path) -> None:
    with Workers(address=address) as made:
        results = made.run_in_order(tasks.die_once, ((str(tmp_path), x) for x in range(12)))
        assert list(results) == SQUARES[:12]
    assert len(list(tmp_path.iterdir())) == 2  # 3 and 10


def test_workers_killed_from_outside_lose_nothing(address: str, local: DaskCluster) -> None:
    dice, killed = random.Random(0), 0
    with Workers(address=address) as made:
        results = []
        for result in made.run(tasks.slow_square, range(150)):
            results.append(result)
            if len(results) in (20, 70, 120):
                local.kill_one(dice)
                killed += 1
    assert sorted(results) == [(x, x * x) for x in range(150)]
    assert killed == 3


def test_a_task_that_kills_its_worker_every_time_ends_with_an_error_that_names_it(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "MOST_DEATHS", 2)
    with Workers(address=address) as made, pytest.raises(WorkerLost) as caught:
        list(made.run_in_order(tasks.die, [0, 3]))
    assert caught.value.died == 2


def test_regions_and_comparisons_are_the_same(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exactrev.geometry.enumeration.BLOCK", 64)
    net, other = he_network([2, 8, 8, 1], 0), he_network([2, 8, 8, 1], 1)
    alone = regions(net)
    with Workers(address=address) as made:
        helped = regions(net, workers=made)
        assert compare(net, other, workers=made) == compare(net, other)
    vertices = alone.found.skeleton.vertices
    assert vertices > 64
    assert helped.found.skeleton.points[:vertices].tobytes() == alone.found.skeleton.points[:vertices].tobytes()
    assert helped.facet_cells.tobytes() == alone.facet_cells.tobytes()


def test_the_executor_of_a_client_is_an_executor_like_any_other(address: str) -> None:
    client = distributed.Client(address.replace("dask://", "tcp://"), set_as_default=False)
    with client, Workers.around(client.get_executor(pure=False)) as made:
        assert list(made.run_in_order(tasks.square, range(10))) == SQUARES[:10]


# -- addresses ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["127.0.0.1:8786", "dask://", "dask://host", "tcp://host:1", "dask://host:port", "x"]
)
def test_what_is_no_address_is_refused_at_once(address: str) -> None:
    with pytest.raises(BadInput, match=r"found no address of a scheduler; expected dask://HOST:PORT"):
        Workers(address=address)


def test_nobody_at_the_address_is_one_line_after_a_short_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"dask://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(BadInput, match=r"found nobody who answers as a Dask scheduler within 0\.5 seconds"):
            Workers(address=address)


def test_somebody_who_does_not_speak_dask_is_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    silent = socket.create_server(("127.0.0.1", 0))
    with silent, pytest.raises(BadInput, match="found nobody who answers as a Dask scheduler"):
        Workers(address=f"dask://127.0.0.1:{silent.getsockname()[1]}")


def test_a_worker_is_no_scheduler(local: DaskCluster) -> None:
    with distributed.Client(local.address.replace("dask://", "tcp://"), set_as_default=False) as client:
        client.wait_for_workers(1, 30)
        worker = next(iter(client.nthreads())).replace("tcp://", "dask://")
    with pytest.raises(BadInput, match="found a Dask Worker"):
        Workers(address=worker)


def test_without_certificates_tls_is_refused_with_a_reason(address: str) -> None:
    with pytest.raises(BadInput, match="found nobody that Dask will talk to: TLS expects"):
        Workers(address=address.replace("dask://", "tls://"))


def test_a_cluster_with_another_exactrev_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exactrev.__version__", "0.0.0")
    with pytest.raises(BadInput, match=r"worker tcp://.*: found exactrev .*; expected exactrev 0\.0\.0, as here"):
        Workers(address=address)


def test_without_the_extra_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(BadInput, match=r"pip install 'exactrev\[dask\]'"):
        Workers(address="dask://127.0.0.1:8786")


def test_with_tls_as_the_docs_have_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=exactrev"]
    try:
        subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is missing")
    options = [f"--tls-{name}={file}" for name, file in (("ca-file", certificate), ("cert", certificate), ("key", key))]
    tls = "distributed.comm.tls"
    client = {f"{tls}.ca-file": str(certificate), f"{tls}.client.cert": str(certificate), f"{tls}.client.key": str(key)}
    monkeypatch.setattr(cluster, "PATIENCE", 30.0)
    with (
        DaskCluster(tmp_path, 1, (*options, "--protocol=tls")) as made,
        dask.config.set({**client, "distributed.comm.require-encryption": True}),
    ):
        assert made.address.startswith("tls://")
        with Workers(address=made.address) as team:
            assert list(team.run_in_order(tasks.square, range(5))) == SQUARES[:5]
        with pytest.raises(BadInput, match="encryption required"):
            Workers(address=made.address.replace("tls://", "dask://"))
        variables = {"CA_FILE": certificate, "CLIENT__CERT": certificate, "CLIENT__KEY": key}
        environment = {f"DASK_DISTRIBUTED__COMM__TLS__{name}": str(file) for name, file in variables.items()}
        script = f"from exactrev.parallel import Workers; print(Workers(address={made.address!r}).count > 0)"
        command = [sys.executable, "-c", script]
        answer = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, cwd=ROOT)
        assert answer.stdout == "True\n", answer.stderr
