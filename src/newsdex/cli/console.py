"""How the command line talks: results to standard output, all else to standard error, errors in one clear line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from enum import IntEnum
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console, ConsoleDimensions
from rich.markup import escape

from newsdex.errors import UserError


class ExitCode(IntEnum):
    """What a command's exit code says. A shell shows 130 for what Ctrl-C has ended."""

    FINE = 0
    FAILED = 1
    WRONG_USE = 2
    NOT_RUNNING = 3
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """Say it in a sentence; what `FAILED` is of one command, its help says."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.FINE: "done",
    ExitCode.FAILED: "it failed, or what it looked at is not as it should be",
    ExitCode.WRONG_USE: "called with what cannot be meant; nothing was done",
    ExitCode.NOT_RUNNING: "what it needs is not running: newsdex up starts it",
    ExitCode.INTERRUPTED: "stopped by Ctrl-C; what was begun goes on when it is called again",
}

NO_SERVER = "Elasticsearch does not run"
"""When a command that reads or writes the index ends with `NOT_RUNNING`."""


class NotRunningError(UserError):
    """What the command needs is not running."""


class WrongUseError(UserError):
    """The command was called with something that cannot be meant."""


class _Quiet(Console):
    """Colours on a terminal, or where FORCE_COLOR says so, and none where NO_COLOR does; whole lines elsewhere."""

    @property
    def size(self) -> ConsoleDimensions:
        """A pipe has no edge to fold at, unless COLUMNS gives it one."""
        found = super().size
        return found if self._width is not None or self.file.isatty() else ConsoleDimensions(_NO_EDGE, found.height)

    @size.setter
    def size(self, new: tuple[int, int]) -> None:
        self._width, self._height = new

    @property
    def page_width(self) -> int:
        """Columns to set a page of text in: the terminal's, also with a pager between, and no more than one reads."""
        return min(super().size.width, _WIDEST_PAGE)

    def on_broken_pipe(self) -> NoReturn:
        raise BrokenPipeError


_NO_EDGE = 10_000
_WIDEST_PAGE = 160

out = _Quiet(highlight=False)
"""For results that a person reads."""

err = _Quiet(stderr=True, highlight=False)
"""For progress and errors."""


EXIT_CODES = "[bold]Exit codes[/]"
"""The heading of what a command's help says of them."""


def print_json(shape: Any) -> None:
    """Write one JSON value as one line of UTF-8, whatever the terminal is set to."""
    sys.stdout.buffer.write(json.dumps(shape, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")


def one_of(*values: str) -> Callable[[str], list[str]]:
    """Let the shell complete an option's value to one of these.

    >>> one_of("read", "extract")("r")
    ['read']
    """

    def complete(incomplete: str) -> list[str]:
        return [value for value in values if value.startswith(incomplete)]

    return complete


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


def examples(*lines: str, failed: str = "", not_running: str = "") -> str:
    """Set a command's examples under its help, and what its exit codes say of it beyond what holds for all.

    >>> print(examples("newsdex status", not_running="something is down"))
    [bold]Examples[/]
      $ newsdex status
    <BLANKLINE>
    [bold]Exit codes[/]
      0  done
      2  called with what cannot be meant; nothing was done
      3  something is down
    """
    told = {code: code.meaning for code in (ExitCode.FINE, ExitCode.FAILED, ExitCode.WRONG_USE)}
    told |= {ExitCode.FAILED: failed, ExitCode.NOT_RUNNING: not_running}
    codes = (f"  {code}  {escape(text)}" for code, text in told.items() if text)
    return "\n".join(("[bold]Examples[/]", *(f"  $ {escape(line)}" for line in lines), "", EXIT_CODES, *codes))
