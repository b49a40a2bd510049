"""The command line: what each subcommand does is in a module of this package, and in `newsdex --help`.

Commands import what they need when they run, so that `newsdex --help` answers at once.
"""

from __future__ import annotations

import sys
from typing import Any

import typer
from rich.panel import Panel
from rich.table import Table
from typer.core import TyperGroup

from newsdex.cli import (
    archive,
    articles,
    checks,
    fetch,
    line,
    machine,
    maintain,
    quarantine,
    rebuild,
    revisions,
    rules,
    source,
    sources,
)
from newsdex.cli.console import explain_failure, leave_quietly, out
from newsdex.errors import UserError
from newsdex.settings import VARIABLES


class _Commands(TyperGroup):
    """Turns what goes wrong in any command into one clear line and an exit code."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        super().format_help(ctx, formatter)
        table = Table.grid(padding=(0, 2))
        for variable in VARIABLES:
            meaning = f"{variable.meaning} [dim]({variable.default})[/]" if variable.default else variable.meaning
            table.add_row(f"[bold cyan]{variable.name}[/]", meaning)
        title = "Environment (and what holds without it)"
        out.print(Panel(table, title=title, title_align="left", border_style="dim"))

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except UserError as failure:
            raise typer.Exit(explain_failure(failure)) from None
        except BrokenPipeError:
            leave_quietly()
            raise typer.Exit(0) from None
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
        return result


app = typer.Typer(
    cls=_Commands,
    name="newsdex",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Raw news text in; a clean, dated, language-tagged, searchable archive out.",
    epilog="[bold]Exit codes[/]  0 fine; 1 failed; 2 wrong use; 3 not running",
)
for part in (
    machine,
    line,
    articles,
    source,
    sources,
    fetch,
    revisions,
    quarantine,
    archive,
    rebuild,
    maintain,
    rules,
    checks,
):
    part.add_commands(app)


def main() -> None:
    """Run the command line."""
    app()
