"""The processes that one `newsdex up` started: how to know them again, and how to end all of them.

Each carries the run's id in its environment (`NEWSDEX_RUN`), which its own children inherit, so that they are found
whatever process group they moved to and whoever their parent is now.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

import psutil

MARK = "NEWSDEX_RUN"
"""The environment variable that holds the id of the run a process belongs to."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process for certain: its id may be given to another one later, its id and birth (epoch seconds) may not."""

    pid: int
    born: float

    @classmethod
    def of(cls, pid: int) -> Process | None:
        """Describe a process that is alive now, None when there is none."""
        try:
            return cls(pid, psutil.Process(pid).create_time())
        except psutil.Error:
            return None

    @property
    def alive(self) -> bool:
        """Tell whether this very process still runs; one that ended and was not yet waited for does not."""
        try:
            found = psutil.Process(self.pid)
            # Clocks of one machine may differ by some hundredths between two readings of the boot time.
            return abs(found.create_time() - self.born) < 1 and found.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False


def of_run(run_id: str, *, but: Iterable[int] = ()) -> list[psutil.Process]:
    """Find every living process of a run, without the ids in `but`."""
    left_out = set(but)
    return [found for found in psutil.process_iter() if found.pid not in left_out and _carries(found, run_id)]


def end(found: Iterable[psutil.Process], *, grace: float) -> None:
    """Ask processes to end, wait up to `grace` seconds, then kill those that stayed.

    Only those without a parent among them are asked: a parent knows best how to end its children. All are killed.
    """
    family = list(found)
    ids = {member.pid for member in family}
    for member in family:
        try:
            if member.ppid() not in ids:
                member.terminate()
        except psutil.Error:
            continue
    _, staying = psutil.wait_procs(family, timeout=grace)
    kill(staying)


def kill(found: Iterable[psutil.Process]) -> None:
    """Kill processes and wait until they are gone."""
    family = list(found)
    for member in family:
        try:
            member.kill()
        except psutil.Error:
            continue
    psutil.wait_procs(family, timeout=5)


def end_run(run_id: str, *, grace: float, but: Iterable[int] = ()) -> None:
    """End every process of a run, also those that are born while it ends.

    Raises `RuntimeError` when some cannot be ended after several rounds.
    """
    for _ in range(5):
        if not (found := of_run(run_id, but=but)):
            return
        end(found, grace=grace)
        grace = min(grace, 1.0)
    raise RuntimeError(f"processes that could not be ended: {[found.pid for found in of_run(run_id, but=but)]}")


def memory(found: Iterable[psutil.Process]) -> int:
    """Sum the resident memory of processes, in bytes; pages that several share count once for each."""
    total = 0
    for member in found:
        try:
            total += member.memory_info().rss
        except psutil.Error:
            continue
    return total


def wait_until_gone(process: Process, seconds: float) -> bool:
    """Wait for a process that is not our child; tell whether it ended in time."""
    deadline = time.monotonic() + seconds
    while process.alive:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _carries(found: psutil.Process, run_id: str) -> bool:
    try:
        return found.environ().get(MARK) == run_id and found.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, OSError):
        return False
