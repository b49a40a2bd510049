"""Every door through a real Airflow and a real Elasticsearch: N in, N accounted for, and all of it found by search."""

from __future__ import annotations

import csv
import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from feed_makers import Item, atom, json_feed, news_sitemap, rss
from local_site import Reply, page
from machine import Refused
from newsroom import HOSTS, TOPIC, Newsroom
from stories import Story, write_story
from warc_records import record

pytestmark = [pytest.mark.node, pytest.mark.airflow]

ON_REQUEST = ("ingest_urls", "backfill", "rebuild_index", "release_quarantine")
ON_THEIR_OWN = ("ingest_inbox", "ingest_feeds", "ingest_stream", "maintain")
GONE = "This page has sailed away"
FURNITURE = "Read on in our harbour supplement"
EAGER = """id: lantern-post
name: Lantern Post
rules:
  - id: lantern-gone
    match: 'This page has sailed away.*'
    action: {reject: error_page}
    why: what is left of a page that is gone
    examples:
      - {text: 'This page has sailed away with the ferry', removed: true}
      - {text: 'The ferry has sailed away', removed: false}
"""
MENDED = """id: lantern-post
name: Lantern Post
rules:
  - id: lantern-gone
    match: 'This page has sailed away'
    action: {reject: error_page}
    why: what is left of a page that is gone
    examples:
      - {text: 'This page has sailed away', removed: true}
      - {text: 'This page has sailed away with the ferry', removed: false}
  - id: lantern-supplement
    match: 'Read on in our harbour supplement'
    why: leads to the paper's own supplement
    examples:
      - {text: 'Read on in our harbour supplement', removed: true}
      - {text: 'They read on in the harbour', removed: false}
"""


def _stories(first: int, count: int, place: str) -> list[Story]:
    return [write_story(number, place) for number in range(first, first + count)]


def test_every_dag_is_there_and_explains_itself(newsroom: Newsroom) -> None:
    """None fails to import, none waits for somebody to switch it on, and each says what it does and whose it is."""
    assert newsroom.machine.ask("importErrors")["import_errors"] == []
    dags = {dag["dag_id"]: dag for dag in newsroom.machine.ask("dags?limit=100")["dags"]}
    assert {*ON_REQUEST, *ON_THEIR_OWN} <= dags.keys()
    for name, dag in dags.items():
        assert (name, dag["is_paused"], dag["owners"]) == (name, False, ["newsdex"])
        assert "newsdex" in {tag["name"] for tag in dag["tags"]}
        assert len(newsroom.machine.ask(f"dags/{name}/details")["doc_md"]) > 200
    assert [name for name in ON_REQUEST if dags[name]["timetable_summary"] is not None] == []
    assert [name for name in ON_THEIR_OWN if dags[name]["timetable_summary"] is None] == []


@pytest.mark.parametrize(
    ("dag", "conf", "says"),
    [
        ("ingest_inbox", {"batches": 0}, "batches"),
        ("ingest_feeds", {"sources": ["No Such Id"]}, "sources"),
        ("ingest_urls", {"urls": ["ftp://gazette.example/story"]}, "urls"),
        ("ingest_urls", {"file": "../keys"}, "file"),
        ("backfill", {}, "path"),
        ("backfill", {"path": "crawl.warc.gz", "kind": "zip"}, "kind"),
        ("release_quarantine", {"reason": "unreachable"}, "reason"),
        ("rebuild_index", {"switch": "yes"}, "switch"),
    ],
)
def test_a_wrong_form_is_refused_with_a_sentence(newsroom: Newsroom, dag: str, conf: dict[str, Any], says: str) -> None:
    """Before a run is there: the answer names the field, and what it would take."""
    before = newsroom.machine.ask(f"dags/{dag}/dagRuns?limit=1")["total_entries"]
    with pytest.raises(Refused, match=f"Invalid input for param {says}: ") as refused:
        newsroom.machine.trigger(dag, conf)
    assert refused.value.status == 400
    assert newsroom.machine.ask(f"dags/{dag}/dagRuns?limit=1")["total_entries"] == before


