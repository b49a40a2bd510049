"""The raw archive: `newsdex archive show | verify`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.text import Text

from newsdex.cli.console import NO_SERVER, ExitCode, NotRunningError, WrongUseError, err, examples, out, print_json
from newsdex.cli.rendering import counted
from newsdex.cli.tables import print_facts
from newsdex.errors import UserError
from newsdex.records import RawDocument, rfc3339
from newsdex.settings import Settings, read_settings

if TYPE_CHECKING:
    from newsdex.archive import Archive, Damage, Tally
    from newsdex.index.provenance import Held

_SAMPLE = 1_000
_MOST_SHOWN = 200
"""Damages that are printed; the count at the end has them all."""

Json = Annotated[bool, typer.Option("--json", help="For a machine.")]


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the program."""
    group = typer.Typer(no_args_is_help=True, help="Every input's bytes, as they came.")
    place = "2026/11/22/batch-00001.warc.gz#0"
    group.command(
        epilog=examples(
            "newsdex archive show 5d41402abc4b2a76b9719d911017c592",
            "newsdex archive show https://news.example/story --bytes > story.html",
            f"newsdex archive show {place}",
            failed="there is no such document, or the archive does not have its bytes",
            not_running=f"{NO_SERVER}, and no raw_ref was given",
        )
    )(show)
    group.command(
        epilog=examples("newsdex archive verify", "newsdex archive verify --all --json", failed="something is damaged")
    )(verify)
    app.add_typer(group, name="archive", rich_help_panel="Upkeep", epilog=examples(f"newsdex archive show {place}"))


def show(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="Id of an article or quarantine entry, URL, or raw_ref.")],
    headers: Annotated[bool, typer.Option("--headers", help="Only the HTTP header that came with it.")] = False,
    bytes_: Annotated[bool, typer.Option("--bytes", help="Only the bytes, unchanged.")] = False,
    json: Json = False,
) -> None:
    """Show what a document was made from, and from there what was made of it.

    Of several fetches of one address the last is shown, and the places of the others are named.
    """
    from newsdex.cli.articles import demand_elasticsearch
    from newsdex.run.archiving import open_archive
    from newsdex.run.provenance import find_held, is_raw_ref

    if headers + bytes_ + json > 1:
        raise WrongUseError("--headers, --bytes and --json exclude each other")
    settings = read_settings()
    others: list[Held] = []
    raw_ref = what
    if not is_raw_ref(what):
        demand_elasticsearch(settings)
        raw_ref, others = _chosen(find_held(settings, what), what)
    archive = open_archive(settings)
    if bytes_:
        for block in archive.blocks(raw_ref):
            sys.stdout.buffer.write(block)
    elif headers:
        head = archive.header(raw_ref)
        if not head:
            raise UserError(f"{raw_ref} has no HTTP header: it was no page that a server sent")
        sys.stdout.buffer.write(head)
    else:
        _show_facts(settings, archive, raw_ref, others, json=json)


def verify(
    sample: Annotated[int | None, typer.Option(min=1, metavar="N", help="Read N documents at random.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Read every record of every file.")] = False,
    relearn: Annotated[bool, typer.Option("--relearn", help="Fill the list of known digests as well.")] = False,
    json: Json = False,
) -> None:
    """Read the raw archive again and compare: digests, where revisit records lead, files that end too early.

    Without an option 1,000 documents are read. Each damage says what to do.
    """
    from newsdex.cli.progress import Progress
    from newsdex.run.provenance import relearn_digests, verify_archive

    if sample is not None and everything:
        raise WrongUseError("--sample and --all exclude each other")
    settings = read_settings()
    damages: list[Damage] = []

    def tell(damage: Damage) -> None:
        if len(damages) < _MOST_SHOWN:
            damages.append(damage)
            if not json:
                err.print(f"[red]{damage.wrong}[/] {escape(str(damage))}", soft_wrap=True)
                err.print(f"[dim]  try:[/] {escape(damage.advice)}", soft_wrap=True)

    with Progress("reading", quiet=json, of_bytes=everything) as progress:
        wanted = None if everything else sample or _SAMPLE
        tally = verify_archive(settings, sample=wanted, told=tell, progress=progress.reach)
    learned = relearn_digests(settings) if relearn else None
    if json:
        known = {} if learned is None else {"digests": learned}
        print_json({**tally.as_dict(), **known, "damaged": [damage.as_dict() for damage in damages]})
    else:
        _print_tally(tally, settings, learned)
    if not tally.sound:
        raise typer.Exit(ExitCode.FAILED)


