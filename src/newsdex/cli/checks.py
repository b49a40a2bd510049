"""What would go wrong: `newsdex doctor` and `newsdex check-config`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from newsdex.cli.console import ExitCode, examples, out, print_json
from newsdex.settings import read_settings

_MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "error": ("✗", "red")}

Json = Annotated[bool, typer.Option("--json", help="For a machine.")]


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command(
        rich_help_panel="Checks",
        epilog=examples("newsdex doctor", "newsdex doctor --json", failed="something is wrong"),
    )(doctor)
    app.command(
        "check-config",
        rich_help_panel="Checks",
        epilog=examples("newsdex check-config", failed="a rule, an example or a mapping is wrong"),
    )(check_config)


def doctor(json: Json = False) -> None:
    """Look for what would go wrong on this machine, and say what to do about it."""
    from newsdex.local.doctor import Verdict, examine

    checks = list(examine(read_settings()))
    if json:
        print_json([check.as_dict() for check in checks])
    else:
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for check in checks:
            mark, colour = _MARKS[check.verdict]
            found = Text(check.found)
            if check.advice and check.verdict != Verdict.OK:
                found.append(f"\n{check.advice}", "bold")
            table.add_row(Text(mark, colour), Text(check.name), found)
        out.print(table)
    if any(check.verdict == Verdict.ERROR for check in checks):
        raise typer.Exit(ExitCode.FAILED)


def check_config(json: Json = False) -> None:
    """Load the rules, run every rule's own examples, and check the index mapping."""
    from newsdex.local.configuration import check

    checked = check(read_settings())
    if json:
        print_json(checked.as_dict())
    else:
        out.print(f"[green]✓[/] {checked}")
