"""Kafka topics through the whole line, from a real broker: every message is counted, and committed once it is done."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from dying_stream import POINTS, die_at, work
from elasticsearch import Elasticsearch
from kafka_broker import Broker, kafka_broker
from warc_records import page

from newsdex import run
from newsdex.errors import UserError
from newsdex.index import Names
from newsdex.run.archiving import open_archive
from newsdex.settings import Settings

STORY = "The ferry came back to Colonia on Tuesday after three days at sea, its captain said in the harbour."
_topics = count()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Run the broker."""
    with kafka_broker(tmp_path_factory.mktemp("kafka")) as running:
        yield running


@pytest.fixture
def own(settings: Settings, broker: Broker) -> Iterator[Settings]:
    """Give a home of the test's own, without rules (workers start sooner), and two topics of two partitions."""
    home = settings.home / f"kafka-{settings.index_prefix}"
    config = home / "config"
    config.mkdir(parents=True)
    shutil.copytree(settings.config / "elasticsearch", config / "elasticsearch")
    (config / "languages").mkdir()
    (config / "publishers").mkdir()
    (config / "agencies.yaml").write_text("agencies: []", encoding="utf-8")
    topics = tuple(f"news-{next(_topics)}" for _ in range(2))
    for topic in topics:
        broker.create(topic, partitions=2)
    yield replace(
        settings,
        home=home,
        config=config,
        batch_files=4,
        kafka_servers=broker.servers,
        kafka_topics=topics,
        kafka_group=f"group-{topics[0]}",
    )
    shutil.rmtree(home)


def text(number: int) -> bytes:
    """Write a plain story, told from the others by its number."""
    return f"Ferry {number}\n\n{STORY} It was ferry {number} of the year, and number {number} of the line.".encode()


def row(number: int, **more: str) -> bytes:
    """Write a story as JSON."""
    return json.dumps({"title": f"Ferry {number}", "text": text(number).decode(), **more}).encode()


def committed(broker: Broker, settings: Settings) -> list[int | None]:
    """Give what the group has committed, by topic and partition."""
    places = [(topic, number) for topic in settings.kafka_topics for number in (0, 1)]
    return [broker.committed(topic, number, settings.kafka_group) for topic, number in places]


def stored(client: Elasticsearch, index: str) -> list[dict[str, Any]]:
    """Read all documents of an index."""
    client.indices.refresh(index=index)
    return [hit["_source"] for hit in client.search(index=index, size=100)["hits"]["hits"]]


def articles(client: Elasticsearch, settings: Settings) -> dict[str, dict[str, Any]]:
    """Read all articles, by what their messages are called."""
    return {article["origin"]["uri"]: article for article in stored(client, Names(settings.index_prefix).news)}


def test_every_message_is_accounted_for(own: Settings, broker: Broker, client: Elasticsearch) -> None:
    """Text, HTML, JSON, broken and empty messages and tombstones, in two topics: each has its outcome or is told."""
    first, second = own.kafka_topics
    broker.send(first, [text(1), page(2), row(3), b'{"title": "torn', None, b""])
    broker.send(first, [text(4), None], partition=1)
    broker.send(second, [page(5), b"[1, 2]", row(6)], partition=1)
    total = work(own, "run")
    assert (total["inputs"], total["balanced"], total["passed_over"]) == (9, True, {"tombstone": 2})
    assert total["reasons"] == {"broken_record": 2, "empty_input": 1}
    assert total["outcomes"] == {"created": 6, "updated": 0, "unchanged": 0, "duplicate": 0, "quarantined": 3}
    found = articles(client, own)
    places = (f"{first}/0/0", f"{first}/0/1", f"{first}/0/2", f"{first}/1/0", f"{second}/1/0", f"{second}/1/2")
    assert found.keys() == {f"kafka://{place}" for place in places}
    assert {article["origin"]["door"] for article in found.values()} == {"kafka"}
    refused = stored(client, Names(own.index_prefix).quarantine)
    assert sorted((entry["origin"]["uri"], entry["reason"]) for entry in refused) == [
        (f"kafka://{first}/0/3", "broken_record"),
        (f"kafka://{first}/0/5", "empty_input"),
        (f"kafka://{second}/1/1", "broken_record"),
    ]
    assert committed(broker, own) == [None, None, None, None]
    run.commit_stream(own, "run")
    assert committed(broker, own) == [6, 2, None, 3]


