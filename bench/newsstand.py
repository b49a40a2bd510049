"""Make an archive to search: articles in eight languages over three years, some copied, written straight to the index.

They read like news, so that the page can be looked at with them, and the same seed gives the same articles everywhere.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml
from elasticsearch import Elasticsearch
from elasticsearch.helpers import streaming_bulk

from newsdex.index import Names, document
from newsdex.index.templates import index_meta
from newsdex.records import (
    Article,
    CleanArticle,
    Dated,
    DateEvidence,
    Door,
    FoundIn,
    Language,
    Offset,
    Origin,
    Precision,
)

LAST_DAY = date(2026, 10, 31)
_DAYS = 3 * 365

_WORDS = yaml.safe_load(Path(__file__).with_name("newsstand.yaml").read_text(encoding="utf-8"))
_SHARES = {"en": 60, **{language: told["share"] for language, told in _WORDS["others"].items()}}
_FLAGS = ("offset_assumed", "encoding_detected", "mixed_languages", "mojibake_repaired")


def fill(client: Elasticsearch, count: int, *, prefix: str = "", seed: int = 20_261_123) -> None:
    """Write so many articles into the index behind the read alias, and make them searchable."""
    index = Names(prefix).news_write
    fields = index_meta(client, index)["language_fields"]
    for _ok, _item in streaming_bulk(client, actions(count, fields, index, seed), chunk_size=1000):
        pass
    client.indices.refresh(index=index)


def actions(count: int, fields: dict[str, str], index: str, seed: int) -> Iterator[dict[str, Any]]:
    """Make the articles as bulk actions. About every eleventh is a copy of the one before it, elsewhere."""
    chance = random.Random(seed)
    article, cluster = _article(chance, 0), ""
    for number in range(count):
        copied = cluster and chance.random() < 0.09
        article = _copied(article, chance, number) if copied else _article(chance, number)
        cluster = cluster if copied else article.id
        indexed = article.timestamp[0] + timedelta(minutes=chance.randint(2, 90))
        source = {**document(article, indexed, fields), "cluster_id": cluster, "version": 1}
        yield {"_op_type": "index", "_index": index, "_id": article.id, "_source": source}


def _article(chance: random.Random, number: int) -> Article:
    language = chance.choices(list(_SHARES), list(_SHARES.values()))[0]
    thing = chance.choice(list(_WORDS["things"]))
    told = {
        "place": chance.choice(_WORDS["places"]),
        "other": chance.choice(_WORDS["places"]),
        "thing": thing,
        "around": _WORDS["things"][thing],
        "speaker": chance.choice(_WORDS["names"]),
        "day": chance.choice(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")),
        "number": chance.randint(2, 950),
    }
    story = chance.choice(_WORDS["stories"]) if language == "en" else _WORDS["others"][language]
    more = chance.sample(_WORDS["sentences"], 4) if language == "en" else []
    body = (*(sentence.format(**told) for sentence in (story["opening"], *more)), f"{told['place']} {number}.")
    publisher = chance.choice(_WORDS["publishers"][language])
    return _finished(chance, number, language, story["headline"].format(**told), body, publisher)


def _copied(first: Article, chance: random.Random, number: int) -> Article:
    publisher = chance.choice(_WORDS["publishers"][first.language.code])
    return _finished(chance, number, first.language.code, first.clean.headline or "", first.clean.body, publisher)


def _finished(
    chance: random.Random, number: int, language: str, headline: str, body: tuple[str, ...], publisher: str
) -> Article:
    published = _moment(chance)
    precision = chance.choices((Precision.MINUTE, Precision.DAY), (8, 2))[0]
    if precision is Precision.DAY:
        published = published.replace(hour=0, minute=0)
    name = "".join(letter for letter in publisher.lower() if "a" <= letter <= "z")
    domain = f"{name or 'paper-' + sha256(publisher.encode()).hexdigest()[:4]}.example"
    url = f"https://{domain}/{published:%Y/%m/%d}/{number}"
    digest = sha256(url.encode()).hexdigest()
    origin = Origin(url, published + timedelta(minutes=5), "text/html", digest, encoding="utf-8", door=Door.FEED)
    evidence = DateEvidence(str(published), FoundIn.META, precision, Offset.GIVEN, 0.9, day=published.date())
    agencies = tuple(chance.sample(_WORDS["agencies"], chance.choices((0, 1, 2), (6, 3, 1))[0]))
    dated = chance.random() > 0.01
    clean = CleanArticle(
        origin,
        body,
        headline=headline,
        publisher=publisher,
        authors=tuple(chance.sample(_WORDS["names"], chance.choices((0, 1, 2), (2, 6, 2))[0])),
        section=chance.choice(_WORDS["sections"]) if chance.random() < 0.8 else None,
        agencies=agencies,
        url=url,
        canonical_url=url,
    )
    return Article(
        id=digest[:32],
        clean=clean,
        language=Language(language, 0.99, language),
        published=Dated(published, evidence) if dated else Dated(),
        modified=Dated(),
        agencies=agencies,
        canonical_url=url,
        domain=domain,
        content_hash=sha256("\n".join(body).encode()).hexdigest()[:32],
        word_count=sum(len(paragraph.split()) for paragraph in body),
        flags=(chance.choice(_FLAGS),) if chance.random() < 0.06 else (),
    )


def _moment(chance: random.Random) -> datetime:
    # More of late than long ago, fewer on Sundays, and a week in which much happened.
    while True:
        day = LAST_DAY - timedelta(int(_DAYS * chance.random() ** 1.4))
        busy = 1.0 if abs((day - date(2026, 6, 20)).days) < 5 else 0.5 - 0.25 * (day.weekday() == 6)
        season = 0.1 * math.sin(day.timetuple().tm_yday / 58)
        if chance.random() < busy + season:
            return datetime(day.year, day.month, day.day, chance.randint(5, 22), chance.randint(0, 59), tzinfo=UTC)
