"""A publisher's file and a first golden case, written so that they load and pass before anybody has changed them."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsdex.errors import UserError
from newsdex.settings import Settings

if TYPE_CHECKING:
    from newsdex.records import CleanArticle
    from newsdex.rules import Publisher, Rules

_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CASE = "first-story"
_STORY = """Old mill by the weir grinds flour again

The mill by the weir has ground its first flour in sixty years, the friends who rebuilt it said on Saturday.

Two hundred people came to watch the wheel turn, and the first sacks were sold before noon.
"""
_RULES = """
# Its own furniture; docs/add-a-rule.md explains every key. Each rule needs an example of both kinds.
# rules:
#   - id: {id}-desk
#     where: tail
#     match: 'call the news desk on [0-9 ]{{6,20}}'
#     why: the desk's telephone number under every story
#     examples:
#       - {{text: 'Call the news desk on 0100 555 321', removed: true}}
#       - {{text: 'He was told to call the news desk on Monday.', removed: false}}
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A publisher as a person names it; without `id` the id is made from the name."""

    name: str
    id: str | None = None
    domains: tuple[str, ...] = ()
    language: str | None = None
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What was written: the publisher's file first, then the files of the golden case."""

    id: str
    case: Path
    files: tuple[Path, ...]


def create_publisher(settings: Settings, wanted: Wanted) -> Made:
    """Write a publisher's file and a golden case that passes.

    Raises `UserError`, with nothing written, for a value that cannot be meant, for a publisher that config/ knows
    already under this name, id or domain, and for a file that is there already.
    """
    from newsdex.rules import load_rules

    rules = load_rules(settings.config)
    publisher = _publisher(wanted)
    _refuse_known(publisher, rules)
    case = settings.config.parent / "tests" / "golden" / publisher.id / _CASE
    contents = {
        settings.config / "publishers" / f"{publisher.id}.yaml": _yaml(publisher),
        case / "input.txt": _STORY,
        case / "article.json": _expected(publisher, rules),
    }
    for path in contents:
        if path.exists():
            raise UserError(f"{path} is there already", "give another --id, or change that file")
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(content)
    return Made(publisher.id, case, tuple(contents))


def slug(name: str) -> str:
    """Make an id of a name; empty when it has no Latin letter or digit.

    >>> slug("El País (América)")
    'el-pais-america'
    """
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain))


def golden_shape(article: CleanArticle) -> dict[str, Any]:
    """Give the fields of a cleaned article that a golden case's `article.json` writes down."""
    return {
        "headline": article.headline,
        "standfirst": article.standfirst,
        "body": list(article.body),
        "authors": list(article.authors),
        "dateline_place": article.dateline_place,
        "publisher": article.publisher,
        "agencies": list(article.agencies),
        "captions": [{"text": caption.text, "credit": caption.credit} for caption in article.captions],
        "dates": [{"text": date.text, "role": str(date.role)} for date in article.dates],
        "removed": [{"text": piece.text, "rule": piece.rule} for piece in article.removed],
    }


def _publisher(wanted: Wanted) -> Publisher:
    from newsdex.rules import Publisher

    name = " ".join(wanted.name.split())
    identity = wanted.id or slug(name)
    if not name or not _SLUG.fullmatch(identity):
        raise UserError(f"{identity or name!r} is no id", "give one with --id: lower-case words joined by hyphens")
    domains = tuple(domain.strip().lower().removeprefix("www.") for domain in wanted.domains)
    for domain in domains:
        if not _DOMAIN.fullmatch(domain):
            raise UserError(f"{domain!r} is no domain", "write it like northmoor-gazette.example, without https://")
    if wanted.language and not _TAG.fullmatch(wanted.language):
        raise UserError(f"{wanted.language!r} is no language tag", "write it like en, pt-BR or zh-Hans (BCP 47)")
    if wanted.timezone and wanted.timezone not in zoneinfo.available_timezones():
        raise UserError(f"{wanted.timezone!r} is no time zone", "write it like Europe/London (IANA)")
    return Publisher(id=identity, name=name, domains=domains, language=wanted.language, timezone=wanted.timezone)


def _refuse_known(publisher: Publisher, rules: Rules) -> None:
    known = rules.publisher(publisher.id) or rules.publisher(publisher.name)
    for domain in publisher.domains:
        known = known or rules.publisher_of(domain)
    if known is not None:
        raise UserError(f"config/ knows this publisher already: {known.name} (id {known.id})", "add to its file")


def _yaml(publisher: Publisher) -> str:
    import yaml

    facts: dict[str, Any] = {"id": publisher.id, "name": publisher.name}
    if publisher.domains:
        facts["domains"] = list(publisher.domains)
    if publisher.language:
        facts["language"] = publisher.language
    if publisher.timezone:
        facts["timezone"] = publisher.timezone
    written = yaml.safe_dump(facts, allow_unicode=True, sort_keys=False, default_flow_style=None, width=100)
    return written + _RULES.format(id=publisher.id)


def _expected(publisher: Publisher, rules: Rules) -> str:
    from newsdex.clean import clean
    from newsdex.extract.plain_text import extract_plain_text
    from newsdex.records import Origin, RawDocument
    from newsdex.rules import Rules

    content = _STORY.encode()
    digest = hashlib.sha256(content).hexdigest()
    origin = Origin(_CASE, datetime(2026, 1, 1, tzinfo=UTC), "text/plain", digest, publisher=publisher.id)
    known = Rules(languages=rules.languages, publishers=(*rules.publishers, publisher), agencies=rules.agencies)
    article = clean(extract_plain_text(RawDocument(origin, content)), known)
    return json.dumps(golden_shape(article), ensure_ascii=False, indent=2) + "\n"
