"""Upkeep of a real home and a real index: what is let go of, what is told, and what is never touched."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from example_articles import make_article, make_rejection
from rebuilt_archive import add_rules, environment, ingest, make_home, story
from typer.testing import CliRunner

from newsdex.cli import app
from newsdex.errors import UserError
from newsdex.index import BalanceSheet, write
from newsdex.index.addresses import Sighting
from newsdex.index.frontier import Frontier
from newsdex.index.quarantine import Quarantine, Selection
from newsdex.index.source_states import SourceState, SourceStates
from newsdex.index.versions import Versions
from newsdex.run.clock import now
from newsdex.run.findings import Report
from newsdex.run.maintenance import TASKS, conclude, maintain, maintain_all
from newsdex.run.rebuild_record import Phase, Rebuilds
from newsdex.settings import Settings
from newsdex.spool import Description, Spool

DAY = timedelta(days=1)


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Settings:
    """Make a home of the test's own, with an archive of three stories."""
    home = make_home(settings, tmp_path / "home")
    add_rules(home)
    ingest(home, tmp_path / "in", {f"{number}.html": story(number) for number in range(3)})
    return home


@pytest.fixture
def refuse(client: Elasticsearch, settings: Settings) -> Callable[[str, datetime], None]:
    """Refuse a document at some time."""

    def refuse(uri: str, at: datetime) -> None:
        list(write(client, [make_rejection(uri)], prefix=settings.index_prefix, indexed_at=at))

    return refuse


def archive_bytes(settings: Settings) -> dict[str, bytes]:
    """Give all that the archive holds."""
    return {str(path): path.read_bytes() for path in settings.archive.rglob("*.warc.gz")}


def spoilt(content: bytes) -> bytes:
    """Give an archive file as a bad disk would: some bytes in the middle are others."""
    middle = len(content) // 2
    return content[:middle] + bytes(byte ^ 0x55 for byte in content[middle : middle + 40]) + content[middle + 40 :]


def make_old(path: Path, days: float) -> None:
    """Have a file or folder look untouched for days."""
    then = now().timestamp() - days * 86_400
    os.utime(path, (then, then))


def uris(client: Elasticsearch, settings: Settings) -> set[str]:
    """Name what is in quarantine."""
    return {entry.uri for entry in Quarantine(client, settings.index_prefix).find(Selection())}


def test_quarantine_is_left_by_retention_which_says_so(home: Settings, client: Elasticsearch, refuse: Any) -> None:
    """With the number and the reasons; with 0 days nothing ever leaves."""
    for uri, days in (("old", 400), ("older", 500), ("young", 300)):
        refuse(uri, now() - days * DAY)
    assert maintain(replace(home, quarantine_days=0), "quarantine").counts == {"left_quarantine": 0}
    looked = maintain(home, "quarantine", dry_run=True)
    assert looked.counts == {"left_quarantine": 2}
    assert uris(client, home) == {"old", "older", "young"}
    done = maintain(home, "quarantine")
    assert "2 documents left quarantine, refused more than 365 days ago" in done.done[0]
    assert "empty_input 2" in done.done[0]
    assert uris(client, home) == {"young"}
    assert maintain(home, "quarantine").counts == {"left_quarantine": 0}


def test_an_index_that_was_replaced_long_ago_is_deleted(home: Settings, client: Elasticsearch) -> None:
    """Never the one that serves; one that a rebuild had to do with lately is kept to go back to."""
    versions = Versions(client, home.index_prefix)
    first, second = versions.serving(), versions.begin(home)
    versions.switch(second)
    assert maintain(home, "versions").counts == {"versions_deleted": 0, "versions_kept": 1}
    later = now() + 31 * DAY
    record = Rebuilds(home).begin(now(), old=first, new=second, config="")
    record.state.phase = Phase.DONE
    record.save()
    os.utime(record.folder / "state.json", (later.timestamp(), later.timestamp()))
    assert maintain(home, "versions", at=later).counts["versions_deleted"] == 0
    assert maintain(home, "versions", at=later + 31 * DAY, dry_run=True).counts["versions_deleted"] == 1
    assert versions.exists(first)
    assert maintain(replace(home, version_days=0), "versions", at=later + 31 * DAY).counts["versions_deleted"] == 0
    assert maintain(home, "versions", at=later + 31 * DAY).counts == {"versions_deleted": 1, "versions_kept": 0}
    assert not versions.exists(first)
    assert versions.serving() == second


def test_a_rebuild_that_was_never_ended_is_told_and_its_indices_are_kept(home: Settings, client: Elasticsearch) -> None:
    """However old: it may go on."""
    versions = Versions(client, home.index_prefix)
    Rebuilds(home).begin(now(), old=versions.serving(), new=versions.begin(home), config="")
    report = maintain(home, "versions", at=now() + 90 * DAY)
    assert report.counts["versions_deleted"] == 0
    (finding,) = report.findings
    assert "was never ended (filling)" in finding.text
    assert "--discard" in finding.advice


