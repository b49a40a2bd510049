"""A new index from the raw archive, with today's rules, while the old one serves: nothing is lost, no search fails."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from rebuilt_archive import FURNITURE, MOVED, add_rules, environment, ingest, make_home, story
from typer.testing import CliRunner

from newsdex.cli import app
from newsdex.errors import UserError
from newsdex.index import Names, Outcome, ensure_indices
from newsdex.index.quarantine import Quarantine, Selection
from newsdex.index.revisions import revisions
from newsdex.index.versions import Versions
from newsdex.run import rebuild
from newsdex.settings import Settings


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Settings:
    """Give a home with an archive and an index of its own."""
    return make_home(settings, tmp_path / "home")


@pytest.fixture
def add(home: Settings, tmp_path: Path) -> Callable[..., Any]:
    """Take stories into the archive and the index, by their numbers."""

    def add(*numbers: int, name: str = "{}", publisher: str | None = None, **fields: Any) -> Any:
        stories = {f"{name.format(number)}.html": story(number, **fields) for number in numbers}
        return ingest(home, tmp_path / "in", stories, publisher)

    return add


def articles(client: Elasticsearch, settings: Settings) -> dict[str, dict[str, Any]]:
    """Read everything that a search finds, by the number in its address."""
    index = Names(settings.index_prefix).news
    client.indices.refresh(index=index)
    found = client.search(index=index, size=10_000)["hits"]["hits"]
    return {hit["_source"]["canonical_url"].rpartition("/")[2]: {"id": hit["_id"], **hit["_source"]} for hit in found}


def serving(client: Elasticsearch, settings: Settings) -> str:
    """Give the end of the name of the index behind both aliases, and see that they agree."""
    names = Names(settings.index_prefix)
    read, write = (set(client.indices.get_alias(name=name)) for name in (names.news, names.news_write))
    assert read == write
    (index,) = read
    return index.rpartition("-")[2]


def indices(client: Elasticsearch, settings: Settings) -> list[str]:
    """Give the ends of the names of all versions of the index."""
    return sorted(name.rpartition("-")[2] for name in client.indices.get(index=f"{settings.index_prefix}news-0*"))


def build_and_switch(home: Settings, **options: Any) -> dict[str, Any]:
    """Do what `newsdex rebuild` does, and give the report."""
    report = rebuild.build(home, processes=1, **options)
    rebuild.switch(home, processes=1)
    return report


def test_todays_rules_clean_yesterdays_articles(home: Settings, client: Elasticsearch, add: Any) -> None:
    """The furniture goes; version and `indexed_at` stay, as the articles have not changed; no revision is made."""
    add(*range(0, 20, 2))
    add(*range(1, 20, 2), extra=FURNITURE)
    before = articles(client, home)
    add_rules(home)
    report = rebuild.build(home, processes=1)
    assert (report["same"], report["changed"], report["missing"], report["added"]) == (10, 10, 0, 0)
    assert report["fields"]["body"]["changed"] == 10
    assert articles(client, home) == before
    rebuild.switch(home, processes=1)
    after = articles(client, home)
    assert serving(client, home) == "000002"
    assert not any(FURNITURE in article["body"] for article in after.values())
    kept = ("id", "version", "indexed_at")
    assert {n: [a[k] for k in kept] for n, a in after.items()} == {n: [a[k] for k in kept] for n, a in before.items()}
    assert client.count(index=Names(home.index_prefix).revisions)["count"] == 0


def test_the_report_is_written_before_the_switch_for_machines_and_for_people(home: Settings, add: Any) -> None:
    """With what changed in each field, for each publisher, and examples with their words before and after."""
    add(1, 2, 3, extra=FURNITURE, publisher="Harbour Post")
    add_rules(home)
    report = rebuild.build(home, processes=1, examples=2)
    folder = home.home / "rebuilds" / report["id"]
    assert json.loads((folder / "report.json").read_text(encoding="utf-8")) == report
    examples = report["fields"]["body"]["examples"]
    assert len(examples) == 2
    assert FURNITURE[:20] in examples[0]["before"]
    assert FURNITURE[:20] not in examples[0]["after"]
    assert report["publishers"]["Harbour Post"] == {"before": 3, "changed": 3, "missing": 0, "added": 0}
    told = (folder / "report.txt").read_text(encoding="utf-8")
    assert "3  articles changed" in told
    assert "Harbour Post" in told


def test_what_is_refused_now_leaves_for_the_quarantine_and_comes_back_with_a_rollback(
    home: Settings, client: Elasticsearch, add: Any
) -> None:
    """The report names it, with the reason; nothing in quarantine changes before the switch."""
    quarantine = Quarantine(client, home.index_prefix)
    add(1, 2)
    add(3, extra=MOVED)
    add_rules(home)
    report = rebuild.build(home, processes=1)
    assert (report["missing"], report["refused"]["reasons"]) == (1, {"error_page": 1})
    assert report["refused"]["examples"][0]["headline"] == "Ferry 3 returns to Colonia"
    assert quarantine.count(Selection()) == 0
    rebuild.switch(home, processes=1)
    assert set(articles(client, home)) == {"1", "2"}
    assert [Path(entry.uri).name for entry in quarantine.find(Selection())] == ["3.html"]
    rebuild.roll_back(home, processes=1)
    assert set(articles(client, home)) == {"1", "2", "3"}
    assert quarantine.count(Selection()) == 0


def test_what_lies_in_quarantine_and_passes_now_is_recovered(home: Settings, client: Elasticsearch, add: Any) -> None:
    """It is searched after the switch, and its entry is gone; with a rollback both are as before."""
    quarantine = Quarantine(client, home.index_prefix)
    add_rules(home)
    add(1)
    add(2, extra=MOVED)
    before = [entry.source for entry in quarantine.find(Selection())]
    (home.config / "languages" / "en.yaml").unlink()
    report = build_and_switch(home)
    assert (report["added"], report["recovered"]["count"]) == (1, 1)
    assert set(articles(client, home)) == {"1", "2"}
    assert quarantine.count(Selection()) == 0
    rebuild.roll_back(home, processes=1)
    assert set(articles(client, home)) == {"1"}
    assert [entry.source for entry in quarantine.find(Selection())] == before


def test_what_was_dropped_from_quarantine_gets_no_new_entry(home: Settings, client: Elasticsearch, add: Any) -> None:
    """Somebody decided so."""
    quarantine = Quarantine(client, home.index_prefix)
    add_rules(home)
    add(1)
    add(2, extra=MOVED)
    quarantine.drop(Selection())
    build_and_switch(home)
    assert quarantine.count(Selection()) == 0


def test_a_dry_run_reports_and_leaves_nothing(home: Settings, client: Elasticsearch, add: Any) -> None:
    """The new index is removed, the report stays."""
    add(1, extra=FURNITURE)
    add_rules(home)
    report = rebuild.build(home, processes=1)
    assert rebuild.discard(home) == report["new"]
    assert (serving(client, home), indices(client, home)) == ("000001", ["000001"])
    assert FURNITURE in articles(client, home)["1"]["body"]
    assert (home.home / "rebuilds" / report["id"] / "report.txt").exists()
    with pytest.raises(UserError, match="no index has been filled"):
        rebuild.switch(home, processes=1)


def test_a_later_fetch_wins_whatever_the_order_in_the_archive(home: Settings, client: Elasticsearch, add: Any) -> None:
    """An article with three texts is its last one again, with its number and its revisions as they were."""
    for number, extra in enumerate(("Water rose.", "Water rose and fell.", "Water fell.")):
        add(1, name=f"{{}}-{number}", extra=extra, address="https://gazette.example/1")
    before = articles(client, home)["1"]
    build_and_switch(home)
    after = articles(client, home)["1"]
    assert (after["body"], after["version"]) == (before["body"], 3)
    former = revisions(client, after["id"], index=Names(home.index_prefix).revisions)
    assert [each.version for each in former] == [1, 2]
    add(1, name="{}-later", extra="Water is gone.", address="https://gazette.example/1")
    former = revisions(client, after["id"], index=Names(home.index_prefix).revisions)
    assert [each.version for each in former] == [1, 2, 3]


def test_only_one_publisher_is_rebuilt_and_the_others_are_taken_over(
    home: Settings, client: Elasticsearch, add: Any
) -> None:
    """Their articles stay as they are to the last field, though today's rules would change them too."""
    add(1, 2, extra=FURNITURE, publisher="Harbour Post")
    add(3, 4, extra=FURNITURE, publisher="Inland Mirror")
    before = articles(client, home)
    add_rules(home)
    report = build_and_switch(home, only="harbour post")
    after = articles(client, home)
    assert (report["changed"], report["same"], report["taken_over"]) == (2, 2, 2)
    assert {n: after[n] for n in ("3", "4")} == {n: before[n] for n in ("3", "4")}
    assert not any(FURNITURE in after[n]["body"] for n in ("1", "2"))


