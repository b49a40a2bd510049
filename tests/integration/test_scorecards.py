"""Scorecards of what real indices hold: counted by Elasticsearch, kept by day, held against runs, shown."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from example_articles import make_article, make_rejection
from rebuilt_archive import environment
from typer.testing import CliRunner

from newsdex.cli import app
from newsdex.errors import UserError
from newsdex.index import write
from newsdex.index.arrivals import DAY, Group, GroupKind, Reader
from newsdex.index.scorecards import Scorecard, Scorecards
from newsdex.index.source_states import SourceState, SourceStates
from newsdex.records import Article, Door, Reason, Rejection, Stage
from newsdex.run.clock import now
from newsdex.run.scorecards import keep_scorecards, read_scorecards, warn_of_run
from newsdex.settings import Settings
from newsdex.spool import ItemOutcome, Spool

AT = datetime(2026, 3, 2, 12, 0, 30, 123456, tzinfo=UTC)
LONG = "The bridge over the river was opened by the mayor. " * 10


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Settings:
    """Settle on a home and a config of the test's own, with one source."""
    own = replace(settings, home=tmp_path / "home", config=tmp_path / "config")
    (own.config / "elasticsearch").mkdir(parents=True)
    for path in (settings.config / "elasticsearch").glob("*.json"):
        (own.config / "elasticsearch" / path.name).write_bytes(path.read_bytes())
    name_sources(own, "gazette-feed")
    return own


@pytest.fixture
def put(client: Elasticsearch, settings: Settings) -> Callable[[Iterable[Article | Rejection]], list[str]]:
    """Write results into the test's own indices; give their ids."""

    def put(results: Iterable[Article | Rejection]) -> list[str]:
        return [written.id for written in write(client, results, prefix=settings.index_prefix, indexed_at=now())]

    return put


def name_sources(settings: Settings, *ids: str, more: str = "") -> None:
    """Write config/sources.yaml."""
    entries = "".join(f"  - id: {each}\n    url: https://{each}.example/\n{more}" for each in ids)
    (settings.config / "sources.yaml").write_text(f"sources:\n{entries or '  []'}", encoding="utf-8")


def came(name: str, ago: timedelta, *, at: datetime = AT, body: str | None = None, **fields: Any) -> Article:
    """Make an article that was fetched some time before; fields of its origin may be given too."""
    origin = {key: fields.pop(key) for key in ("source", "door") if key in fields}
    folder = fields.pop("folder", None)
    text = body or f"{name} {ago} {LONG}"
    article = make_article(text, url=f"https://news.example/{name}/{ago / DAY}", fetched=at - ago, **fields)
    whole = replace(article.origin, publisher=folder, **origin)
    return replace(article, clean=replace(article.clean, origin=whole))


def refused(name: str, ago: timedelta, *, at: datetime = AT, **origin: Any) -> Rejection:
    """Make a rejection of that time."""
    rejection = make_rejection(f"https://news.example/refused/{name}/{ago / DAY}")
    whole = replace(rejection.origin, fetched_at=at - ago, **origin)
    return Rejection(whole, Stage.EXTRACT, Reason.NO_ARTICLE, "a listing")


def usual(source: str, at: datetime, weeks: int = 8) -> list[Article]:
    """Make two articles a day for weeks, up to a week ago."""
    days = range(7, 7 * (weeks + 1))
    ages = (timedelta(days=day, hours=hour) for day in days for hour in (1, 13))
    return [came(f"{source}-usual", age, at=at, source=source, door=Door.FEED) for age in ages]


def cards_of(settings: Settings, client: Elasticsearch, at: datetime = AT) -> dict[str, Scorecard]:
    """Give the cards by name."""
    return {card.group.name: card for card in read_scorecards(settings, at=at)}


def test_documents_are_grouped_by_the_best_that_is_known(own: Settings, client: Elasticsearch, put: Any) -> None:
    """The source's id, else the folder, else the publisher as printed, else the door."""
    hour = timedelta(hours=1)
    put(
        [
            came("a", hour, source="gazette-feed", door=Door.FEED, publisher="The Gazette"),
            came("b", hour, folder="reuters", door=Door.INBOX, publisher="Reuters"),
            came("c", hour, door=Door.WARC, publisher="Harbour Post"),
            came("d", hour, door=Door.WARC, publisher=None),
            refused("e", hour, publisher="reuters", door=Door.INBOX),
        ]
    )
    cards = read_scorecards(own, at=AT)
    assert {card.group for card in cards} == {
        Group(GroupKind.SOURCE, "gazette-feed"),
        Group(GroupKind.FOLDER, "reuters"),
        Group(GroupKind.PUBLISHER, "Harbour Post"),
        Group(GroupKind.DOOR, "warc"),
    }
    folder = next(card for card in cards if card.group.kind is GroupKind.FOLDER)
    assert (folder.quarantined.count, folder.quarantined.of) == (1, 2)


