"""A new publisher's files load and pass as they are written, and nothing is ever overwritten."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsdex.clean import clean
from newsdex.errors import UserError
from newsdex.extract.plain_text import extract_plain_text
from newsdex.records import Origin, RawDocument
from newsdex.rules import load_rules
from newsdex.run.new_publisher import Wanted, create_publisher, golden_shape
from newsdex.settings import PROJECT, Settings, read_settings

GAZETTE = Wanted("Northmoor Gazette", None, ("www.Northmoor-Gazette.example",), "en", "Europe/London")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give a copy of the shipped rules."""
    config = tmp_path / "config"
    shutil.copytree(PROJECT / "config", config)
    return read_settings({"NEWSDEX_CONFIG": str(config), "NEWSDEX_HOME": str(tmp_path / "var")})


def test_the_file_loads_and_says_what_was_asked(settings: Settings) -> None:
    """A domain is written as it is registered."""
    made = create_publisher(settings, GAZETTE)
    publisher = load_rules(settings.config).publisher("northmoor gazette")
    assert publisher is not None
    assert (publisher.id, publisher.domains) == (made.id, ("northmoor-gazette.example",))
    assert (publisher.language, publisher.timezone) == ("en", "Europe/London")


def test_the_golden_case_passes_as_it_is(settings: Settings) -> None:
    """A red test before anything was changed would teach nobody anything."""
    made = create_publisher(settings, GAZETTE)
    content = (made.case / "input.txt").read_bytes()
    origin = Origin("x", datetime(2026, 1, 1, tzinfo=UTC), "text/plain", "", publisher=made.id)
    article = clean(extract_plain_text(RawDocument(origin, content)), load_rules(settings.config))
    assert golden_shape(article) == json.loads((made.case / "article.json").read_text("utf-8"))
    assert article.publisher == "Northmoor Gazette"


def test_the_example_rule_in_the_file_loads_when_its_marks_are_taken_off(settings: Settings) -> None:
    """It is there to be changed into a first rule."""
    path = create_publisher(settings, GAZETTE).files[0]
    marked = path.read_text("utf-8").splitlines()
    plain = [line.removeprefix("# ") for line in marked if not line.startswith("# Its own")]
    path.write_text("\n".join(plain), encoding="utf-8")
    publisher = load_rules(settings.config).publisher("northmoor-gazette")
    assert publisher is not None
    assert [rule.id for rule in publisher.rules] == ["northmoor-gazette-desk"]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted("BBC News"), "already"),
        (Wanted("Other", domains=("bbc.co.uk",)), "already"),
        (Wanted("新华社"), "--id"),
        (Wanted("Gazette", "Not An Id"), "--id"),
        (Wanted("Gazette", domains=("https://gazette.example",)), "domain"),
        (Wanted("Gazette", language="English"), "language tag"),
        (Wanted("Gazette", timezone="London"), "time zone"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_written(settings: Settings, wanted: Wanted, said: str) -> None:
    """The error says what to do."""
    before = sorted(settings.config.rglob("*"))
    with pytest.raises(UserError, match=said):
        create_publisher(settings, wanted)
    assert (sorted(settings.config.rglob("*")), (settings.config.parent / "tests").exists()) == (before, False)


def test_a_file_that_is_there_is_never_overwritten(settings: Settings) -> None:
    """Nor is anything else written beside it."""
    case = settings.config.parent / "tests" / "golden" / "gazette" / "first-story"
    case.mkdir(parents=True)
    (case / "input.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UserError, match="already"):
        create_publisher(settings, Wanted("Gazette"))
    assert (case / "input.txt").read_text("utf-8") == "mine"
    assert not (settings.config / "publishers" / "gazette.yaml").exists()


def test_a_name_that_yaml_would_read_as_something_else_stays_a_name(settings: Settings) -> None:
    """A colon, a hash or a bare number."""
    create_publisher(settings, Wanted("24: #news"))
    assert load_rules(settings.config).publisher("24: #news") is not None
