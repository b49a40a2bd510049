"""The index built anew from the raw archive: `newsdex rebuild`."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from rich.markup import escape

from newsdex.cli.articles import demand_elasticsearch
from newsdex.cli.console import WrongUseError, err, examples, out, print_json
from newsdex.settings import Settings, read_settings


def add_commands(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command(
        rich_help_panel="Documents",
        epilog=examples(
            "newsdex rebuild --dry-run      # what would change?",
            "newsdex rebuild",
            "newsdex rebuild --only 'Northmoor Gazette'",
            "newsdex rebuild --rollback",
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
    from newsdex.run import rebuild as steps

    if rollback + discard + (dry_run or bool(only) or restart) > 1:
        raise WrongUseError("--rollback and --discard go with nothing else")
    settings = read_settings()
    demand_elasticsearch(settings)
    if discard:
        index = steps.discard(settings)
        _tell({"discarded": index}, f"{index} removed" if index else "nothing was being built", json)
    elif rollback:
        with _Bar() as bar:
            done = steps.roll_back(settings, processes=jobs, told=bar)
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
    from newsdex.run import rebuild as steps
    from newsdex.run.rebuild_report import describe_report

    with _Bar() as bar:
        report = steps.build(settings, only=only, examples=examples, processes=jobs, restart=restart, told=bar)
        if not json:
            out.print(escape(describe_report(report)), soft_wrap=True)
        if dry_run:
            steps.discard(settings)
            done: dict[str, Any] = {"discarded": report["new"]}
            said = "nothing was changed (--dry-run)"
        else:
            done = steps.switch(settings, keep=keep, processes=jobs, told=bar)
            said = f"{done['serving']} serves; newsdex rebuild --rollback goes back"
    _tell({**report, **done}, f"\n{said}; the report is in {settings.home / 'rebuilds' / report['id']}", json)


def _tell(shape: dict[str, Any], said: str, json: bool) -> None:
    if json:
        print_json(shape)
    else:
        out.print(escape(said), soft_wrap=True)


class _Bar:
    """Progress on a terminal: the step, how far, how fast, how long still."""

    def __enter__(self) -> _Bar:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        rate = TextColumn("{task.fields[rate]}")
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
        self._bar = Progress(*columns, console=err, transient=True, disable=not sys.stderr.isatty())
        self._bar.start()
        self._step = ""
        self._task = self._bar.add_task("starting", total=None, rate="")
        return self

    def __exit__(self, *failure: object) -> None:
        self._bar.stop()

    def __call__(self, step: str, done: int, total: int) -> None:
        if step != self._step:
            self._step = step
            self._bar.reset(self._task, description=step, total=total, rate="")
        speed = self._bar.tasks[0].speed
        rate = f"{speed:,.0f} a second" if speed else ""
        self._bar.update(self._task, completed=done, total=total, rate=rate)
