"""What the index holds of an article. Pure: the same article gives the same document."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from newsdex.records import Article, Origin, Rejection, rfc3339

_ABOUT_THE_COPY = frozenset(
    {"origin", "evidence", "removed", "flags", "@timestamp", "timestamp_source", "modified_at", "url"}
)
"""What differs between two fetches of one article that reads the same: left out of `document_hash`.

A page that calls itself modified at every request, and shows the same text, has not changed.
"""

_ABOUT_THE_INDEX = frozenset({"near_duplicate", "indexed_at", "cluster_id", "version", "document_hash", "extra"})

_EVIDENCE_TEXT = 300
"""Evidence longer than this many characters is cut: the raw archive keeps the whole."""

_EVIDENCE_ITEMS = 10


def document(article: Article, indexed_at: datetime, language_fields: Mapping[str, str]) -> dict[str, Any]:
    """Give the index document of an article: its JSON shape with the body joined, and hashes to recognise it by.

    Headline, standfirst and body stand once more in the object of the article's own language (`language_fields` is the
    mapping's `_meta.language_fields`: BCP 47 tag to object), which has that language's analyzer. `document_hash` tells
    whether anything a reader sees has changed. The id is not in it; `cluster_id` and `version` are the writer's.
    """
    shape = {key: value for key, value in article.as_dict().items() if key != "id"}
    shape["body"] = "\n\n".join(article.clean.body)
    shape["evidence"] = _trim(shape["evidence"])
    document = {key: value for key, value in shape.items() if value is not None and value != []}
    text = {key: document[key] for key in ("headline", "standfirst", "body") if document.get(key)}
    if (field := language_field(article.language.code, language_fields)) is not None:
        document[field] = text
    document["document_hash"] = _hash(shown(document))
    if article.signature is not None:
        document["near_duplicate"] = {
            "algorithm": article.signature.algorithm,
            "sketch": base64.b64encode(article.signature.sketch).decode("ascii"),
            "bands": list(article.signature.bands),
        }
    document["indexed_at"] = rfc3339(indexed_at)
    return document


def shown(document: Mapping[str, Any]) -> dict[str, Any]:
    """Give the part of an index document that a reader sees: what `document_hash` is made of."""
    return {key: value for key, value in document.items() if key not in _ABOUT_THE_COPY and key not in _ABOUT_THE_INDEX}


def language_field(language: str, language_fields: Mapping[str, str]) -> str | None:
    """Find the object for a BCP 47 tag, by the longest tag that the mapping knows; None when it knows none.

    >>> fields = {"zh": "text_cjk", "pt": "text_pt", "pt-BR": "text_pt_br"}
    >>> language_field("zh-Hans-CN", fields), language_field("pt-BR", fields), language_field("und", fields)
    ('text_cjk', 'text_pt_br', None)
    """
    parts = language.split("-")
    tags = ("-".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((language_fields[tag] for tag in tags if tag in language_fields), None)


def quarantine_document(
    rejection: Rejection, quarantined_at: datetime, article_id: str | None = None
) -> dict[str, Any]:
    """Give the document by which a rejection is kept in quarantine; how often it was tried is the writer's to add."""
    document: dict[str, Any] = {
        "origin": {key: value for key, value in rejection.origin.as_dict().items() if value is not None},
        "stage": rejection.stage,
        "reason": rejection.reason,
        "detail": rejection.detail[:10_000],
        "quarantined_at": rfc3339(quarantined_at),
    }
    return document if article_id is None else {**document, "article_id": article_id}


def quarantine_id(origin: Origin) -> str:
    """Give the id of a document's entry in quarantine: a web address has one, a file one for the same bytes."""
    if origin.uri.startswith(("http://", "https://")):
        return _hash([origin.uri])
    return _hash([origin.sha256, origin.uri])


def _hash(value: object) -> str:
    canonical = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()[:32]


def _trim(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= _EVIDENCE_TEXT else value[: _EVIDENCE_TEXT - 1] + "…"
    if isinstance(value, dict):
        return {key: _trim(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, (list, tuple)):
        return [_trim(inner) for inner in value[:_EVIDENCE_ITEMS]]
    return value
