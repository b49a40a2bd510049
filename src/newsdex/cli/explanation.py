"""The explanation of one document: what stayed, what went, and why we believe what we say about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from newsdex.cli.rendering import moment
from newsdex.records import Article, Dated, Rejection

_KNOWN = ("published_at", "modified_at", "language")


def explanation(result: Article | Rejection) -> RenderableType:
    """Set one document out for a person: the text kept beside the text taken out, then the evidence."""
    if isinstance(result, Rejection):
        body = Text.assemble(("Rejected", "bold red"), f" in {result.stage}: {result.reason}\n", result.detail)
        return Panel(body, title=Text(result.origin.uri), title_align="left", border_style="red")
    title = Text(result.origin.uri)
    return Panel(Group(_facts(result), _text(result), _evidence(result)), title=title, title_align="left")


def _facts(article: Article) -> Table:
    clean, origin = article.clean, article.origin
    table = Table.grid(padding=(0, 2))
    facts = {
        "headline": clean.headline,
        "standfirst": clean.standfirst,
        "byline": clean.byline,
        "authors": ", ".join(clean.authors),
        "dateline": clean.dateline,
        "publisher": clean.publisher,
        "agencies": ", ".join(article.agencies),
        "section": clean.section,
        "keywords": ", ".join(clean.keywords),
        "url": article.canonical_url or clean.url,
        "read as": f"{origin.media_type}, {origin.encoding or 'encoding unknown'}",
        "flags": ", ".join(article.flags),
        "id": article.id,
    }
    for name, value in facts.items():
        if value:
            table.add_row(Text(name, "dim"), Text(value, "bold" if name == "headline" else ""))
    return table


def _text(article: Article) -> Table:
    table = Table(box=SIMPLE_HEAD, expand=True, pad_edge=False)
    table.add_column("kept", ratio=3)
    table.add_column("taken out, and by which rule", ratio=2)
    kept = [Text(paragraph + "\n") for paragraph in article.clean.body]
    gone = [
        Text.assemble((piece.text, "strike dim"), "\n", (piece.rule, "yellow"), "\n") for piece in article.clean.removed
    ]
    gone += [
        Text.assemble(
            (caption.text, "italic"), "\n", (f"a caption, credit: {caption.credit or 'none'}", "yellow"), "\n"
        )
        for caption in article.clean.captions
    ]
    table.add_row(Group(*kept), Group(*gone) if gone else Text("nothing", "dim"))
    return table


def _evidence(article: Article) -> Table:
    table = Table(box=SIMPLE_HEAD, expand=True, pad_edge=False, title="evidence", title_justify="left")
    for name in ("what", "value", "found in", "as printed", "sure"):
        table.add_column(name, overflow="fold")
    for row in _rows(article):
        table.add_row(*row)
    return table


def _rows(article: Article) -> Iterator[tuple[Text, ...]]:
    for name, dated in (("published", article.published), ("modified", article.modified)):
        yield from _date_rows(name, dated)
    timestamp, source = article.timestamp
    yield _row("filed under", f"{timestamp:%Y-%m-%d %H:%MZ}", source)
    language = article.language
    votes = ", ".join(f"{voter}: {vote}" for voter, vote in language.votes.items())
    declared = f"declared {language.declared}" if language.declared else ""
    yield _row("language", language.code, votes, declared, f"{language.confidence:.2f}")
    shape = article.as_dict()["evidence"]
    for name, value in shape.items():
        if name not in _KNOWN:
            yield from _other_rows(name, value)


def _date_rows(name: str, dated: Dated) -> Iterator[tuple[Text, ...]]:
    if dated.value is None:
        yield _row(name, "none")
    elif dated.evidence is not None:
        proof = dated.evidence
        value = f"{moment(dated.value, proof)}, to the {proof.precision}" + (
            f", offset {proof.offset}" if proof.offset else ""
        )
        yield _row(name, value, proof.found_in, proof.text, f"{proof.confidence:.2f}")
    for rival in dated.rejected:
        yield tuple(Text(cell, "dim") for cell in ("  not", rival.refused or "", rival.found_in, rival.text, ""))


def _other_rows(name: str, value: Any) -> Iterator[tuple[Text, ...]]:
    for piece in value if isinstance(value, list) else [value]:
        if isinstance(piece, dict):
            told = dict(piece)
            what = str(told.pop("name", None) or told.pop("value", None) or "")
            where = str(told.pop("found_in", "") or "")
            printed = str(told.pop("text", "") or "")
            confidence = told.pop("confidence", None)
            rest = ", ".join(f"{key}: {item}" for key, item in told.items() if item not in (None, "", []))
            yield _row(name, what or rest, where, printed, f"{confidence:.2f}" if isinstance(confidence, float) else "")
        elif piece not in (None, ""):
            yield _row(name, str(piece))


def _row(*cells: str) -> tuple[Text, ...]:
    padded = (*cells, "", "", "", "")[:5]
    return tuple(Text(str(cell), "dim" if position == 0 else "") for position, cell in enumerate(padded))
