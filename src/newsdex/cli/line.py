"""The line without Elasticsearch: `newsdex process` and `newsdex explain`."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsdex.cli.console import demand_paths, err, examples, out, print_json, readable_files
from newsdex.cli.tables import print_folded
from newsdex.settings import Settings, read_settings

if TYPE_CHECKING:
    from newsdex.records import Article, Rejection

Paths = Annotated[list[Path], typer.Argument(metavar="PATH", help="Files, folders, or - for standard input.")]


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command(
        rich_help_panel="Documents",
        epilog=examples(
            "newsdex process article.txt page.html.gz",
            "newsdex process --json samples | jq -r '[.language, .headline] | @tsv'",
            "curl -s https://example.org/story | newsdex process --json -",
            failed="a file cannot be read; a document that is rejected is a result, not a failure",
        ),
    )(process)
    app.command(
        rich_help_panel="Documents",
        epilog=examples("newsdex explain samples/apagon-feria.html", "newsdex explain - < article.txt"),
    )(explain)


def process(
    paths: Paths,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line, in input order.")] = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes to work in; one a core without it.")
    ] = None,
) -> None:
    """Take documents through the line (read, extract, clean, enrich) and print what comes out. Needs no server."""
    from newsdex.cli.progress import Progress
    from newsdex.cli.rendering import one_line

    rejected = total = 0
    settings = read_settings()
    # What is printed on a terminal shows how far it is; and a filter says nothing beside its results.
    seen = sys.stdout.isatty() or not sys.stderr.isatty()
    with closing(_results(settings, paths, jobs)) as results, Progress("processing", quiet=seen) as progress:
        for result in results:
            total += 1
            progress.reach(total, None)
            rejected += _is_rejection(result)
            if json:
                print_json(result.as_dict())
            else:
                print_folded(one_line(result))
    if rejected:
        err.print(f"[yellow]{rejected} of {total} rejected[/]")


def explain(paths: Paths) -> None:
    """Show each field with its evidence and what was not believed, what was kept, and what was taken out and why."""
    from newsdex.cli.explanation import explanation
    from newsdex.run.rule_trial import reasons

    settings = read_settings()
    with closing(_results(settings, paths, 1)) as results:
        for result in results:
            out.print(explanation(result, reasons(settings.config), out.page_width), width=out.page_width)


def _results(settings: Settings, paths: list[Path], jobs: int | None) -> Generator[Article | Rejection, None, None]:
    from newsdex.run import STDIN, find_files, process_paths

    demand_paths(path for path in paths if path != STDIN)
    found = [[path] if path == STDIN else readable_files(find_files([path])) for path in paths]
    files = [file for files in found for file in files]
    yield from process_paths(settings, files, stdin=sys.stdin.buffer, processes=jobs)


def _is_rejection(result: Article | Rejection) -> bool:
    from newsdex.records import Rejection

    return isinstance(result, Rejection)
