"""The quarantine: one entry a document, found, released through today's rules, dropped, or let expire."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from example_articles import NOW, make_article, make_rejection
from rebuilt_archive import add_rules, environment, ingest, make_home, story
from typer.testing import CliRunner

from newsdex.cli import app
from newsdex.index import Outcome, Written, write
from newsdex.index.quarantine import Quarantine, Selection
from newsdex.records import Article, Door, Reason, Rejection, Stage
from newsdex.run import quarantine as steps
from newsdex.settings import Settings

DAY = timedelta(days=1)


@pytest.fixture
def quarantine(client: Elasticsearch, settings: Settings) -> Quarantine:
    """Open the test's own quarantine."""
    return Quarantine(client, settings.index_prefix)


@pytest.fixture
def put(client: Elasticsearch, settings: Settings) -> Callable[..., list[Written]]:
    """Write results into the test's own indices."""

    def put(*results: Article | Rejection, at: datetime = NOW) -> list[Written]:
        return list(write(client, results, prefix=settings.index_prefix, indexed_at=at))

    return put


def refused(uri: str = "inbox/a.txt", **fields: Any) -> Rejection:
    """Make a rejection; fields of its origin may be given too."""
    rejection = make_rejection(uri)
    own = {name: fields.pop(name) for name in ("source", "publisher", "raw_ref", "sha256", "door") if name in fields}
    return replace(rejection, origin=replace(rejection.origin, **own), **fields)


def test_another_try_is_counted_in_the_same_entry(put: Any, quarantine: Quarantine) -> None:
    """Whatever stage refuses it then; when it was refused first is kept."""
    put(refused())
    put(refused(stage=Stage.CLEAN, reason=Reason.EMPTY_BODY), at=NOW + DAY)
    (entry,) = quarantine.find(Selection())
    assert (entry.tries, entry.reason, entry.source["stage"]) == (2, Reason.EMPTY_BODY, "clean")
    assert entry.source["first_quarantined_at"] == "2026-01-02T08:00:00Z"
    assert entry.source["quarantined_at"] == "2026-01-03T08:00:00Z"


def test_the_same_try_written_twice_is_one_try(put: Any, quarantine: Quarantine) -> None:
    """The answer may have been lost on its way."""
    put(refused())
    put(refused())
    (entry,) = quarantine.find(Selection())
    assert entry.tries == 1


def test_entries_are_found_by_everything_they_say(put: Any, quarantine: Quarantine) -> None:
    """Stage, reason, source, publisher and time, alone and together."""
    put(refused("a", publisher="Harbour Post"))
    put(
        refused("b", source="gazette-feed", reason=Reason.NO_ARTICLE, stage=Stage.EXTRACT, door=Door.FEED), at=NOW + DAY
    )

    def uris(**fields: Any) -> list[str]:
        return [entry.uri for entry in quarantine.find(Selection(**fields))]

    assert uris() == ["b", "a"]
    assert uris(stage="extract") == uris(reason="no_article") == uris(source="gazette-feed") == ["b"]
    assert uris(publisher="harbour post") == uris(until="2026-01-02") == ["a"]
    assert uris(since="2026-01-03", stage="read") == []
    assert uris(since="2026-01") == ["b", "a"]