def _chosen(found: list[Held], what: str) -> tuple[str, list[Held]]:
    """Take the latest fetch; give its place, and the other fetches."""
    for number, held in enumerate(found):
        if held.raw_ref is not None:
            return held.raw_ref, [other for other in found[:number] + found[number + 1 :] if other.raw_ref]
    raise UserError(f"{what}: its bytes are not in the raw archive", "what was refused before it was fetched has none")


def _show_facts(settings: Settings, archive: Archive, raw_ref: str, others: list[Held], *, json: bool) -> None:
    document = archive.document(raw_ref, largest=0)
    size = sum(len(block) for block in archive.blocks(raw_ref))
    held, trouble = _made_of(settings, raw_ref)
    if json:
        print_json(_shape(document, size, archive.spell(raw_ref), held, trouble, others))
        return
    facts: list[tuple[str, str | Text]] = [*_facts(document, size, archive.spell(raw_ref))]
    facts += [(str(one.holding), f"{one.article_id}  {one.label or ''}") for one in held]
    if not held:
        facts.append(("in the index", Text(trouble or "nothing was made from this very fetch", "dim")))
    facts += [
        ("another fetch", Text(f"{other.raw_ref}  {other.fetched_at or ''} ({other.holding})", "dim"))
        for other in others
        if other.raw_ref != raw_ref
    ]
    print_facts(facts)


def _made_of(settings: Settings, raw_ref: str) -> tuple[list[Held], str]:
    """Give what the index has of a document, or why that cannot be told: the archive is read without an index too."""
    from newsdex.cli.articles import demand_elasticsearch
    from newsdex.run.provenance import find_by_place

    try:
        demand_elasticsearch(settings)
        return find_by_place(settings, raw_ref), ""
    except NotRunningError:
        return [], "Elasticsearch does not run"
    except UserError as silent:
        return [], silent.message


def _facts(document: RawDocument, size: int, file: str) -> list[tuple[str, str]]:
    origin, given, response = document.origin, document.given, document.response
    facts = [("uri", origin.uri), ("fetched", rfc3339(origin.fetched_at) or ""), ("door", origin.door)]
    facts += [(name, value) for name in ("source", "container", "publisher") if (value := getattr(origin, name))]
    facts += [("bytes", f"{size:,}, {origin.media_type}"), ("sha256", origin.sha256)]
    facts += [("raw_ref", origin.raw_ref or ""), ("file", file)]
    if response is not None:
        facts += [("status", str(response.status)), ("ended at", response.url)]
        facts += [("header", f"{name}: {value}") for name, value in response.headers]
    if given is not None:
        told = _told(given)
        facts += [(f"{given.found_in} says", f"{name}: {value}") for name, value in told.items()]
    return [(name, str(value)) for name, value in facts]


def _told(given: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return {name: value for name, value in asdict(given).items() if name != "found_in" and value}


def _shape(
    document: RawDocument, size: int, file: str, held: list[Held], trouble: str, others: list[Held]
) -> dict[str, Any]:
    response = document.response
    return {
        "origin": document.origin.as_dict(),
        "file": file,
        "bytes": size,
        "response": response
        and {"url": response.url, "status": response.status, "headers": [list(pair) for pair in response.headers]},
        "given": document.given and {"found_in": document.given.found_in, **_told(document.given)},
        "held": None if trouble else [one.as_dict() for one in held],
        "others": [other.as_dict() for other in others],
    }


def _print_tally(tally: Tally, settings: Settings, learned: int | None) -> None:
    documents, files = counted(tally.documents, "document"), counted(tally.files, "file")
    seen = f"{documents} in {files}, {counted(tally.revisits, 'revisit')}"
    if tally.sound:
        out.print(f"[green]whole:[/] {seen}; {escape(settings.archive_location)}", soft_wrap=True)
    else:
        out.print(f"[red]damaged:[/] {counted(tally.damages, 'damage')} among {seen}", soft_wrap=True)
    if learned is not None:
        out.print(f"{counted(learned, 'digest')} known")
