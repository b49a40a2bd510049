"""Where in a document each paragraph stood that cleaning kept or took: the article with its furniture put back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from newsdex.records import CleanArticle, ExtractedArticle, Kind, Removed

_MOST_PIECES = 4
"""So many pieces of one paragraph are looked for."""


class Role(StrEnum):
    """What became of a paragraph."""

    HEADLINE = "headline"
    STANDFIRST = "standfirst"
    BODY = "body"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a paragraph and the id of the rule that took it out; None where it stayed."""

    text: str
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """One paragraph of the document, `number` counting from 0, and what became of its parts."""

    number: int
    kind: Kind
    role: Role
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The whole paragraph, as it was before cleaning."""
        return "".join(part.text for part in self.parts)

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that took it, or pieces of it."""
        return tuple(dict.fromkeys(part.rule for part in self.parts if part.rule))


@dataclass(frozen=True, slots=True)
class Placement:
    """All paragraphs of a document in their order, and what was taken from its metadata: it stood in none of them."""

    paragraphs: tuple[Placed, ...]
    elsewhere: tuple[Removed, ...]


def place(extracted: ExtractedArticle, clean: CleanArticle) -> Placement:
    """Put what cleaning took back to where it stood.

    Cleaning keeps the order of what stays and writes down whatever goes, so the two are laid side by side. Where a text
    stands twice and only one of the two went, the first that fits is taken for the one that stayed.
    """
    gone = list(clean.removed)
    kept = list(clean.body)
    titles = {Role.HEADLINE: clean.headline, Role.STANDFIRST: clean.standfirst}
    placed = []
    for number, paragraph in enumerate(extracted.paragraphs):
        role, parts = _settle(paragraph.text, kept, gone, titles)
        if role is Role.BODY and kept:
            kept.pop(0)
        for part in parts:
            if part.rule is not None:
                gone.remove(Removed(part.text, part.rule))
        placed.append(Placed(number, paragraph.kind, role, parts))
    return Placement(tuple(placed), tuple(gone))


def _settle(
    text: str, kept: list[str], gone: list[Removed], titles: dict[Role, str | None]
) -> tuple[Role, tuple[Part, ...]]:
    if kept and text == kept[0]:
        return Role.BODY, (Part(text),)
    if (whole := next((piece for piece in gone if piece.text == text), None)) is not None:
        return Role.REMOVED, (Part(text, whole.rule),)
    for role, title in titles.items():
        if title is not None and text == title:
            return role, (Part(text),)
    pieces = [piece for piece in gone if piece.text in text]
    if kept and (cut := _cut(text, kept[0], pieces)):
        return Role.BODY, cut
    for role, title in titles.items():
        if title is not None and (cut := _cut(text, title, pieces)):
            return role, cut
    if cut := _cut(text, "", pieces):
        return Role.REMOVED, cut
    return Role.BODY, (Part(text),)


def _cut(text: str, wanted: str, pieces: list[Removed]) -> tuple[Part, ...]:
    """Find the pieces without which a paragraph reads as it should; none when there are no such."""
    for chosen in _choices(pieces):
        spans = _spans(text, chosen)
        if spans is None:
            continue
        parts = tuple(_parts(text, spans))
        if _letters("".join(part.text for part in parts if part.rule is None)) == _letters(wanted):
            return parts
    return ()


def _choices(pieces: list[Removed], most: int = _MOST_PIECES) -> Iterator[list[Removed]]:
    """Give each piece alone, then as many of the first ones as fit: pieces of one paragraph stand near each other."""
    yield from ([piece] for piece in pieces)
    for start in range(len(pieces)):
        for end in range(start + 2, min(start + most, len(pieces)) + 1):
            yield pieces[start:end]


def _spans(text: str, pieces: Iterable[Removed]) -> list[tuple[int, int, str]] | None:
    spans: list[tuple[int, int, str]] = []
    for piece in pieces:
        at = -1
        while (at := text.find(piece.text, at + 1)) >= 0:
            end = at + len(piece.text)
            if all(end <= start or at >= stop for start, stop, _ in spans):
                spans.append((at, end, piece.rule))
                break
        else:
            return None
    return sorted(spans)


def _parts(text: str, spans: list[tuple[int, int, str]]) -> Iterator[Part]:
    last = 0
    for start, end, rule in spans:
        if start > last:
            yield Part(text[last:start])
        yield Part(text[start:end], rule)
        last = end
    if last < len(text):
        yield Part(text[last:])


def _letters(text: str) -> str:
    return "".join(text.split())