def test_articles_whose_bytes_are_gone_are_taken_over(home: Settings, client: Elasticsearch, add: Any) -> None:
    """A retention of the archive costs no article; the report counts them."""
    add(1, 2)
    shutil.rmtree(home.archive)
    add(3)
    before = articles(client, home)
    report = build_and_switch(home)
    assert (report["taken_over"], report["missing"]) == (2, 0)
    assert articles(client, home) == before


def test_a_document_that_lies_where_another_one_lay_is_not_taken_for_it(
    home: Settings, client: Elasticsearch, add: Any
) -> None:
    """A file of the archive may get the name of one that was deleted: the article stays what it was."""
    add(1, 3)
    shutil.rmtree(home.archive)
    add(3, name="{}-again", extra="The ferry sails again.")
    both = articles(client, home)
    elsewhere = {"origin": {"raw_ref": both["3"]["origin"]["raw_ref"]}}
    client.update(index=Names(home.index_prefix).news_write, id=both["1"]["id"], doc=elsewhere, refresh=True)
    report = build_and_switch(home)
    assert (report["taken_over"], report["missing"]) == (1, 0)
    assert articles(client, home)["1"]["body"] == both["1"]["body"]


def test_a_lost_index_comes_back_from_the_archive(home: Settings, client: Elasticsearch, add: Any) -> None:
    """The archive alone is enough."""
    add(*range(5))
    before = articles(client, home)
    client.indices.delete(index=f"{home.index_prefix}news-000001")
    report = build_and_switch(home)
    assert (report["added"], report["missing"]) == (5, 0)
    after = articles(client, home)
    assert {n: a["body"] for n, a in after.items()} == {n: a["body"] for n, a in before.items()}


