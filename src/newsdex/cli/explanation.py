"""The explanation of one document: each field with why we believe it, what stayed, and what went by which rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from newsdex.cli.rendering import moment
from newsdex.records import Article, Dated, Rejection

_FIELDS = ("headline", "standfirst", "byline", "authors", "dateline", "publisher", "agencies", "section", "keywords")
_TOLD_APART = frozenset({*_FIELDS, "published_at", "modified_at", "language", "url"})
_WIDE = 110
"""Columns from which on two texts are set beside each other."""
_SHOWN = 160
"""Characters shown of a printed text."""
_VALUE_KEYS = ("value", "name", "agency")


def explanation(result: Article | Rejection, whys: Mapping[str, str], width: int) -> RenderableType:
    """Set one document out for a person, in so many columns. `whys` says by its id why a rule is there."""
    title = Text(result.origin.uri)
    if isinstance(result, Rejection):
        body = Text.assemble(("Rejected", "bold red"), f" in {result.stage}: {result.reason}\n", result.detail)
        return Panel(body, title=title, title_align="left", border_style="red")
    wide = width >= _WIDE
    return Panel(Group(_fields(result, wide=wide), _text(result, whys, wide=wide)), title=title, title_align="left")


def _fields(article: Article, *, wide: bool) -> Table:
    table = Table(box=SIMPLE_HEAD, expand=True, pad_edge=False)
    table.add_column("field", no_wrap=True)
    table.add_column("value", ratio=3, overflow="fold")
    if wide:
        table.add_column("why we believe it, and what we did not believe", ratio=4, overflow="fold")
    for name, value, proofs in _rows(article):
        shown = Text(value or "none", "bold" if name == "headline" else "" if value else "dim")
        told = [Text(proof, "dim" if wide else "italic dim") for proof in proofs]
        cells = (shown, Group(*told)) if wide else (Group(shown, *told),)
        table.add_row(Text(name, "cyan"), *cells)
    return table


def _rows(article: Article) -> Iterator[tuple[str, str, list[str]]]:
    clean, origin = article.clean, article.origin
    told = {**clean.evidence, **article.evidence}
    for name, values in {
        "headline": (clean.headline,),
        "standfirst": (clean.standfirst,),
        "byline": (clean.byline,),
        "authors": clean.authors,
        "dateline": (clean.dateline,),
        "publisher": (clean.publisher,),
        "agencies": article.agencies,
        "section": (clean.section,),
        "keywords": clean.keywords,
    }.items():
        found = [value for value in values if value]
        if found or name in told:
            yield name, ", ".join(found), _told(told.get(name)) or _seen(article, name, found)
    yield "published", *_dated(article.published)
    yield "modified", *_dated(article.modified)
    timestamp, source = article.timestamp
    yield "filed under", f"{timestamp:%Y-%m-%d %H:%MZ}", [source]
    yield "language", article.language.code, _language(article)
    if address := article.canonical_url or clean.url:
        given = [f"as given: {clean.url}"] if clean.url and clean.url != address else []
        yield "url", address, _told(told.get("url")) or given
    yield "read as", f"{origin.media_type}, {origin.encoding or 'encoding unknown'}", []
    for name, proof in told.items():
        if name not in _TOLD_APART:
            yield name, "", _told(proof)
    if article.flags:
        yield "flags", ", ".join(article.flags), []
    yield "id", article.id, []


def _seen(article: Article, name: str, values: Iterable[str]) -> list[str]:
    """Find the place where a field's values stand: a line that was taken out, the masthead, the page's own data."""
    proofs = []
    for value in values:
        folded = value.casefold()
        piece = next((gone for gone in article.clean.removed if folded in gone.text.casefold()), None)
        if piece is not None:
            proofs.append(f"{piece.rule}: {_cut(piece.text)}")
    if proofs:
        return list(dict.fromkeys(proofs))
    if name == "dateline":
        return ["opens the story"]
    if name == "publisher" and article.origin.publisher:
        return [f"told from outside, by folder or option: {article.origin.publisher}"]
    if article.origin.media_type == "text/html":
        return ["the page's metadata or markup"]
    return ["a line above the story"] if name in ("headline", "standfirst") else []


def _dated(dated: Dated) -> tuple[str, list[str]]:
    proofs = []
    value = ""
    if dated.value is not None and dated.evidence is not None:
        proof = dated.evidence
        value = moment(dated.value, proof)
        offset = f", offset {proof.offset}" if proof.offset else ""
        proofs = [
            f"{proof.found_in}: {_cut(proof.text)}",
            f"to the {proof.precision}{offset}; {proof.confidence:.2f} sure",
        ]
    rivals = [f"not {rival.found_in}: {_cut(rival.text)} ({rival.refused or 'less sure'})" for rival in dated.rejected]
    return value, [*proofs, *rivals]


def _language(article: Article) -> list[str]:
    language = article.language
    votes = ", ".join(f"{voter} {vote}" for voter, vote in language.votes.items())
    declared = f"declared {language.declared}" if language.declared else ""
    mixed = "partly in another language" if language.mixed else ""
    told = "; ".join(filter(None, (votes, declared, mixed, f"{language.confidence:.2f} sure")))
    return [told]


def _told(proof: Any) -> list[str]:
    """Write evidence of any shape, what was refused last."""
    lines: list[str] = []
    for piece in proof if isinstance(proof, list | tuple) else [proof]:
        if isinstance(piece, Mapping):
            lines += _told_piece(piece)
        elif piece not in (None, ""):
            lines.append(_cut(str(piece)))
    return lines


def _told_piece(piece: Mapping[str, Any]) -> list[str]:
    rest = dict(piece)
    rejected = rest.pop("rejected", None) or []
    value = next((str(rest.pop(key)) for key in _VALUE_KEYS if rest.get(key)), "")
    source = str(rest.pop("found_in", None) or rest.pop("rule", None) or "")
    printed = _cut(str(rest.pop("text", None) or ""))
    confidence = rest.pop("confidence", None)
    sure = f"{confidence:.2f} sure" if isinstance(confidence, float) else ""
    others = (f"{key}: {_cut(str(item))}" for key, item in rest.items() if item not in (None, "", [], ()))
    head = f"{source}: {printed}" if source and printed else source or printed
    start = value if value != printed else ""
    line = "; ".join(filter(None, (" by ".join(filter(None, (start, head))), *others, sure)))
    return [line, *(f"not {rival}" for rival in _told(rejected))]


def _text(article: Article, whys: Mapping[str, str], *, wide: bool) -> RenderableType:
    kept = Group(*(Text(paragraph + "\n") for paragraph in article.clean.body))
    gone = Group(*_gone(article, whys)) if article.clean.removed or article.clean.captions else Text("nothing", "dim")
    table = Table(box=SIMPLE_HEAD, expand=True, pad_edge=False)
    table.add_column("kept", ratio=3)
    if wide:
        table.add_column("taken out, by which rule, and why", ratio=2)
        table.add_row(kept, gone)
        return table
    table.add_row(kept)
    below = Table(box=SIMPLE_HEAD, expand=True, pad_edge=False)
    below.add_column("taken out, by which rule, and why")
    below.add_row(gone)
    return Group(table, below)


def _gone(article: Article, whys: Mapping[str, str]) -> Iterator[Text]:
    for piece in article.clean.removed:
        why = f": {whys[piece.rule]}" if piece.rule in whys else ""
        yield Text.assemble((piece.text, "strike dim"), "\n  ", (piece.rule, "yellow"), (why, "dim"), "\n")
    for caption in article.clean.captions:
        credit = f"a caption, credit: {caption.credit or 'none'}"
        yield Text.assemble((caption.text, "italic"), "\n  ", (credit, "yellow"), "\n")


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
