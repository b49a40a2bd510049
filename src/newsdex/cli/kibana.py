"""What Kibana shows of the archive: `newsdex kibana build | check | import`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from newsdex.cli.console import (
    ExitCode,
    NotRunningError,
    WrongUseError,
    demand_paths,
    err,
    examples,
    out,
    print_json,
)
from newsdex.errors import UserError
from newsdex.settings import Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsdex.kibana import Fault
    from newsdex.kibana.fields import IndexFields

Json = Annotated[bool, typer.Option("--json", help="For a machine.")]

_WORDS = {
    "tag": "tag",
    "index-pattern": "data views",
    "query": "saved queries",
    "search": "Discover sessions",
    "dashboard": "dashboards",
}


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the program."""
    group = typer.Typer(no_args_is_help=True, help="Give Kibana its data views, searches and dashboards.")
    group.command(
        epilog=examples("newsdex kibana build --out newsdex.ndjson", "newsdex kibana build | head -1"),
    )(build)
    group.command(
        epilog=examples(
            "newsdex kibana check",
            "newsdex kibana check newsdex.ndjson --json",
            failed="something is wrong with it; each fault is told",
        ),
    )(check)
    group.command(
        "import",
        epilog=examples(
            "NEWSDEX_KIBANA_URL=https://kibana.example.org newsdex kibana import",
            "newsdex kibana import --overwrite --wait 300",
            failed="Kibana did not take all of it; what it says of each object is told",
            not_running="no Kibana answers, or it is not ready",
        ),
    )(import_all)
    app.add_typer(
        group,
        name="kibana",
        rich_help_panel="Upkeep",
        epilog=examples("newsdex kibana check", "newsdex kibana import --overwrite"),
    )


def build(
    to: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it there, not to the output.")] = None,
) -> None:
    """Make the file of saved objects from config/kibana; the same definition gives the same bytes.

    Kibana takes it under Stack Management, Saved Objects, Import. Links in it lead to NEWSDEX_WEB_URL.
    """
    content = _build(read_settings())
    if to is None:
        sys.stdout.buffer.write(content)
        return
    try:
        to.write_bytes(content)
    except OSError as wrong:
        raise WrongUseError(f"{to} cannot be written: {wrong.strerror}") from wrong
    err.print(f"{_describe(_kinds(content))} in {escape(str(to))}", soft_wrap=True)


def check(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A file of saved objects; what build makes without one.")
    ] = None,
    json: Json = False,
) -> None:
    """Prove without a Kibana that it can be imported, and that every field is there for what is done with it.

    Looked at are the form of each object, what names what, the layout of dashboards, and each field by the index
    mapping: what is counted must be countable, times must be dates.
    """
    settings = read_settings()
    if file is None:
        content = _build(settings)
    else:
        demand_paths([file])
        content = _read(file)
    faults = _faults(settings, content)
    kinds = _kinds(content)
    if json:
        shape: dict[str, Any] = {"right": not faults, "objects": dict(kinds)}
        print_json({**shape, "faults": [fault.as_dict() for fault in faults]})
    elif faults:
        _print_faults(faults)
    else:
        out.print(f"[green]✓[/] {_describe(kinds)}")
    if faults:
        raise typer.Exit(ExitCode.FAILED)


def import_all(
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the objects that are there.")] = False,
    space: Annotated[str | None, typer.Option(metavar="ID", help="Into this space of Kibana's.")] = None,
    wait: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="Try again while no Kibana answers or it is not ready.")
    ] = 0.0,
    json: Json = False,
) -> None:
    """Check what build makes, give it to the Kibana at NEWSDEX_KIBANA_URL, and tell what it says of each object."""
    from newsdex.kibana.importing import Kibana, KibanaSilentError, import_objects

    settings = read_settings()
    if not settings.kibana_url:
        raise WrongUseError("where is Kibana?", "write NEWSDEX_KIBANA_URL=http://127.0.0.1:5601")
    content = _build(settings)
    if faults := _faults(settings, content):
        _print_faults(faults)
        raise UserError("nothing was imported", "mend config/kibana first")
    kibana = Kibana(
        settings.kibana_url,
        space=settings.kibana_space if space is None else space,
        api_key=settings.kibana_api_key,
        user=settings.kibana_user,
        password=settings.kibana_password,
        ca=settings.kibana_ca,
    )
    try:
        report = import_objects(kibana, content, overwrite=overwrite, wait=wait)
    except KibanaSilentError as silent:
        raise NotRunningError(silent.message, silent.hint) from silent
    if json:
        print_json(report.as_dict())
    elif report.success:
        out.print(f"[green]✓[/] {_describe(_kinds(content))} in {escape(kibana.url)}")
    else:
        _print_faults(report.failed)
    if not report.success:
        taken = f"Kibana took {len(report.taken)} of {sum(_kinds(content).values())} objects"
        raise UserError(taken, report.hint)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as wrong:
        raise WrongUseError(f"{file} cannot be read: {wrong.strerror}") from wrong


def _build(settings: Settings) -> bytes:
    from newsdex.kibana import build, load_definition, ndjson

    definition = load_definition(settings.config / "kibana")
    return ndjson(build(definition, _mappings(settings), page=settings.web_url, prefix=settings.index_prefix))


def _faults(settings: Settings, content: bytes) -> list[Fault]:
    from newsdex.kibana import check

    return check(content, _mappings(settings), prefix=settings.index_prefix)


def _mappings(settings: Settings) -> dict[str, IndexFields]:
    from newsdex.kibana import load_mappings

    return load_mappings(settings.config / "elasticsearch")


def _kinds(content: bytes) -> Counter[str]:
    from newsdex.kibana.reading import read_objects

    return Counter(each.kind for each in read_objects(content)[0])


def _describe(kinds: Counter[str]) -> str:
    return ", ".join(f"{kinds[kind]} {word}" for kind, word in _WORDS.items() if kinds[kind])


def _print_faults(faults: Sequence[Fault]) -> None:
    for fault in faults:
        out.print(f"[red]✗[/] {escape(fault.where)}: {escape(fault.what)}", soft_wrap=True)