def test_feeds_and_sitemaps(newsroom: Newsroom) -> None:
    """RSS, Atom, JSON Feed and a news sitemap; a text that its feed carries, and a page that is gone."""
    stories = _stories(100, 7, "Feedhaven")
    carried = write_story(107, "Feedhaven")
    full = "".join(f"<p>{paragraph}</p>" for paragraph in carried.paragraphs)
    carrying = Item(newsroom.web.url("gazette.example", "/carried"), carried.headline, full=full)
    newsroom.web.serve("gazette.example", "/gone", Reply(410, b"It is gone.", {"Content-Type": "text/plain"}))
    gone = newsroom.web.url("gazette.example", "/gone")
    rest = [*newsroom.serve("gazette.example", *stories[:3]), carrying, Item(gone, "Gone")]
    newsroom.web.serve("gazette.example", "/feed", rss("Gazette", rest))
    newsroom.web.serve("herald.example", "/atom", atom("Herald", newsroom.serve("herald.example", *stories[3:5])))
    newsroom.web.serve(
        "courier.example", "/feed.json", json_feed("Courier", newsroom.serve("courier.example", stories[5]))
    )
    newsroom.web.serve("tide.example", "/news.xml", news_sitemap(newsroom.serve("tide.example", stories[6])))
    run = newsroom.run("ingest_feeds", sources=["gazette", "herald", "courier", "tide"])
    assert newsroom.balance(run) == (9, {"created": 8, "quarantined": 1})
    found = newsroom.found("Feedhaven")
    assert found.keys() == {story.headline for story in (*stories, carried)}
    assert {urlsplit(hit["origin"]["uri"]).hostname for hit in found.values()} == set(HOSTS[:4])
    assert newsroom.refused()[gone] == "http_error"


def test_addresses_from_the_form(newsroom: Newsroom) -> None:
    """Those inside the operator's own network are refused; asked for again, what was fetched is passed over."""
    stories = _stories(200, 5, "Listhaven")
    urls = [item.url for item in newsroom.serve("list.example", *stories)]
    inside = "http://169.254.169.254/latest/meta-data"
    run = newsroom.run("ingest_urls", urls=[*urls, inside], publisher="The List")
    assert newsroom.balance(run) == (6, {"created": 5, "quarantined": 1})
    found = newsroom.found("Listhaven")
    assert {hit["origin"]["uri"] for hit in found.values()} == set(urls)
    assert {hit["publisher"] for hit in found.values()} == {"The List"}
    assert newsroom.refused()[inside] == "address_refused"
    again = newsroom.run("ingest_urls", urls=urls)
    assert "5 addresses are passed over" in newsroom.machine.log_of(again, "fetch")


def _write_warc(folder: Path, stories: list[Story]) -> str:
    records = [
        record(
            page(story.headline, *story.paragraphs).body,  # type: ignore[arg-type]
            address=f"https://paper.example/{number}",
        )
        for number, story in enumerate(stories)
    ]
    records.insert(1, record(b"\x89PNG", headers=("Content-Type: image/png",)))
    (folder / "crawl.warc.gz").write_bytes(b"".join(records))
    return "crawl.warc.gz"


