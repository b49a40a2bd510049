"""Documents of the archive are explained in processes of their own, which may be lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from rebuilt_archive import FURNITURE, add_rules, make_home, story

from newsdex.errors import UserError
from newsdex.read import open_bytes
from newsdex.records import Reason, Rejection
from newsdex.run.archiving import open_archive
from newsdex.run.explaining import MOST_WAITING, Explained, Explainer
from newsdex.settings import Settings, read_settings

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settle on a home with an archive of its own."""
    own = make_home(read_settings(), tmp_path / "home")
    add_rules(own)
    return own


@pytest.fixture
def explainer(settings: Settings) -> Iterator[Explainer]:
    """Explain by today's rules."""
    started = Explainer(settings)
    yield started
    started.close()


def keep(settings: Settings, content: bytes) -> str:
    """Put a document into the archive."""
    opened = open_bytes(content, uri="x.html", fetched_at=NOW, limit=10**6)
    with open_archive(settings).writer("test", NOW.date()) as archive:
        return archive.add(opened.raw)


def test_what_was_taken_out_comes_with_why_and_where_its_rule_is_written(
    settings: Settings, explainer: Explainer
) -> None:
    """The file and the line of config/."""
    found = explainer.explain(keep(settings, story(1, extra=FURNITURE).encode()))
    assert isinstance(found, Explained)
    assert [each.text for each in found.placement.paragraphs if each.rules] == [FURNITURE]
    assert found.notes["test-newsroom"].why == "the newsroom's number"
    assert found.notes["test-newsroom"].source == "config/languages/en.yaml:3"


def test_a_rule_that_was_changed_counts_at_once(settings: Settings, explainer: Explainer) -> None:
    """Today's rules are those of config/ at the moment of the question."""
    place = keep(settings, story(1, extra=FURNITURE).encode())
    explainer.explain(place)
    add_rules(settings, "language: en\nrules: []\n")
    found = explainer.explain(place)
    assert isinstance(found, Explained)
    assert not any(each.rules for each in found.placement.paragraphs)


def test_a_document_that_is_stuck_costs_itself_only(settings: Settings) -> None:
    """It has the time that a document has in a run; the next question is answered."""
    hurried = Explainer(replace(settings, document_seconds=0.001))
    place = keep(settings, story(1).encode())
    found = hurried.explain(place)
    assert isinstance(found, Rejection)
    assert found.reason is Reason.EXTRACTION_TIMEOUT
    assert isinstance(hurried.explain(place), Rejection)
    hurried.close()


def test_a_crowd_is_told_to_come_again_and_does_not_queue_for_ever(settings: Settings, explainer: Explainer) -> None:
    """As many as may wait are answered, while the processes start; the others hear at once that they are too many."""
    place = keep(settings, story(1).encode())

    def ask(_: int) -> str:
        try:
            return type(explainer.explain(place)).__name__
        except UserError as refusal:
            return refusal.message

    with ThreadPoolExecutor(3 * MOST_WAITING) as crowd:
        told = Counter(crowd.map(ask, range(3 * MOST_WAITING)))
    assert told["Explained"] >= MOST_WAITING
    assert told["8 others wait to have a document explained"] == 3 * MOST_WAITING - told["Explained"] > 0
    assert isinstance(explainer.explain(place), Explained)


def test_processes_that_were_killed_are_started_again(settings: Settings, explainer: Explainer) -> None:
    """Whoever asks at that moment is told so; the next question is answered."""
    before = set(psutil.Process().children(recursive=True))
    place = keep(settings, story(1).encode())
    assert isinstance(explainer.explain(place), Explained)
    started = set(psutil.Process().children(recursive=True)) - before
    assert started
    for process in started:
        process.kill()
    psutil.wait_procs(started)
    with pytest.raises(UserError, match="have ended"):
        explainer.explain(place)
    assert isinstance(explainer.explain(place), Explained)


def test_a_place_where_nothing_is_is_told(explainer: Explainer) -> None:
    """An archive may have been moved away."""
    with pytest.raises(UserError, match="no such file"):
        explainer.explain("2026/11/01/none-00001.warc.gz#0")


def test_rules_that_were_mended_are_taken_without_a_restart(settings: Settings, explainer: Explainer) -> None:
    """Whoever asked while they did not load, asks again."""
    place = keep(settings, story(1).encode())
    add_rules(settings, "language: en\nrules: [nonsense]\n")
    with pytest.raises(UserError):
        explainer.explain(place)
    add_rules(settings)
    assert isinstance(explainer.explain(place), Explained)
