"""The web into the index without Airflow: `newsdex fetch` and `newsdex poll`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from newsdex.cli.articles import demand_elasticsearch
from newsdex.cli.console import NO_SERVER, ExitCode, WrongUseError, demand_paths, err, examples, out, print_json
from newsdex.settings import Settings, read_settings

if TYPE_CHECKING:
    from newsdex.run.polling import Polled

_FAILED = "the run does not balance, or another one like it is at work"

Json = Annotated[bool, typer.Option("--json", help="The balance sheet for a machine.")]


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command(
        rich_help_panel="Sources",
        epilog=examples(
            "newsdex fetch https://news.example/story",
            "newsdex fetch --file addresses.txt --publisher 'News Example'",
            failed=_FAILED,
            not_running=NO_SERVER,
        ),
    )(fetch)
    app.command(
        rich_help_panel="Sources",
        epilog=examples("newsdex poll", "newsdex poll news-example --force", failed=_FAILED, not_running=NO_SERVER),
    )(poll)


def fetch(
    urls: Annotated[list[str] | None, typer.Argument(metavar="ADDRESS", help="Addresses of articles.")] = None,
    file: Annotated[Path | None, typer.Option(metavar="FILE", help="A list of them, one a line.")] = None,
    publisher: Annotated[str | None, typer.Option(metavar="NAME", help="Who published all of them.")] = None,
    refetch: Annotated[bool, typer.Option("--refetch", help="Also those that were fetched before.")] = False,
    json: Json = False,
) -> None:
    """Fetch articles from the web, politely, straight into the index.

    Interrupted, the next call takes over what was fetched. What fails and may pass is tried again by newsdex poll.
    """
    from newsdex.cli.progress import Progress
    from newsdex.run import fetch_now
    from newsdex.run.urls import read_addresses

    if file is not None:
        demand_paths([file])
    named = [*(urls or []), *(read_addresses(file) if file is not None else [])]
    if not named:
        raise WrongUseError("no address was given", "newsdex fetch https://news.example/story")
    settings = _settings()
    with Progress("starting") as progress:
        _print_sheet(lambda: fetch_now(settings, named, publisher=publisher, refetch=refetch, told=progress), json=json)


def poll(
    sources: Annotated[list[str] | None, typer.Argument(metavar="ID", help="Sources; without any, those due.")] = None,
    force: Annotated[bool, typer.Option("--force", help="All of them, and as if for the first time.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, max=10_000, help="Addresses to fetch at most.")] = None,
    json: Json = False,
) -> None:
    """Ask the sources what is new, fetch it, and take it into the index."""
    from newsdex.cli.progress import Progress
    from newsdex.run import poll_now

    settings = _settings()

    with Progress("asking the sources") as progress:

        def run() -> dict[str, Any]:
            return poll_now(settings, tuple(sources or ()), force=force, limit=limit, polled=_tell, told=progress)

        _print_sheet(run, json=json)


def _settings() -> Settings:
    settings = read_settings()
    demand_elasticsearch(settings)
    return settings


def _tell(polled: Polled) -> None:
    err.print(f"{polled.sources} sources asked: {polled.new} new addresses, {polled.changed} changed", soft_wrap=True)
    for source, why in sorted(polled.failing.items()):
        err.print(f"[yellow]{escape(source)} gave nothing:[/] {escape(why)}", soft_wrap=True)


def _print_sheet(run: Callable[[], dict[str, Any]], *, json: bool) -> None:
    from newsdex.index import Unbalanced
    from newsdex.run import describe_sheet

    try:
        sheet = run()
    except Unbalanced as wrong:
        err.print(f"[bold red]The run does not balance:[/] {escape(str(wrong))}", soft_wrap=True)
        raise typer.Exit(ExitCode.FAILED) from None
    if json:
        print_json(sheet)
        return
    out.print(describe_sheet(sheet))
