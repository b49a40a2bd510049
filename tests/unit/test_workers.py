"""Worker processes keep the order, and an input that is stuck, too large or lethal costs itself and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import worker_jobs

from newsdex.workers import Workers

SUPPORT = str(Path(worker_jobs.__file__).parent)


def workers(**changed: Any) -> Workers[str, str, str]:
    """Give two workers with narrow bounds."""
    usual = {"processes": 2, "seconds": 1.0, "memory": 200_000_000}
    return Workers(worker_jobs.do, worker_jobs.lost, worker_jobs.prepare, **{**usual, **changed})


def results(items: list[str], size: int = 3, **changed: Any) -> list[str]:
    """Work inputs in chunks."""
    with workers(**changed) as crew:
        return list(crew.map(items[start : start + size] for start in range(0, len(items), size)))


@pytest.mark.parametrize(
    ("deed", "ending"),
    [("hangs", "time"), ("eats", "memory"), ("crashes", "crash"), ("killed", "crash"), ("leaves", "crash")],
)
def test_one_bad_input_costs_only_itself(deed: str, ending: str) -> None:
    """All others are done, in the order of the inputs, those of the same chunk too."""
    items = [*map(str, range(10)), deed, *map(str, range(10, 20))]
    done = results(items, seconds=1.0 if deed == "hangs" else 60.0)
    assert done == [f"{deed}: {ending}" if item == deed else f"{item} done" for item in items]


def test_a_crash_ends_its_worker_whatever_the_process_that_forked_it_catches() -> None:
    """Airflow catches SIGSEGV while it reads a DAG, and would have the crash go on for ever or be forgotten."""
    starter = (
        "import signal, worker_jobs; from newsdex.workers import Workers\n"
        "signal.signal(signal.SIGSEGV, lambda *_: None)\n"
        "with Workers(worker_jobs.do, worker_jobs.lost, worker_jobs.prepare, processes=1, seconds=60.0) as crew:\n"
        "    print(list(crew.map([['1', 'crashes', '2']])))\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", starter], env={**os.environ, "PYTHONPATH": SUPPORT}, capture_output=True, check=True
    )
    assert told.stdout.decode().strip() == "['1 done', 'crashes: crash', '2 done']"


def test_a_worker_that_somebody_kills_costs_no_input(tmp_path: Path) -> None:
    """What it had in hand is tried once more: a system short of memory kills whom it likes."""
    with Workers(worker_jobs.die_at_first, worker_jobs.lost, worker_jobs.prepare, processes=2) as crew:
        items = [str(tmp_path / name) for name in "abcde"]
        assert list(crew.map([items[:3], items[3:]])) == ["done"] * 5


def test_nothing_but_bad_inputs_comes_to_an_end_too() -> None:
    """Each has its own end."""
    assert results(["killed", "crashes", "hangs"] * 2, size=2) == ["killed: crash", "crashes: crash", "hangs: time"] * 2


def test_a_caller_with_threads_gets_the_same(request: pytest.FixtureRequest) -> None:
    """Its workers are not forked from it, because a lock that a thread holds would never be released in the fork."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    request.addfinalizer(done.set)
    assert results(["a", "crashes", "b"]) == ["a done", "crashes: crash", "b done"]


def test_the_detail_says_where_a_stuck_input_was_and_why_it_ended() -> None:
    """The reason is the last line, as in a traceback."""
    crew = Workers(worker_jobs.do, worker_jobs.told, worker_jobs.prepare, processes=1, seconds=0.3)
    with crew:
        (detail,) = crew.map([["hangs"]])
    assert "in never_end" in detail.splitlines()[1]
    assert detail.splitlines()[-1] == "not finished after 0.3 s"


def test_an_input_that_outgrows_its_memory_is_told_with_both_figures() -> None:
    """What it took, and what is allowed."""
    with Workers(worker_jobs.do, worker_jobs.told, worker_jobs.prepare, processes=1, memory=100_000_000) as crew:
        (detail,) = crew.map([["eats"]])
    assert detail.endswith("MB of memory; 100 MB are allowed")


