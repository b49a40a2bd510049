"""The former texts of articles, and what changed between two of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from elasticsearch import Elasticsearch

from newsdex.index.bulk import Operation
from newsdex.index.document import shown
from newsdex.records import rfc3339

_TEXT = ("headline", "standfirst", "body", "published_at", "modified_at", "indexed_at", "document_hash")
"""What is kept of a former version."""

_FOLLOWING = ("text_", "content_hash", "word_count")
"""Fields that follow from the others: that they change says nothing more."""

_ALIGNED_WORDS = 2_000
"""Up to so many words that differ are set against each other in their order; more of them are only counted."""

_LISTED = 1_000


@dataclass(frozen=True, slots=True)
class Change:
    """What is different in the later of two versions: the headline, the share of words (0 to 1), the fields' names."""

    headline: bool
    words: float
    fields: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return {"headline": self.headline, "words": self.words, "fields": list(self.fields)}


def change(former: Mapping[str, Any], later: Mapping[str, Any]) -> Change:
    """Tell what changed between two index documents of one article, in what a reader sees.

    >>> change({"headline": "Bridge shut", "body": "It is shut."}, {"headline": "Bridge shut", "body": "It is open."})
    Change(headline=False, words=0.333, fields=('body',))
    """
    before, after = _fields(former), _fields(later)
    names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    words = changed_share(str(before.get("body", "")).split(), str(after.get("body", "")).split())
    return Change("headline" in names, words, tuple(names))


def changed_share(former: Sequence[str], later: Sequence[str]) -> float:
    """Give the share of words that are not common to both texts, of the longer one's, with three decimals.

    >>> changed_share("one two three four".split(), "one two four".split())
    0.25
    """
    longest = max(len(former), len(later))
    if not longest:
        return 0.0
    start = _common(former, later)
    end = _common(former[start:][::-1], later[start:][::-1])
    before, after = former[start : len(former) - end], later[start : len(later) - end]
    if max(len(before), len(after)) <= _ALIGNED_WORDS:
        same = sum(block.size for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks())
    else:
        same = (Counter(before) & Counter(after)).total()
    return round(1 - (start + same + end) / longest, 3)


def revision_operation(
    index: str, article_id: str, former: Mapping[str, Any], later: Mapping[str, Any], replaced_at: datetime
) -> Operation:
    """Keep a former version of an article as `ARTICLE-VERSION`; doing it again writes the same over it."""
    version = int(former["version"])
    document = {
        **_kept(article_id, former, change(former, later)),
        "version": version,
        "replaced_at": rfc3339(replaced_at),
    }
    return Operation("index", index, revision_id(article_id, version), _encode(document))


def stray_operation(index: str, article_id: str, copy: Mapping[str, Any], stored: Mapping[str, Any]) -> Operation:
    """Keep the text of a copy that came late: older than what the index has, so that it never was a version."""
    document = _kept(article_id, copy, change(copy, stored))
    return Operation("index", index, f"{article_id}-{copy['document_hash']}", _encode(document))


def revision_id(article_id: str, version: int) -> str:
    """Give the id of a former version."""
    return f"{article_id}-{version}"


@dataclass(frozen=True, slots=True)
class Revision:
    """A version of an article. `version` is None for a late copy; `replaced_at` is None for the present version too."""

    article_id: str
    version: int | None
    source: dict[str, Any]

    @property
    def replaced_at(self) -> str | None:
        """When a later version took its place."""
        return self.source.get("replaced_at")

    @property
    def body(self) -> str:
        """The text."""
        return str(self.source.get("body", ""))


def revisions(client: Elasticsearch, article_id: str, *, index: str) -> list[Revision]:
    """List the former versions of an article and its late copies, oldest first."""
    client.indices.refresh(index=index)
    found = client.search(
        index=index,
        query={"term": {"article_id": article_id}},
        sort=[{"origin.fetched_at": {"order": "asc", "missing": "_first"}}, {"version": {"order": "asc"}}],
        size=_LISTED,
    )
    return [Revision(article_id, hit["_source"].get("version"), dict(hit["_source"])) for hit in found["hits"]["hits"]]


def _kept(article_id: str, source: Mapping[str, Any], changed: Change) -> dict[str, Any]:
    origin = source.get("origin", {})
    return {
        "article_id": article_id,
        **{name: source[name] for name in _TEXT if name in source},
        "origin": {name: origin[name] for name in ("fetched_at", "raw_ref") if origin.get(name) is not None},
        "change": changed.as_dict(),
    }


def _fields(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shown(document).items() if not name.startswith(_FOLLOWING)}


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _encode(shape: Mapping[str, Any]) -> bytes:
    return json.dumps(shape, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
