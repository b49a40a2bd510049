"""Upkeep without Airflow: `newsdex maintain`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from newsdex.cli.articles import demand_elasticsearch
from newsdex.cli.console import NO_SERVER, ExitCode, WrongUseError, examples, out, print_json
from newsdex.settings import read_settings

if TYPE_CHECKING:
    from newsdex.run.findings import Report


def add_commands(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command(
        rich_help_panel="Upkeep",
        epilog=examples(
            "newsdex maintain --dry-run",
            "newsdex maintain --only archive --sample 5000",
            "newsdex maintain --json",
            failed="something needs a person; what that is, it says",
            not_running=NO_SERVER,
        ),
    )(maintain)


def maintain(
    only: Annotated[
        list[str] | None, typer.Option(metavar="TASK", help="Only this task, as --list names it; may be repeated.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look and tell; change nothing.")] = False,
    sample: Annotated[int, typer.Option(min=1, max=1_000_000, help="Documents of the raw archive to read.")] = 200,
    list_tasks: Annotated[bool, typer.Option("--list", help="Name the tasks, and do none.")] = False,
    json: Annotated[bool, typer.Option("--json", help="For a machine, a task a line.")] = False,
) -> None:
    """Do what the DAG `maintain` does every day: retention, archive check, disks, work left behind, sources.

    The raw archive is never pruned.
    """
    from newsdex.run.maintenance import TASKS, maintain_all

    known = {task.name: task for task in TASKS}
    if list_tasks:
        for task in TASKS:
            if json:
                print_json({"task": task.name, "meaning": task.meaning})
                continue
            out.print(Text.assemble((f"{task.name:<15}", "bold"), task.meaning), soft_wrap=True)
        return
    if unknown := [name for name in only or () if name not in known]:
        raise WrongUseError(f"--only {unknown[0]} is no task", f"one of {', '.join(known)}")
    settings = read_settings()
    demand_elasticsearch(settings)

    def tell(task: str, report: Report | Exception) -> None:
        if json:
            print_json(_shape(task, report))
        elif isinstance(report, Exception):
            out.print(Text.assemble((task, "bold"), (f"  did not finish: {report}", "red")), soft_wrap=True)
        else:
            _print(report)

    needed = maintain_all(settings, only or known, dry_run=dry_run, sample=sample, told=tell)
    if needed is not None:
        if not json:
            out.print(Text(f"\n{needed.splitlines()[0]}", "bold red"))
        raise typer.Exit(ExitCode.FAILED)


def _shape(task: str, report: Report | Exception) -> dict[str, Any]:
    return {"task": task, "failed": str(report)} if isinstance(report, Exception) else report.as_dict()


def _print(report: Report) -> None:
    out.print(Text(report.task, "bold"))
    for text in report.done:
        out.print(Text(f"  {text}"), soft_wrap=True)
    for finding in sorted(report.findings, key=lambda each: not each.alarm):
        mark = ("  alarm    ", "bold red") if finding.alarm else ("  warning  ", "yellow")
        out.print(Text.assemble(mark, finding.text), soft_wrap=True)
        if finding.advice:
            out.print(Text(f"           try: {finding.advice}", "dim"), soft_wrap=True)
