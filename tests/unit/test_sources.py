"""The file of the sources: what it may say, what is said of mistakes, and how it is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsdex.errors import UserError
from newsdex.settings import PROJECT
from newsdex.sources import FullText, Source, SourceKind, SourcesDraft, load_sources

TWO = """# What we read.
sources:
  # asked for by the harbour desk
  - id: gazette
    url: https://gazette.example/feed
    every: 1h   # they asked for it
    publisher: 'Northmoor Gazette'
  - {id: tide, url: "https://tide.example/news.xml", kind: sitemap, full_text: page}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Give a folder with two sources."""
    (tmp_path / "sources.yaml").write_text(TWO, encoding="utf-8")
    return tmp_path


def test_a_source_says_what_it_needs_and_the_rest_is_assumed(config: Path) -> None:
    """An id and an address are enough."""
    gazette, tide = load_sources(config).sources
    assert (gazette.kind, gazette.interval.total_seconds(), gazette.publisher) == (
        SourceKind.FEED,
        3600,
        "Northmoor Gazette",
    )
    assert (tide.kind, tide.every, tide.full_text, tide.paused) == (SourceKind.SITEMAP, "15m", FullText.PAGE, False)


@pytest.mark.parametrize("text", ["", "sources:\n", "sources: []\n", None])
def test_no_sources_are_none(tmp_path: Path, text: str | None) -> None:
    """An empty list, an empty file, no file."""
    if text is not None:
        (tmp_path / "sources.yaml").write_text(text, encoding="utf-8")
    assert load_sources(tmp_path).sources == ()


def test_the_shipped_file_is_empty_and_its_example_is_right(tmp_path: Path) -> None:
    """What stands in the comment loads once it is no comment."""
    assert load_sources(PROJECT / "config").sources == ()
    lines = (PROJECT / "config" / "sources.yaml").read_text(encoding="utf-8").splitlines()
    example = lines[lines.index("# sources:") : lines.index("sources: []")]
    (tmp_path / "sources.yaml").write_text("\n".join(line.removeprefix("# ") for line in example), encoding="utf-8")
    assert [source.id for source in load_sources(tmp_path).sources] == ["northmoor-gazette"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{id: a, url: 'https://a.example/', colour: red}", "a: colour: Extra inputs are not permitted"),
        ("{id: a, url: a.example}", "a: url: Value error, 'a.example' is no web address"),
        ("{id: a, url: 'https://a.example/', every: often}", "a: every: Value error, 'often' is no span of time"),
        ("{id: a, url: 'https://a.example/', kind: podcast}", "a: kind: Input should be 'feed', 'sitemap' or 'site'"),
        ("{url: 'https://a.example/'}", "source 1: id: Field required"),
        ("{id: A B, url: 'https://a.example/'}", "A B: id: String should match pattern"),
    ],
)
def test_a_mistake_is_told_with_file_source_key_and_hint(tmp_path: Path, line: str, told: str) -> None:
    """So that it is found without counting lines."""
    (tmp_path / "sources.yaml").write_text(f"sources:\n  - {line}\n", encoding="utf-8")
    with pytest.raises(UserError) as wrong:
        load_sources(tmp_path)
    assert wrong.value.message.startswith(f"{tmp_path / 'sources.yaml'}: {told}")
    assert "docs/add-a-source.md" in wrong.value.hint


def test_an_id_names_one_source(config: Path) -> None:
    """Twice the same id would have two sources share their state."""
    text = TWO + "  - {id: tide, url: 'https://other.example/'}\n"
    (config / "sources.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="'tide' is used twice"):
        load_sources(config)


def test_broken_yaml_is_told_as_such(tmp_path: Path) -> None:
    """With the file's name."""
    (tmp_path / "sources.yaml").write_text("sources: [\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"sources\.yaml: not readable as YAML"):
        load_sources(tmp_path)


def test_adding_keeps_comments_and_order(config: Path) -> None:
    """What people wrote stays to the letter; the new one comes last."""
    draft = SourcesDraft(config)
    draft.add(Source(id="herald", url="https://herald.example/", kind=SourceKind.SITE, publisher="Herald"))
    draft.write()
    text = (config / "sources.yaml").read_text(encoding="utf-8")
    assert text.splitlines()[:7] == TWO.splitlines()[:7]
    assert [source.id for source in load_sources(config).sources] == ["gazette", "tide", "herald"]


def test_pausing_and_removing_touch_one_source_only(config: Path) -> None:
    """And resuming gives the former file back."""
    draft = SourcesDraft(config)
    draft.pause("gazette", paused=True)
    draft.write()
    assert [source.paused for source in load_sources(config).sources] == [True, False]
    draft = SourcesDraft(config)
    draft.pause("gazette", paused=False)
    draft.remove("tide")
    draft.write()
    assert [source.id for source in load_sources(config).sources] == ["gazette"]
    assert "# they asked for it" in (config / "sources.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("url", ["https://new.example/", "https://gazette.example/feed"])
def test_what_is_there_is_not_added_again(config: Path, url: str) -> None:
    """Neither the id nor the address."""
    draft = SourcesDraft(config)
    with pytest.raises(UserError, match="already"):
        draft.add(Source(id="gazette" if "new" in url else "other", url=url))
    assert (config / "sources.yaml").read_text(encoding="utf-8") == TWO


def test_an_unknown_source_is_told(config: Path) -> None:
    """Whoever asks for it has mistyped it."""
    with pytest.raises(UserError, match="no source 'gazete'"):
        load_sources(config).chosen(["gazete"])


def test_paused_sources_are_chosen_by_name_only(config: Path) -> None:
    """A schedule leaves them alone."""
    draft = SourcesDraft(config)
    draft.pause("tide", paused=True)
    assert [source.id for source in draft.sources.chosen([])] == ["gazette"]
    assert [source.id for source in draft.sources.chosen(["tide"])] == ["tide"]