def test_while_a_rebuild_runs_no_index_is_touched(home: Settings) -> None:
    """The task says so and fails; the next day's does its work."""
    with Rebuilds(home).alone(), pytest.raises(UserError, match="another rebuild is running"):
        maintain(home, "versions")


def test_records_are_let_go_of_after_their_time(home: Settings, client: Elasticsearch) -> None:
    """Balance sheets, sheets of runs, reports of rebuilds that cannot be gone back from."""
    for name, days in (("old", 400), ("young", 300)):
        BalanceSheet().store(client, name, prefix=home.index_prefix, stored_at=now() - days * DAY)
        Spool(home.spool).close_run(name, {})
        make_old(home.spool / "runs" / f"{name}.json", days)
        record = Rebuilds(home).begin(now() - days * DAY, old="gone", new="gone-too", config="")
        record.state.phase = Phase.DONE
        record.save()
        make_old(record.folder / "state.json", days)
    expected = {"sheets": 1, "scorecards": 0, "runs": 1, "rebuilds": 1}
    assert maintain(home, "records", dry_run=True).counts == expected
    assert maintain(home, "records").counts == expected
    assert maintain(home, "records").counts == dict.fromkeys(expected, 0)
    assert client.exists(index=f"{home.index_prefix}news-runs", id="young")
    assert len(Rebuilds(home).all()) == 1


def test_damage_in_the_archive_needs_a_person(home: Settings) -> None:
    """Bytes that cannot be read any more; a torn end is what a killed writer leaves, and is a warning."""
    (path,) = home.archive.rglob("*.warc.gz")
    whole = path.read_bytes()
    assert maintain(home, "archive").findings == []
    path.write_bytes(whole[:-20])
    torn = maintain(home, "archive")
    assert torn.alarms == []
    assert {finding.text.partition(": ")[2] for finding in torn.findings} == {"the file ends in mid-record"}
    path.write_bytes(spoilt(whole))
    damaged = maintain(home, "archive", sample=1000)
    assert damaged.alarms
    assert "backup" in damaged.alarms[0].advice


def test_what_upkeep_deletes_never_is_in_the_archive(home: Settings, refuse: Any) -> None:
    """Whatever the retentions are."""
    refuse("old", now() - 400 * DAY)
    before = archive_bytes(home)
    assert before
    short = replace(home, quarantine_days=1, history_days=1, version_days=1)
    for task in TASKS:
        maintain(short, task.name, at=now() + 1000 * DAY)
    assert archive_bytes(home) == before


