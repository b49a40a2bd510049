"""What stood around a document's bytes: a feed entry's or a row's fields, and what the web server said.

The page's own word wins over a feed's; the fields of a row, which an operator mapped, win over what is guessed from
its text. Whatever is taken from here, and whatever lost against the page, stands in `evidence`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from newsdex.extract.repair import repair
from newsdex.records import DateCandidate, DateRole, ExtractedArticle, FoundIn, Given, RawDocument, Response

THE_PAGE = "the page says otherwise"
THE_RECORD = "the record says otherwise"

_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?\s*([\w:.-]{2,40})", re.I)
_WEB = ("http://", "https://")
_LONGEST = 20_000


def address_of(raw: RawDocument) -> str | None:
    """Give a document's web address: where the redirects ended, else as it was asked for, else as its row says.

    >>> from datetime import UTC, datetime
    >>> from newsdex.records import Origin
    >>> origin = Origin("https://news.example/r?id=1", datetime(2024, 1, 1, tzinfo=UTC), "text/html", "")
    >>> address_of(RawDocument(origin, b"", response=Response("https://news.example/story", 200)))
    'https://news.example/story'
    """
    given = raw.given.url if raw.given else None
    for address in (raw.response.url if raw.response else None, raw.origin.uri, given):
        if address and address.startswith(_WEB):
            return address
    return None


def declared_charset(response: Response | None) -> str | None:
    """Read the charset of the Content-Type header, as the server spelled it.

    >>> declared_charset(Response("https://news.example/", 200, (("content-type", "text/html; charset=KOI8-R"),)))
    'KOI8-R'
    """
    found = _CHARSET.search(_header(response, "content-type") or "")
    return found.group(1) if found else None


def merge_given(extracted: ExtractedArticle, raw: RawDocument) -> ExtractedArticle:
    """Fill what the document leaves open with what the door and the server say, and note who gave what.

    Dates are not decided here: the door's become candidates beside the page's. `evidence` has one entry a field:
    `found_in` and `text` of what was taken, and in `rejected` what lost.
    """
    merged = _with_fields(extracted, raw.given) if raw.given else extracted
    merged = replace(merged, url=address_of(raw) or merged.url)
    merged = _with_language(merged, _header(raw.response, "content-language"))
    return replace(merged, dates=tuple(dict.fromkeys((*merged.dates, *_dates(raw)))))


def _with_fields(extracted: ExtractedArticle, given: Given) -> ExtractedArticle:
    told = {
        "headline": _line(given.headline),
        "standfirst": _line(given.standfirst),
        "authors": tuple(filter(None, map(_line, given.authors))),
        "publisher": None if extracted.origin.publisher else _line(given.publisher),
        "section": _line(given.section),
        "keywords": tuple(filter(None, map(_line, given.keywords))),
        "declared_language": _line(given.language),
    }
    changes: dict[str, Any] = {}
    evidence = dict(extracted.evidence)
    for name, value in told.items():
        if not value:
            continue
        said = getattr(extracted, name)
        if not said or given.found_in is FoundIn.RECORD:
            changes[name] = value
        if entry := _entry(value, given.found_in, said, evidence.get(name, {})):
            evidence[name] = entry
    return replace(extracted, **changes, evidence=evidence)


def _entry(value: Any, found_in: FoundIn, said: Any, known: dict[str, Any]) -> dict[str, Any]:
    """Make a field's evidence; what agrees with the page adds nothing to it."""
    if not said:
        return {"found_in": found_in, "text": _printed(value)}
    if _folded(value) == _folded(said):
        return known
    rejected = list(known.get("rejected", ()))
    if found_in is FoundIn.RECORD:
        return {
            "found_in": found_in,
            "text": _printed(value),
            "rejected": [{**_own(known), "text": _printed(said), "refused": THE_RECORD}, *rejected],
        }
    return {**known, "rejected": [*rejected, {"found_in": found_in, "text": _printed(value), "refused": THE_PAGE}]}


def _own(known: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in known.items() if key != "rejected"}


def _with_language(extracted: ExtractedArticle, header: str | None) -> ExtractedArticle:
    """Take Content-Language where nothing else says the language and it names one only: a list is an audience."""
    language = (header or "").strip()
    if extracted.declared_language or not re.fullmatch(r"[A-Za-z]{2,3}(?:-\w{2,8})*", language):
        return extracted
    evidence = {**extracted.evidence, "declared_language": {"found_in": FoundIn.HTTP, "text": language}}
    return replace(extracted, declared_language=language, evidence=evidence)


def _dates(raw: RawDocument) -> Iterator[DateCandidate]:
    given = raw.given
    if given is not None:
        for role, printed in ((DateRole.PUBLISHED, given.published), (DateRole.MODIFIED, given.modified)):
            if text := _line(printed):
                yield DateCandidate(text, role, given.found_in)
    if changed := _header(raw.response, "last-modified"):
        yield DateCandidate(changed, DateRole.MODIFIED, FoundIn.HTTP)


def _header(response: Response | None, name: str) -> str | None:
    """Give a header's last value: of several the one nearest to the document counts."""
    values = [value for key, value in response.headers if key.lower() == name] if response else []
    return values[-1].strip() or None if values else None


def _line(text: str | None) -> str | None:
    return " ".join(repair(text[:_LONGEST]).split()) or None if text else None


def _printed(value: Any) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _folded(value: Any) -> str:
    return " ".join(re.findall(r"\w+", _printed(value).casefold()))
