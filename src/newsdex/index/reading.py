"""One article as the index has it, and what stands around it: copies of its text, others on the event, its versions.

Nothing here writes or refreshes, so that a reader's rights are enough; what was written a moment ago may be missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from elasticsearch import Elasticsearch

from newsdex.index.asking import ask
from newsdex.index.document import language_field
from newsdex.index.revisions import Revision
from newsdex.index.templates import Names, index_meta

EVENT_DAYS = 3
"""So many days before and after an article others may tell of the same event."""

_MOST_LISTED = 20
_MOST_VERSIONS = 200
_LIKENED_CHARACTERS = 4_000
"""What an article is about its beginning says; more text costs time and adds words that every article has."""

_LIKENED_TERMS = 25
_ALIKE = "30%"
_LONGEST_PHRASE = 300
_HIDDEN = ["text_*", "near_duplicate"]
_SHOWN = ["headline", "publisher", "language", "@timestamp", "timestamp_source", "url", "domain", "evidence"]


class Fields(dict[str, Any]):
    """The fields of a document; one that it does not have reads as None."""

    def __missing__(self, name: str) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Stored:
    """An article as the index has it."""

    id: str
    source: Fields


@dataclass(frozen=True, slots=True)
class Listed:
    """Articles beside another one: how many there are, and the first of them."""

    total: int
    articles: tuple[Stored, ...]


class ArticleReader:
    """Reads articles for pages. Raises `UserError` when Elasticsearch does not answer or refuses."""

    def __init__(self, client: Elasticsearch, prefix: str) -> None:
        self._client = client
        self._names = Names(prefix)

    def get(self, article_id: str) -> Stored | None:
        """Give one article, None when there is none under this id."""
        hits = self._search(self._names.news, query={"ids": {"values": [article_id]}}, size=1, source_excludes=_HIDDEN)[
            "hits"
        ]
        return next((Stored(hit["_id"], Fields(hit["_source"])) for hit in hits), None)

    def copies(self, article: Stored) -> Listed:
        """List the other articles with this one's text, to the letter or edited, the oldest first."""
        return self._list(
            {
                "bool": {
                    "filter": [{"term": {"cluster_id": article.source.get("cluster_id", article.id)}}],
                    "must_not": [{"ids": {"values": [article.id]}}],
                }
            },
            sort=[{"@timestamp": "asc"}],
        )

    def on_same_event(self, article: Stored) -> Listed:
        """List articles in the same language that are like this one and not far from it in time, each text once."""
        source = article.source
        text = " ".join(str(source.get(name) or "") for name in ("headline", "standfirst", "body"))
        moment = datetime.fromisoformat(source["@timestamp"])
        days = timedelta(days=EVENT_DAYS)
        alike = {
            "fields": self._likened_fields(str(source.get("language", "und"))),
            "like": [text[:_LIKENED_CHARACTERS]],
            "min_term_freq": 1,
            "min_doc_freq": 2,
            "max_query_terms": _LIKENED_TERMS,
            "minimum_should_match": _ALIKE,
        }
        near = {"range": {"@timestamp": {"gte": (moment - days).isoformat(), "lte": (moment + days).isoformat()}}}
        return self._list(
            {
                "bool": {
                    "must": [{"more_like_this": alike}],
                    "filter": [near, {"term": {"language": source.get("language", "und")}}],
                    "must_not": [
                        {"ids": {"values": [article.id]}},
                        {"term": {"cluster_id": source.get("cluster_id", article.id)}},
                    ],
                }
            },
            collapse={"field": "cluster_id"},
        )

    def versions(self, article_id: str) -> tuple[Revision, ...]:
        """List the former versions of an article, oldest first; copies that came late are none."""
        found = self._search(
            self._names.revisions,
            query={"bool": {"filter": [{"term": {"article_id": article_id}}, {"exists": {"field": "version"}}]}},
            sort=[{"version": "asc"}],
            size=_MOST_VERSIONS,
        )
        return tuple(Revision(article_id, hit["_source"]["version"], Fields(hit["_source"])) for hit in found["hits"])

    def count_phrase(self, text: str) -> int:
        """Count the articles in whose text these words stand together."""
        phrase = {"match_phrase": {"body": text[:_LONGEST_PHRASE]}}
        return int(self._search(self._names.news, query=phrase, size=0)["total"]["value"])

    def language_fields(self) -> dict[str, str]:
        """Give which language's words stand in which object: `_meta.language_fields` of the mapping."""
        fields: Mapping[str, str] = index_meta(self._client, self._names.news).get("language_fields", {})
        return dict(fields)

    def _likened_fields(self, language: str) -> list[str]:
        # The language's own analyzer knows its inflections, and which words say nothing.
        own = language_field(language, self.language_fields())
        return [f"{own}.{name}" if own else name for name in ("headline", "body")]

    def _list(self, query: dict[str, Any], **more: Any) -> Listed:
        found = self._search(self._names.news, query=query, size=_MOST_LISTED, source_includes=_SHOWN, **more)
        articles = tuple(Stored(hit["_id"], Fields(hit["_source"])) for hit in found["hits"])
        return Listed(int(found["total"]["value"]), articles)

    def _search(self, index: str, **asked: Any) -> dict[str, Any]:
        hits: dict[str, Any] = ask(self._client, index, **asked)["hits"]
        return hits
