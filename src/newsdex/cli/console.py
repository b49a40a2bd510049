"""How the command line talks: results to standard output, all else to standard error, errors in one clear line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from enum import IntEnum
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console
from rich.markup import escape

from newsdex.errors import UserError


class ExitCode(IntEnum):
    """What a command's exit code says."""

    FINE = 0
    FAILED = 1
    WRONG_USE = 2
    NOT_RUNNING = 3


class NotRunningError(UserError):
    """What the command needs is not running."""


class WrongUseError(UserError):
    """The command was called with something that cannot be meant."""


class _Quiet(Console):
    def on_broken_pipe(self) -> NoReturn:
        raise BrokenPipeError


out = _Quiet(highlight=False)
"""For results that a person reads."""

err = _Quiet(stderr=True, highlight=False)
"""For progress and errors."""


def print_json(shape: Any) -> None:
    """Write one JSON value as one line of UTF-8, whatever the terminal is set to."""
    sys.stdout.buffer.write(json.dumps(shape, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")


def demand_paths(paths: Iterable[Path]) -> None:
    """Raise `WrongUseError` for the first path that is not there."""
    for path in paths:
        if not path.exists():
            raise WrongUseError(f"{path}: no such file or folder")


def readable_files(files: Iterable[Path]) -> list[Path]:
    """Give the files, or raise `WrongUseError` for the first that this user may not read."""
    found = list(files)
    for path in found:
        if not os.access(path, os.R_OK):
            raise WrongUseError(f"{path} cannot be read", "chmod or chown it, or run as its owner")
    return found


def explain_failure(failure: UserError) -> ExitCode:
    """Tell a person what is wrong and what to do; give the exit code."""
    err.print(f"[bold red]error:[/] {escape(failure.message)}", soft_wrap=True)
    if failure.hint:
        err.print(f"[dim]  try:[/] {escape(failure.hint)}", soft_wrap=True)
    if isinstance(failure, NotRunningError):
        return ExitCode.NOT_RUNNING
    return ExitCode.WRONG_USE if isinstance(failure, WrongUseError) else ExitCode.FAILED


def leave_quietly() -> None:
    """Give up standard output after its reader went away (`newsdex process ... | head`)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def examples(*lines: str) -> str:
    """Set a command's examples under its help.

    >>> print(examples("newsdex status"))
    [bold]Examples[/]
    <BLANKLINE>
    $ newsdex status
    """
    return "\n\n".join(("[bold]Examples[/]", *(f"$ {escape(line)}" for line in lines)))
