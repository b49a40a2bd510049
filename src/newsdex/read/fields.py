"""Records with named fields: what a JSON line, a CSV row or a message says of a document, and the document itself.

The field that holds the body is the document; the others are `Given`, in the words of docs/glossary.md. A name counts
without its capitals, underscores, hyphens and blanks: `datePublished` and `date_published` are one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from newsdex.errors import UserError
from newsdex.read.document import OpenedDocument, open_bytes
from newsdex.read.media_type import UNKNOWN
from newsdex.records import Door, FoundIn, Given, Origin, RawDocument, Reason, rfc3339

BODY = "body"
_NAMES: dict[str, tuple[str, ...]] = {
    BODY: (
        *("body", "articlebody", "text", "articletext", "fulltext", "maintext", "bodytext", "content"),
        *("bodyhtml", "articlehtml", "html", "article"),
    ),
    "url": ("url", "link", "canonicalurl", "sourceurl", "articleurl", "uri"),
    "headline": ("headline", "title"),
    "standfirst": ("standfirst", "description", "summary", "abstract", "lead", "deck", "subtitle", "trailtext"),
    "authors": ("authors", "author", "creator"),
    "publisher": ("publisher", "publication", "newspaper", "outlet", "sourcename", "source", "sitename"),
    "section": ("section", "articlesection", "sectionname", "category"),
    "keywords": ("keywords", "tags", "topics"),
    "language": ("language", "inlanguage", "lang"),
    "published": (
        *("publishedat", "published", "datepublished", "publisheddate", "publishdate", "publicationdate", "pubdate"),
        *("firstpublished", "date", "datetime", "timestamp", "created", "createdat", "datecreated"),
    ),
    "modified": ("modifiedat", "modified", "datemodified", "modifieddate", "lastmodified", "updatedat", "updated"),
}
"""By which names a field is found where the operator names none, the surest first."""

FIELDS = tuple(_NAMES)
_SEVERAL = frozenset({"authors", "keywords"})
_BETWEEN_AUTHORS = re.compile(r"\s*[;|]\s*")
_BETWEEN_KEYWORDS = re.compile(r"\s*[,;|]\s*")
_MILLISECONDS = 100_000_000_000
"""A time above it counts milliseconds since 1970: in seconds it would be the year 5138."""


def check_mapping(mapping: Mapping[str, str]) -> dict[str, str]:
    """Check what an operator says of the fields (`{"headline": "title"}`). Raises `UserError` for one we do not have.

    >>> check_mapping({"headline": "title"})
    {'headline': 'title'}
    """
    for field, name in mapping.items():
        if field not in _NAMES:
            raise UserError(f"{field!r} is no field", f"the fields are {', '.join(FIELDS)}")
        if not isinstance(name, str) or not name.strip():
            raise UserError(f"{field}={name!r} names no column or key", f"write it like {field}=title")
    return dict(mapping)


@dataclass(frozen=True, slots=True)
class FieldNames:
    """Which of a record's own names stands for which of our fields.

    A name given for a field may lead into nested objects (`article.title`) unless the record has it as it is.
    """

    mapping: Mapping[str, str]

    def has_body(self, names: Iterable[str]) -> bool:
        """Tell whether one of a record's names is known to hold the body."""
        known = list(names)
        if BODY in self.mapping:
            return self.mapping[BODY].partition(".")[0] in {name.partition(".")[0] for name in known}
        return any(_folded(name) in _NAMES[BODY] for name in known)

    def read(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Give what a record holds, by our fields; what is null or empty is left out."""
        folded = {_folded(name): value for name, value in reversed(list(record.items()))}
        found = {}
        for field, names in _NAMES.items():
            if field in self.mapping:
                values = [_nested(record, self.mapping[field])]
            else:
                values = [folded[name] for name in names if name in folded]
            value = next((value for value in values if value not in (None, "", [], {})), None)
            if value is not None:
                found[field] = value
        return found


@dataclass(frozen=True, slots=True)
class RecordReader:
    """Makes documents of records. `media_type` is what the bodies are, None to tell by each one's content."""

    names: FieldNames
    door: Door
    opened_at: datetime
    limit: int
    publisher: str | None = None
    media_type: str | None = None

    def document(self, record: Mapping[str, Any], name: str, content: bytes) -> OpenedDocument:
        """Make the document of a record, whose bytes are `content`. One without a body is refused."""
        found = self.names.read(record)
        body = found.get(BODY)
        if isinstance(body, list):
            body = "\n\n".join(part for part in body if isinstance(part, str))
        if not isinstance(body, str):
            there = ", ".join(sorted(map(str, record))[:20]) or "none"
            return self.broken(name, f"no field with the body; the fields there are: {there}", content)
        given = _given(found)
        opened = open_bytes(
            body.encode("utf-8", "replace"),
            uri=given.url if given.url and "://" in given.url else name,
            publisher=self.publisher,
            fetched_at=self.opened_at,
            limit=self.limit,
        )
        if self.media_type is not None and opened.reason in (None, Reason.UNSUPPORTED_TYPE):
            opened = opened.taken_for(self.media_type)
        return opened.placed(self.door, name, given=given)

    def broken(self, name: str, detail: str, content: bytes) -> OpenedDocument:
        """Refuse a record that is none, and keep what stands there."""
        origin = Origin(name, self.opened_at, UNKNOWN, hashlib.sha256(content).hexdigest(), self.publisher)
        opened = OpenedDocument(RawDocument(origin, content), Reason.BROKEN_RECORD, detail)
        return opened.placed(self.door, name)

    def too_large(self, name: str, size: int, start: bytes) -> OpenedDocument:
        """Refuse a record that is too large to be kept: its bytes stay where they are."""
        detail = f"{size:,} bytes; a document has {self.limit:,} at most"
        opened = replace(self.broken(name, detail, start), reason=Reason.TOO_LARGE, elsewhere=True)
        return replace(opened, raw=replace(opened.raw, content=b""))


def _given(found: Mapping[str, Any]) -> Given:
    fields: dict[str, Any] = {name: value for name, value in found.items() if name != BODY}
    texts = {name: text for name, value in fields.items() if name not in _SEVERAL and (text := _text(name, value))}
    return Given(
        FoundIn.RECORD,
        **texts,
        authors=_several(fields.get("authors"), _BETWEEN_AUTHORS),
        keywords=_several(fields.get("keywords"), _BETWEEN_KEYWORDS),
    )


def _text(field: str, value: Any) -> str | None:
    """Give a field's value as text. An object stands for its name, a list for its first, a number for a time."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, (int, float)) and not isinstance(value, bool) and field in ("published", "modified"):
        return _time(value)
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return str(value).strip() or None
    return None


def _time(seconds: float) -> str | None:
    if seconds > _MILLISECONDS:
        seconds /= 1000
    try:
        return rfc3339(datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, OSError, ValueError):
        return None


def _several(value: Any, between: re.Pattern[str]) -> tuple[str, ...]:
    parts = between.split(value) if isinstance(value, str) else value if isinstance(value, list) else [value]
    return tuple(text for part in parts if (text := _text("", part)))


def _nested(record: Mapping[str, Any], name: str) -> Any:
    if name in record:
        return record[name]
    value: Any = record
    for step in name.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).casefold()
