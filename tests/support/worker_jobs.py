"""Work for the tests of worker processes: they import it by name, so it lies in a module of its own."""

from __future__ import annotations

import faulthandler
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from newsdex.read import OpenedDocument
from newsdex.records import Article, Rejection, Stage
from newsdex.rules import Rules
from newsdex.workers import Loss


def kill_myself() -> None:
    """Die as a process does that the system takes its memory back from."""
    os.kill(os.getpid(), signal.SIGKILL)


def never_end() -> None:
    """Hang as a parser does that found a loop."""
    while True:
        time.sleep(60)


def eat_memory() -> None:
    """Take ever more memory, in pieces, and use it."""
    eaten = []
    while True:
        eaten.append(b"x" * 10_000_000)
        time.sleep(0.005)


def crash() -> None:
    """Crash in native code."""
    faulthandler._sigsegv()


def leave() -> None:
    """End the process without a word."""
    os._exit(3)


DEEDS: dict[str, Callable[[], None]] = {
    "hangs": never_end,
    "eats": eat_memory,
    "crashes": crash,
    "killed": kill_myself,
    "leaves": leave,
}


def do(item: str, state: str) -> str:
    """Do what an input says, else give it back with the state."""
    if item in DEEDS:
        DEEDS[item]()
    return f"{item} {state}"


def die_at_first(item: str, state: str) -> str:
    """Die at the first try of an input, which names a file to know that by; be done at the second."""
    if not Path(item).exists():
        Path(item).touch()
        kill_myself()
    return state


def tell_process(item: str, state: str) -> str:
    """Give the process that works an input."""
    return str(os.getpid())


def count_threads_of_keeper(item: str, state: object) -> str:
    """Count the threads of the process that this one was forked from."""
    return str(psutil.Process(os.getppid()).num_threads())


def lost(item: str, loss: Loss) -> str:
    """Say how an input was lost."""
    return f"{item}: {loss.ending}"


def told(item: str, loss: Loss) -> str:
    """Say all that is known about the loss of an input."""
    return loss.detail


def fail(item: str, state: str) -> str:
    """Raise for any input."""
    raise LookupError(f"no {item}")


def prepare() -> str:
    """Give what work needs."""
    return "done"


def cannot_prepare() -> str:
    """Fail as a worker does that cannot read its rules."""
    raise OSError("no rules")


def process_or_act(
    opened: OpenedDocument, rules: Rules, ended: Callable[[Stage], None] = lambda stage: None
) -> Article | Rejection:
    """Take a document through the line, unless its file's name (`007-hangs.txt`) says to do something else."""
    from newsdex.run import process_document

    deed = DEEDS.get(Path(opened.raw.origin.uri).stem.partition("-")[2])
    if deed is not None:
        deed()
    return process_document(opened, rules, ended)