def test_a_long_list_comes_whole_and_in_order(
    put: Any, quarantine: Quarantine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page by page; a limit cuts it."""
    monkeypatch.setattr("newsdex.index.quarantine._PAGE", 10)
    put(*(refused(f"{number:02}") for number in range(35)))
    assert sorted(entry.uri for entry in quarantine.find(Selection())) == [f"{number:02}" for number in range(35)]
    assert len(list(quarantine.find(Selection(), 12))) == 12


def test_a_document_that_passes_takes_its_entry_along(put: Any, quarantine: Quarantine) -> None:
    """By whatever way it came again; its outcome says so."""
    article = make_article()
    put(Rejection(article.origin, Stage.CLEAN, Reason.EMPTY_BODY, ""), refused("other"))
    (written,) = put(article, at=NOW + DAY)
    assert (written.outcome, written.detail) == (Outcome.CREATED, "leaves quarantine (empty_body)")
    assert [entry.uri for entry in quarantine.find(Selection())] == ["other"]


def test_of_an_address_in_one_write_the_last_word_counts(put: Any, quarantine: Quarantine) -> None:
    """Refused and then fetched, it is out; fetched and then refused, it is in."""
    address = "https://example.org/bridge"
    article = make_article(url=address, uri=address)
    refusal = Rejection(replace(article.origin, sha256="0" * 64), Stage.READ, Reason.HTTP_ERROR, "503")
    put(refusal, article)
    assert list(quarantine.find(Selection())) == []
    put(article, refusal, at=NOW + DAY)
    assert [entry.reason for entry in quarantine.find(Selection())] == [Reason.HTTP_ERROR]


def test_only_what_was_refused_long_ago_expires(put: Any, quarantine: Quarantine) -> None:
    """By the last refusal, and the retention says how many."""
    put(refused("old"), refused("tried again"))
    put(refused("tried again", reason=Reason.BINARY), at=NOW + 30 * DAY)
    assert quarantine.expire(NOW + 10 * DAY) == 1
    assert [entry.uri for entry in quarantine.find(Selection())] == ["tried again"]


def test_what_is_dropped_is_gone_and_nothing_else(put: Any, quarantine: Quarantine, settings: Settings) -> None:
    """By what it says, or by its id."""
    put(refused("a"), refused("b", reason=Reason.BINARY), refused("c"))
    assert steps.drop_quarantine(settings, Selection(reason="binary")) == 1
    (first, _) = quarantine.find(Selection())
    assert steps.drop_quarantine(settings, Selection(ids=(first.id,))) == 1
    assert quarantine.count(Selection()) == 1


def test_released_documents_go_through_todays_rules(
    settings: Settings, client: Elasticsearch, quarantine: Quarantine, tmp_path: Path
) -> None:
    """What passes is indexed and leaves; what does not stays, with another try."""
    home = make_home(settings, tmp_path / "home")
    add_rules(home, REFUSING)
    bad = gzip.compress(b"x" * 5000)[:-4]
    ingest(home, tmp_path / "in", {"a.html": story(1, extra="A word that is refused"), "b.gz": bad, "c.html": story(2)})
    assert quarantine.count(Selection()) == 2
    (home.config / "languages" / "en.yaml").unlink()
    chosen = steps.choose(home, Selection())
    tried = {Path(entry.uri).name: rejection for entry, rejection in steps.try_release(home, chosen, 1)}
    assert tried["a.html"] is None
    assert tried["b.gz"] is not None
    assert quarantine.count(Selection()) == 2
    sheet = steps.release(home, Selection(), processes=1)
    assert sheet["balanced"]
    assert (sheet["outcomes"]["created"], sheet["reasons"]) == (1, {"broken_compression": 1})
    (left,) = quarantine.find(Selection())
    assert (Path(left.uri).name, left.tries) == ("b.gz", 2)


def test_what_has_no_bytes_is_left_with_the_reason(settings: Settings, put: Any, quarantine: Quarantine) -> None:
    """It has to be fetched again, and the release says so."""
    put(refused("https://example.org/a", reason=Reason.UNREACHABLE), refused("b"))
    chosen = steps.choose(settings, Selection())
    assert chosen.entries == []
    assert sum(chosen.left.values()) == 2
    assert all("fetch it again" in why for why in chosen.left)
    assert steps.open_release(settings, "run", Selection()) == []
    assert quarantine.count(Selection()) == 2


def test_the_command_line_lists_shows_and_drops(settings: Settings, put: Any) -> None:
    """For people and for machines; what chooses nothing is wrong use, so that nobody drops everything by accident."""
    put(refused("a"), refused("b", reason=Reason.BINARY))

    def newsdex(*words: str) -> Any:
        return CliRunner().invoke(app, ["quarantine", *words], env=environment(settings))

    listed = newsdex("list", "--reason", "binary", "--json").output
    entry = json.loads(listed)
    assert (entry["origin"]["uri"], entry["tries"]) == ("b", 1)
    assert "2 in quarantine, 2 shown" in newsdex("list").output
    assert "fetch it again" in newsdex("show", entry["id"]).output
    assert newsdex("drop").exit_code == 2
    assert newsdex("drop", "--all", "--reason", "binary").exit_code == 2
    assert "no_article" in newsdex("drop", "--reason", "because").stderr
    assert "1 would be dropped" in newsdex("drop", entry["id"], "--dry-run").output
    assert "1 dropped" in newsdex("drop", entry["id"]).output
    assert "1 in quarantine" in newsdex("list").output
    assert newsdex("show", entry["id"]).exit_code == 1


REFUSING = """language: en
rules:
  - id: test-refuse
    match: 'A word that is refused'
    action: {reject: error_page}
    why: a page that is none
    examples:
      - {text: 'A word that is refused', removed: true}
      - {text: 'A word that is refused is a word.', removed: false}
"""
