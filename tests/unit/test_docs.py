"""The documentation and the code say the same: links lead somewhere, and no word is missing from the glossary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from typer.main import get_command

from newsdex.clean import clean
from newsdex.clean.examples import takes
from newsdex.cli import app
from newsdex.enrich import enrich
from newsdex.index import Outcome
from newsdex.pipeline import process
from newsdex.read import read_bytes, read_file
from newsdex.records import Article, Reason, Stage
from newsdex.rules import LanguagePack, Publisher, Rule, Where, load_rules
from newsdex.settings import PROJECT, VARIABLES

PAGES = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"), *(PROJECT / "bench").glob("*.md")])
GLOSSARY = (PROJECT / "docs" / "glossary.md").read_text(encoding="utf-8")
FETCHED_AT = datetime(2026, 11, 1, tzinfo=UTC)
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPELLED = re.compile(r"`([^`\n]+)`")


def name(path: Path) -> str:
    """Name a page in a test's id."""
    return path.relative_to(PROJECT).as_posix()


def anchors(page: Path) -> set[str]:
    """Give the anchors that a page's headings have on GitHub."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def keys(shape: Any) -> Iterator[str]:
    """Give every key of a JSON shape, of nested ones too, except those that are data (the detectors' names)."""
    if isinstance(shape, dict):
        for key, value in shape.items():
            yield key
            if key != "votes":
                yield from keys(value)
    elif isinstance(shape, list):
        for item in shape:
            yield from keys(item)


def examples() -> list[tuple[Path, Any]]:
    """Give every YAML example of the documentation."""
    return [
        (page, yaml.safe_load(text))
        for page in PAGES
        for language, text in FENCE.findall(page.read_text(encoding="utf-8"))
        if language == "yaml"
    ]


def rules_of(data: Any) -> tuple[Rule, ...]:
    """Read the rules of one example: a publisher's file, a language's, a bare list, or none."""
    if isinstance(data, dict) and "id" in data:
        return Publisher.model_validate(data).rules
    rules = data.get("rules", []) if isinstance(data, dict) else data
    return LanguagePack.model_validate({"language": "und", "rules": rules}).rules


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    """To a file or folder, and with an anchor to a heading of it."""
    broken = []
    for match in LINK.finditer(page.read_text(encoding="utf-8")):
        target, _, anchor = (match[1] or match[2]).partition("#")
        if ":" in target:
            continue
        path = (page.parent / target).resolve() if target else page
        if not path.exists() or (anchor and anchor not in anchors(path)):
            broken.append(match[0])
    assert broken == []


def test_every_decision_is_in_the_index() -> None:
    """An ADR that docs/README.md does not list is found by nobody."""
    index = (PROJECT / "docs" / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in (PROJECT / "docs" / "adr").glob("*.md") if f"adr/{page.name}" not in index] == []


@pytest.mark.parametrize("words", [Reason, Stage, Outcome], ids=["reasons", "stages", "outcomes"])
def test_the_glossary_has_every_reason_stage_and_outcome(words: Any) -> None:
    """The lists are closed: a new member is a new row."""
    assert [str(word) for word in words if f"`{word}`" not in GLOSSARY] == []


def test_the_glossary_has_every_key_of_an_article() -> None:
    """Of an article that has everything: dates refused and taken, caption, agency, removals."""
    rules = load_rules(PROJECT / "config")
    page = """<html lang="en"><head><title>Bridge reopens - Gazette</title>
    <meta property="article:published_time" content="2025-03-04T06:40:00Z">
    <meta property="article:modified_time" content="2031-03-04T06:40:00Z"></head>
    <body><article><h1>The bridge at Skerrow reopens</h1>
    <p>SKERROW, March 4 (Reuters) - The swing bridge at the mouth of the river turned again on Monday.</p>
    <p>It had been shut since a bearing cracked eleven years ago, and walkers had to go round by the ring road.</p>
    </article></body></html>"""
    raw = read_bytes(page.encode(), uri="x", fetched_at=FETCHED_AT, limit=10_000)
    article = process(raw, rules)
    assert isinstance(article, Article)
    spelled = set(SPELLED.findall(GLOSSARY))
    assert sorted({key for key in keys(article.as_dict()) if key not in spelled}) == []


def test_the_glossary_has_every_flag_that_a_sample_gets() -> None:
    """The samples have most warts, and so most flags."""
    rules = load_rules(PROJECT / "config")
    flags: set[str] = set()
    for path in sorted((PROJECT / "samples").rglob("*.txt")):
        if path.name not in ("empty.txt", "cookie-wall.txt"):
            raw = read_file(path, fetched_at=FETCHED_AT, limit=1_000_000)
            article = process(raw, rules)
            flags.update(article.flags if isinstance(article, Article) else ())
    assert flags
    assert [flag for flag in flags if f"`{flag}`" not in GLOSSARY] == []


@pytest.mark.parametrize("page", ["glossary.md", "add-a-rule.md"])
def test_every_key_and_place_of_a_rule_is_explained(page: str) -> None:
    """Both where rules are taught and where words are looked up."""
    text = (PROJECT / "docs" / page).read_text(encoding="utf-8")
    words = [*Rule.model_fields, *get_args(Where)]
    assert [word for word in words if not re.search(rf"\b{word}\b", text)] == []


def test_every_key_of_a_publisher_is_explained() -> None:
    """docs/add-a-publisher.md is where an error message sends people."""
    text = (PROJECT / "docs" / "add-a-publisher.md").read_text(encoding="utf-8")
    assert [key for key in Publisher.model_fields if f"| `{key}` |" not in text] == []


def test_every_environment_variable_is_in_the_table() -> None:
    """With its default and the sentence that --help says too."""
    text = (PROJECT / "docs" / "getting-started.md").read_text(encoding="utf-8")
    assert [variable.name for variable in VARIABLES if f"| `{variable.name}` |" not in text] == []


def test_every_subcommand_that_the_documentation_names_exists() -> None:
    """In code blocks and in code within sentences: `newsdex explain` and the like."""
    known = set(get_command(app).commands)  # type: ignore[attr-defined]
    named = {
        word
        for page in PAGES
        for word in re.findall(r"(?:^ {4}|`|/)newsdex ([a-z][a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert named >= {"up", "search", "explain", "check-config"}
    assert named - known == set()


def test_every_example_of_a_rule_loads_and_does_what_it_says() -> None:
    """What people copy has to work: each example of each rule is tried as `newsdex check-config` does."""
    shipped = load_rules(PROJECT / "config")
    wrong = [
        (name(page), rule.id, example.text)
        for page, data in examples()
        for rule in rules_of(data)
        for example in rule.examples
        if takes(rule, example.text, shipped) != example.removed
    ]
    assert wrong == []
    assert sum(len(rules_of(data)) for _, data in examples()) >= 4


def test_a_stage_of_the_line_is_what_the_first_decision_says() -> None:
    """ADR 1: each stage takes what the one before it returns."""
    assert clean.__annotations__["extracted"] == "ExtractedArticle"
    assert clean.__annotations__["return"] == enrich.__annotations__["clean"] == "CleanArticle"
