"""Articles into the index and out of it again: `newsdex ingest` and `newsdex search`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from newsdex.cli.console import (
    NO_SERVER,
    ExitCode,
    NotRunningError,
    WrongUseError,
    demand_paths,
    err,
    examples,
    one_of,
    out,
    print_json,
    readable_files,
)
from newsdex.errors import UserError
from newsdex.settings import Settings, read_settings

if TYPE_CHECKING:
    from newsdex.index import BalanceSheet, Written
    from newsdex.read import FileKind, Reading
    from newsdex.run.survey import Survey

_DOCUMENTS = "Documents"

Paths = Annotated[list[Path], typer.Argument(metavar="PATH", help="Files and folders; hidden files are left.")]


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command(
        rich_help_panel=_DOCUMENTS,
        epilog=examples(
            "newsdex ingest article.txt",
            "newsdex ingest --publisher Reuters downloads/",
            "newsdex ingest CC-NEWS-20241119001600-00042.warc.gz",
            "newsdex ingest --map headline=title --map body=content rows.jsonl.gz table.csv",
            failed="the run does not balance: an input is without its outcome",
            not_running=NO_SERVER,
        ),
    )(ingest)
    app.command(
        rich_help_panel=_DOCUMENTS,
        epilog=examples(
            "newsdex search lighthouse",
            "newsdex search '\"new bridge\" ferry' --language en --from 2024-11 --facets",
            "newsdex search 'ferry -storm publisher:Harbour*'",
            "newsdex search '' --agency Reuters --json | jq -r '.hits[].headline'",
            failed="it cannot be asked: a date that cannot be read, say",
            not_running=NO_SERVER,
        ),
    )(search)


def ingest(
    paths: Paths,
    publisher: Annotated[str | None, typer.Option(metavar="NAME", help="Who published them.")] = None,
    kind: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="KIND",
            help="warc, jsonl, csv or document; by content without it.",
            autocompletion=one_of("warc", "jsonl", "csv", "document"),
        ),
    ] = "auto",
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=NAME", help="Column or key of a field: headline=title; may be repeated."),
    ] = None,
    bodies: Annotated[str, typer.Option(metavar="TYPE", help="What the bodies of records are: text or html.")] = "auto",
    delimiter: Annotated[str | None, typer.Option(metavar="CHARACTER", help="Between the columns of CSV.")] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes to work in; one a core without it.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="The balance sheet for a machine.")] = False,
) -> None:
    """Take documents through the line straight into the index, without Airflow; the files stay where they are.

    A file is a document, or holds many: a WARC as crawlers make it, JSON Lines, or CSV with a header, also gzipped.
    The balance sheet at the end accounts for every one. Called again after an interruption it does nothing twice.
    """
    from newsdex.index import Unbalanced
    from newsdex.run import find_files

    settings = read_settings()
    demand_paths(paths)
    files = readable_files(find_files(paths))
    told, reading = _reading(kind, mapping or [], bodies, delimiter)
    demand_elasticsearch(settings)
    try:
        sheet, passed_over = _ingest(settings, files, publisher, told, reading, jobs)
    except Unbalanced as wrong:
        err.print(f"[bold red]The run does not balance:[/] {escape(str(wrong))}", soft_wrap=True)
        raise typer.Exit(ExitCode.FAILED) from None
    if json:
        print_json({**sheet.as_dict(), "passed_over": passed_over})
        return
    out.print(f"[green]balanced:[/] {sheet}", soft_wrap=True)
    for what, count in sorted(passed_over.items()):
        out.print(f"[dim]passed over, no documents:[/] {count:,} {escape(what)}", soft_wrap=True)


def search(
    query: Annotated[
        str,
        typer.Argument(metavar="QUERY", help='Words, "phrases", -not, publisher:name, harbo*; empty for the newest.'),
    ],
    language: Annotated[list[str] | None, typer.Option(metavar="TAG", help="en, pt, zh-Hans; may be repeated.")] = None,
    publisher: Annotated[list[str] | None, typer.Option(metavar="NAME", help="May be repeated.")] = None,
    agency: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Reuters, AFP; may be repeated.")] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="DATE", help="2024-11-19, 2024-11 or 2024.")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Included.")] = None,
    facets: Annotated[
        bool, typer.Option("--facets", help="Count by language, publisher, agency, month and more.")
    ] = False,
    size: Annotated[int, typer.Option(min=0, max=1000, help="Hits to show.")] = 10,
    json: Annotated[bool, typer.Option("--json", help="For a machine: hits, and always the facets.")] = False,
) -> None:
    """Search the archive: ranked hits with what matched, copies of one text folded into one."""
    from newsdex.cli.rendering import MARKS, print_result
    from newsdex.index import Query
    from newsdex.run import search_articles

    settings = read_settings()
    demand_elasticsearch(settings)
    asked = Query(
        text=query,
        language=tuple(language or ()),
        publisher=tuple(publisher or ()),
        agency=tuple(agency or ()),
        since=since,
        until=until,
        size=size,
        tags=("<em>", "</em>") if json else MARKS,
    )
    result = search_articles(settings, asked)
    if json:
        print_json(result.as_dict())
    else:
        print_result(result, facets=facets)


def demand_elasticsearch(settings: Settings) -> None:
    """Raise `NotRunningError` when nothing listens where the embedded Elasticsearch would."""
    from newsdex.local import ports

    if not settings.elasticsearch_external and ports.is_free(settings.elasticsearch_port):
        what = f"Elasticsearch does not run (port {settings.elasticsearch_port})"
        raise NotRunningError(what, "newsdex up --detach starts it; ELASTICSEARCH_URL names a cluster of your own")


def _reading(kind: str, mapping: list[str], bodies: str, delimiter: str | None) -> tuple[FileKind | None, Reading]:
    """Turn the options into what the readers take, or raise `WrongUseError`."""
    from newsdex.read import FileKind, Reading
    from newsdex.read.fields import check_mapping
    from newsdex.run import KINDS, MEDIA_TYPES

    if kind not in KINDS:
        raise WrongUseError(f"--as {kind}: no such kind", f"it is one of {', '.join(KINDS)}")
    if bodies not in MEDIA_TYPES:
        raise WrongUseError(f"--bodies {bodies}: no such type", f"it is one of {', '.join(MEDIA_TYPES)}")
    if delimiter is not None and len(delimiter := delimiter.replace("\\t", "\t")) != 1:
        raise WrongUseError(f"--delimiter {delimiter!r} is not one character")
    fields = {}
    for each in mapping:
        field, given, name = each.partition("=")
        if not given:
            raise WrongUseError(f"--map {each} says no name", "write it like --map headline=title")
        fields[field.strip()] = name.strip()
    try:
        fields = check_mapping(fields)
    except UserError as wrong:
        raise WrongUseError(f"--map: {wrong.message}", wrong.hint) from None
    told = None if kind == "auto" else FileKind(kind)
    return told, Reading(mapping=fields, media_type=MEDIA_TYPES[bodies], delimiter=delimiter)


def _ingest(
    settings: Settings,
    files: list[Path],
    publisher: str | None,
    kind: FileKind | None,
    reading: Reading,
    jobs: int | None,
) -> tuple[BalanceSheet, dict[str, int]]:
    from newsdex.cli.progress import Progress
    from newsdex.run import ingest_paths

    passed_over: dict[str, int] = {}
    with Progress("looking through the files") as progress:

        def begin(survey: Survey) -> None:
            progress("ingesting", 0, survey.inputs)
            passed_over.update(survey.passed_over)

        def tell(written: Written) -> None:
            progress.advance()
            if written.reason is not None:
                reason = f"{escape(written.origin.uri)}: {written.reason}: {escape(written.detail)}"
                err.print(f"[yellow]quarantined[/] {reason}", soft_wrap=True)

        sheet = ingest_paths(
            settings,
            files,
            publisher=publisher,
            kind=kind,
            reading=reading,
            surveyed=begin,
            progress=tell,
            processes=jobs,
        )
    return sheet, passed_over
