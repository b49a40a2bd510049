"""What programs take from a search: JSON, a feed, exports; and paging as deep as there are articles."""

from __future__ import annotations

import csv
import io
import json
import socket
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

import pytest
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk
from fastapi import HTTPException
from node_process import KeptNode
from starlette.testclient import TestClient

from newsdex.index import Names, ensure_indices
from newsdex.index.query import Query
from newsdex.index.search import search
from newsdex.settings import Settings
from newsdex.web.app import create_app
from newsdex.web.export import AT_ONCE, Desk

ATOM = {"a": "http://www.w3.org/2005/Atom"}
DEEP = 10_450
COPIES = 1_300


@pytest.fixture(scope="module")
def pages(archive: Settings) -> Iterator[TestClient]:
    """Ask the pages over the archive, without a server between."""
    with TestClient(create_app(archive), base_url="http://127.0.0.1:8090") as client:
        yield client


def test_json_answers_as_the_page_does(pages: TestClient) -> None:
    """The hits, the facets, and where the next page is."""
    first = pages.get("/search.json", params={"q": "ferry", "sort": "oldest"}).json()
    assert (first["total"], len(first["hits"])) == (24, 20)
    assert {"value": "Harbour Post", "count": 12} in first["facets"]["publisher"]
    assert "<em>" in first["hits"][0]["headline_highlighted"]
    second = pages.get(first["next_url"]).json()
    assert [hit["headline"] for hit in second["hits"]] == [f"Ferry {number} was late" for number in range(20, 24)]
    assert pages.get(second["previous_url"]).json()["hits"] == first["hits"]


def test_a_feed_has_what_arrived_last(pages: TestClient) -> None:
    """As Atom: each entry with a stable id, a link that works from outside, and a time."""
    answer = pages.get("/search.atom", params={"q": "ferry", "publisher": "Harbour Post"})
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.content)
    entries = feed.findall("a:entry", ATOM)
    assert len(entries) == 12
    assert len({entry.findtext("a:id", "", ATOM) for entry in entries}) == 12
    for entry in entries:
        link = entry.find("a:link", ATOM)
        assert link is not None
        assert link.get("href", "").startswith("http://127.0.0.1:8090/article/")
        assert datetime.fromisoformat(entry.findtext("a:updated", "", ATOM)).tzinfo is not None
        assert "<em>" not in entry.findtext("a:title", "", ATOM)


@pytest.mark.parametrize("typed", ["zubrowka", "quincunx"])
def test_a_feed_of_hostile_text_is_well_formed(pages: TestClient, typed: str) -> None:
    """And does not grow with a headline."""
    answer = pages.get("/search.atom", params={"q": typed})
    assert len(ET.fromstring(answer.content).findall("a:entry", ATOM)) == 1
    assert len(answer.content) < 10_000


def test_json_lines_are_whole_articles(pages: TestClient) -> None:
    """In the one shape of an article, copies too, and the header says how many will come."""
    answer = pages.get("/export.jsonl", params={"q": "lighthouse"})
    articles = [json.loads(line) for line in answer.text.splitlines()]
    assert answer.headers["x-newsdex-total"] == "3"
    assert {article["publisher"] for article in articles} == {"Harbour Post", "Meridian Daily", "Inland Mirror"}
    assert articles[0]["body"] == [
        "The lighthouse of Brennick shines again after two years of repairs.",
        "It cost four million.",
    ]
    assert not {"near_duplicate", "document_hash", "text_en"} & set(articles[0])


def test_csv_opens_in_a_spreadsheet(pages: TestClient) -> None:
    """One row an article, several values in one cell; a date says how fine it is."""
    answer = pages.get("/export.csv", params={"q": "orchard"})
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["headline"], row["published_precision"], row["flags"]) == (
        "Orchard bears fruit",
        "day",
        "offset_assumed",
    )
    assert 'attachment; filename="newsdex-orchard-' in answer.headers["content-disposition"]


def test_only_so_many_exports_run_at_once() -> None:
    """One more is told to try later; an end makes room."""
    desk = Desk()
    for _ in range(AT_ONCE):
        desk.take_place()
    with pytest.raises(HTTPException) as refused:
        desk.take_place()
    assert refused.value.status_code == 503
    desk.give_back()
    desk.take_place()


