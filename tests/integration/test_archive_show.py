"""From any article in the index one command leads to its bytes in the raw archive, and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from free_ports import free_port
from raw_documents import DAY, page
from typer.testing import CliRunner, Result

from newsdex.archive import Archive
from newsdex.cli import app
from newsdex.run import ingest_paths
from newsdex.settings import Settings

ADDRESS = "https://gazette.example/news/bridge"
PAGE = f"""<html lang="en"><head><title>Bridge reopens</title><link rel="canonical" href="{ADDRESS}">
<meta property="article:published_time" content="2025-03-04T06:40:00Z"></head><body><article><h1>Bridge reopens</h1>
<p>The swing bridge at the mouth of the river turned again on Monday, two months after its bearing had cracked.</p>
<p>It had been shut since the summer, and walkers had to go round by the ring road in the rain every day.</p>
</article></body></html>"""
IMAGE = b"\x89PNG\r\n\x1a\n" + bytes(2_000)


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Settings:
    """Give indices of the test's own, and a home for the archive."""
    return replace(settings, home=tmp_path / "home")


@pytest.fixture
def show(home: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run the command on them."""
    monkeypatch.setenv("NEWSDEX_HOME", str(home.home))
    monkeypatch.setenv("NEWSDEX_ES_PORT", str(home.elasticsearch_port))
    monkeypatch.setenv("NEWSDEX_INDEX_PREFIX", home.index_prefix)
    return lambda *options: CliRunner().invoke(app, ["archive", "show", *options])


@pytest.fixture
def ingest(home: Settings, tmp_path: Path, client: Elasticsearch) -> Callable[..., list[str]]:
    """Ingest files, and give their ids in the index."""

    def ingest(*contents: bytes) -> list[str]:
        files, ids = [], []
        for number, content in enumerate(contents):
            files.append(tmp_path / f"{number}.html")
            files[-1].write_bytes(content)
        ingest_paths(home, files, progress=lambda written: ids.append(written.id), processes=1)
        client.indices.refresh(index=f"{home.index_prefix}*")
        return ids

    return ingest


def shape(done: Result) -> dict[str, Any]:
    """Read the JSON that a command wrote."""
    assert done.exit_code == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_an_article_leads_to_its_bytes(show: Callable[..., Result], ingest: Callable[..., list[str]]) -> None:
    """By its id and by its address, also by one with tracking parameters."""
    (article,) = ingest(PAGE.encode())
    for what in (article, ADDRESS, f"{ADDRESS}?utm_source=feed#top"):
        assert show(what, "--bytes").stdout_bytes == PAGE.encode()


def test_a_quarantine_entry_leads_to_its_bytes(show: Callable[..., Result], ingest: Callable[..., list[str]]) -> None:
    """What was refused is not lost."""
    (entry,) = ingest(IMAGE)
    assert show(entry, "--bytes").stdout_bytes == IMAGE


def test_bytes_lead_back_to_what_was_made_of_them(
    show: Callable[..., Result], ingest: Callable[..., list[str]]
) -> None:
    """By their place: the article, or the quarantine entry."""
    article, entry = ingest(PAGE.encode(), IMAGE)
    for what, holding in ((article, "article"), (entry, "quarantined")):
        place = shape(show(what, "--json"))["origin"]["raw_ref"]
        held = shape(show(place, "--json"))["held"]
        assert [(one["article_id"], one["holding"]) for one in held] == [(what, holding)]


def test_an_article_that_was_changed_leads_to_both_fetches(
    show: Callable[..., Result], ingest: Callable[..., list[str]]
) -> None:
    """The last one is shown, and the place of the former is named: its bytes lead to the former text."""
    (article,) = ingest(PAGE.encode())
    changed = PAGE.replace("turned again", "turned once more").encode()
    assert ingest(changed) == [article]
    assert show(article, "--bytes").stdout_bytes == changed
    (former,) = shape(show(article, "--json"))["others"]
    assert show(former["raw_ref"], "--bytes").stdout_bytes == PAGE.encode()
    assert [one["holding"] for one in shape(show(former["raw_ref"], "--json"))["held"]] == ["revision"]


def test_a_person_sees_where_it_came_from(show: Callable[..., Result], ingest: Callable[..., list[str]]) -> None:
    """The address, when it was fetched, the file that it lies in, and what was made of it."""
    (article,) = ingest(PAGE.encode())
    said = show(article).stdout
    assert "0.html" in said
    assert "warc.gz" in said
    assert article in said


def test_what_a_server_sent_is_shown_without_an_index(
    show: Callable[..., Result], home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Headers, status and the feed's words come from the archive alone."""
    with Archive(home.archive_location).writer("one", DAY) as writer:
        place = writer.add(page(b"<p>Rain.", ADDRESS))
    monkeypatch.setenv("NEWSDEX_ES_PORT", str(free_port()))
    assert show(place, "--headers").stdout.startswith("HTTP/1.1 203")
    said = show(place).stdout
    assert "Set-Cookie: a=1" in said
    assert "Jane Roe" in said
    assert "Elasticsearch does not run" in said
    assert shape(show(place, "--json"))["held"] is None


def test_what_the_index_does_not_have_is_said(show: Callable[..., Result]) -> None:
    """Exit code 1, with what can be asked."""
    done = show("0" * 32)
    assert (done.exit_code, "the index has nothing under" in done.stderr) == (1, True)


def test_two_ways_of_showing_are_wrong_use(show: Callable[..., Result]) -> None:
    """Exit code 2."""
    assert show("x", "--bytes", "--headers").exit_code == 2
