"""The command line: what each subcommand does is in a module of this package, and in `newsdex --help`.

Commands import what they need when they run, so that `newsdex --help` answers at once.
"""

from __future__ import annotations

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from newsdex.cli import (
    archive,
    articles,
    checks,
    fetch,
    kibana,
    line,
    machine,
    maintain,
    manual,
    quarantine,
    rebuild,
    revisions,
    rules,
    source,
    sources,
    stack,
    web,
)
from newsdex.cli.console import ExitCode, explain_failure, leave_quietly
from newsdex.cli.manual import HELP_OPTIONS, by_panel, tidy
from newsdex.errors import UserError


class _Commands(TyperGroup):
    """Turns what goes wrong in any command into one clear line and an exit code."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = by_panel(self.commands)
        tidy({"newsdex": self})

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
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        return result


app = typer.Typer(
    cls=_Commands,
    name="newsdex",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": HELP_OPTIONS},
    help="Raw news text in; a clean, dated, language-tagged, searchable archive out.",
    epilog="newsdex help environment tells how it is set up, newsdex help exit-codes what it says to scripts.",
)
for part in (
    machine,
    web,
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
    kibana,
    checks,
    manual,
    stack,
):
    part.add_commands(app)


def main() -> None:
    """Run the command line."""
    app()
