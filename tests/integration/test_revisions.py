"""An article that changes keeps its former texts, whoever writes, in whatever order, and however often it is killed."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from example_articles import NOW, make_article
from rebuilt_archive import environment
from typer.testing import CliRunner

from newsdex.cli import app
from newsdex.errors import UserError
from newsdex.index import Names, Outcome, Written, write
from newsdex.index.revisions import Revision, revisions
from newsdex.records import Article
from newsdex.run.comparison import compare_texts
from newsdex.run.revisions import list_revisions
from newsdex.settings import Settings

ADDRESS = "https://example.org/bridge"
HOUR = timedelta(hours=1)


def version(text: str, hours: int = 0, **fields: Any) -> Article:
    """Make a version of the article, fetched some hours later."""
    return make_article(text, url=ADDRESS, fetched=NOW + hours * HOUR, **fields)


@pytest.fixture
def ingest(client: Elasticsearch, settings: Settings) -> Any:
    """Write articles into the test's own indices."""

    def ingest(*articles: Article, at: datetime = NOW, **options: Any) -> list[Written]:
        return list(write(client, articles, prefix=settings.index_prefix, indexed_at=at, **options))

    return ingest


@pytest.fixture
def kept(client: Elasticsearch, settings: Settings) -> Any:
    """Read the revisions of the article."""

    def kept() -> list[Revision]:
        return revisions(client, version("").id, index=Names(settings.index_prefix).revisions)

    return kept


def present(client: Elasticsearch, settings: Settings) -> dict[str, Any]:
    """Read the article."""
    return dict(client.get(index=Names(settings.index_prefix).news, id=version("").id)["_source"])


def test_the_text_that_is_replaced_is_kept_with_what_changed(ingest: Any, kept: Any) -> None:
    """By its number, with its own times and the place of its bytes."""
    first = version("The bridge is shut.")
    ingest(first)
    ingest(version("The bridge is open.", 1, headline="Bridge opens again"), at=NOW + HOUR)
    (former,) = kept()
    assert (former.version, former.body, former.source["headline"]) == (1, "The bridge is shut.", "Bridge opens")
    assert former.source["change"] == {"headline": True, "words": 0.25, "fields": ["body", "headline"]}
    assert former.source["indexed_at"] == "2026-01-02T08:00:00Z"
    assert former.replaced_at == "2026-01-02T09:00:00Z"
    assert former.source["origin"]["raw_ref"] == first.origin.raw_ref


def test_every_former_text_is_kept(ingest: Any, kept: Any, client: Elasticsearch, settings: Settings) -> None:
    """Also of versions that stand in one write."""
    ingest(*(version(f"Text {number}.", number) for number in range(1, 5)))
    assert [(each.version, each.body) for each in kept()] == [(1, "Text 1."), (2, "Text 2."), (3, "Text 3.")]
    assert (present(client, settings)["version"], present(client, settings)["body"]) == (4, "Text 4.")


def test_unchanged_is_no_version(ingest: Any, kept: Any, client: Elasticsearch, settings: Settings) -> None:
    """Neither the same text fetched again, nor a page that only calls itself modified."""
    ingest(version("One text."))
    assert [one.outcome for one in ingest(version("One text.", 1), at=NOW + HOUR)] == [Outcome.UNCHANGED]
    assert kept() == []
    assert present(client, settings)["indexed_at"] == "2026-01-02T08:00:00Z"


def test_an_older_copy_replaces_nothing_and_is_kept(
    ingest: Any, kept: Any, client: Elasticsearch, settings: Settings
) -> None:
    """A backfill brings texts from before; they are told as unchanged, and are no version of their own."""
    ingest(version("The later text.", 5))
    (late,) = ingest(version("The earlier text.", 2), at=NOW + HOUR)
    assert late.outcome is Outcome.UNCHANGED
    assert "an earlier copy" in late.detail
    assert (present(client, settings)["body"], present(client, settings)["version"]) == ("The later text.", 1)
    assert [(each.version, each.body) for each in kept()] == [(None, "The earlier text.")]
    ingest(version("The earlier text.", 2), at=NOW + 2 * HOUR)
    assert len(kept()) == 1


def test_an_older_copy_that_we_have_is_not_kept_twice(ingest: Any, kept: Any) -> None:
    """It was a version, and is one already."""
    ingest(version("Text 1.", 1))
    ingest(version("Text 2.", 2))
    ingest(version("Text 1.", 0), version("Text 1.", 1))
    assert [each.version for each in kept()] == [1]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1), (3, 1, 2)])
