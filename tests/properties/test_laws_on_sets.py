"""The laws, on documents of your own: NEWSDEX_SETS names folders with them (bench/README.md has the layout).

Every file below them that the line takes is a document, and every gzip page of a table. It takes a while, so it has to
be asked for: `NEWSDEX_SETS=path1:path2 make test`.
"""

from __future__ import annotations

import gzip
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from newsdex.clean import clean
from newsdex.enrich import enrich
from newsdex.enrich.language import Language, detect_language
from newsdex.errors import Rejected
from newsdex.extract import extract
from newsdex.pipeline import process
from newsdex.read import read_bytes
from newsdex.records import Article, CleanArticle, ExtractedArticle, Kind, Paragraph, RawDocument, Rejection
from newsdex.rules import Rules, load_rules

ROOT = Path(__file__).parents[2]
FOLDERS = [Path(name) for name in os.environ.get("NEWSDEX_SETS", "").split(os.pathsep) if name]
FETCHED = datetime(2026, 11, 1, tzinfo=UTC)
LONG_AGO = datetime(2012, 2, 29, tzinfo=UTC)
LIMIT = 20_000_000
NOT_DOCUMENTS = {".md", ".py", ".jsonl", ".json", ".MIT"}
READ_CHARACTERS = 1_000

pytestmark = pytest.mark.skipif(
    not FOLDERS, reason="NEWSDEX_SETS names no folder: these laws are tried on documents that you give"
)


@dataclass(frozen=True)
class Worked:
    """A document, what each stage made of it, and how it ended; None where it did not come so far."""

    name: str
    raw: RawDocument | None
    extracted: ExtractedArticle | None = None
    cleaned: CleanArticle | None = None
    ended: Article | Rejection | None = None


@cache
def rules() -> Rules:
    """Load the shipped rules."""
    return load_rules(ROOT / "config")


def contents() -> Iterator[tuple[str, bytes]]:
    """Give every file as it is, and its name; lists, labels, scripts and licences are none."""
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*")):
            listed = path.name.endswith((".jsonl.gz", "licences"))
            if path.is_file() and path.suffix not in NOT_DOCUMENTS and not listed and path.parent.name != "licences":
                content = path.read_bytes()
                yield str(path), gzip.decompress(content) if path.suffix == ".gz" else content


def read(name: str, content: bytes) -> RawDocument | None:
    """Read a document, or give None when it is none that the line takes."""
    try:
        return read_bytes(content, uri=name, fetched_at=FETCHED, limit=LIMIT)
    except Rejected:
        return None


@cache
def documents() -> tuple[Worked, ...]:
    """Take every document through the line, stage by stage, once for all laws."""
    worked = []
    for name, content in contents():
        raw = read(name, content)
        document = Worked(name, raw)
        if raw is not None:
            try:
                document = replace(document, extracted=extract(raw))
                assert document.extracted is not None
                document = replace(document, cleaned=clean(document.extracted, rules()))
                assert document.cleaned is not None
                document = replace(document, ended=enrich(document.cleaned, rules()))
            except Rejected as out:
                document = replace(document, ended=Rejection(raw.origin, out.stage, out.reason, out.detail))
        worked.append(document)
    assert worked, f"no documents below {FOLDERS}"
    return tuple(worked)


def breaking(law: Callable[[Worked], str | None]) -> list[str]:
    """List the documents that break a law, each with how."""
    return [f"{document.name}: {broken}" for document in documents() if (broken := law(document)) is not None]


def letters(*texts: str | None) -> Counter[str]:
    """Count what is no white space."""
    return Counter("".join("".join(text.split()) for text in texts if text))


def test_cleaning_partitions_every_document() -> None:
    """Every character of the paragraphs is in the headline, the standfirst, the body or what was removed, once."""

    def partition(document: Worked) -> str | None:
        before, after = document.extracted, document.cleaned
        if before is None or after is None:
            return None
        given = letters(before.headline, before.standfirst, *(paragraph.text for paragraph in before.paragraphs))
        pieces = (after.headline, after.standfirst, *after.body, *(piece.text for piece in after.removed))
        lost, won = given - letters(*pieces), letters(*pieces) - given
        return f"lost {''.join(lost.elements())[:60]!r}, won {''.join(won.elements())[:60]!r}" if lost or won else None

    assert breaking(partition) == []


def test_cleaning_every_document_twice_is_cleaning_it_once() -> None:
    """A clean article has no furniture left to take."""

    def idempotence(document: Worked) -> str | None:
        before, once = document.extracted, document.cleaned
        if before is None or once is None:
            return None
        kinds = {paragraph.text: paragraph.kind for paragraph in before.paragraphs}
        paragraphs = tuple(Paragraph(text, kinds.get(text, Kind.TEXT)) for text in once.body)
        given = replace(before, paragraphs=paragraphs, headline=once.headline, standfirst=once.standfirst)
        try:
            again = clean(given, rules())
        except Rejected as out:
            return f"refused the second time: {out.reason}"
        if again.body == once.body:
            return None
        taken = [f"{piece.text[:60]!r} by {piece.rule}" for piece in again.removed]
        return f"took {', '.join(taken)}" if taken else "took nothing, and yet the body is another one"

    assert breaking(idempotence) == []


def test_every_document_ends_as_an_article_or_a_rejection_and_the_same_each_time() -> None:
    """The same bytes have the same id and everything else; never an exception."""

    def same(document: Worked) -> str | None:
        if document.raw is None:
            return None
        first, again = document.ended, process(document.raw, rules())
        if not isinstance(first, Article | Rejection):
            return f"ended as {type(first).__name__}"
        return None if first == again and first.as_dict() == again.as_dict() else "another result the second time"

    assert breaking(same) == []


def test_no_document_is_dated_over_a_day_after_it_was_fetched() -> None:
    """Whenever that was: now, or years before what the page says."""

    def dated(document: Worked) -> str | None:
        if document.raw is None:
            return None
        long_ago = replace(document.raw, origin=replace(document.raw.origin, fetched_at=LONG_AGO))
        for fetched, result in ((FETCHED, document.ended), (LONG_AGO, process(long_ago, rules()))):
            if isinstance(result, Article):
                for value in (result.published.value, result.modified.value):
                    if value is not None and value > fetched + timedelta(days=1):
                        return f"{value} where fetched at {fetched}"
        return None

    assert breaking(dated) == []


def test_broken_bytes_of_every_document_end_as_an_article_or_a_rejection() -> None:
    """Cut off in the middle, and with a byte in a hundred changed."""

    def survives(name: str, content: bytes) -> str | None:
        chance = random.Random(name)
        noisy = bytearray(content)
        for _ in range(len(noisy) // 100):
            noisy[chance.randrange(len(noisy))] = chance.randrange(256)
        for broken in (content[: len(content) // 2], bytes(noisy)):
            raw = read(name, broken)
            if raw is not None and not isinstance(process(raw, rules()), Article | Rejection):
                return f"{name}: neither"
        return None

    assert [told for name, content in contents() if (told := survives(name, content))] == []


def test_the_language_of_no_document_depends_on_the_others() -> None:
    """Asked forwards, backwards and shuffled."""
    texts = {one.name: "\n".join(one.cleaned.body)[:READ_CHARACTERS] for one in documents() if one.cleaned is not None}

    def ask(names: list[str]) -> dict[str, Language]:
        return {name: detect_language(texts[name]) for name in names}

    forwards = ask(list(texts))
    shuffled = random.Random(1).sample(list(texts), len(texts))
    for answers in (ask(list(texts)[::-1]), ask(shuffled)):
        assert [name for name in texts if answers[name] != forwards[name]] == []
