"""A worker process: takes inputs from a connection, and answers each before it begins the next."""

from __future__ import annotations

import faulthandler
import os
import pickle
import resource
import signal
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import IO, Any, NoReturn

import psutil

RESULT = "result"
FAILURE = "failure"
_CRASHES = (signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)


def be_a_worker(
    connection: Connection, work: Callable[[Any, Any], Any], state: Any, seconds: float, report: IO[bytes]
) -> NoReturn:
    """Work what comes until the other side closes, then end. An input that takes too long ends this process.

    The system's own timer does that, so a parser that is stuck in native code ends in time too. `report` receives the
    calls that a dying worker was in.
    """
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        faulthandler.disable()
        for number in _CRASHES:
            # Who forked us may catch it, as Airflow does while it reads a DAG, and a crash would not end us.
            signal.signal(number, signal.SIG_DFL)
        faulthandler.enable(report, all_threads=False)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM, signal.SIGABRT})
        faulthandler.register(signal.SIGALRM, report, all_threads=False, chain=True)
        _serve(connection, work, state, seconds)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        os._exit(0)
    except BaseException:  # noqa: BLE001 - the end of the process: nothing above may run in a fork
        traceback.print_exc()
    os._exit(1)


def _serve(connection: Connection, work: Callable[[Any, Any], Any], state: Any, seconds: float) -> None:
    me = psutil.Process()
    size = me.memory_info().rss
    connection.send(None)
    while True:
        for item in connection.recv():
            signal.setitimer(signal.ITIMER_REAL, seconds)
            try:
                answer = (RESULT, work(item, state))
            except Exception as failure:  # noqa: BLE001 - it is raised again in the caller's process
                answer = (FAILURE, portable(failure))
            signal.setitimer(signal.ITIMER_REAL, 0)
            connection.send(answer)
        connection.send(me.memory_info().rss - size)


def portable(failure: Exception) -> Exception:
    """Give an exception that can go to another process, with the traceback as a note, which would else be lost."""
    told = "".join(traceback.format_exception(failure))
    failure.add_note(f"In another process:\n{told}")
    try:
        pickle.loads(pickle.dumps(failure))  # noqa: S301 - our own bytes
    except Exception:  # noqa: BLE001 - whatever it cannot be pickled for
        return RuntimeError(told)
    return failure
