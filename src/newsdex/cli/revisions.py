"""The versions of an article: `newsdex revisions`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from newsdex.cli.articles import demand_elasticsearch
from newsdex.cli.console import NO_SERVER, examples, out, print_json
from newsdex.cli.tables import print_rows
from newsdex.settings import read_settings

if TYPE_CHECKING:
    from newsdex.run.revisions import Versions

_STYLES = {"=": "", "-": "red strike", "+": "green"}
_MARKED = {"=": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}
"""As `git diff --word-diff` writes it, where there are no colours."""


def add_commands(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command(
        rich_help_panel="Documents",
        epilog=examples(
            "newsdex revisions 0123456789abcdef0123456789abcdef",
            "newsdex revisions https://gazette.example/bridge --diff 1 2",
            failed="there is no such article, or no such version of it",
            not_running=NO_SERVER,
        ),
    )(revisions)


def revisions(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="Its id, or its address.")],
    diff: Annotated[
        tuple[int, int] | None, typer.Option("--diff", metavar="A B", help="What changed from one version to another.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="For a machine.")] = False,
) -> None:
    """List the versions of an article, and what changed between them."""
    from newsdex.run.comparison import Piece, compare_texts
    from newsdex.run.revisions import list_revisions

    settings = read_settings()
    demand_elasticsearch(settings)
    found = list_revisions(settings, article)
    if diff is None:
        if json:
            print_json(found.as_dict())
        else:
            _print_versions(found)
        return
    earlier, later = (found.version(number).source for number in diff)
    paragraphs = compare_texts(earlier, later)
    pieces = [piece for paragraph in paragraphs for piece in (*paragraph, Piece("=", "\n\n"))][:-1]
    if json:
        print_json([{"mark": piece.mark, "text": piece.text} for piece in pieces])
    elif out.is_terminal:
        out.print(Text.assemble(*((piece.text, _STYLES[piece.mark]) for piece in pieces)))
    else:
        out.print(Text("".join(_MARKED[piece.mark].format(piece.text) for piece in pieces)), soft_wrap=True)


def _print_versions(found: Versions) -> None:
    rows = []
    for revision in found.versions:
        source = revision.source
        changed = ""
        if "change" in source:
            changed = f"{source['change']['words']:.0%} of words" + (", headline" * source["change"]["headline"])
        moments = (str(moment or "")[:16].replace("T", " ") for moment in (source["indexed_at"], revision.replaced_at))
        rows.append((str(revision.version), *moments, changed, source.get("headline") or ""))
    print_rows(("version", "indexed", "replaced", "then changed", "headline"), rows, right=("version",))
    if found.late:
        copies = ", ".join(str(copy.source["origin"]["fetched_at"])[:16].replace("T", " ") for copy in found.late)
        out.print(f"and copies that came late, fetched {copies}")