def test_fields_come_from_the_object_and_the_headers(own: Settings, broker: Broker, client: Elasticsearch) -> None:
    """The operator's mapping counts, the object before the headers; what a server said of a page is kept as such."""
    mapped = replace(own, kafka_mapping={"headline": "kicker"})
    headers = {"url": "https://paper.example/7", "publisher": "Gazette", "headline": "Not this", "date": "2001-01-01"}
    broker.send(own.kafka_topics[0], [row(7, kicker="A ferry is back")], headers=headers)
    russian = (
        "<!doctype html><html><head><title>Паром вернулся в порт</title></head><body><article>"
        "<h1>Паром вернулся в порт</h1>"
        "<p>Паром номер восемь вернулся в порт во вторник после трёх дней в море, сказал его капитан журналистам.</p>"
        "<p>Пассажиров разместили в гостинице у гавани, а компания обещала оплатить им дорогу домой и питание.</p>"
        "</article></body></html>"
    )
    served = {"url": "https://paper.example/8", "content-type": "text/html; charset=koi8-r"}
    broker.send(own.kafka_topics[0], [russian.encode("koi8-r")], partition=1, headers=served)
    work(mapped, "run")
    by_url = {article["url"]: article for article in stored(client, Names(own.index_prefix).news)}
    seven, eight = by_url["https://paper.example/7"], by_url["https://paper.example/8"]
    assert (seven["headline"], seven["publisher"], seven.get("published_at")) == ("A ferry is back", "Gazette", None)
    assert (eight["headline"], eight["origin"]["encoding"]) == ("Паром вернулся в порт", "koi8-r")


def test_the_archive_has_the_bytes(own: Settings, broker: Broker, client: Elasticsearch) -> None:
    """From an article to the message's bytes, and its time is the message's; also of one that was refused."""
    broker.send(own.kafka_topics[0], [text(9), b"{torn"], headers={"content-type": "application/json"})
    broker.send(own.kafka_topics[1], [text(9)])
    work(own, "run")
    (article,) = stored(client, Names(own.index_prefix).news)
    refused = stored(client, Names(own.index_prefix).quarantine)
    archive = open_archive(own)
    assert archive.read(article["origin"]["raw_ref"]) == text(9)
    assert {archive.read(entry["origin"]["raw_ref"]) for entry in refused} == {text(9), b"{torn"}


def test_a_run_takes_no_more_than_it_may(own: Settings, broker: Broker) -> None:
    """The rest waits for the next one, which begins where this one has committed."""
    broker.send(own.kafka_topics[0], [text(number) for number in range(10)])
    batches = run.take_messages(own, "first", most=6)
    assert [run.ingest_batch(own, batch, "first")["inputs"] for batch in batches] == [4, 2]
    run.close_stream(own, "first", [run.ingest_batch(own, batch, "first") for batch in batches])
    assert run.commit_stream(own, "first") == {f"{own.kafka_topics[0]}/0": 6}
    assert work(own, "second")["inputs"] == 4
    run.commit_stream(own, "second")
    assert committed(broker, own)[0] == 10
    assert work(own, "third")["inputs"] == 0


def test_nothing_is_committed_before_all_is_done(own: Settings, broker: Broker) -> None:
    """A batch without a balance sheet holds the offsets back, and so does a first task that has not ended."""
    broker.send(own.kafka_topics[0], [text(number) for number in range(6)])
    first, second = run.take_messages(own, "run")
    sheet = run.ingest_batch(own, first, "run")
    with pytest.raises(Exception, match="did not finish"):
        run.close_stream(own, "run", [sheet])
    with pytest.raises(UserError, match="not done"):
        run.commit_stream(own, "run")
    assert committed(broker, own)[0] is None
    run.close_stream(own, "run", [sheet, run.ingest_batch(own, second, "run")])
    assert run.commit_stream(own, "run") == {f"{own.kafka_topics[0]}/0": 6}
    assert run.commit_stream(own, "run") == {}


def test_the_next_run_takes_over_what_a_dead_one_had(own: Settings, broker: Broker, client: Elasticsearch) -> None:
    """Its messages are not taken twice, and new ones are taken too; the dead run's tasks do no harm."""
    topic = own.kafka_topics[0]
    broker.send(topic, [text(number) for number in range(5)])
    run.take_messages(own, "dead")
    broker.send(topic, [text(number) for number in range(5, 7)])
    total = work(own, "next")
    assert (total["inputs"], total["outcomes"]["created"]) == (7, 7)
    assert run.commit_stream(own, "dead") == {}
    assert run.commit_stream(own, "next") == {f"{topic}/0": 7}
    assert len(articles(client, own)) == 7


def test_messages_read_again_are_unchanged(own: Settings, broker: Broker, client: Elasticsearch) -> None:
    """As after the loss of all notes: the same places, so the same articles."""
    broker.send(own.kafka_topics[0], [text(number) for number in range(5)])
    assert work(own, "run")["outcomes"]["created"] == 5
    shutil.rmtree(own.spool)
    again = work(own, "again")
    assert (again["inputs"], again["outcomes"]["unchanged"]) == (5, 5)
    assert len(articles(client, own)) == 5


