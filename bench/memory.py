"""The largest memory that this process, its workers and Elasticsearch took, by sampling."""

from __future__ import annotations

import os
import threading
from types import TracebackType

import psutil

_EVERY = 0.2
"""Seconds between two looks."""


class Memory:
    """Samples resident memory while its block runs; `peak_mb` tells the largest single process of each kind.

    `node` is the process id of an Elasticsearch of ours, None when it is somebody else's. Pages that workers share
    count for each of them, so the sum over all processes is an upper bound.
    """

    def __init__(self, node: int | None) -> None:
        self._node = node
        self._peaks: dict[str, int] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    @property
    def peak_mb(self) -> dict[str, float]:
        """The largest process of each kind, and the largest sum of all but Elasticsearch, in MB (1,000,000 bytes)."""
        return {kind: round(size / 1e6, 1) for kind, size in sorted(self._peaks.items())}

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(_EVERY):
            self._look()

    def _look(self) -> None:
        me = psutil.Process(os.getpid())
        node = self._family(self._node) if self._node else []
        of_node = {process.pid for process in node}
        workers = [process for process in me.children(recursive=True) if process.pid not in of_node]
        sizes = {
            "main": [_size(me)],
            "worker": [_size(process) for process in workers],
            "elasticsearch": [_size(process) for process in node],
        }
        sizes["python_sum"] = [sum(sizes["main"]) + sum(sizes["worker"])]
        for kind, found in sizes.items():
            if found:
                self._peaks[kind] = max(self._peaks.get(kind, 0), *found)

    @staticmethod
    def _family(pid: int) -> list[psutil.Process]:
        try:
            process = psutil.Process(pid)
            return [process, *process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def _size(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