def test_counts_are_of_the_time_in_which_documents_were_fetched(own: Settings, client: Elasticsearch, put: Any) -> None:
    """To the second, from the moment that is asked about backwards."""
    ages = (timedelta(0), timedelta(hours=24, seconds=-1), timedelta(hours=24, seconds=1), 6 * DAY, 8 * DAY, 29 * DAY)
    put(came("a", age, source="gazette-feed") for age in (*ages, 31 * DAY, 400 * DAY))
    put([came("later", -timedelta(seconds=5), source="gazette-feed")])
    card = cards_of(own, client)["gazette-feed"]
    assert (card.day, card.week, card.month, card.total) == (2, 4, 6, 8)
    assert card.last is not None
    assert abs(card.last - AT) < timedelta(milliseconds=1)


def test_every_share_counts_what_it_says(own: Settings, client: Elasticsearch, put: Any) -> None:
    """Undated, short, in another language, with an assumed offset, refused."""
    day = timedelta(hours=2)
    source: dict[str, Any] = {"source": "gazette-feed", "door": Door.FEED}
    articles = [came(f"{number}", day, **source) for number in range(7)]
    articles += [came("undated", day, published=None, **source), came("spanish", day, language="es", **source)]
    articles += [came("short", day, body="Too short to be an article.", **source)]
    put([*(replace(each, flags=("offset_assumed",)) if each is articles[0] else each for each in articles)])
    put([refused("listing", day, **source)])
    card = cards_of(own, client)["gazette-feed"]
    shares = {name: getattr(card, name) for name in ("undated", "short", "flips", "assumed", "quarantined")}
    assert {name: (share.count, share.of) for name, share in shares.items()} == {
        "undated": (1, 10),
        "short": (1, 10),
        "flips": (1, 10),
        "assumed": (1, 10),
        "quarantined": (1, 11),
    }
    assert card.language == "en"
    assert card.reasons == (("no_article", 1),)


def test_a_text_that_a_source_has_twice_is_a_duplicate(own: Settings, client: Elasticsearch, put: Any) -> None:
    """Of three copies two are; what is another source's is not counted here."""
    chance = random.Random(7)
    texts = [" ".join("".join(chance.choices("aeiomnrst", k=6)) for _ in range(90)) for _ in range(4)]
    copies = [came(f"{number}", DAY / 2, body=texts[0], source="gazette-feed") for number in range(3)]
    others = [
        came(f"other {number}", DAY / 2, body=text, source="gazette-feed") for number, text in enumerate(texts[1:])
    ]
    put([*copies, *others, came("elsewhere", DAY / 2, body=texts[1], source="wire")])
    cards = cards_of(own, client)
    assert (cards["gazette-feed"].duplicates.count, cards["gazette-feed"].duplicates.of) == (2, 6)
    assert cards["wire"].duplicates.count == 0


def test_a_source_that_falls_silent_is_told_and_one_that_is_paused_is_not(
    own: Settings, client: Elasticsearch, put: Any
) -> None:
    """By its own rhythm: twice a day, and nothing for a week."""
    put(usual("gazette-feed", AT))
    card = cards_of(own, client)["gazette-feed"]
    assert [(warning.about, warning.alarm) for warning in card.warnings] == [("silence", True), ("drop", False)]
    assert card.warnings[0].text == "silent for 7 days; gaps of 12 h are usual"
    name_sources(own, "gazette-feed", more="    paused: true\n")
    assert cards_of(own, client)["gazette-feed"].warnings == ()
    name_sources(own)
    assert cards_of(own, client)["gazette-feed"].warnings == ()


def test_a_source_that_fails_for_a_day_is_told_with_what_it_said(own: Settings, client: Elasticsearch) -> None:
    """Also when nothing ever came from it."""
    state = SourceState("gazette-feed", "https://gazette.example/", failures=9, last_error="404", last_ok=AT - 2 * DAY)
    SourceStates(client, own.index_prefix).keep([state])
    (warning,) = cards_of(own, client)["gazette-feed"].warnings
    assert (warning.about, warning.alarm) == ("failing", True)
    assert warning.text == "no answer since 2026-02-28 12:00 UTC, 9 times asked: 404"
    SourceStates(client, own.index_prefix).keep([replace(state, last_ok=AT - DAY / 2)])
    assert cards_of(own, client)["gazette-feed"].warnings == ()