def test_an_export_that_is_left_early_frees_its_place(serve: Callable[[Settings], str], deep: Settings) -> None:
    """Whoever closes the window in the middle of it takes no place from the next one, however often."""
    port = urlsplit(serve(deep)).port
    assert port is not None
    for _ in range(2 * AT_ONCE):
        deadline = time.monotonic() + 60
        while "200 OK" not in (begun := begin_export(port)):
            assert "503" in begun
            assert time.monotonic() < deadline, "a place is lost"
            time.sleep(0.2)


def begin_export(port: int) -> str:
    """Ask for an export, read its first bytes, and go away."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.connect(("127.0.0.1", port))
        connection.sendall(f"GET /export.jsonl HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        return connection.recv(1_000).decode("utf-8", "replace")


@pytest.fixture(scope="module")
def deep(node: KeptNode, client: Elasticsearch) -> Iterator[Settings]:
    """Fill an archive deeper than Elasticsearch's pages reach; one story in it has very many copies, side by side."""
    settings = replace(node.settings, index_prefix="deep-")
    ensure_indices(client, settings)
    index = Names("deep-").news_write

    def bare(number: int) -> dict[str, object]:
        moment = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
        cluster = "copied" if 3_000 <= number < 3_000 + COPIES else f"c{number}"
        return {
            "_index": index,
            "_id": f"n{number}",
            "headline": f"Dispatch {number}",
            "language": "en",
            "@timestamp": moment.isoformat(),
            "published_at": moment.isoformat(),
            "timestamp_source": "published_at",
            "cluster_id": cluster,
            "origin": {"sha256": sha256(str(number).encode()).hexdigest()},
        }

    bulk(client, map(bare, range(DEEP)), chunk_size=2_000)
    client.indices.refresh(index=index)
    yield settings
    client.indices.delete(index=list(client.indices.get(index="deep-*")))


@pytest.mark.parametrize("typed", ["", "dispatch"])
def test_pages_go_on_beyond_ten_thousand(client: Elasticsearch, deep: Settings, typed: str) -> None:
    """Each article once, to the last one; then there is no next page."""
    seen: list[str] = []
    after: str | None = None
    while True:
        result = search(client, Query(typed, size=1_000, after=after, collapse=False), prefix=deep.index_prefix)
        assert result.rank == len(seen) + 1
        seen += [hit.id for hit in result.hits]
        after = result.next
        if after is None:
            break
    assert (len(seen), len(set(seen))) == (DEEP, DEEP)


def test_a_story_with_very_many_copies_is_one_hit(client: Elasticsearch, deep: Settings) -> None:
    """The page beside it is filled from behind them, and paging back gives the same pages."""
    near = {"since": "2020-01-03T01:55:00", "until": "2020-01-04T00:10:00"}
    first = search(client, Query(size=10, **near), prefix=deep.index_prefix)
    pages = [first]
    while pages[-1].next:
        pages.append(search(client, Query(size=10, after=pages[-1].next, **near), prefix=deep.index_prefix))
    hits = [hit for page in pages for hit in page.hits]
    copied = [hit for hit in hits if hit.source["cluster_id"] == "copied"]
    assert len(copied) == 1
    assert (copied[0].copies, len(copied[0].elsewhere)) == (COPIES, 10)
    assert len(hits) == first.clusters
    back = pages[-1]
    for page in reversed(pages[:-1]):
        assert back.previous is not None
        back = search(client, Query(size=10, before=back.previous, **near), prefix=deep.index_prefix)
        assert [hit.id for hit in back.hits] == [hit.id for hit in page.hits]
        assert back.rank == page.rank


def test_an_export_goes_beyond_ten_thousand(deep: Settings) -> None:
    """Every article, once."""
    with TestClient(create_app(deep), base_url="http://127.0.0.1:8090") as pages:
        lines = pages.get("/export.jsonl").text.splitlines()
    assert len({json.loads(line)["id"] for line in lines}) == len(lines) == DEEP