def test_another_version_of_the_mapping_is_led_here_and_works(home: Settings, client: Elasticsearch, add: Any) -> None:
    """Before it nothing can be written, after it everything can."""
    add(1, 2)
    path = home.config / "elasticsearch" / "news.json"
    shape = json.loads(path.read_text(encoding="utf-8"))
    shape["mappings"]["_meta"]["schema_version"] += 1
    shape["mappings"]["properties"]["mood"] = {"type": "keyword"}
    path.write_text(json.dumps(shape), encoding="utf-8")
    with pytest.raises(UserError, match="newsdex rebuild"):
        add(3)
    with pytest.raises(UserError, match="cannot be taken over"):
        rebuild.build(home, only="Harbour Post", processes=1)
    build_and_switch(home)
    add(3)
    assert set(articles(client, home)) == {"1", "2", "3"}
    assert ensure_indices(client, home) == []


def test_old_versions_are_kept_as_many_as_are_wanted(home: Settings, client: Elasticsearch, add: Any) -> None:
    """The newest of them; without one there is nothing to go back to."""
    add(1)
    build_and_switch(home)
    assert indices(client, home) == ["000001", "000002"]
    build_and_switch(home)
    assert indices(client, home) == ["000002", "000003"]
    rebuild.build(home, processes=1)
    rebuild.switch(home, processes=1, keep=0)
    assert indices(client, home) == ["000004"]
    with pytest.raises(UserError, match="no index to go back to"):
        rebuild.roll_back(home, processes=1)