@pytest.mark.parametrize("again", ["run", "next"])
@pytest.mark.parametrize("point", POINTS)
def test_a_killed_run_loses_nothing_and_doubles_nothing(
    own: Settings, broker: Broker, client: Elasticsearch, point: str, again: str
) -> None:
    """Between archive and batches, between index and notes, between index and commit; tried again or followed."""
    broker.send(own.kafka_topics[0], [text(number) for number in range(10)])
    broker.send(own.kafka_topics[1], [None, *(row(number) for number in range(10, 13)), b"{torn}"])
    assert die_at(point, own, "run") == -signal.SIGKILL
    assert committed(broker, own) == [None, None, None, None]
    total = work(own, again)
    counted = total["inputs"]
    if again == "next" and point == "balanced":
        assert counted == 0  # the dead run had drawn its balance
        counted = sum(sheet["inputs"] for sheet in stored(client, Names(own.index_prefix).runs))
    assert (counted, total["balanced"]) == (14, True)
    run.commit_stream(own, again)
    assert committed(broker, own) == [10, None, 5, None]
    assert len(articles(client, own)) == 13
    assert len(stored(client, Names(own.index_prefix).quarantine)) == 1
    assert work(own, "last")["inputs"] == 0


def test_two_that_take_at_once_are_told(own: Settings, broker: Broker) -> None:
    """A doubled run waits, by failing; nothing is taken twice."""
    from newsdex.run.stream_journal import hold_streams

    with hold_streams(own.spool, "first"), pytest.raises(UserError, match="another process"):
        run.take_messages(own, "second")


def test_messages_that_kafka_has_deleted_are_told(
    own: Settings, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    """Retention is shorter than we were away: what is left is taken, and what is not is warned of."""
    topic = own.kafka_topics[0]
    broker.send(topic, [text(number) for number in range(2)])
    work(own, "first")
    run.commit_stream(own, "first")
    broker.send(topic, [text(number) for number in range(2, 9)])
    broker.delete_before(topic, 0, 6)
    assert work(own, "second")["inputs"] == 3
    assert "deleted about 4 messages" in caplog.text


def test_the_watch_counts_without_consuming(own: Settings, broker: Broker) -> None:
    """By topic, until they are committed."""
    first, second = own.kafka_topics
    with run.StreamWatch(own) as watch:
        assert watch.look() == {}
        broker.send(first, [text(1), text(2)])
        broker.send(first, [text(3)], partition=1)
        broker.send(second, [text(4)])
        assert watch.look() == {first: 3, second: 1}
        assert watch.look() == {first: 3, second: 1}
        work(own, "run")
        assert watch.look() == {first: 3, second: 1}
        run.commit_stream(own, "run")
        assert watch.look() == {}


def test_a_topic_that_is_not_there_is_named(own: Settings, broker: Broker) -> None:
    """It holds the others not up; alone it is an error."""
    broker.send(own.kafka_topics[0], [text(1)])
    assert len(run.take_messages(replace(own, kafka_topics=("gone", own.kafka_topics[0])), "run")) == 1
    with pytest.raises(UserError, match=r"no such topic at .*: gone"):
        run.take_messages(replace(own, kafka_topics=("gone",)), "next")


def test_what_is_not_set_up_is_said(own: Settings) -> None:
    """In one sentence that names the variables; and options that would break the door are refused."""
    with pytest.raises(UserError, match="NEWSDEX_KAFKA_SERVERS"):
        run.take_messages(replace(own, kafka_servers=""), "run")
    with pytest.raises(UserError, match=r"enable\.auto\.commit"):
        run.take_messages(replace(own, kafka_options={"enable.auto.commit": True}), "run")
    with pytest.raises(UserError, match="options cannot be used"):
        run.take_messages(replace(own, kafka_options={"no.such.option": 1}), "run")


def test_servers_and_options_may_come_from_a_connection(own: Settings, broker: Broker) -> None:
    """As an Airflow connection has them."""
    broker.send(own.kafka_topics[0], [text(1)])
    connected = replace(own, kafka_servers="", kafka_connection="kafka_default")
    options = {"bootstrap.servers": broker.servers, "group.id": "another", "security.protocol": "PLAINTEXT"}
    assert len(run.take_messages(connected, "run", options=options)) == 1
    with pytest.raises(UserError, match=r"kafka_default says no bootstrap\.servers"):
        run.take_messages(connected, "next", options={})
