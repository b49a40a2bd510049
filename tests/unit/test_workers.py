"""Worker processes keep the order, and one input that kills its worker costs itself and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import worker_jobs

from newsdex.workers import Workers


def _chunks(count: int, size: int) -> Iterator[list[int]]:
    for start in range(0, count, size):
        yield list(range(start, min(start + size, count)))


def test_one_input_that_kills_its_worker_costs_only_itself() -> None:
    """All others are done, in the order of the inputs."""
    workers = Workers(worker_jobs.work, worker_jobs.died, worker_jobs.prepare, processes=2)
    expected = [(number, "died" if number == worker_jobs.LETHAL else "done") for number in range(40)]
    assert list(workers.map(_chunks(40, 4))) == expected


def test_no_more_chunks_are_read_ahead_than_are_in_work() -> None:
    """Memory does not grow with the input."""
    read = 0

    def counted() -> Iterator[list[int]]:
        nonlocal read
        for chunk in _chunks(1000, 1):
            read += 1
            yield [100 + chunk[0]]

    results = Workers(worker_jobs.work, worker_jobs.died, worker_jobs.prepare, processes=2).map(counted())
    next(results)
    assert read <= 8
    results.close()  # type: ignore[attr-defined]


def test_an_error_of_the_work_is_raised_to_the_caller() -> None:
    """It is a defect, not a result."""
    with pytest.raises(LookupError, match="no 0"):
        list(Workers(worker_jobs.fail, worker_jobs.died, worker_jobs.prepare, processes=1).map([[0]]))


def test_workers_that_do_not_start_are_not_blamed_on_the_input() -> None:
    """Rules that cannot be read in the worker would otherwise make every document lethal."""
    with pytest.raises(RuntimeError, match="do not start"):
        list(Workers(worker_jobs.work, worker_jobs.died, worker_jobs.cannot_prepare, processes=1).map([[0]]))