def test_a_rollback_has_everything_that_came_since(home: Settings, client: Elasticsearch, add: Any) -> None:
    """New articles, changed ones, with their versions; what only the new rules changed is as before."""
    add(1, 2, 3, extra=FURNITURE)
    before = articles(client, home)
    add_rules(home)
    build_and_switch(home)
    add(4)
    add(2, name="{}-later", extra="Water fell.", address="https://gazette.example/2")
    since = articles(client, home)
    done = rebuild.roll_back(home, processes=1)
    after = articles(client, home)
    assert (serving(client, home), done["caught_up"]) == ("000001", 2)
    assert set(after) == {"1", "2", "3", "4"}
    assert (after["1"], after["3"]) == (before["1"], before["3"])
    assert (after["2"]["body"], after["2"]["version"]) == (since["2"]["body"], 2)
    assert after["4"]["indexed_at"] == since["4"]["indexed_at"]
    add(5)
    assert set(articles(client, home)) == {"1", "2", "3", "4", "5"}


def test_the_command_line_reports_switches_and_goes_back(home: Settings, client: Elasticsearch, add: Any) -> None:
    """A dry run first, then the real one, then back."""
    add(1, extra=FURNITURE)
    add_rules(home)

    def newsdex(*words: str) -> Any:
        done = CliRunner().invoke(app, ["rebuild", *words, "--jobs", "1"], env=environment(home))
        assert done.exit_code == 0, done.output
        return done.output

    report = json.loads(newsdex("--dry-run", "--json"))
    assert (report["documents"], report["same"], report["changed"]) == (1, 0, 1)
    assert serving(client, home) == "000001"
    assert "1  articles changed" in newsdex()
    assert serving(client, home) == "000002"
    assert "news-000001 serves again" in newsdex("--rollback")
    assert FURNITURE in articles(client, home)["1"]["body"]


class Killed(BaseException):
    """The process ends here."""


def kill_at(step: str, after: int = 0) -> Callable[[str, int, int], None]:
    """Die in a step, when so many documents of it are done."""

    def told(now: str, done: int, total: int) -> None:
        if now == step and done > after:
            raise Killed

    return told


