"""Worker processes that share out chunks of work, keep the order, and survive the death of any of them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import Any, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_CHUNKS_AHEAD = 2


@dataclass
class Workers(Generic[T, R]):
    """Worker processes for one kind of work.

    `work` turns a chunk of inputs into as many results; it and `prepare` (called once in each worker with `arguments`)
    are module-level functions, because workers are started afresh, not forked. `died` gives the result of an input
    that killed the worker that had it. No more than a few chunks a process are in flight, so memory stays constant
    however long the input is. `map` raises `RuntimeError` when workers do not even start.
    """

    work: Callable[[Sequence[T]], list[R]]
    died: Callable[[T], R]
    prepare: Callable[..., None]
    arguments: tuple[Any, ...] = ()
    processes: int = field(default_factory=lambda: os.cpu_count() or 1)
    preload: tuple[str, ...] = ()

    def map(self, chunks: Iterable[Sequence[T]]) -> Iterator[R]:
        """Give the results of all inputs, in the order of the inputs. An exception of `work` is raised here."""
        pool = self._pool(self.processes)
        running: deque[tuple[Sequence[T], Future[list[R]]]] = deque()
        try:
            for chunk in chunks:
                running.append((chunk, _submit(pool, self.work, chunk)))
                if len(running) >= self.processes * _CHUNKS_AHEAD:
                    results, pool = self._next(running, pool)
                    yield from results
            while running:
                results, pool = self._next(running, pool)
                yield from results
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _next(
        self, running: deque[tuple[Sequence[T], Future[list[R]]]], pool: ProcessPoolExecutor
    ) -> tuple[list[R], ProcessPoolExecutor]:
        chunk, future = running.popleft()
        try:
            return future.result(), pool
        except BrokenProcessPool:
            pool.shutdown(wait=True, cancel_futures=True)
        results = self._one_by_one(chunk)
        pool = self._pool(self.processes)
        again = [(waiting, _submit(pool, self.work, waiting)) for waiting, _ in running]
        running.clear()
        running.extend(again)
        return results, pool

    def _one_by_one(self, chunk: Sequence[T]) -> list[R]:
        """Find out which input of a chunk kills its worker, by giving each one to a worker of its own kind."""
        results: list[R] = []
        pool = self._started_pool()
        try:
            for item in chunk:
                try:
                    results += pool.submit(self.work, [item]).result()
                except BrokenProcessPool:
                    results.append(self.died(item))
                    pool.shutdown(wait=True)
                    pool = self._started_pool()
        finally:
            pool.shutdown(wait=True)
        return results

    def _started_pool(self) -> ProcessPoolExecutor:
        """Give one worker that is known to start: its death is then the input's doing, not `prepare`'s."""
        pool = self._pool(1)
        try:
            pool.submit(os.getpid).result()
        except BrokenProcessPool as broken:
            pool.shutdown(wait=True)
            raise RuntimeError("worker processes do not start; what they said is above") from broken
        return pool

    def _pool(self, processes: int) -> ProcessPoolExecutor:
        method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        context = multiprocessing.get_context(method)
        if method == "forkserver":
            context.set_forkserver_preload(list(self.preload))
        return ProcessPoolExecutor(processes, context, _start, (self.prepare, self.arguments))


def _submit(pool: ProcessPoolExecutor, work: Callable[[Sequence[T]], list[R]], chunk: Sequence[T]) -> Future[list[R]]:
    try:
        return pool.submit(work, chunk)
    except BrokenProcessPool as broken:
        future: Future[list[R]] = Future()
        future.set_exception(broken)
        return future


def _start(prepare: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of the terminal; the parent handles it
    threading.Thread(target=_end_with_parent, daemon=True).start()
    prepare(*arguments)


def _end_with_parent() -> None:
    """End this worker with its parent: a killed parent cannot tell its workers, and they would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