def _write_jsonl(folder: Path, stories: list[Story]) -> str:
    rows = [{"kop": story.headline, "tekst": "\n\n".join(story.paragraphs)} for story in stories]
    (folder / "rows.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return "rows.jsonl"


def _write_csv(folder: Path, stories: list[Story]) -> str:
    with (folder / "table.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(("kop", "tekst"))
        writer.writerows((story.headline, "\n\n".join(story.paragraphs)) for story in stories)
    return "table.csv"


def _write_folder(folder: Path, stories: list[Story]) -> str:
    (folder / "papers" / "old").mkdir(parents=True)
    for number, story in enumerate(stories):
        (folder / "papers" / "old" / f"{number}.txt").write_text(story.text, encoding="utf-8")
    return "papers"


@pytest.mark.parametrize(
    ("write", "place", "damage"),
    [
        (_write_warc, "Warchaven", b""),
        (_write_jsonl, "Linehaven", b"{no row\n"),
        (_write_csv, "Rowhaven", b"one;two;three\n"),
        (_write_folder, "Pathhaven", b""),
    ],
)
def test_bulk_loads(newsroom: Newsroom, write: Any, place: str, damage: bytes) -> None:
    """In batches of four; a record that cannot be read is in quarantine, under its own name."""
    folder = newsroom.machine.settings.home / "backfill"
    folder.mkdir(exist_ok=True)
    stories = _stories(300 + 20 * len(place), 9, place)
    path = write(folder, stories)
    if damage:
        with (folder / path).open("ab") as file:
            file.write(damage)
    mapping = {"headline": "kop", "body": "tekst"} if damage else {}
    run = newsroom.run("backfill", path=path, mapping=mapping, batch_files=4)
    expected = {"created": 9} | ({"quarantined": 1} if damage else {})
    assert newsroom.balance(run) == (9 + bool(damage), expected)
    assert newsroom.found(place).keys() == {story.headline for story in stories}
    assert [reason for name, reason in newsroom.refused().items() if name.startswith(f"{path}#")] == (
        ["broken_record"] if damage else []
    )


def test_messages_of_a_topic(newsroom: Newsroom) -> None:
    """Nobody starts the DAG: messages wake it. Each has its outcome before the topic's offset is committed."""
    stories = _stories(800, 9, "Streamhaven")
    rows = [json.dumps({"title": story.headline, "text": "\n\n".join(story.paragraphs)}).encode() for story in stories]
    newsroom.broker.send(TOPIC, [*rows[:5], b'{"title": "torn', None])
    newsroom.broker.send(TOPIC, [story.text.encode() for story in stories[5:]])
    deadline = time.monotonic() + 300
    while newsroom.broker.committed(TOPIC) != 11:
        assert time.monotonic() < deadline, "the messages are not committed"
        time.sleep(1.0)
    sheets = [sheet for sheet in newsroom.sheets() if sheet["run_id"].startswith("ingest_stream__")]
    assert sum(sheet["inputs"] for sheet in sheets) == 10
    assert sum(sheet["outcomes"]["created"] for sheet in sheets) == 9
    assert [sheet["reasons"] for sheet in sheets if sheet["reasons"]] == [{"broken_record": 1}]
    assert newsroom.found("Streamhaven").keys() == {story.headline for story in stories}
    assert newsroom.refused()[f"kafka://{TOPIC}/0/5"] == "broken_record"


def test_a_document_is_released_when_its_rule_is_mended(newsroom: Newsroom) -> None:
    """A rule is too eager; it refuses a story, is mended, and the story goes through today's rules."""
    rules = newsroom.machine.settings.config / "publishers" / "lantern-post.yaml"
    rules.write_text(EAGER, encoding="utf-8")
    story = write_story(500, "Lanternhaven")
    gone = f"{GONE} with the ferry"
    name = "lantern-post/story.txt"
    _drop(newsroom, name, f"{story.text}\n\n{gone}\n")
    _wait_for(newsroom, f"inbox/{name}")
    assert newsroom.refused()[f"inbox/{name}"] == "error_page"
    assert newsroom.found("Lanternhaven") == {}
    rules.write_text(MENDED.partition("  - id: lantern-supplement")[0], encoding="utf-8")
    run = newsroom.run("release_quarantine", publisher="lantern-post", reason="error_page")
    assert newsroom.balance(run) == (1, {"created": 1})
    assert gone in newsroom.body(story)
    assert f"inbox/{name}" not in newsroom.refused()


def test_the_index_is_rebuilt_with_todays_rules(newsroom: Newsroom) -> None:
    """First only the report, which changes nothing; then the switch. No article is missing afterwards."""
    story = write_story(600, "Supplementhaven")
    _drop(newsroom, "lantern-post/supplement.txt", f"{story.text}\n\n{FURNITURE}\n")
    _wait_for(newsroom, "inbox/lantern-post/supplement.txt")
    (newsroom.machine.settings.config / "publishers" / "lantern-post.yaml").write_text(MENDED, encoding="utf-8")
    before = newsroom.client.count(index="news")["count"]
    serving = list(newsroom.client.indices.get_alias(name="news"))
    reported = newsroom.run("rebuild_index")
    assert re.search(r"\b1  articles changed", newsroom.machine.log_of(reported, "build"))
    assert list(newsroom.client.indices.get_alias(name="news")) == serving
    assert FURNITURE in newsroom.body(story)
    newsroom.run("rebuild_index", switch=True)
    assert list(newsroom.client.indices.get_alias(name="news")) != serving
    assert FURNITURE not in newsroom.body(story)
    assert newsroom.client.count(index="news")["count"] == before


def _drop(newsroom: Newsroom, name: str, text: str) -> None:
    target = newsroom.machine.settings.inbox / name
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.part")
    draft.write_text(text, encoding="utf-8")
    draft.rename(target)


def _wait_for(newsroom: Newsroom, uri: str) -> None:
    """Wait until a dropped file is indexed or refused."""
    deadline = time.monotonic() + 120
    query = {"term": {"origin.uri": uri}}
    while not newsroom.client.count(index="news,news-quarantine", query=query)["count"]:
        assert time.monotonic() < deadline, f"nothing came of {uri}"
        time.sleep(0.3)