@pytest.mark.parametrize("place", ["filling", "comparing"])
def test_a_rebuild_that_was_killed_goes_on_where_it_was(
    home: Settings, client: Elasticsearch, add: Any, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Documents that are done are not worked again, and the end is the same."""
    monkeypatch.setattr("newsdex.run.rebuilding._PORTION", 5)
    add(*range(20), extra=FURNITURE)
    add_rules(home)
    with pytest.raises(Killed):
        rebuild.build(home, processes=1, told=kill_at(place, 12 if place == "filling" else 0))
    again: list[int] = []
    report = rebuild.build(home, processes=1, told=lambda step, done, total: again.append(done))
    assert again[0] == 0
    assert (report["documents"], report["changed"], report["missing"]) == (20, 20, 0)
    assert len(list((home.home / "rebuilds").glob("*/state.json"))) == 1
    rebuild.switch(home, processes=1)
    assert len(articles(client, home)) == 20


def test_changed_rules_begin_an_interrupted_rebuild_anew(
    home: Settings, client: Elasticsearch, add: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of one and half of the other would be nobody's index."""
    monkeypatch.setattr("newsdex.run.rebuilding._PORTION", 5)
    add(*range(20), extra=FURNITURE)
    with pytest.raises(Killed):
        rebuild.build(home, processes=1, told=kill_at("filling", 12))
    add_rules(home)
    assert rebuild.build(home, processes=1)["changed"] == 20
    assert indices(client, home) == ["000001", "000002"]


@pytest.mark.parametrize("place", ["block", "_demand_counts", "switch", "settle_quarantine"])
def test_a_switch_that_was_killed_is_done_by_the_next(
    home: Settings, client: Elasticsearch, add: Any, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Before the aliases moved or after: searches find everything all the time, and writers go on."""
    quarantine = Quarantine(client, home.index_prefix)
    add(1, 2)
    add(3, extra=MOVED)
    add_rules(home)
    rebuild.build(home, processes=1)

    def die(*_: object) -> None:
        raise Killed

    target = "newsdex.index.versions.Versions" if place in ("block", "switch") else "newsdex.run.rebuilding.Rebuild"
    with monkeypatch.context() as patch:
        patch.setattr(f"{target}.{place}", die)
        patch.setattr("newsdex.index.versions.Versions.unblock", lambda *_: None)
        with pytest.raises(Killed):
            rebuild.switch(home, processes=1)
    assert set(articles(client, home)) >= {"1", "2"}
    rebuild.build(home, processes=1)
    rebuild.switch(home, processes=1)
    assert (serving(client, home), set(articles(client, home))) == ("000002", {"1", "2"})
    assert quarantine.count(Selection()) == 1
    add(4)
    assert set(articles(client, home)) == {"1", "2", "4"}


def test_two_rebuilds_at_once_are_refused(home: Settings, add: Any) -> None:
    """One home, one rebuild."""
    add(1)

    def told(step: str, done: int, total: int) -> None:
        with pytest.raises(UserError, match="another rebuild is running"):
            rebuild.build(home, processes=1)

    rebuild.build(home, processes=1, told=told)


def test_an_article_that_would_be_lost_stops_the_switch(
    home: Settings, client: Elasticsearch, add: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted under the block: the old index serves on, and takes writes."""
    add(1, 2, 3)
    rebuild.build(home, processes=1)
    new = Versions(client, home.index_prefix).building()
    lost = articles(client, home)["2"]["id"]
    client.delete(index=str(new), id=lost, refresh=True)
    with pytest.raises(UserError, match="the counts do not agree"):
        rebuild.switch(home, processes=1)
    assert serving(client, home) == "000001"
    add(4)
    assert set(articles(client, home)) == {"1", "2", "3", "4"}


@dataclass
class Reader(threading.Thread):
    """Searches without pause, and looks every time for each story that was there before."""

    client: Elasticsearch
    alias: str
    known: int
    searches: int = 0
    failures: list[str] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        """Search."""
        while not self.done.is_set():
            try:
                found = self.client.search(
                    index=self.alias, query={"match_phrase": {"headline": "returns to Colonia"}}, size=0,
                    track_total_hits=True,
                )  # fmt: skip
                total = found["hits"]["total"]["value"]
                if total < self.known or found["_shards"]["failed"]:
                    self.failures.append(f"{total} of {self.known}")
            except Exception as failure:
                self.failures.append(repr(failure))
            self.searches += 1


def test_searches_never_fail_or_miss_while_documents_come(
    home: Settings, client: Elasticsearch, tmp_path: Path
) -> None:
    """A reader searches without pause and a writer adds documents and changes, through build, switch and rollback."""
    first = {f"{number}.html": story(number, extra=FURNITURE) for number in range(200)}
    ingest(home, tmp_path / "in", first)
    client.indices.refresh(index=Names(home.index_prefix).news)
    add_rules(home)
    sheets: list[Any] = []
    failures: list[BaseException] = []
    stop = threading.Event()

    def keep_writing() -> None:
        number = 1000
        while not stop.is_set():
            new = {f"{n}.html": story(n) for n in range(number, number + 5)}
            old = number % 200
            new[f"{old}-{number}.html"] = story(
                old, extra=f"Water stood at {number}.", address=f"https://gazette.example/{old}"
            )
            try:
                sheets.append(ingest(home, tmp_path / "new", new))
            except BaseException as failure:
                failures.append(failure)
                raise
            number += 5

    with Elasticsearch(home.elasticsearch_url, request_timeout=120) as other:  # slow is not failed
        reader = Reader(other, Names(home.index_prefix).news, 200)
        writer = threading.Thread(target=keep_writing)
        reader.start()
        writer.start()
        report = rebuild.build(home, processes=1)
        rebuild.switch(home, processes=1)
        switched = articles(client, home)
        rebuild.roll_back(home, processes=1)
        stop.set()
        writer.join()
        reader.done.set()
        reader.join()
    assert failures == []
    assert reader.failures == []
    assert reader.searches > 50
    after = articles(client, home)
    came = sum(sheet[Outcome.CREATED] for sheet in sheets)
    changed = sum(sheet[Outcome.UPDATED] for sheet in sheets)
    assert len(after) == 200 + came
    assert report["changed"] + report["same"] >= 200
    assert len(switched) >= 200
    assert sum(article["version"] - 1 for article in after.values()) == changed
    assert client.count(index=Names(home.index_prefix).revisions)["count"] == changed
    kept = {article["id"]: article["version"] for article in after.values()}
    for each in client.search(index=Names(home.index_prefix).revisions, size=10_000)["hits"]["hits"]:
        assert each["_source"]["version"] < kept[each["_source"]["article_id"]]
