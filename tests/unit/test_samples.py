"""Every file of samples/ becomes what samples.yaml says: the first run's input is a specification too."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from newsdex.errors import Rejected
from newsdex.pipeline import process
from newsdex.read import read_file
from newsdex.records import Article, Dated, Offset, Precision, Rejection
from newsdex.rules import Rules, load_rules
from newsdex.settings import PROJECT

SAMPLES = PROJECT / "samples"
SPECIFICATION: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("samples.yaml").read_text(encoding="utf-8")
)
ARTICLES = [name for name, expected in SPECIFICATION.items() if "rejected" not in expected]
REFUSED = [name for name, expected in SPECIFICATION.items() if "rejected" in expected]
FETCHED_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def having(key: str) -> list[str]:
    """List the articles whose expectation has a key."""
    return [name for name in ARTICLES if key in SPECIFICATION[name]]


@cache
def shipped_rules() -> Rules:
    """Load config/ once."""
    return load_rules(PROJECT / "config")


@cache
def outcome(name: str) -> Article | Rejection | Rejected:
    """Take one sample down the line, once."""
    folder = Path(name).parent.name
    try:
        raw = read_file(
            SAMPLES / name, uri=f"inbox/{name}", publisher=folder or None, fetched_at=FETCHED_AT, limit=20_000_000
        )
    except Rejected as refused:
        return refused
    return process(raw, shipped_rules())


def article(name: str) -> Article:
    """Give the article that a sample became."""
    result = outcome(name)
    assert isinstance(result, Article), result
    return result


def as_expected(dated: Dated) -> str | None:
    """Write a decided date the way samples.yaml does."""
    if dated.value is None or dated.evidence is None:
        return None
    if dated.evidence.precision is Precision.DAY:
        return dated.value.date().isoformat()
    printed = dated.value.strftime("%Y-%m-%dT%H:%M")
    return printed if dated.evidence.offset is Offset.ASSUMED else f"{printed}Z"


def wanted(name: str, key: str) -> str | None:
    """Give the expected date as `as_expected` writes one."""
    value = SPECIFICATION[name].get(key)
    return value.isoformat() if isinstance(value, date) else value


def shown(found: Article) -> str:
    """Give all that a reader of the article sees."""
    clean = found.clean
    return "\n".join([clean.headline or "", clean.standfirst or "", *clean.body])


def test_every_sample_is_specified() -> None:
    """A file without an expectation, or an expectation without a file, would go unnoticed."""
    files = {path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*") if path.is_file()}
    assert files == set(SPECIFICATION)


def test_the_samples_speak_many_languages() -> None:
    """The first search page shows at least fifteen languages."""
    assert len({SPECIFICATION[name]["language"] for name in ARTICLES}) >= 15


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_article_is_refused_for_the_told_reason(name: str) -> None:
    """Empty, binary, an error page, furniture only: each is quarantined and says why."""
    result = outcome(name)
    assert isinstance(result, (Rejection, Rejected)), result
    assert result.reason == SPECIFICATION[name]["rejected"]


@pytest.mark.parametrize("name", ARTICLES)
def test_the_language_is_the_one_it_is_written_in(name: str) -> None:
    """BCP 47, with the script where a language has two."""
    assert article(name).language.code == SPECIFICATION[name]["language"]


@pytest.mark.parametrize("name", ARTICLES)
def test_the_headline_is_the_printed_one(name: str) -> None:
    """Without the site's name, breadcrumbs or section."""
    assert article(name).clean.headline == SPECIFICATION[name]["headline"]


@pytest.mark.parametrize("name", having("standfirst"))
def test_the_standfirst_is_the_line_under_the_headline(name: str) -> None:
    """The summary line is a field of its own."""
    assert article(name).clean.standfirst == SPECIFICATION[name]["standfirst"]


@pytest.mark.parametrize("name", ARTICLES)
def test_published_and_modified_are_what_the_page_says(name: str) -> None:
    """Two dates, each in UTC where the zone is printed, and none where the page has none."""
    found = article(name)
    assert (as_expected(found.published), as_expected(found.modified)) == (
        wanted(name, "published_at"),
        wanted(name, "modified_at"),
    )


@pytest.mark.parametrize("name", having("publisher"))
def test_the_publisher_is_who_published_it(name: str) -> None:
    """Told by the page, the folder, or the source line below a copied story; never the aggregator."""
    assert article(name).clean.publisher == SPECIFICATION[name]["publisher"]


@pytest.mark.parametrize("name", having("agencies"))
def test_the_agency_that_supplied_the_story_is_named(name: str) -> None:
    """In its one name, whatever the script of the dateline."""
    assert list(article(name).agencies) == SPECIFICATION[name]["agencies"]


@pytest.mark.parametrize("name", having("authors"))
def test_the_authors_are_the_reporters(name: str) -> None:
    """In the order of the byline."""
    assert list(article(name).clean.authors) == SPECIFICATION[name]["authors"]


@pytest.mark.parametrize("name", having("dateline_place"))
def test_the_dateline_tells_the_place(name: str) -> None:
    """In normal capitals."""
    assert article(name).clean.dateline_place == SPECIFICATION[name]["dateline_place"]


@pytest.mark.parametrize("name", having("captions"))
def test_photo_captions_are_taken_out_of_the_body(name: str) -> None:
    """A caption is found in captions and nowhere else."""
    found = article(name)
    for piece in SPECIFICATION[name]["captions"]:
        assert any(piece in caption.text for caption in found.clean.captions)
        assert piece not in shown(found)


@pytest.mark.parametrize("name", having("gone"))
def test_furniture_is_gone(name: str) -> None:
    """Share rows, teasers, legal lines: what a reader of the archive never wants to find."""
    text = shown(article(name))
    assert [piece for piece in SPECIFICATION[name]["gone"] if piece in text] == []


@pytest.mark.parametrize("name", having("kept"))
def test_the_story_stays(name: str) -> None:
    """Cleaning takes no sentence and no section heading of the story."""
    text = "\n".join(article(name).clean.body)
    assert [piece for piece in SPECIFICATION[name]["kept"] if piece not in text] == []


@pytest.mark.parametrize("name", having("duplicate_of"))
def test_one_text_under_two_addresses_is_one_cluster_and_two_articles(name: str) -> None:
    """The same body has the same content_hash, the address makes another id."""
    copy, first = article(name), article(SPECIFICATION[name]["duplicate_of"])
    assert copy.content_hash == first.content_hash
    assert copy.id != first.id


def test_two_edits_of_one_agency_story_are_two_texts() -> None:
    """A copy that lacks the last paragraph is close to the other, and not the same text."""
    full, cut = article("Harbour Post/ferry-timetable.txt"), article("Northmoor Gazette/night-ferries.txt")
    assert set(cut.clean.body) < set(full.clean.body)
    assert full.content_hash != cut.content_hash
