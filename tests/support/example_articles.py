"""Finished articles and rejections, made as the line makes them, for tests of what comes after it."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from newsdex.enrich.near_duplicates import sign
from newsdex.records import (
    Article,
    Caption,
    CleanArticle,
    Dated,
    DateEvidence,
    FoundIn,
    Language,
    Offset,
    Origin,
    Precision,
    Reason,
    Rejection,
    Removed,
    Stage,
)

NOW = datetime(2026, 1, 2, 8, 0, tzinfo=UTC)


def make_article(
    body: str | tuple[str, ...] = "The bridge over the river opened on Monday.",
    *,
    url: str | None = None,
    headline: str | None = "Bridge opens",
    language: str = "en",
    publisher: str | None = "The Example",
    agencies: tuple[str, ...] = (),
    published: datetime | None = datetime(2024, 11, 19, 0, 16, tzinfo=UTC),
    fetched: datetime = NOW,
    uri: str = "inbox/example.txt",
    **fields: Any,
) -> Article:
    """Make a finished article, its ids made as the line makes them."""
    paragraphs = (body,) if isinstance(body, str) else body
    raw = sha256("\n".join((headline or "", *paragraphs)).encode()).hexdigest()
    origin = Origin(uri, fetched, "text/plain", raw, encoding="utf-8", raw_ref=f"batch-{fetched:%s}.warc.gz#0")
    words = sum(len(paragraph.split()) for paragraph in paragraphs)
    evidence = DateEvidence("19 November 2024 | 00:16", FoundIn.LINE, Precision.MINUTE, Offset.ASSUMED, 0.9)
    clean = CleanArticle(
        origin,
        paragraphs,
        (Removed("-END-", "end-marks"),),
        headline=headline,
        publisher=publisher,
        authors=("Jane Roe",),
        captions=(Caption("The bridge.", "Xinhua"),),
        url=url,
        **fields,
    )
    return Article(
        id=sha256(url.encode()).hexdigest()[:32] if url else raw[:32],
        clean=clean,
        language=Language(language, 0.99, language),
        published=Dated(published, evidence if published else None),
        modified=Dated(),
        agencies=agencies,
        canonical_url=url,
        domain="example.org" if url else None,
        content_hash=sha256("\n".join(paragraphs).casefold().encode()).hexdigest()[:32],
        word_count=words,
        signature=sign(paragraphs, words),
    )


def make_rejection(uri: str = "inbox/empty.txt", detail: str = "no bytes") -> Rejection:
    """Make a rejection as the reader makes one."""
    origin = Origin(uri, NOW, "application/octet-stream", sha256(b"").hexdigest())
    return Rejection(origin, Stage.READ, Reason.EMPTY_INPUT, detail)
