"""The index built anew from the raw archive: `newsdex rebuild`."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape

from newsdex.cli.articles import demand_elasticsearch
from newsdex.cli.console import NO_SERVER, WrongUseError, examples, out, print_json
from newsdex.settings import Settings, read_settings


def add_commands(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command(
        rich_help_panel="Upkeep",
        epilog=examples(
            "newsdex rebuild --dry-run      # what would change?",
            "newsdex rebuild",
            "newsdex rebuild --only 'Northmoor Gazette'",
            "newsdex rebuild --rollback",
            failed="an article would be lost, or another rebuild runs: all is as it was",
            not_running=NO_SERVER,
        ),
    )(rebuild)


def rebuild(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Report what would change, then remove the new index.")
    ] = False,
    only: Annotated[
        str | None, typer.Option(metavar="PUBLISHER", help="Rebuild this one; take the others' articles as they are.")
    ] = None,
    rollback: Annotated[bool, typer.Option("--rollback", help="Go back to the index that served before.")] = False,
    discard: Annotated[bool, typer.Option("--discard", help="Give up a rebuild that was interrupted.")] = False,
    restart: Annotated[bool, typer.Option("--restart", help="Begin anew what was interrupted.")] = False,
    keep: Annotated[int, typer.Option(min=0, max=9, help="Former indices to keep; 0 rules a rollback out.")] = 1,
    examples: Annotated[int, typer.Option(min=0, max=100, help="Examples of each kind in the report.")] = 5,
    jobs: Annotated[int | None, typer.Option(min=1, max=64, help="Processes to work in; one a core without.")] = None,
    json: Annotated[bool, typer.Option("--json", help="The report for a machine.")] = False,
) -> None:
    """Build the index anew from the raw archive, with today's rules and mapping, while the old one serves.

    A report says what changes before searches move to the new index. Interrupted, it goes on when called again.
    """
    from newsdex.cli.progress import Progress
    from newsdex.run import rebuild as steps

    if rollback + discard + (dry_run or bool(only) or restart) > 1:
        raise WrongUseError("--rollback and --discard go with nothing else")
    settings = read_settings()
    demand_elasticsearch(settings)
    if discard:
        index = steps.discard(settings)
        _tell({"discarded": index}, f"{index} removed" if index else "nothing was being built", json)
    elif rollback:
        with Progress("starting") as progress:
            done = steps.roll_back(settings, processes=jobs, told=progress)
        _tell(done, f"{done['serving']} serves again, with {done['caught_up']:,} articles that came since", json)
    else:
        _build(settings, dry_run, only, restart, keep, examples, jobs, json)


def _build(
    settings: Settings,
    dry_run: bool,
    only: str | None,
    restart: bool,
    keep: int,
    examples: int,
    jobs: int | None,
    json: bool,
) -> None:
    from newsdex.cli.progress import Progress
    from newsdex.run import rebuild as steps
    from newsdex.run.rebuild_report import describe_report

    with Progress("starting") as progress:
        report = steps.build(settings, only=only, examples=examples, processes=jobs, restart=restart, told=progress)
        if not json:
            out.print(escape(describe_report(report)), soft_wrap=True)
        if dry_run:
            steps.discard(settings)
            done: dict[str, Any] = {"discarded": report["new"]}
            said = "nothing was changed (--dry-run)"
        else:
            done = steps.switch(settings, keep=keep, processes=jobs, told=progress)
            said = f"{done['serving']} serves; newsdex rebuild --rollback goes back"
    _tell({**report, **done}, f"\n{said}; the report is in {settings.home / 'rebuilds' / report['id']}", json)


def _tell(shape: dict[str, Any], said: str, json: bool) -> None:
    if json:
        print_json(shape)
    else:
        out.print(escape(said), soft_wrap=True)
