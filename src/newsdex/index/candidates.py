"""Asking the index for the articles that a text may be a copy of, and for all articles of a cluster."""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from newsdex.enrich.near_duplicates import read_signature
from newsdex.index.bulk import WHOLE, Patience
from newsdex.index.operations import operations
from newsdex.index.partition import Member, Text

_ASKED = 1_000
"""Texts in one question: with 32 bands each, half as many terms as Elasticsearch takes."""

_CANDIDATES = 4_000
"""When so many articles share a band with some text of the question, each text asks for its best few instead."""

_PAGE = 5_000

_BEST = 20
"""Clusters that one text may be found near, when it asks alone; those it shares the rarest bands with come first."""

_FIELDS = ["content_hash", "cluster_id", "near_duplicate.algorithm", "near_duplicate.sketch"]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The questions, to the index behind one alias."""

    client: Elasticsearch
    index: str
    patience: Patience

    def find(self, texts: Sequence[Text], without: Collection[str]) -> dict[Text, str]:
        """Give indexed texts with the hash of one of these, or with one of its bands, each with its cluster.

        Of the articles with the very same text one is enough. `without` are ids to be left out.
        """
        found: dict[Text, str] = {}
        for start in range(0, len(texts), _ASKED):
            portion = texts[start : start + _ASKED]
            for hit in self._hits(portion, without):
                found[_text(hit)] = hit["fields"]["cluster_id"][0]
        return found

    def members(self, cluster_ids: Collection[str], ids: Collection[str]) -> list[Member]:
        """Give all articles of these clusters, and these articles, as a search sees them."""
        either: list[dict[str, Any]] = [
            {"terms": {"cluster_id": sorted(cluster_ids)}},
            {"ids": {"values": sorted(ids)}},
        ]
        found: dict[str, Member] = {}
        after: list[Any] | None = None
        while True:
            page = self._page({"bool": {"should": either}}, after)
            found |= {hit["_id"]: _member(hit) for hit in page}
            if len(page) < _PAGE:
                return list(found.values())
            after = page[-1]["sort"]

    def _page(self, query: dict[str, Any], after: list[Any] | None) -> list[dict[str, Any]]:
        # What is rewritten between two pages moves to the end, and is met again: nothing is missed.
        answer = self.patience.call(
            lambda: self.client.search(
                index=self.index,
                query=query,
                docvalue_fields=[{"field": name} for name in (*_FIELDS, "indexed_at")],
                seq_no_primary_term=True,
                source=False,
                sort="_seq_no",
                search_after=after,
                size=_PAGE,
                track_total_hits=False,
                **WHOLE,
            )
        )
        return list(answer["hits"]["hits"])

    def refresh(self) -> None:
        """Make everything that was written visible to a search."""
        self.patience.call(lambda: self.client.indices.refresh(index=self.index))

    def operations(self, *, begun: bool) -> int:
        """Count the writes that the index has taken, whoever made them; with `begun`, those half-way too."""
        found = self.patience.call(lambda: operations(self.client, self.index))
        return sum((each.begun if begun else each.done) + 1 for each in found)

    def _hits(self, texts: Sequence[Text], without: Collection[str]) -> list[dict[str, Any]]:
        hashes = sorted({text.content_hash for text in texts})
        questions = [_question({"terms": {"content_hash": hashes}}, without, len(hashes), "content_hash")]
        signed = [text for text in texts if text.bands]
        if signed:
            terms = [band for text in signed for band in text.bands]
            questions.append(_question({"terms": {"near_duplicate.bands": terms}}, without, _CANDIDATES))
        same, *near = self._ask(questions)
        if near and len(near[0]) == _CANDIDATES:
            near = self._ask([_question(_any_band(text), without, _BEST, "cluster_id") for text in signed])
        return [*same, *(hit for hits in near for hit in hits)]

    def _ask(self, questions: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
        searches = [line for question in questions for line in ({"index": self.index, **WHOLE}, question)]

        def request() -> list[list[dict[str, Any]]]:
            answer = self.client.msearch(
                searches=searches,
                filter_path="responses.status,responses.error,responses.hits.hits._id,responses.hits.hits.fields",
            )
            for response in answer["responses"]:
                if "error" in response:
                    raise ApiError(
                        str(response["error"].get("type")),
                        meta=replace(answer.meta, status=response["status"]),
                        body=response,
                    )
            return [response.get("hits", {}).get("hits", []) for response in answer["responses"]]

        return self.patience.call(request)


def _question(
    query: dict[str, Any], without: Collection[str], size: int, collapse: str | None = None
) -> dict[str, Any]:
    if without:
        query = {"bool": {"must": query, "must_not": {"ids": {"values": list(without)}}}}
    question = {
        "query": query,
        "size": size,
        "_source": False,
        "docvalue_fields": _FIELDS,
        "track_total_hits": False,
    }
    return question if collapse is None else {**question, "collapse": {"field": collapse}}


def _any_band(text: Text) -> dict[str, Any]:
    return {"bool": {"should": [{"term": {"near_duplicate.bands": band}} for band in text.bands]}}


def _member(hit: dict[str, Any]) -> Member:
    fields = hit["fields"]
    return Member(_text(hit), fields["cluster_id"][0], fields["indexed_at"][0], hit["_seq_no"], hit["_primary_term"])


def _text(hit: dict[str, Any]) -> Text:
    fields = hit["fields"]
    signature = None
    if "near_duplicate.sketch" in fields:
        sketch = base64.b64decode(fields["near_duplicate.sketch"][0])
        signature = read_signature(fields["near_duplicate.algorithm"][0], sketch)
    return Text(hit["_id"], fields["content_hash"][0], signature)
