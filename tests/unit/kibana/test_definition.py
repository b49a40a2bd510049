"""config/kibana: what is wrong in it is told by file and key, before anything is built."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from newsdex.errors import UserError
from newsdex.kibana import load_definition
from newsdex.kibana.definition import ComputedField, DataView, SavedQuery, Session, ShownField
from newsdex.kibana.panels import Calculation, Counts, Dashboard, Measure, Note, Number, OverTime, Ranking, Shares
from newsdex.settings import PROJECT

OVERVIEW = "dashboards/news-overview.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a copy of the shipped definition."""
    return Path(shutil.copytree(PROJECT / "config" / "kibana", tmp_path / "kibana"))


@pytest.mark.parametrize(
    ("file", "before", "after", "sentence"),
    [
        ("queries.yaml", "queries:", "querys:", "queries.yaml: queries: Field required"),
        ("queries.yaml", "title: Very short", "titel: Very short", "queries.yaml: queries.6.title: Field required"),
        ("queries.yaml", "id: our-defects", "id: not-fetched", "the id 'not-fetched' is used twice"),
        ("sessions.yaml", "view: news-runs", "view: runs", "the session latest-runs names the data view 'runs'"),
        ("sessions.yaml", "since: now-1y/d", "since: lately", "sessions.0.time.since: String should match pattern"),
        ("data-views.yaml", "link: itself", "link: 'javascript:{{value}}'", "link: String should match pattern"),
        ("data-views.yaml", "type: long", "type: text", "computed.lag.type: Input should be"),
        (OVERVIEW, "kind: shares", "kind: cake", "Input tag 'cake' found using 'kind' does not match"),
        (OVERVIEW, "session: latest-articles", "session: newest", "panel latest names the session 'newest'"),
        (OVERVIEW, "of: unique, field: cluster_id", "of: unique", "unique of what?"),
        (OVERVIEW, "id: top-authors", "id: top-sections", "the id 'top-sections' is used twice"),
        (OVERVIEW, "at: [24, 0, 8, 6]", "at: [24, 0, 8]", "panels.1.number.at.3: Field required"),
        (OVERVIEW, "title: News overview", "title: [", "not readable as YAML"),
    ],
)
def test_a_mistake_is_told(folder: Path, file: str, before: str, after: str, sentence: str) -> None:
    """Where it is, and what is wrong."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(UserError, match=re.escape(sentence)):
        load_definition(folder)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """With what to do."""
    with pytest.raises(UserError, match="no such folder"):
        load_definition(tmp_path / "kibana")


def test_a_chart_of_several_measures_is_not_split_too() -> None:
    """It would be unreadable."""
    two = (Measure(label="a"), Measure(label="b"))
    with pytest.raises(ValueError, match="a chart of both is unreadable"):
        OverTime(kind="over_time", id="x", at=(0, 0, 1, 1), title="x", measures=two, split="language")


def test_the_documentation_explains_every_key() -> None:
    """docs/kibana.md is where an error message sends people."""
    text = (PROJECT / "docs" / "kibana.md").read_text(encoding="utf-8")
    parts = (ShownField, ComputedField, DataView, Session, SavedQuery, Measure, Dashboard)
    charts = (Note, Number, OverTime, Ranking, Shares, Counts)
    keys = {key for part in (*parts, *charts) for key in part.model_fields}
    assert sorted(key for key in {*keys, *Calculation} if f"`{key}`" not in text) == []