def test_the_later_fetch_wins_in_any_order(
    ingest: Any, client: Elasticsearch, settings: Settings, order: tuple[int, ...]
) -> None:
    """Two archives replayed one after the other end like one in order."""
    for number in order:
        ingest(version(f"Text {number}.", number))
    assert present(client, settings)["body"] == "Text 3."


def test_copies_of_one_fetch_worked_again_change_nothing(
    ingest: Any, kept: Any, client: Elasticsearch, settings: Settings
) -> None:
    """A batch with two versions of an article, killed after writing and run again, makes no third version."""
    versions = [version("Text 1."), version("Text 2.")]
    ingest(*versions)
    assert {one.outcome for one in ingest(*versions, at=NOW + HOUR)} == {Outcome.UNCHANGED}
    assert present(client, settings)["version"] == 2
    assert [each.version for each in kept()] == [1]


def test_killed_before_the_overwriting_the_revision_is_kept_once(
    ingest: Any, kept: Any, client: Elasticsearch, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The former text is written first; the next try writes it again under the same id, and then the article."""
    ingest(version("Text 1."))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("newsdex.index.writer._Writer._send", die)
        with pytest.raises(KeyboardInterrupt):
            ingest(version("Text 2.", 1))
    assert [(each.version, each.body) for each in kept()] == [(1, "Text 1.")]
    assert present(client, settings)["body"] == "Text 1."
    ingest(version("Text 2.", 1))
    assert [(each.version, each.body) for each in kept()] == [(1, "Text 1.")]
    assert (present(client, settings)["body"], present(client, settings)["version"]) == ("Text 2.", 2)


def test_writers_at_the_same_time_lose_no_text(client: Elasticsearch, settings: Settings, kept: Any) -> None:
    """Each of four writes versions of one article; what is not the present text is a revision or a late copy."""
    failures: list[BaseException] = []

    def work(start: int) -> None:
        try:
            for number in range(start, 24, 4):
                article = version(f"Text {number}.", number)
                list(write(client, [article], prefix=settings.index_prefix, indexed_at=NOW + number * HOUR))
        except BaseException as failure:
            failures.append(failure)
            raise

    threads = [threading.Thread(target=work, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    now = present(client, settings)
    former = [each for each in kept() if each.version is not None]
    assert now["body"] == "Text 23."
    assert [each.version for each in sorted(former, key=lambda each: each.version or 0)] == [*range(1, now["version"])]
    assert {each.body for each in kept()} | {now["body"]} == {f"Text {number}." for number in range(24)}


def test_the_versions_of_an_article_are_listed_by_id_or_address(ingest: Any, settings: Settings) -> None:
    """The present one last."""
    ingest(version("The bridge is shut."), version("The bridge is open.", 1))
    for name in (version("").id, ADDRESS, f"{ADDRESS}?utm_source=x"):
        assert [each.version for each in list_revisions(settings, name).versions] == [1, 2]
    with pytest.raises(UserError, match="there is no article"):
        list_revisions(settings, "0" * 32)


def test_two_versions_are_set_against_each_other_word_by_word(ingest: Any, settings: Settings) -> None:
    """What went, what came, and what stayed."""
    ingest(version("The bridge is shut today."), version("The bridge is open today.", 1))
    found = list_revisions(settings, ADDRESS)
    lines = compare_texts(found.version(1).source, found.version(2).source)
    pieces = [piece for line in lines for piece in line]
    assert [(piece.mark, piece.text.strip()) for piece in pieces if piece.mark != "="] == [("-", "shut"), ("+", "open")]
    with pytest.raises(UserError, match="has no version 7"):
        found.version(7)


def test_the_command_line_lists_versions_and_what_changed(ingest: Any, settings: Settings) -> None:
    """As `git diff --word-diff` writes it where there are no colours."""
    ingest(version("The bridge is shut today."), version("The bridge is open today.", 1))

    def newsdex(*words: str) -> str:
        return CliRunner().invoke(app, ["revisions", ADDRESS, *words], env=environment(settings)).output

    assert "20% of words" in newsdex()
    assert [each["version"] for each in json.loads(newsdex("--json"))["versions"]] == [1, 2]
    assert "The bridge is [-shut -]{+open +}today." in newsdex("--diff", "1", "2")
