"""Tasks in this process, in processes, on executors of others: the same results, and what dies is run again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice
from multiprocessing import active_children
from pathlib import Path

import pytest
from parallel import tasks

from exactrev.errors import BadInput, WorkerLost
from exactrev.parallel import Workers

SQUARES = [x * x for x in range(40)]


@pytest.fixture(params=["here", "processes", "threads"])
def workers(request: pytest.FixtureRequest) -> Iterator[Workers]:
    if request.param == "threads":
        with ThreadPoolExecutor(2) as executor, Workers.around(executor) as made:
            yield made
    else:
        with Workers(1 if request.param == "here" else 2) as made:
            yield made


def test_results_come_in_the_order_of_their_tasks(workers: Workers) -> None:
    assert list(workers.run_in_order(tasks.square, range(40))) == SQUARES


def test_results_come_with_the_numbers_of_their_tasks(workers: Workers) -> None:
    assert sorted(workers.run(tasks.square, range(40))) == list(enumerate(SQUARES))


def test_tasks_may_be_endless(workers: Workers) -> None:
    read = []
    endless = (read.append(x) or x for x in count())  # type: ignore[func-returns-value]
    assert list(islice(workers.run_in_order(tasks.square, endless), 20)) == SQUARES[:20]
    assert len(read) < 100


def test_there_may_be_no_tasks(workers: Workers) -> None:
    assert list(workers.run(tasks.square, [])) == []


def test_an_exception_comes_in_its_turn(workers: Workers) -> None:
    results = workers.run_in_order(tasks.refuse_three, range(10))
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(BadInput, match=r"net\.json: layers: found three; expected another number"):
        next(results)
    assert list(workers.run_in_order(tasks.square, range(5))) == SQUARES[:5]


def test_an_exception_of_the_tasks_themselves_comes_through(workers: Workers) -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(workers.run(tasks.square, broken()))


def test_a_run_within_a_run_gets_its_turn(workers: Workers) -> None:
    outer = []
    for _, x in workers.run(tasks.slow_square, range(4)):
        outer.append(x)
        assert list(workers.run_in_order(tasks.square, range(5))) == SQUARES[:5]
    assert sorted(outer) == SQUARES[:4]


def test_processes_give_results_as_they_come() -> None:
    with Workers(2) as workers:
        list(workers.run(tasks.square, range(4)))  # both are there
        assert [number for number, _ in workers.run(tasks.later_first, range(3))][-1] == 0


def test_one_slow_task_does_not_make_all_later_results_wait_in_memory() -> None:
    read = []
    numbers = (read.append(x) or x for x in range(2000))  # type: ignore[func-returns-value]
    with Workers(2) as workers:
        list(workers.run(tasks.square, range(4)))
        results = workers.run_in_order(tasks.later_first, numbers)
        next(results)
        assert len(read) < 20
        assert list(results) == list(range(1, 2000))


def test_two_workers_are_two_processes_other_than_this_one() -> None:
    with Workers(2) as workers:
        assert workers.count == 2
        seen = {pid for _, pid in workers.run(tasks.process_number, range(20))}
    assert len(seen) == 2
    assert os.getpid() not in seen


def test_one_worker_is_this_process() -> None:
    with Workers() as workers:
        assert workers.count == 1
        assert list(workers.run_in_order(tasks.process_number, [0])) == [os.getpid()]


def test_there_is_at_least_one_worker() -> None:
    with pytest.raises(ValueError, match="count=0"):
        Workers(0)


# -- workers that die --------------------------------------------------------------------------------------------------


def test_a_task_whose_worker_is_killed_is_run_again(tmp_path: Path) -> None:
    with Workers(2) as workers:
        results = workers.run_in_order(tasks.die_once, ((str(tmp_path), x) for x in range(40)))
        assert list(results) == SQUARES
    assert len(list(tmp_path.iterdir())) == 6  # 3, 10, 17, 24, 31, 38


def test_a_task_that_kills_its_worker_every_time_ends_with_an_error_that_names_it() -> None:
    with Workers(2) as workers:
        results = workers.run_in_order(tasks.die, range(10))
        assert [next(results) for _ in range(3)] == [0, 1, 2]
        with pytest.raises(WorkerLost) as caught:
            next(results)
        assert (caught.value.task, caught.value.died) == (3, 5)
        assert list(workers.run_in_order(tasks.square, range(5))) == SQUARES[:5]


def test_a_campaign_with_workers_killed_at_random_ends_with_the_same_counts() -> None:
    finished = threading.Event()
    killed = 0

    def kill_at_random() -> None:
        nonlocal killed
        dice = random.Random(0)
        while not finished.wait(0.15):
            children = active_children()
            if children:
                dice.choice(children).kill()
                killed += 1

    with Workers(2) as workers:
        killer = threading.Thread(target=kill_at_random)
        killer.start()
        try:
            results = list(workers.run(tasks.slow_square, range(150)))
        finally:
            finished.set()
            killer.join()
    assert sorted(results) == [(x, x * x) for x in range(150)]
    assert killed >= 3


def test_a_worker_that_dies_while_it_has_nothing_to_do_is_replaced() -> None:
    with Workers(2) as workers:
        list(workers.run(tasks.square, range(4)))
        for child in active_children():
            child.kill()
            child.join()
        assert list(workers.run_in_order(tasks.square, range(40))) == SQUARES


# -- what cannot be carried over ---------------------------------------------------------------------------------------


def test_an_exception_that_cannot_be_pickled_keeps_its_name_its_text_and_its_traceback() -> None:
    with Workers(2) as workers, pytest.raises(RuntimeError, match="Odd: 4 and 5") as caught:
        list(workers.run(tasks.fail_oddly, [4]))
    assert "in fail_oddly" in caught.value.__notes__[0]


def test_a_result_that_cannot_be_pickled_is_an_error_and_no_dead_worker() -> None:
    with Workers(2) as workers, pytest.raises((AttributeError, TypeError), match="pickle"):
        list(workers.run(tasks.give_a_function, [4]))


def test_a_function_that_cannot_be_pickled_is_an_error_here() -> None:
    with Workers(2) as workers, pytest.raises((AttributeError, TypeError), match="pickle"):
        list(workers.run(lambda x: x, [4]))


# -- the end -----------------------------------------------------------------------------------------------------------


def test_a_run_that_is_left_early_stops_its_tasks(tmp_path: Path) -> None:
    with Workers(2) as workers:
        results = workers.run(tasks.sleep_or_not, [None, str(tmp_path)])
        assert next(results) == (0, None)
        pids = _wait_for_files(tmp_path, 1)
        results.close()
        _assert_gone(pids)
        assert list(workers.run_in_order(tasks.square, range(5))) == SQUARES[:5]


def test_workers_that_were_sent_home_do_nothing_more() -> None:
    with Workers(2) as workers:
        list(workers.run(tasks.square, range(4)))
    with pytest.raises(RuntimeError, match="sent home"):
        list(workers.run(tasks.square, range(4)))
    assert not active_children()


def test_a_script_without_the_guard_ends_with_a_hint(tmp_path: Path) -> None:
    script = tmp_path / "unguarded.py"
    script.write_text(
        f"import sys\nsys.path[:0] = {[str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]}\n"
        "from parallel import tasks\nfrom exactrev.parallel import Workers\n"
        "with Workers(2) as workers:\n    print(list(workers.run(tasks.square, range(4))))\n"
    )
    answer = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60)
    assert answer.stdout == ""
    assert "it has to do so under if __name__ == '__main__'" in answer.stderr.splitlines()[-1]


def _run_script(tmp_path: Path) -> tuple[subprocess.Popen[str], list[int]]:
    """A process with two workers that sleep, in a session of its own as under a terminal."""
    script = tmp_path / "campaign.py"
    script.write_text(
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # whatever the process that runs the tests ignores
        f"sys.path[:0] = {[str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]}\n"
        "from parallel import tasks\n"
        "from exactrev.parallel import Workers\n"
        "if __name__ == '__main__':\n"
        "    with Workers(2) as workers:\n"
        f"        list(workers.run(tasks.report_and_sleep, [{str(tmp_path / 'seen')!r}] * 3))\n"
    )
    (tmp_path / "seen").mkdir()
    process = subprocess.Popen([sys.executable, str(script)], stderr=subprocess.PIPE, text=True, start_new_session=True)
    return process, _wait_for_files(tmp_path / "seen", 2)


def test_ctrl_c_leaves_no_process_and_one_traceback(tmp_path: Path) -> None:
    process, pids = _run_script(tmp_path)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: to all processes of the group
    errors = process.communicate(timeout=60)[1]
    assert errors.count("Traceback") == 1
    assert errors.rstrip().endswith("KeyboardInterrupt")
    _assert_gone(pids)


def test_workers_do_not_outlive_a_process_that_is_killed(tmp_path: Path) -> None:
    process, pids = _run_script(tmp_path)
    process.kill()
    process.communicate(timeout=20)
    _assert_gone(pids)


def _wait_for_files(folder: Path, most: int) -> list[int]:
    for _ in range(200):
        pids = [int(path.name) for path in folder.iterdir()]
        if len(pids) == most:
            return pids
        time.sleep(0.1)
    raise TimeoutError(f"{len(pids)} of {most} workers began")


def _assert_gone(pids: list[int]) -> None:
    for _ in range(100):
        alive = [pid for pid in pids if _is_alive(pid)]
        if not alive:
            return
        time.sleep(0.1)
    raise AssertionError(f"processes {alive} are orphans")


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # nobody waits for the orphans of a container without init
