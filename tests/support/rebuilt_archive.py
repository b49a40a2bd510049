"""A home with few rules and made-up stories, for tests of what is built from the raw archive."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from newsdex.index import BalanceSheet, connect, ensure_indices, write
from newsdex.read import OpenedDocument, open_file
from newsdex.run.archiving import archived, open_archive
from newsdex.run.clock import now
from newsdex.run.knowledge import current_rules
from newsdex.run.line import process_document
from newsdex.settings import Settings

LETTERS = "aeioubdfgklmnprst"
FURNITURE = "Call our newsroom at the old mill if you saw it happen"
MOVED = "This page has moved to the new mill"
RULES = f"""language: en
rules:
  - id: test-newsroom
    match: '{FURNITURE}'
    why: the newsroom's number
    examples:
      - {{text: '{FURNITURE}', removed: true}}
      - {{text: 'The newsroom stands by the old mill.', removed: false}}
  - id: test-refuse
    match: '{MOVED}'
    action: {{reject: error_page}}
    why: what is left of a page that is gone
    examples:
      - {{text: '{MOVED}', removed: true}}
      - {{text: 'The page has moved to the new mill, and its readers with it.', removed: false}}
"""


def make_home(settings: Settings, home: Path) -> Settings:
    """Settle on a home of its own, with a config that has no rules yet."""
    own = replace(settings, home=home, config=home / "config", settle_seconds=0.0)
    own.config.mkdir(parents=True)
    shutil.copytree(settings.config / "elasticsearch", own.config / "elasticsearch")
    (own.config / "languages").mkdir()
    (own.config / "publishers").mkdir()
    (own.config / "agencies.yaml").write_text("agencies: []", encoding="utf-8")
    return own


def add_rules(settings: Settings, rules: str = RULES) -> None:
    """Give the home today's rules."""
    (settings.config / "languages" / "en.yaml").write_text(rules, encoding="utf-8")


def story(number: int, *, extra: str = "", address: str | None = None) -> str:
    """Write a page in words that no other one has; `extra` is a paragraph below its story."""
    chance = random.Random(number)
    words = ["".join(chance.choices(LETTERS, k=chance.randint(3, 9))) for _ in range(80)]
    link = f'<link rel="canonical" href="{address or f"https://gazette.example/{number}"}">'
    paragraphs = [
        f"The harbour master of Colonia said on Tuesday that ferry {number} was back. {' '.join(words[:40])}.",
        f"Its passengers were taken to a hotel, and the company paid for it. {' '.join(words[40:])}.",
        *([extra] if extra else []),
    ]
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<html lang="en"><head><title>Ferry {number} returns to Colonia</title>{link}</head>'
        f"<body><article><h1>Ferry {number} returns to Colonia</h1>{body}</article></body></html>"
    )


def environment(settings: Settings) -> dict[str, str]:
    """Give the environment in which the command line has these settings."""
    return {
        "NEWSDEX_HOME": str(settings.home),
        "NEWSDEX_CONFIG": str(settings.config),
        "NEWSDEX_ES_PORT": str(settings.elasticsearch_port),
        "NEWSDEX_INDEX_PREFIX": settings.index_prefix,
    }


def ingest(
    settings: Settings, folder: Path, stories: dict[str, str | bytes], publisher: str | None = None
) -> BalanceSheet:
    """Take documents into the archive and the index, each a file; without worker processes: they are slow to start."""
    folder.mkdir(parents=True, exist_ok=True)
    moment, rules = now(), current_rules(settings.config)
    sheet = BalanceSheet(inputs=len(stories))

    def opened() -> Iterator[OpenedDocument]:
        for name, text in stories.items():
            path = folder / name
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            yield open_file(path, publisher=publisher, fetched_at=moment, limit=settings.document_bytes)

    with connect(settings) as client, open_archive(settings).writer("test", moment.date()) as archive:
        ensure_indices(client, settings)
        results = [process_document(document, rules) for document in archived(opened(), archive)]
        for written in write(client, results, prefix=settings.index_prefix, indexed_at=moment):
            sheet.add(written)
    sheet.check()
    return sheet
