"""The caller's side: inputs shared out to workers, results in order, and a lost worker costs the input it had."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

import psutil

from newsdex.workers.keeper import END, START, Duty, Prepared, keep
from newsdex.workers.loss import Bounds, Ending, Loss
from newsdex.workers.worker import FAILURE

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")

_CHUNKS_AHEAD = 2
_ROOM = 0.5
"""The part of its memory bound by which a worker may have grown and still be given more work."""
_NO_START = "worker processes do not start; what they said is above"
_KEEPER = "import sys; from newsdex.workers.keeper import keep_for_caller; keep_for_caller(int(sys.argv[1]))"


@dataclass
class Workers(Generic[T, R, S]):
    """Worker processes for one kind of work; a context manager, so that they end when the work is done.

    `prepare(*arguments)` is called once and gives what `work` needs beside an input; `work(input, state)` gives its
    result. An input that takes more than `seconds` by the clock, lets its worker grow by more than `memory` bytes, or
    crashes it twice, is lost with the worker: `lost` gives its result, and the others go on. A worker is replaced after
    `inputs_each`, or when it has grown by half its `memory`: what leaks does not add up. All functions are
    module-level, because a caller with threads starts the processes afresh.
    """

    work: Callable[[T, S], R]
    lost: Callable[[T, Loss], R]
    prepare: Callable[..., S]
    arguments: tuple[Any, ...] = ()
    processes: int = field(default_factory=lambda: os.cpu_count() or 1)
    seconds: float = 20.0
    memory: int = 1_000_000_000
    inputs_each: int = 1_000

    def __enter__(self) -> Self:
        duty = Duty(self.work, self.prepare, self.arguments, Bounds(self.seconds, self.memory))
        self._keeper = _Keeper(duty)
        self._idle: deque[_Worker] = deque()
        self._threads = ThreadPoolExecutor(self.processes, "workers")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._keeper.end()
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._keeper.close()

    def wait_ready(self) -> None:
        """Wait until a worker could begin: whatever dies before that, no input is to blame. Raises as `map` does."""
        self._idle.append(self._worker())

    def map(self, chunks: Iterable[Sequence[T]]) -> Iterator[R]:
        """Give the results of all inputs, in their order. An exception of `work` or `prepare` is raised here.

        No more than two chunks a process are in hand, so memory stays constant however long the input is. Raises
        `RuntimeError` when workers do not even start.
        """
        running: deque[Future[list[R]]] = deque()
        for chunk in chunks:
            running.append(self._threads.submit(self._work_chunk, chunk))
            if len(running) >= self.processes * _CHUNKS_AHEAD:
                yield from running.popleft().result()
        while running:
            yield from running.popleft().result()

    def _work_chunk(self, chunk: Sequence[T]) -> list[R]:
        results: list[R] = []
        suspect = None
        while len(results) < len(chunk):
            worker = self._worker()
            rest = chunk[len(results) :]
            try:
                growth = worker.exchange(rest, results)
            except (EOFError, OSError):
                loss = self._keeper.end_worker(worker)
                at = len(results)
                if at == len(chunk):
                    continue
                if loss.ending is Ending.CRASH and suspect != at:
                    suspect = at  # somebody may have killed the worker, for nothing that this input did
                else:
                    results.append(self.lost(chunk[at], loss))
                continue
            worker.worked += len(rest)
            if worker.worked >= self.inputs_each or growth > self.memory * _ROOM:
                self._keeper.end_worker(worker)
            else:
                self._idle.append(worker)
        return results

    def _worker(self) -> _Worker:
        try:
            return self._idle.pop()
        except IndexError:
            return self._keeper.start_worker()


@dataclass(slots=True)
class _Worker:
    pid: int
    connection: Connection
    worked: int = 0

    def exchange(self, chunk: Sequence[Any], results: list[Any]) -> int:
        """Have a chunk worked; each result stands in `results` as soon as it is there. Give the worker's growth."""
        self.connection.send(chunk)
        for _ in chunk:
            kind, answer = self.connection.recv()
            if kind == FAILURE:
                raise answer
            results.append(answer)
        growth: int = self.connection.recv()
        return growth


class _Keeper:
    """The keeper as its caller sees it. One order at a time, whichever thread gives it.

    A caller without other threads is forked: what it has loaded, the keeper has. A fork of one with threads may
    inherit a lock that is never released, so such a caller gets a keeper that starts from nothing.
    """

    def __init__(self, duty: Duty) -> None:
        self._turn = threading.Lock()
        self._prepared: Prepared | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._control, theirs = Pipe()
        if threading.active_count() == 1 and psutil.Process().num_threads() == 1:
            self._pid = os.fork()
            if self._pid == 0:
                self._control.close()
                keep(theirs, duty)
        else:
            command = [sys.executable, "-c", _KEEPER, str(theirs.fileno())]
            self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
            self._pid = self._child.pid
            self._control.send(sys.path)
            self._control.send(duty)
        theirs.close()

    def start_worker(self) -> _Worker:
        with self._turn:
            if self._prepared is None:
                self._prepared = self._hear()
            if self._prepared.failure is not None:
                raise self._prepared.failure
            try:
                self._control.send((START, 0))
                pid = self._control.recv()
                worker = _Worker(pid, Connection(recv_handle(self._control)))
                worker.connection.recv()
            except (EOFError, OSError) as gone:
                raise RuntimeError(_NO_START) from gone
        return worker

    def end_worker(self, worker: _Worker) -> Loss:
        worker.connection.close()
        try:
            with self._turn:
                self._control.send((END, worker.pid))
                loss: Loss = self._control.recv()
        except (EOFError, OSError) as gone:
            raise RuntimeError("the process that keeps the workers has ended") from gone
        return loss

    def end(self) -> None:
        """Have the keeper end, and its workers with it, whatever anybody waits for; and wait until it has."""
        with socket.fromfd(self._control.fileno(), socket.AF_UNIX, socket.SOCK_STREAM) as channel:
            channel.shutdown(socket.SHUT_RDWR)
        if self._prepared is None:
            # It prepares, which may take long, and has no worker yet: only once it was heard one is asked for.
            os.kill(self._pid, signal.SIGKILL)
        if self._child is None:
            os.waitpid(self._pid, 0)
        else:
            self._child.wait()

    def close(self) -> None:
        self._control.close()

    def _hear(self) -> Prepared:
        try:
            prepared: Prepared = self._control.recv()
        except (EOFError, OSError) as gone:
            raise RuntimeError(_NO_START) from gone
        return prepared
