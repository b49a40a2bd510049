"""What the search box offers while somebody types: fields, the values that they have, and headlines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from elasticsearch import Elasticsearch

from newsdex.index.query_language import FIELDS, Kind, field_named, write_term
from newsdex.index.request import begun_clause
from newsdex.index.search import explained
from newsdex.index.templates import Names

_MOST = 8
_MOST_WORDS = 3
_HEADLINES = 30
_HEADLINE = 500
_LONGEST = 60
_OFFERED = ("publisher", "agency", "section", "author", "keyword")
"""The fields whose values are offered to somebody who names no field."""

_WORD = re.compile(r"\w+")
_LAST = re.compile(r"""(?:^|(?<=\s))(?P<minus>-?)(?:(?P<field>[A-Za-z]+):)?(?P<open>"?)(?P<begun>[^"]*)$""")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing to go on with: `text` is the whole query with it, `shown` what it adds, `about` what that is."""

    text: str
    shown: str
    about: str
    count: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return asdict(self)


def suggest(client: Elasticsearch, typed: str, *, prefix: str = "") -> list[Suggestion]:
    """Suggest how to go on with what was typed, the fullest values first. Nothing typed, nothing suggested."""
    before, minus, field, begun = last_term(typed)
    if field is None and len(begun) < 2:
        return []
    if field is not None:
        named = field_named(field)
        if named is None or named.kind is not Kind.VALUE:
            return []
        return _values(client, prefix, f"{before}{minus}", (named.name,), begun)
    fields = [
        Suggestion(f"{before}{minus}{name}:", f"{name}:", each.meaning)
        for name, each in FIELDS.items()
        if name.startswith(begun.lower())
    ]
    words = _words(client, prefix, f"{before}{minus}", begun)
    return [*fields, *words, *_values(client, prefix, f"{before}{minus}", _OFFERED, begun)][:_MOST]


def last_term(typed: str) -> tuple[str, str, str | None, str]:
    """Take the term that is being typed off the end: what stands before it, its minus, its field, and its beginning.

    >>> last_term("ferry -publisher:The Ex"), last_term("ferry La")
    (('ferry ', '-', 'publisher', 'The Ex'), ('ferry ', '', None, 'La'))
    """
    words = [found.start() for found in re.finditer(r"(?:^|(?<=\s))\S", typed)]
    for start in reversed(words):
        found = _LAST.match(typed, start)
        if found is not None and found["field"] and field_named(found["field"]):
            return typed[:start], found["minus"], found["field"], found["begun"]
    found = _LAST.match(typed, words[-1]) if words and not typed[-1].isspace() else None
    if found is None:
        return typed, "", None, ""
    return typed[: found.start()], found["minus"], None, found["begun"]


def _words(client: Elasticsearch, prefix: str, before: str, begun: str) -> list[Suggestion]:
    """Take the words that begin so from the headlines that fit best: the index itself has only their stems."""
    index, folded = Names(prefix).news, begun.casefold()
    with explained(index):
        answer = client.search(
            index=index,
            size=_HEADLINES,
            query={"match_bool_prefix": {"headline": begun[:_LONGEST]}},
            source_includes=["headline"],
            timeout="2s",
            track_total_hits=False,
        )
    headlines = [str(hit["_source"].get("headline", ""))[:_HEADLINE].casefold() for hit in answer["hits"]["hits"]]
    words = Counter(word for headline in headlines for word in set(_WORD.findall(headline)))
    found = [word for word, _count in words.most_common() if word.startswith(folded) and word != folded]
    return [Suggestion(f"{before}{word} ", word, "in headlines") for word in found[:_MOST_WORDS]]


def _values(client: Elasticsearch, prefix: str, before: str, names: tuple[str, ...], begun: str) -> list[Suggestion]:
    begun = begun.strip()[:_LONGEST]
    asked = {name: _request(name, begun) for name in names}
    index = Names(prefix).news
    with explained(index):
        answer = client.search(index=index, size=0, aggs=asked, timeout="2s", track_total_hits=False)["aggregations"]
    found = [
        Suggestion(f"{before}{write_term(name, str(bucket['key']))} ", str(bucket["key"]), name, bucket["doc_count"])
        for name in names
        for bucket in answer[name]["values"]["buckets"]
    ]
    return sorted(found, key=lambda each: -(each.count or 0))[:_MOST]


def _request(name: str, begun: str) -> Mapping[str, Any]:
    values: dict[str, Any] = {"field": FIELDS[name].path, "size": _MOST}
    if not begun:
        return {"filter": {"match_all": {}}, "aggs": {"values": {"terms": values}}}
    # A field with several values has others beside the one that begins so.
    values["include"] = "".join(_either_case(letter) for letter in begun) + ".*"
    return {"filter": begun_clause(name, begun), "aggs": {"values": {"terms": values}}}


def _either_case(letter: str) -> str:
    cases = {letter, letter.lower(), letter.upper()}
    return "(" + "|".join(sorted(_literally(case) for case in cases)) + ")"


def _literally(text: str) -> str:
    return "".join(letter if letter.isalnum() else f"\\{letter}" for letter in text)