def test_time_that_the_caller_takes_is_not_the_inputs() -> None:
    """Only the work itself is timed: results that nobody fetches yet are not late."""
    with workers(seconds=0.2) as crew:
        found = crew.map([["a"], ["b"], ["c"], ["d"], ["e"]])
        first = next(found)
        time.sleep(0.5)
        assert [first, *found] == ["a done", "b done", "c done", "d done", "e done"]


def test_a_worker_is_replaced_after_its_share_of_inputs() -> None:
    """So that what a parser leaks does not add up."""
    crew = Workers(worker_jobs.tell_process, worker_jobs.lost, worker_jobs.prepare, processes=1, inputs_each=2)
    with crew:
        found = list(crew.map([[str(number)] for number in range(6)]))
    assert [found.count(pid) for pid in dict.fromkeys(found)] == [2, 2, 2]


def test_no_more_chunks_are_read_ahead_than_are_in_work() -> None:
    """Memory does not grow with the input."""
    read = 0

    def counted() -> Iterator[list[str]]:
        nonlocal read
        for number in range(1000):
            read += 1
            yield [str(number)]

    with workers() as crew:
        next(crew.map(counted()))
    assert read <= 4


def test_an_error_of_the_work_is_raised_to_the_caller() -> None:
    """It is a defect, not a result; and where it was in the other process is not lost."""
    with (
        Workers(worker_jobs.fail, worker_jobs.lost, worker_jobs.prepare, processes=1) as crew,
        pytest.raises(LookupError, match="no 0") as failure,
    ):
        list(crew.map([["0"]]))
    assert "worker_jobs.py" in failure.value.__notes__[0]


def test_workers_that_cannot_prepare_are_not_blamed_on_the_input() -> None:
    """Rules that cannot be read would otherwise make every document lethal."""
    crew = Workers(worker_jobs.do, worker_jobs.lost, worker_jobs.cannot_prepare, processes=2)
    with crew, pytest.raises(OSError, match="no rules"):
        list(crew.map([["0"], ["1"]]))


def test_waiting_for_workers_says_too_that_they_cannot_prepare() -> None:
    """Before any input is taken in hand."""
    with (
        Workers(worker_jobs.do, worker_jobs.lost, worker_jobs.cannot_prepare, processes=2) as crew,
        pytest.raises(OSError, match="no rules"),
    ):
        crew.wait_ready()


def test_leaving_in_the_middle_ends_all_processes() -> None:
    """Also a worker that would never have ended by itself."""
    before = set(psutil.Process().children(recursive=True))
    with workers(seconds=600) as crew:
        found = crew.map([["a"], ["hangs"], ["hangs"], ["b"]])
        next(found)
    assert set(psutil.Process().children(recursive=True)) <= before


def test_workers_that_still_prepare_are_not_waited_for() -> None:
    """A server that is to stop would else first load every rule and parser, for nothing."""
    before = set(psutil.Process().children(recursive=True))
    with Workers(worker_jobs.do, worker_jobs.lost, worker_jobs.never_end, processes=1):
        assert set(psutil.Process().children(recursive=True)) > before
    assert set(psutil.Process().children(recursive=True)) <= before


_CALLER = """
import time
import worker_jobs
from newsdex.workers import Workers

with Workers(worker_jobs.do, worker_jobs.lost, worker_jobs.prepare, processes=1, seconds=600.0) as crew:
    found = crew.map([["a"], ["hangs"], ["b"]])
    next(found)
    print("working", flush=True)
    next(found)
"""


def test_a_killed_caller_leaves_no_process_behind() -> None:
    """Not even a worker that is stuck: its keeper ends it."""
    environment = {"PYTHONPATH": str(Path(worker_jobs.__file__).parent)}
    with subprocess.Popen([sys.executable, "-c", _CALLER], env=environment, stdout=subprocess.PIPE) as caller:
        assert caller.stdout is not None
        caller.stdout.readline()
        family = psutil.Process(caller.pid).children(recursive=True)
        caller.kill()
    gone, alive = psutil.wait_procs(family, timeout=10)
    assert (len(gone), alive) == (2, [])
