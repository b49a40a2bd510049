"""Copies of one text, to the letter or edited, are one cluster in a real Elasticsearch, in whatever order they come."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from example_articles import NOW, make_article

from newsdex.index import Names, Query, search, write
from newsdex.records import Article
from newsdex.settings import Settings

LETTERS = "aeioubdfgklmnprst"


def story(seed: int, words: int = 120) -> list[str]:
    """Make up a story in words that no other story has."""
    chance = random.Random(seed)
    return ["".join(chance.choices(LETTERS, k=chance.randint(3, 9))) for _ in range(words)]


def edited(text: Sequence[str], seed: int, share: float = 0.04) -> list[str]:
    """Replace a share of the words."""
    chance = random.Random(seed)
    changed = list(text)
    for position in chance.sample(range(len(changed)), round(share * len(changed))):
        changed[position] = "".join(chance.choices(LETTERS, k=6))
    return changed


def article(text: Sequence[str], name: str, **fields: Any) -> Article:
    """Make an article of that text at an address of its own."""
    return make_article(" ".join(text), url=f"https://example.org/{name}", **fields)


def family(seed: int, size: int) -> list[Article]:
    """Make an article and edited copies of it."""
    text = story(seed)
    copies = [edited(text, 100 * seed + number) for number in range(1, size)]
    return [article(words, f"{seed}-{number}") for number, words in enumerate([text, *copies])]


def drift(seed: int, steps: int) -> list[Article]:
    """Make versions each of which is near the one before; the first and the last have little in common."""
    versions = [story(seed, 200)]
    for step in range(steps - 1):
        versions.append(edited(versions[-1], 1_000 * seed + step, 0.1))
    return [article(words, f"drift-{seed}-{number}") for number, words in enumerate(versions)]


@pytest.fixture
def ingest(client: Elasticsearch, settings: Settings) -> Any:
    """Write articles into the test's own indices, and give the details told of them."""

    def ingest(*articles: Article, days: int = 0, **options: Any) -> list[str]:
        at = NOW + timedelta(days=days)
        written = write(client, articles, prefix=settings.index_prefix, indexed_at=at, **options)
        return [f"{one.outcome.value} {one.detail}".strip() for one in written]

    return ingest


def cluster_of(client: Elasticsearch, settings: Settings) -> dict[str, str]:
    """Read the cluster of every article in the index."""
    index = Names(settings.index_prefix).news
    client.indices.refresh(index=index)
    found = client.search(index=index, size=1_000, source_includes=["cluster_id"])
    return {hit["_id"]: hit["_source"]["cluster_id"] for hit in found["hits"]["hits"]}


def partition(client: Elasticsearch, settings: Settings) -> set[frozenset[str]]:
    """Give the clusters as sets of ids, each named by one of its members."""
    named = cluster_of(client, settings)
    groups = {label: frozenset(i for i, other in named.items() if other == label) for label in named.values()}
    assert all(label in group for label, group in groups.items())
    return set(groups.values())


def ids(*articles: Article) -> frozenset[str]:
    """Name the articles of one cluster."""
    return frozenset(one.id for one in articles)


@pytest.mark.parametrize("chunk", [1, 2, 1_000])
def test_an_edited_copy_is_created_in_the_cluster_of_the_first(
    ingest: Any, client: Elasticsearch, settings: Settings, chunk: int
) -> None:
    """It is a text of its own, so no `duplicate`; the first one seen names the cluster."""
    first, second, third = family(1, 3)
    other = article(story(2), "other")
    told = ingest(first, other, second, third, chunk_documents=chunk)
    assert told[2].startswith("created nearly the same text as ")
    assert cluster_of(client, settings) == {a.id: first.id for a in (first, second, third)} | {other.id: other.id}


def test_a_copy_that_comes_in_another_run_finds_its_cluster(
    ingest: Any, client: Elasticsearch, settings: Settings
) -> None:
    """By the bands in the index, to the letter or edited."""
    first, second = family(1, 2)
    exact = article(first.clean.body[0].split(), "exact")
    ingest(first)
    assert ingest(second, days=1) == [f"created nearly the same text as {first.id}"]
    assert ingest(exact, days=2) == [f"duplicate the same text as {first.id}"]
    assert set(cluster_of(client, settings).values()) == {first.id}


def test_short_texts_are_copies_only_to_the_letter(ingest: Any, client: Elasticsearch, settings: Settings) -> None:
    """A line in which one word differs is another line."""
    one = article(["the", "ferry", "leaves", "at", "nine"], "a")
    same = article(["The", "ferry", "leaves", "at", "nine"], "b")
    other = article(["the", "ferry", "leaves", "at", "ten"], "c")
    ingest(one, replace(same, content_hash=one.content_hash), other)
    assert partition(client, settings) == {ids(one, same), ids(other)}


@pytest.mark.parametrize("seed", range(4))
def test_any_order_in_any_chunks_gives_the_same_partition(
    ingest: Any, client: Elasticsearch, settings: Settings, seed: int
) -> None:
    """Also where a later article joins two clusters that stood apart until then, and when everything comes twice."""
    families = [family(1, 4), family(2, 3), [article(story(3), "alone")], drift(4, 9)]
    every = [one for members in families for one in members]
    random.Random(seed).shuffle(every)
    half = len(every) // 2
    ingest(*every[:half], chunk_documents=1 + 3 * seed)
    ingest(*every[half:], days=1, chunk_documents=4)
    expected = {ids(*members) for members in families}
    assert partition(client, settings) == expected
    before = cluster_of(client, settings)
    assert set(ingest(*reversed(every), days=2)) == {"unchanged"}
    assert cluster_of(client, settings) == before


