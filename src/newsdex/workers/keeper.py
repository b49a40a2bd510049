"""The keeper: the process that starts workers by forking itself, watches their memory, and knows how they ended.

It never has a second thread, so it may fork at any time; and it has loaded all that work needs, so a fresh worker
begins at once. It ends, and its workers with it, when the caller's end of the control connection closes.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle
from typing import IO, Any, NoReturn

import psutil

from newsdex.workers.loss import Bounds, Loss, explain_end
from newsdex.workers.worker import be_a_worker, portable

START = "start"
END = "end"
_LOOK_EVERY = 0.1
_PATIENCE = 1.0


@dataclass(frozen=True, slots=True)
class Duty:
    """What a keeper's workers do: `work(input, state)`, where `state` is what `prepare(*arguments)` gives."""

    work: Callable[[Any, Any], Any]
    prepare: Callable[..., Any]
    arguments: tuple[Any, ...]
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a keeper says first: that it is ready, or why it cannot be."""

    failure: Exception | None = None


@dataclass(slots=True)
class _Child:
    process: psutil.Process
    report: IO[bytes]
    grown_by: int | None = None
    status: int | None = None


def keep_for_caller(handle: int) -> NoReturn:
    """Be the keeper in a process started afresh, for the caller that holds the other end of a connection."""
    control = Connection(handle)
    sys.path[:] = control.recv()
    keep(control, control.recv())


def keep(control: Connection, duty: Duty) -> NoReturn:
    """Be the keeper in this process, until the caller goes."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of a terminal; the caller acts
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        _Keeper(control, duty).keep()
    except (EOFError, BrokenPipeError, ConnectionResetError):
        os._exit(0)
    except BaseException:  # noqa: BLE001 - the end of the process: nothing above may run in a fork
        sys.excepthook(*sys.exc_info())
    os._exit(1)


class _Keeper:
    def __init__(self, control: Connection, duty: Duty) -> None:
        self._control = control
        self._duty = duty
        self._children: dict[int, _Child] = {}

    def keep(self) -> None:
        try:
            state = self._duty.prepare(*self._duty.arguments)
        except Exception as failure:  # noqa: BLE001 - it is raised again in the caller's process
            self._control.send(Prepared(portable(failure)))
            return
        self._control.send(Prepared())
        gc.collect()
        self._size = psutil.Process().memory_info().rss
        gc.freeze()  # memory that all workers share stays shared: the collector would write to it
        try:
            while True:
                if self._control.poll(_LOOK_EVERY if self._children else None):
                    order, pid = self._control.recv()
                    if order == START:
                        self._start(state)
                    else:
                        self._control.send(self._end(pid))
                self._watch()
        finally:
            for child in self._children.values():
                _stop(child, signal.SIGKILL)

    def _start(self, state: Any) -> None:
        ours, theirs = Pipe()
        report = tempfile.TemporaryFile()  # noqa: SIM115 - closed when its worker's end is told
        pid = os.fork()
        if pid == 0:
            self._control.close()
            theirs.close()
            be_a_worker(ours, self._duty.work, state, self._duty.bounds.seconds, report)
        ours.close()
        self._children[pid] = _Child(psutil.Process(pid), report)
        self._control.send(pid)
        send_handle(self._control, theirs.fileno(), pid)
        theirs.close()

    def _watch(self) -> None:
        for child in self._children.values():
            if _has_ended(child):
                continue
            growth = child.process.memory_info().rss - self._size
            if growth > self._duty.bounds.memory:
                child.grown_by = growth
                _stop(child, signal.SIGABRT)  # unlike SIGKILL it leaves time to note the calls it was in

    def _end(self, pid: int) -> Loss:
        child = self._children.pop(pid)
        if not _ends_soon(child):
            _stop(child, signal.SIGKILL)
        with child.report as report:
            report.seek(0)
            text = report.read(100_000).decode("utf-8", "replace")
        return explain_end(child.status or 0, grown_by=child.grown_by, report=text, bounds=self._duty.bounds)


def _has_ended(child: _Child) -> bool:
    if child.status is None:
        pid, status = os.waitpid(child.process.pid, os.WNOHANG)
        if pid:
            child.status = status
    return child.status is not None


def _ends_soon(child: _Child) -> bool:
    deadline = time.monotonic() + _PATIENCE
    while not _has_ended(child):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True


def _stop(child: _Child, first: signal.Signals) -> None:
    if _has_ended(child):
        return
    os.kill(child.process.pid, first)
    if not _ends_soon(child):
        os.kill(child.process.pid, signal.SIGKILL)
        _, child.status = os.waitpid(child.process.pid, 0)