def test_long_lists_are_counted_whole(
    own: Settings, client: Elasticsearch, put: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page by page."""
    put(came(str(number), number * DAY / 2, publisher=f"Paper {number % 9}") for number in range(60))
    whole = Reader(client, own.index_prefix, AT).read
    client.indices.refresh(index=f"{own.index_prefix}news")
    at_once = whole()
    monkeypatch.setattr("newsdex.index.arrivals._PAGE", 7)
    assert whole() == at_once
    assert sum(arrivals.total for arrivals in at_once.values()) == 60


def test_a_day_has_one_card_of_a_source(own: Settings, client: Elasticsearch, put: Any) -> None:
    """Kept again on the same day it is written over; the latest is what runs are measured by."""
    put([came("a", DAY / 2, source="gazette-feed")])
    keep_scorecards(own, at=AT - DAY)
    keep_scorecards(own, at=AT)
    (kept,) = keep_scorecards(own, at=AT + timedelta(hours=1))
    client.indices.refresh(index=f"{own.index_prefix}news-scorecards")
    assert client.count(index=f"{own.index_prefix}news-scorecards")["count"] == 2
    assert Scorecards(client, own.index_prefix).latest([kept.group], AT + 3 * DAY) == {kept.group: kept}
    assert Scorecards(client, own.index_prefix).latest([kept.group], AT + 30 * DAY) == {}


def test_a_run_far_from_usual_is_warned_of(
    own: Settings, client: Elasticsearch, put: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Of its own documents only, with the numbers of both; a run as usual says nothing."""
    moment = now()
    put(usual("gazette-feed", moment))
    keep_scorecards(own, at=moment)
    source: dict[str, Any] = {"source": "gazette-feed", "door": Door.FEED, "at": moment}
    minute = timedelta(minutes=1)
    good = put(came(f"good {number}", minute, **source) for number in range(20))
    undated = put(came(f"undated {number}", minute, published=None, **source) for number in range(8))
    bad = put(refused(str(number), minute, **source) for number in range(12))
    spool = Spool(own.spool)
    for batch, ids in (("usual", good), ("unusual", [*good[:10], *undated, *bad])):
        spool.batch(batch).append(ItemOutcome(each, "created", None, each) for each in ids)
    assert warn_of_run(own, spool, ["usual"]) == []
    with caplog.at_level(logging.WARNING):
        told = warn_of_run(own, spool, ["unusual"])
    assert told == [
        "gazette-feed: 12 of 30 (40 %, usually 0 %) of this run refused",
        "gazette-feed: 8 of 18 (44 %, usually 0 %) of this run without a date",
    ]
    assert all(text in caplog.text for text in told)


def test_warnings_never_fail_a_run(own: Settings) -> None:
    """Not even when Elasticsearch is gone."""
    Spool(own.spool).batch("b").append([ItemOutcome("a", "created", None, "a")])
    away = replace(own, elasticsearch_url="http://127.0.0.1:9", elasticsearch_port=9)
    assert warn_of_run(away, Spool(own.spool), ["b"]) == []


def test_the_command_shows_the_worst_first(own: Settings, client: Elasticsearch, put: Any) -> None:
    """As a table that a person reads, and as JSON, a source a line."""
    moment = now()
    put(usual("gazette-feed", moment))
    put(came(str(number), DAY / 2, at=moment, publisher="Harbour Post") for number in range(3))
    run = CliRunner().invoke
    env = {**environment(own), "COLUMNS": "100"}
    shown = run(app, ["sources"], env=env)
    assert shown.exit_code == 0, shown.output
    assert max(len(line) for line in shown.output.split("\n\n")[0].splitlines()) <= 100
    assert shown.output.index("gazette-feed") < shown.output.index("Harbour Post")
    assert "gazette-feed: silent for 7 days; gaps of 12 h are usual" in shown.output
    (line,) = run(app, ["sources", "--json", "--warnings"], env=env).output.splitlines()
    assert json.loads(line)["source"] == "gazette-feed"
    (line,) = run(app, ["sources", "--json", "--source", "harbour post"], env=env).output.splitlines()
    assert json.loads(line)["documents"]["week"] == 3


def test_a_name_that_is_none_is_said(own: Settings) -> None:
    """A misspelt source is no silent one."""
    with pytest.raises(UserError, match="nothing ever came from 'gazete'"):
        read_scorecards(own, source="gazete", at=AT)
