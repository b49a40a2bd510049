"""The tables of docs/command-line.md, made from the program: `python tests/support/command_page.py` writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from typer.main import get_command

from newsdex.cli import app
from newsdex.cli.console import ExitCode
from newsdex.cli.manual import exit_codes_of, walk

PAGE = Path(__file__).parents[2] / "docs" / "command-line.md"
_TABLE = re.compile(r"<!-- (\w+) -->\n.*?<!-- end -->", re.DOTALL)


def exit_codes() -> str:
    """Give the table of exit codes."""
    rows = (f"| {code.value} | {code.meaning} |" for code in ExitCode)
    return "\n".join(("| exit code | meaning |", "| --- | --- |", *rows))


def commands() -> str:
    """Give the table of commands, with what 1 and 3 say of each."""
    head = ("| command | what it does | 1 | 3 |", "| --- | --- | --- | --- |")
    return "\n".join((*head, *_rows()))


def current() -> str:
    """Give the page with the tables as they ought to be."""
    tables = {"codes": exit_codes, "commands": commands}

    def fill(found: re.Match[str]) -> str:
        return f"<!-- {found[1]} -->\n\n{tables[found[1]]()}\n\n<!-- end -->"

    return _TABLE.sub(fill, PAGE.read_text(encoding="utf-8"))


def _rows() -> Iterator[str]:
    for name, command in walk(get_command(app).commands):  # type: ignore[attr-defined]
        summary = (command.help or "").split("\n\n")[0]
        codes = exit_codes_of(command)
        said = (codes.get(code.value, "") for code in (ExitCode.FAILED, ExitCode.NOT_RUNNING))
        yield f"| `newsdex {name}` | {summary} | {' | '.join(said)} |".replace("  ", " ")


if __name__ == "__main__":
    PAGE.write_text(current(), encoding="utf-8")