def test_writers_at_the_same_time_give_the_same_partition(client: Elasticsearch, settings: Settings) -> None:
    """Each of four writes a share of every cluster, in small chunks, while the others write theirs."""
    families = [*(family(seed, 8) for seed in range(1, 6)), drift(9, 12)]
    every = [one for members in families for one in members]
    random.Random(7).shuffle(every)
    failures: list[BaseException] = []

    def work(share: list[Article]) -> None:
        try:
            list(write(client, share, prefix=settings.index_prefix, indexed_at=NOW, chunk_documents=3))
        except BaseException as failure:
            failures.append(failure)
            raise

    threads = [threading.Thread(target=work, args=(every[start::4],)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert partition(client, settings) == {ids(*members) for members in families}


def test_the_older_of_two_clusters_gives_the_name_when_they_are_joined(
    ingest: Any, client: Elasticsearch, settings: Settings
) -> None:
    """Whatever the one that joins them is like most."""
    versions = drift(1, 9)
    ingest(versions[-1])
    ingest(versions[0], days=1)
    assert len(partition(client, settings)) == 2
    ingest(*versions[1:-1], days=2)
    assert set(cluster_of(client, settings).values()) == {versions[-1].id}


def test_an_article_rewritten_leaves_its_cluster(ingest: Any, client: Elasticsearch, settings: Settings) -> None:
    """Those left behind stay together, and are no longer named after it."""
    first, second, third = family(1, 3)
    ingest(first, second, third)
    rewritten = article(story(5), "1-0")
    assert rewritten.id == first.id
    assert ingest(rewritten, days=1) == ["updated"]
    assert partition(client, settings) == {ids(rewritten), ids(second, third)}


def test_what_only_a_rewritten_article_joined_falls_apart(
    ingest: Any, client: Elasticsearch, settings: Settings
) -> None:
    """The partition follows from the articles there are, not from those that were."""
    versions = drift(1, 9)
    ends = (versions[0], versions[-1])
    ingest(*versions)
    assert len(partition(client, settings)) == 1
    ingest(*(replace(article(story(50 + n), "x"), id=one.id) for n, one in enumerate(versions[1:-1])), days=1)
    assert {ids(end) for end in ends} <= partition(client, settings)


def test_a_change_of_the_headline_keeps_the_cluster(ingest: Any, client: Elasticsearch, settings: Settings) -> None:
    """The text is the same."""
    first, second = family(1, 2)
    ingest(first, second)
    assert ingest(article(second.clean.body[0].split(), "1-1", headline="Another"), days=1) == ["updated"]
    assert partition(client, settings) == {ids(first, second)}


def test_no_cluster_is_named_after_an_article_that_was_refused(
    ingest: Any, client: Elasticsearch, settings: Settings
) -> None:
    """The head went to quarantine; its copies are a cluster without it."""
    refused, second, third = family(1, 3)
    told = ingest(replace(refused, word_count=2**40), second, third)
    assert told[0].startswith("quarantined")
    assert partition(client, settings) == {ids(second, third)}


def test_a_great_many_candidates_lose_no_pair(
    ingest: Any, client: Elasticsearch, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When too many articles share a band with the chunk, each text asks for its own best."""
    monkeypatch.setattr("newsdex.index.candidates._CANDIDATES", 5)
    families = [family(seed, 6) for seed in range(1, 4)]
    ingest(*(members[number] for number in range(3) for members in families))
    ingest(*(members[number] for number in range(3, 6) for members in families), days=1)
    assert partition(client, settings) == {ids(*members) for members in families}


def test_a_search_folds_copies_and_says_where_they_are(ingest: Any, client: Elasticsearch, settings: Settings) -> None:
    """One hit a cluster: how many copies match, and who has them at which address."""
    text = story(1)
    first = article(["ferry", *text], "a", publisher="Harbour Post")
    second = article(["ferry", *edited(text, 5)], "b", publisher="Northmoor Gazette")
    ingest(first, second, article(["ferry", *story(2)], "c", publisher="Inland Mirror"))
    client.indices.refresh(index=Names(settings.index_prefix).news)
    found = search(client, Query("ferry"), prefix=settings.index_prefix)
    assert (found.total, found.clusters, sorted(hit.copies for hit in found.hits)) == (3, 2, [1, 2])
    (hit,) = (hit for hit in found.hits if hit.copies == 2)
    shown = {(hit.source["publisher"], hit.source["url"])} | {(copy.publisher, copy.url) for copy in hit.elsewhere}
    assert shown == {("Harbour Post", "https://example.org/a"), ("Northmoor Gazette", "https://example.org/b")}
    assert hit.as_dict()["elsewhere"] == [copy.as_dict() for copy in hit.elsewhere]
    assert len(search(client, Query("ferry", collapse=False), prefix=settings.index_prefix).hits) == 3
