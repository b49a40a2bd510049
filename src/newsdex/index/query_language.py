"""What may be typed into the search box: words, "phrases", -not, field:value. Nothing that is typed is an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """What a field of the query language does with its value."""

    TEXT = "text"
    """Words to find in this field only."""
    VALUE = "value"
    """The whole value, or its beginning before a `*`."""
    DATE = "date"
    """A limit of time."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that may be asked for by name: where it lies in the index, and what it holds, for a suggestion."""

    name: str
    path: str
    kind: Kind
    meaning: str


FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        field.name: field
        for field in (
            Field("headline", "headline", Kind.TEXT, "words of the headline"),
            Field("standfirst", "standfirst", Kind.TEXT, "words of the line under it"),
            Field("body", "body", Kind.TEXT, "words of the text"),
            Field("author", "authors", Kind.VALUE, "a reporter"),
            Field("publisher", "publisher", Kind.VALUE, "who published it"),
            Field("agency", "agencies", Kind.VALUE, "a news agency"),
            Field("section", "section", Kind.VALUE, "as the publisher filed it"),
            Field("keyword", "keywords", Kind.VALUE, "a keyword of the publisher"),
            Field("language", "language", Kind.VALUE, "en, pt, zh-Hans"),
            Field("place", "dateline_place", Kind.VALUE, "where it was written"),
            Field("site", "domain", Kind.VALUE, "example.org"),
            Field("flag", "flags", Kind.VALUE, "a warning about the text"),
            Field("door", "origin.door", Kind.VALUE, "inbox, feed, warc: how it came in"),
            Field("source", "origin.source", Kind.VALUE, "id of the source that led to it"),
            Field("cluster", "cluster_id", Kind.VALUE, "id of the group of copies"),
            Field("since", "@timestamp", Kind.DATE, "2024, 2024-11 or 2024-11-19"),
            Field("until", "@timestamp", Kind.DATE, "this day, month or year included"),
            Field("date", "@timestamp", Kind.DATE, "in this day, month or year"),
        )
    }
)
"""Every field of the query language, by the name that is typed."""

_OTHER_NAMES = {
    "authors": "author",
    "by": "author",
    "agencies": "agency",
    "keywords": "keyword",
    "lang": "language",
    "domain": "site",
    "flags": "flag",
    "after": "since",
    "before": "until",
    "title": "headline",
}

_QUOTES, _OPENING = '"“”„', '"“„'
_TERM = re.compile(
    rf"(?P<minus>-(?=[^\s-]))?(?:(?P<field>[A-Za-z]+):(?=\S))?"
    rf'(?:[{_OPENING}](?P<phrase>[^{_QUOTES}]*)["“”]|(?P<word>[^\s{_QUOTES}]+))'
)


@dataclass(frozen=True, slots=True)
class Term:
    """One thing asked for: a word or a phrase, anywhere or in one field, wanted or (`excluded`) not wanted."""

    text: str
    field: Field | None = None
    phrase: bool = False
    excluded: bool = False


def parse(typed: str) -> tuple[Term, ...]:
    """Read what was typed. What is no known field stays a word, and a quote left open is only a character.

    >>> [(term.text, term.excluded) for term in parse('ferry -"new bridge" 10:30')]
    [('ferry', False), ('new bridge', True), ('10:30', False)]
    >>> parse('publisher:"The Example"')[0].field.path
    'publisher'
    """
    terms = []
    for found in _TERM.finditer(typed):
        field = field_named(found["field"]) if found["field"] else None
        text = found["word"] if found["phrase"] is None else " ".join(found["phrase"].split())
        if found["field"] and field is None:
            text = f"{found['field']}:{text}"
        if text.strip("*"):
            terms.append(Term(text, field, found["phrase"] is not None, found["minus"] is not None))
    return tuple(terms)


def field_named(name: str) -> Field | None:
    """Find a field by the name that was typed, in any case; some have a second one."""
    lower = name.lower()
    return FIELDS.get(_OTHER_NAMES.get(lower, lower))


def write_term(field: str, value: str) -> str:
    """Write a field and its value as they have to be typed.

    >>> write_term("publisher", "The Example"), write_term("language", "en")
    ('publisher:"The Example"', 'language:en')
    """
    plain = re.fullmatch(rf"[^\s{_QUOTES}]+", value) is not None
    return f"{field}:{value}" if plain else f'{field}:"{re.sub(f"[{_QUOTES}]", " ", value).strip()}"'