def test_the_disk_is_measured_each_day(home: Settings) -> None:
    """So that the next day knows how fast it fills; a dry run leaves no trace."""
    maintain(home, "disk", dry_run=True)
    assert not (home.home / "disk.jsonl").exists()
    maintain(home, "disk")
    report = maintain(home, "disk", at=now() + DAY)
    assert "GB a day" in report.done[0]
    assert len((home.home / "disk.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_elasticsearch_says_when_its_disk_is_full(home: Settings, client: Elasticsearch) -> None:
    """By its own limits, and by the indices that it has closed for it."""
    level = "cluster.routing.allocation.disk.watermark"
    names = (f"{level}.low", f"{level}.high", f"{level}.flood_stage")
    total = next(iter(client.nodes.stats(metric="fs")["nodes"].values()))["fs"]["total"]
    free = total["available_in_bytes"]

    def limit(high: int, flood: int) -> None:
        sizes = (f"{high + 1}b", f"{high}b", f"{flood}b")
        client.cluster.put_settings(persistent=dict(zip(names, sizes, strict=True)))

    try:
        limit(2_000_000, 1_000_000)
        assert maintain(home, "elasticsearch").alarms == []
        limit(free * 2, 1_000_000)
        (alarm,) = maintain(home, "elasticsearch").alarms
        assert "moves shards away" in alarm.text
        limit(2_000_000, 1_000_000)
        block = {"index.blocks.read_only_allow_delete": True}
        client.indices.put_settings(index=f"{home.index_prefix}news-runs", settings=block)
        (alarm,) = maintain(home, "elasticsearch").alarms
        assert f"takes nothing more into {home.index_prefix}news-runs-000001" in alarm.text
    finally:
        client.cluster.put_settings(persistent=dict.fromkeys(names))
        block = {"index.blocks.read_only_allow_delete": None}
        client.indices.put_settings(index=f"{home.index_prefix}news-runs", settings=block)


def test_work_that_nobody_took_for_a_day_needs_a_person(home: Settings) -> None:
    """Files in the inbox, claims of a dead run, batches of another door; what came today does not."""
    home.inbox.mkdir(parents=True)
    (home.inbox / "a.txt").write_text("A text.", encoding="utf-8")
    claimed = home.inbox / ".claimed" / "dead-run" / "batch"
    claimed.mkdir(parents=True)
    spool = Spool(home.spool)
    (batch,) = spool.open("dead", [Description("archive", "backfill", now(), 1, {"refs": []})])
    today = maintain(home, "leftovers")
    assert (today.alarms, today.counts["left_batches"]) == ([], 0)
    make_old(claimed, 1.1)
    make_old(spool.batch(batch).folder, 1.1)
    report = maintain(home, "leftovers", at=now() + timedelta(hours=1))
    assert [alarm.text for alarm in report.alarms] == [
        "1 claimed batches were left more than a day ago",
        "1 batches of the queue backfill were left more than a day ago",
    ]
    later = maintain(home, "leftovers", at=now() + 2 * DAY)
    assert later.alarms[0].text == "1 files have waited in the inbox for more than a day"
    assert "ingest_inbox" in later.alarms[0].advice
    assert (home.inbox / "a.txt").exists()
    assert claimed.exists()


def test_sources_and_addresses_that_nobody_asks_need_a_person(home: Settings, client: Elasticsearch) -> None:
    """Their DAG is paused, or Airflow is down."""
    (home.config / "sources.yaml").write_text(
        "sources:\n  - {id: gazette, url: 'https://gazette.example/'}\n", encoding="utf-8"
    )
    state = SourceState("gazette", "https://gazette.example/", next_poll=now())
    SourceStates(client, home.index_prefix).keep([state])
    Frontier(client, home.index_prefix).offer([Sighting("https://gazette.example/1")], now())
    today = maintain(home, "frontier")
    assert (today.findings, today.counts) == ([], {"waiting": 1})
    later = maintain(home, "frontier", at=now() + 2 * DAY)
    assert [alarm.text for alarm in later.alarms] == [
        "1 sources were due more than a day ago: gazette",
        "1 addresses should have been fetched more than a day ago, and none was fetched since",
    ]


def test_silent_sources_are_alarms_of_the_day(home: Settings, client: Elasticsearch) -> None:
    """Each with the command that shows its scorecard; the cards are kept."""
    moment = now()
    articles = []
    for days in range(7, 60):
        article = make_article(f"The ferry came on day {days}. " * 30, url=f"https://g.example/{days}")
        origin = replace(article.origin, source="gazette", fetched_at=moment - days * DAY)
        articles.append(replace(article, clean=replace(article.clean, origin=origin)))
    list(write(client, articles, prefix=home.index_prefix, indexed_at=moment))
    (home.config / "sources.yaml").write_text(
        "sources:\n  - {id: gazette, url: 'https://gazette.example/'}\n", encoding="utf-8"
    )
    (alarm,) = maintain(home, "sources", at=moment).alarms
    assert alarm.text == "gazette: silent for 7 days; gaps of 24 h are usual"
    assert alarm.advice == "newsdex sources --source 'gazette'"
    client.indices.refresh(index=f"{home.index_prefix}news-scorecards")
    assert client.count(index=f"{home.index_prefix}news-scorecards")["count"] >= 1


def test_a_task_that_fails_stops_no_other(home: Settings) -> None:
    """And is told as what needs a person."""
    told: list[str] = []
    with Rebuilds(home).alone():
        needed = maintain_all(
            home, ["versions", "records"], told=lambda task, report: told.append(type(report).__name__)
        )
    assert told == ["UserError", "Report"]
    assert needed is not None
    assert needed.splitlines() == ["1 thing needs a person", "versions: did not finish; its log says why"]


def test_nothing_to_say_is_said_as_nothing() -> None:
    """Warnings alone need nobody."""
    report = Report("disk")
    report.warn("14 % free")
    assert conclude({"disk": report.as_dict()}) is None


def test_a_task_that_is_none_is_refused(home: Settings) -> None:
    """With those that there are."""
    with pytest.raises(UserError, match="no task of upkeep"):
        maintain(home, "archives")


def test_the_command_does_the_same_and_its_exit_code_says_whether_a_person_is_needed(home: Settings) -> None:
    """One task or all; a dry run changes nothing; JSON is a task a line."""
    run, env = CliRunner().invoke, environment(home)
    fine = run(app, ["maintain", "--only", "records", "--only", "archive", "--json"], env=env)
    assert fine.exit_code == 0, fine.output
    assert [json.loads(line)["task"] for line in fine.stdout.splitlines()] == ["records", "archive"]
    (path,) = home.archive.rglob("*.warc.gz")
    path.write_bytes(spoilt(path.read_bytes()))
    bad = run(app, ["maintain", "--only", "archive", "--sample", "1000", "--dry-run"], env=env)
    assert bad.exit_code == 1
    assert "alarm" in bad.stdout
    assert "need" in bad.stdout.splitlines()[-1]
    assert run(app, ["maintain", "--only", "everything"], env=env).exit_code == 2
